"""What the race screen is made of: what it shows, when it paints which part of it, and what a digit key would label."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.timer import Timer

from al_core.race.view import RunView, agreement, standings
from al_core.run.state import Pick
from al_core.task.spec import BASELINE
from al_tui.background.race import Engine
from al_tui.commands.command import Command
from al_tui.commands.table import COMMON, RACE
from al_tui.screens.leaving import leaving
from al_tui.screens.shielded import shielded
from al_tui.screens.slices import Slices
from al_tui.widgets.batch import Batch
from al_tui.widgets.curves import Curves
from al_tui.widgets.digit import Digit
from al_tui.widgets.drawn import entitle
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.host import RaceHost
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaderboard import Leaderboard
from al_tui.widgets.reason import Reason, Told

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView
    from al_core.race.events import RaceEvent
    from al_tui.screens.compare import CompareScreen

REPAINT_SECONDS = 0.25
MOSTLY_RIGHT = 0.9
"""From this share of right labels on it is good news how many there were."""


class RaceDesk(Screen[None]):
    """The screen without its keys. It draws the engine's view; every change of the race comes back as a new view."""

    AUTO_FOCUS = None
    commands: Sequence[Command] = RACE
    app: RaceHost

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self._engine = engine
        in_hand = [at for at, run in enumerate(engine.view.runs) if run.by_hand]
        learning = [at for at, name in enumerate(engine.strategies) if name != BASELINE]
        self._focus = (in_hand or learning or [0])[0]
        self._cursor = 0
        self._peek = False
        self._guessed: set[tuple[int, int]] = set()
        """(run, item) of which the model's guess was on the screen."""
        self._timer: Timer | None = None
        self._batch: tuple[int, tuple[int, ...]] = (0, ())
        self._target: tuple[int, int] | None = None
        """The run and the item on the screen: what a digit key labels."""
        self._seen_since = 0.0
        self._trouble: str | None = None
        self._whole = False
        self._slices = Slices(self)
        self._paints = 0
        self._comparison: CompareScreen | None = None
        self._compared = False
        self._told: dict[int, Told] = {}
        self._all_seeds = True
        self._notes_told = 0
        self._seeds_timer: Timer | None = None
        engine.changed = shielded(self, self._changed)
        if engine.seeds is not None:
            engine.seeds.changed = shielded(self, self._seeds_changed)

    def compose(self) -> ComposeResult:
        yield HeaderLine()
        with Horizontal(id="top"):
            yield Curves()
            yield Leaderboard()
        yield Horizontal(id="bottom")
        yield KeyBar(self._shown_commands)

    def on_mount(self) -> None:
        if leaving(self):
            return
        self._paint_standings()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._paint(by_person=False))
        self.call_after_refresh(self._fill_bottom)

    async def _fill_bottom(self) -> None:
        """What shows a batch comes after the first paint: there is no batch yet."""
        if leaving(self):
            return
        await self.query_one("#bottom").mount(Digit(), Vertical(Batch(), Reason(), id="ask"))
        self._whole = True
        self._paint(by_person=False)

    def on_screen_resume(self) -> None:
        self._paint(by_person=False)

    def paint_again(self) -> None:
        """Paint what there is now, whatever was painted before."""
        self._paint(by_person=False)

    # From the engine to the screen

    def _changed(self, event: RaceEvent | None) -> None:
        """Note that something changed; what a person waits for is painted at once, the rest at most four times a second."""
        from al_core.race.events import Answered, RoundPlayed, TakenBack

        if isinstance(event, RoundPlayed) and self._engine.view.runs[event.run].by_hand and self._engine.deck:
            agreed, given = agreement(event.state, self._engine.deck.truth)
            if given:
                words = f"Last batch: {agreed} of your {given} labels agree with ground truth."
                self._told[event.run] = Told(words, good=agreed >= MOSTLY_RIGHT * given)
        if self._engine.trouble != self._trouble:
            self._trouble = self._engine.trouble
            self.app.tell(self._trouble or "Everything is kept again.", problem=self._trouble is not None)
        mine = isinstance(event, RoundPlayed | Answered | TakenBack) and event.run == self._focus
        if event is None or (mine and self._run.by_hand):
            self._paint(by_person=False)
        elif self._timer is None:
            self._timer = self.set_timer(REPAINT_SECONDS, self._late_paint)

    def _seeds_changed(self) -> None:
        """Cells have finished: that can always wait for the next paint. What a person should know is told at once."""
        notes = self._live.notes if self._live is not None else ()
        if len(notes) > self._notes_told:
            self.app.tell(notes[-1])
        self._notes_told = len(notes)
        if self._seeds_timer is None:
            self._seeds_timer = self.set_timer(REPAINT_SECONDS, self._late_seeds)

    def _late_seeds(self) -> None:
        """Paint what shows seeds, and only that."""
        self._seeds_timer = None
        if not self._whole or leaving(self):
            return
        if self._comparison is not None:
            self._comparison.update(self._engine.view, self._live)
        if self.app.screen is self:
            self._slices.add([self._paint_curves, self._paint_standings])
            self._compare_at_the_end()

    def _late_paint(self) -> None:
        self._timer = None
        self._paint(by_person=False)

    def _paint(self, *, by_person: bool) -> None:
        """Bring all widgets up to date.

        A digit key must label what the person saw. When the person's own key moved the highlight the new item counts at
        once; when the engine brought a new batch it counts only after it has been drawn.
        """
        if not self._whole or leaving(self):
            return
        if self._comparison is not None:
            self._comparison.update(self._engine.view, self._live)
        if self.app.screen is not self and not by_person:
            return
        engine, run = self._engine, self._run
        picks = self._picks
        batch = (self._focus, tuple(pick.row for pick in picks))
        if batch != self._batch:
            self._batch = batch
            self._cursor = self._first_waiting()
        self._cursor = max(0, min(self._cursor, len(picks) - 1))
        pick = picks[self._cursor] if picks else None
        answers = run.state.answers
        answer = next((given for given in answers if pick is not None and given.row == pick.row), None)
        covered = run.by_hand and not self._peek
        hidden = covered and answer is None
        if not covered:
            self._guessed.update((self._focus, each.row) for each in picks)
        elif pick is not None and not hidden:
            self._guessed.add((self._focus, pick.row))
        if by_person:
            self._paint_standings()
        self._slices.add([self._paint_curves] if by_person else [self._paint_curves, self._paint_standings])
        self.query_one(Batch).show(engine.deck, picks, answers, self._cursor, covered)
        note = "" if pick else "learning …" if run.status in ("starting", "racing") else ""
        if pick is not None:
            note = f"{self._cursor + 1} of {len(picks)}"
        digit = self.query_one(Digit)
        digit.show(engine.deck, pick, answer, hidden, note)
        entitle(digit, "By hand: which digit is it?" if run.by_hand and pick and answer is None else "Asked about")
        entitle(self.query_one("#ask"), batch_title(run, ready=engine.race is not None))
        info = engine.infos.get(run.name)
        told = self._told.get(self._focus)
        classes = None if engine.deck is None else engine.deck.classes
        self.query_one(Reason).show(run, info, pick, hidden, told, classes, engine.error)
        self.query_one(KeyBar).redraw()
        target = (self._focus, pick.row) if pick is not None else None
        self._paints += 1
        if by_person:
            self._aim(target)
        else:
            self.call_after_refresh(self._drawn, self._paints, target)
        self._compare_at_the_end()

    def _compare_at_the_end(self) -> None:
        complete = self._live is None or self._live.complete
        if self._engine.view.done and complete and self._engine.race is not None and not self._compared:
            self._compared = True
            self.compare()

    def compare(self) -> None:
        """Put the comparison on top; it is kept up to date until the person leaves it."""
        from al_tui.screens.compare import CompareScreen

        self._comparison = CompareScreen(self._engine.view, self._live)
        self._want_intervals(True)
        self.app.push_screen(self._comparison, self._compared_enough)

    def _compared_enough(self, _: None) -> None:
        self._comparison = None
        self._want_intervals(False)

    def _want_intervals(self, wanted: bool) -> None:
        if self._engine.seeds is not None:
            self._engine.seeds.want_summary(wanted)

    def _paint_curves(self) -> None:
        self.query_one(Curves).show(self._engine.view, self._focus, self._shown_seeds)

    def _paint_standings(self) -> None:
        engine = self._engine
        self.query_one(HeaderLine).show(engine, self._focus)
        self.query_one(Leaderboard).show(engine.view, self._focus, self._shown_seeds)

    def _drawn(self, paint: int, target: tuple[int, int] | None) -> None:
        if paint == self._paints:
            self._aim(target)

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; nobody saw the item meanwhile."""
        self._seen_since += seconds

    def _aim(self, target: tuple[int, int] | None) -> None:
        """From now on a digit key labels this."""
        if target != self._target:
            self._target, self._seen_since = target, time.monotonic()

    @property
    def _live(self) -> LiveView | None:
        """The race over seeds; None when there is one seed."""
        return self._engine.seeds.view if self._engine.seeds is not None else None

    @property
    def _failed_seeds(self) -> int:
        """How many runs over seeds have failed."""
        return 0 if self._live is None else self._live.failed

    @property
    def _shown_seeds(self) -> LiveView | None:
        """The race over seeds if curves and leaderboard are to show it: the person wants it, and there is something to show."""
        seeds = self._live
        return seeds if seeds is not None and self._all_seeds and seeds.drawable else None

    @property
    def _order(self) -> list[int]:
        """The runs as the leaderboard lists them."""
        seeds = self._shown_seeds
        view = self._engine.view
        rows = standings(view) if seeds is None else seeds.standings([run.name for run in view.runs])
        return [row.run for row in rows]

    @property
    def _run(self) -> RunView:
        return self._engine.view.runs[self._focus]

    @property
    def _picks(self) -> tuple[Pick, ...]:
        query = self._run.state.query
        return query.picks if query else ()

    def _first_waiting(self) -> int:
        waiting = set(self._run.state.waiting)
        return next((position for position, pick in enumerate(self._picks) if pick.row in waiting), 0)

    def _shown_commands(self) -> list[Command]:
        seeds = None if self._live is None else "This seed" if self._all_seeds else "All seeds"
        failed = self._run.status == "failed" or bool(self._failed_seeds)
        return commands_now(self.commands, by_hand=self._run.by_hand, failed=failed, seeds=seeds)


def commands_now(commands: Sequence[Command], *, by_hand: bool, failed: bool, seeds: str | None) -> list[Command]:
    """The commands that make sense now, for the footer.

    Parameters
    ----------
    by_hand : whether the focused run is in the person's hands.
    failed : whether there is something to try again.
    seeds : what the key that changes between one seed and all says; None where there is one seed.
    """
    wanted: tuple[str, ...] = ("pause", "step", "hand", "strategy", "item", "faster", "slower", "compare", "full", "restart")
    if by_hand:
        wanted = ("label", "skip", "undo", "auto_label", "hand", "peek", "item", "strategy", "pause", "compare")
    if seeds is not None:
        wanted = (*wanted[:3], "seeds", *wanted[3:])
    if failed:
        wanted = ("retry", *wanted)
    rows = {command.action: command for command in commands}
    rows["seeds"] = rows["seeds"]._replace(label=seeds or "")
    if by_hand:
        rows["hand"] = rows["hand"]._replace(label="Hand back")
    return [*(rows[action] for action in wanted), *(command for command in COMMON if command.action in ("help", "quit"))]


def batch_title(run: RunView, *, ready: bool) -> str:
    """What the focused run is doing with its batch; ``ready`` says whether the race has begun."""
    count = 0 if run.state.query is None else len(run.state.query.picks)
    if run.status == "failed":
        return f"{run.name} failed"
    if run.status == "starting":
        return f"{run.name} fits its first model"
    if run.state.done:
        return f"{run.name} has spent its budget"
    if not ready:
        return f"{run.name} goes on in a moment"
    if run.by_hand:
        left = len(run.state.waiting)
        return f"{run.name} asks you about {count} · {left} left" if left else f"{run.name} learns from your answers"
    return f"{run.name} asks about these {count}"
