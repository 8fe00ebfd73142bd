"""What stands below the table of a comparison: intervals or lanes, curves, and what strategies asked for first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen

from al_core.ground.numbers import level
from al_core.race.marks import marks
from al_core.race.view import RaceView
from al_core.run.state import RunState
from al_core.task.spec import BASELINE
from al_tui.screens.outcome import show_outcome
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.curves import Curves
from al_tui.widgets.drawn import entitle
from al_tui.widgets.each_seed import EachSeed, Run
from al_tui.widgets.intervals import Intervals
from al_tui.widgets.leaving import leaving
from al_tui.widgets.strip import Caption, Entry, Strip

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView
    from al_core.data.looks import Look

FIRST = 20
"""Items of a run that are shown at most, those that it asked for first."""
_FEW = 8
"""Strategies up to which there is room for items below their table."""
_RULER = 2
"""Lines of a plot that are no strategy."""


class Items(NamedTuple):
    """How items look, and the names of their classes."""

    looks: Callable[[Sequence[int]], tuple[Look, ...]]
    classes: tuple[str, ...]


class Pictures:
    """The panels below the table.

    Parameters
    ----------
    screen : the comparison, with a place for them.
    items : what the items are; None where nobody knows.
    """

    def __init__(self, screen: Screen[None], items: Items | None) -> None:
        self._screen = screen
        self._items = items

    def compose(self) -> ComposeResult:
        """The widgets."""
        with Horizontal(id="plots"):
            with Vertical(id="left"):
                yield Intervals()
                yield EachSeed()
            yield Curves()
        yield Strip(first=True, id="mine")
        yield Strip(first=True, id="baseline")

    def paint(self, view: RaceView, seeds: LiveView | None, order: Sequence[str], chosen: str) -> None:
        """Bring all up to date.

        Parameters
        ----------
        seeds : all seeds; None for the one that was raced here.
        order : the strategies as the table has them.
        chosen : the one that is highlighted there.
        """
        screen, names = self._screen, [run.name for run in view.runs]
        screen.set_class(len(order) > _FEW, "many")
        rows = show_outcome(screen.query_one(Intervals), view, seeds, order)
        self._paint_each(seeds, order)
        screen.query_one("#plots").styles.min_height = min(rows + _RULER, 12)
        screen.call_after_refresh(self._fit, rows, 0 if seeds is None else len(order))
        focus = names.index(chosen) if chosen in names else names.index(BASELINE) if BASELINE in names else 0
        screen.query_one(Curves).show(view, focus, seeds if seeds is not None and seeds.drawable else None)
        self._paint_first("#mine", view, names[focus])
        self._paint_first("#baseline", view, BASELINE if names[focus] != BASELINE else "")

    def _fit(self, intervals: int, clouds: int) -> None:
        """Show each seed where there is room for that below the intervals, and no pictures where not even these have it."""
        if not leaving(self._screen):
            if self._screen.max_scroll_y:
                self._screen.add_class("low")
            room = self._screen.query_one("#plots").size.height
            self._screen.set_class(bool(clouds) and room >= intervals + clouds + 2 * _RULER, "roomy")

    def _paint_each(self, seeds: LiveView | None, order: Sequence[str]) -> None:
        if seeds is None:
            return
        spec = seeds.plan.specs[0]
        found = {entry.name: tuple(outcome.spent for outcome in entry.outcomes) for entry in seeds.compared}
        runs = [Run(name, found[name]) for name in order]
        self._screen.query_one(EachSeed).show(runs, marks(seeds.plan.strategies), spec.budget, level(spec.target))

    def _paint_first(self, place: str, view: RaceView, name: str) -> None:
        strip, items = self._screen.query_one(place, Strip), self._items
        run = next((run for run in view.runs if run.name == name), None)
        strip.set_class(run is None or items is None or not run.state.rounds, "nothing")
        if run is None or items is None:
            return
        given = first_given(run.state)[:FIRST]
        looks, colours = items.looks([row for row, _, _ in given]), palette(self._screen.app)
        pairs = zip(looks, given, strict=True)
        strip.show(
            tuple(Entry(look, _caption(items.classes[label], label != guess, colours)) for look, (_, label, guess) in pairs), -1
        )
        mark = marks([each.name for each in view.runs])[name]
        entitle(strip, f"{mark.sign} {name} asked first for, on seed {view.spec.seed} · × the model had it wrong")


def first_given(state: RunState) -> list[tuple[int, int, int]]:
    """What a run asked for, in the order of asking: row, label, and what the model had taken it for; put aside left out."""
    out = []
    for entry in state.rounds:
        labels = {given.row: given.label for given in entry.answers}
        for pick in entry.query.picks:
            if (label := labels.get(pick.row)) is not None:
                out.append((pick.row, label, pick.guess))
    return out


def _caption(name: str, wrong: bool, colours: Palette) -> Caption:
    return Caption(name, after=" ×" if wrong else "", style=f"bold {colours.bad}" if wrong else "")
