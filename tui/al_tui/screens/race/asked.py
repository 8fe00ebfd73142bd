"""The lower half of the race screen: what the run that one looks at asks, and why. Loaded when the upper half is painted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.screen import Screen

from al_core.data.origin import class_word
from al_core.race.view import RunView
from al_tui.background.race import Engine
from al_tui.commands.class_keys import class_keys
from al_tui.screens.race.looking import Asking
from al_tui.screens.race.words import HIDDEN, batch_title, key_words, reason, start_title
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.before import Before
from al_tui.widgets.captions import batch_entries
from al_tui.widgets.drawn import entitle
from al_tui.widgets.intervals import Intervals
from al_tui.widgets.item import Item
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.reason import Reason
from al_tui.widgets.strip import Caption, Entry, Strip

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView


class Asked:
    """The highlighted item, its batch, and the reason.

    Parameters
    ----------
    screen : the race's, with a place for them.
    engine : the race.
    """

    def __init__(self, screen: Screen[None], engine: Engine) -> None:
        self._screen = screen
        self._engine = engine

    async def mount(self) -> None:
        """Put the widgets into their place."""
        await self._screen.query_one("#bottom").mount(
            Intervals(), Item(keys=False), Vertical(Strip(id="batch"), Reason(), Before(), id="ask")
        )

    def paint(self, asking: Asking, seeds: LiveView | None) -> None:
        """Bring it up to date; ``seeds`` are those that one wants to see."""
        if self._paint_outcome(asking, seeds):
            return
        engine, screen, run, pick, answer = self._engine, self._screen, asking.run, asking.pick, asking.answer
        colours = palette(screen.app)
        classes = engine.classes
        past = asking.past is not None
        entries = batch_entries(asking.looks, classes, asking.picks, asking.answers, asking.covered, colours, judged=past)
        start = () if asking.picks or run.status not in ("starting", "racing") else self._start(run, classes, colours)
        batch = screen.query_one("#batch", Strip)
        batch.display = bool(entries) or (run.status in ("starting", "racing") and engine.error is None)
        batch.show(entries or start, asking.cursor if entries else -1)
        item = screen.query_one(Item)
        if pick is None:
            learning = run.status in ("starting", "racing")
            item.show(None, classes, None, None, Text(), ("learning …" if learning else "",))
        else:
            note, opinion = f"{asking.cursor + 1:,} of {len(asking.picks):,}", None if asking.hidden else pick
            words = (*key_words(class_keys(classes, engine.bound)), *HIDDEN)
            item.show(asking.look, classes, opinion, None if answer is None else answer.label, Text(note), words)
        ready = engine.replayed is not None or engine.race is not None
        question = f"By hand: which {class_word(engine.view.spec.dataset)} is it?"
        entitle(item, question if run.by_hand and pick and answer is None else "Asked about")
        title = start_title(len(start)) or batch_title(run, ready=ready, past=asking.past)
        batch.entitle(title, screen.query_one("#ask"))
        info = engine.infos.get(run.state.strategy)
        why = screen.query_one(Reason)
        log = "" if engine.replayed else why.app.log_path
        why.show(reason(asking, info, classes, engine.error, log, colours))
        screen.query_one(Before).show(classes, run.state.rounds)
        screen.query_one(KeyBar).redraw()

    def _paint_outcome(self, asking: Asking, seeds: LiveView | None) -> bool:
        """When the race is over, nothing is asked any more: what it came to grows there. Returns whether that is so."""
        screen, view = self._screen, self._engine.view
        over = view.done and asking.run.state.done and not self._engine.error
        screen.set_class(over, "over")
        if not over:
            return False
        from al_tui.screens.outcome import show_outcome

        there = None if seeds is None or seeds.comparison is None else seeds
        whole = "" if there is None or there.complete else f" · {there.whole_seeds} of {there.planned} seeds"
        show_outcome(screen.query_one(Intervals), view, there, words=f"{whole} · ← rounds")
        screen.query_one(KeyBar).redraw()
        return True

    def _start(self, run: RunView, classes: tuple[str, ...], colours: Palette) -> tuple[Entry, ...]:
        """The labels that all start from, one of every class and then the next ones, before a run asks for anything."""
        engine = self._engine
        if engine.looks is None or not classes or run.state.rounds or run.state.query is not None:
            return ()
        known = engine.pool.labelled(run.state, engine.oracle)
        seen, places = Counter[int](), []
        for row in engine.pool.initial:
            if (label := known.get(row)) is not None:
                places.append((seen[label], label, row))
                seen[label] += 1
        rows = [row for _, _, row in sorted(places)]
        captions = [Caption(classes[known[row]], "= ", style=f"bold {colours.good}") for row in rows]
        return tuple(map(Entry, engine.looks.all(rows), captions))
