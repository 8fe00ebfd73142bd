"""Learning curves over seeds: the median of every strategy, with the middle half of the seeds as a band of dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.race.view import RaceView
from al_core.task.spec import BASELINE
from al_tui.theme.colours import Palette
from al_tui.widgets.drawn import Parts
from al_tui.widgets.frame import Frame

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView

SPACING = 2
"""Every how many braille dots a band has one, in both directions: quiet, and not to be taken for a line."""


def draw_medians(race: RaceView, seeds: LiveView, focus: int, width: int, height: int, colours: Palette) -> Parts:
    """The curves over seeds as ``height`` lines of ``width`` columns; a strategy without a band yet shows its live run.

    Bands are drawn for the focused run, the leader and random only; the focused run's live seed lies over them as single
    points. The number at a curve's end is its rank in the leaderboard.

    Parameters
    ----------
    race : the race on the screen.
    focus : the run to draw in front.
    width, height : cells; at least 24 × 5.
    """
    names = [run.name for run in race.runs]
    order = seeds.standings(names)
    drawn = names if BASELINE in names else [*names, BASELINE]
    baseline = drawn.index(BASELINE)
    bands = {}
    for index, name in enumerate(drawn):
        if (entry := seeds.of(name)) is not None and entry.band.labels:
            bands[index] = entry.band
        yield
    live = {index: run.state.curve for index, run in enumerate(race.runs)}
    lines = {baseline: (), **live, **{index: band.curve for index, band in bands.items()}}
    leader = order[0].run
    bright = {focus, leader, baseline}
    dotted = [index for index in dict.fromkeys((baseline, leader, focus)) if index in bands]
    seen = [y for line in (*lines.values(), live[focus]) for _, y in line]
    seen += [y for index in dotted for y in (*bands[index].lower, *bands[index].upper)]
    start, spec = min(line[0][0] for line in lines.values() if line), race.spec
    frame = Frame(start, spec.budget, min(seen), max(*seen, spec.target + 0.02), width, height, colours, spec.target)
    yield
    for index in dotted:
        frame.dots(frame.grid(bands[index], SPACING), colours.run(index, bright=False))
        yield
    places = {row.run: position for position, row in enumerate(order, start=1)}
    behind = [row.run for row in reversed(order) if row.run not in bright]
    front = [index for index in dict.fromkeys((baseline, leader)) if index != focus]
    in_order = [*behind, *front, focus]
    for index in in_order:
        if index == focus and focus in bands:  # below its own median, so that it does not hide that
            frame.dots(live[focus], colours.accent, marker="•")
        frame.line(lines[index], colours.run(index, bright=index in bright))
        yield
    for index in in_order:
        frame.mark(lines[index], str(places.get(index, "r")), colours.run(index, bright=index in bright))
        yield
    return (yield from frame.text())
