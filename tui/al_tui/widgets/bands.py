"""Learning curves over seeds: the median of every strategy, with the middle half of the seeds as a band of dots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.race.marks import marks
from al_core.race.view import RaceView
from al_core.task.spec import BASELINE
from al_tui.theme.colours import Palette
from al_tui.widgets.drawn import Parts, in_its_place
from al_tui.widgets.ends import gutter
from al_tui.widgets.frame import Frame
from al_tui.widgets.lines import draw_lines

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView

SPACING = 2
"""Every how many braille dots a band has one, in both directions: quiet, and not to be taken for a line."""


def draw_medians(
    race: RaceView,
    seeds: LiveView,
    focus: int,
    width: int,
    height: int,
    colours: Palette,
    left_out: frozenset[int] = frozenset(),
) -> Parts:
    """The curves over seeds as ``height`` lines of ``width`` columns; a strategy without a band yet shows its live run.

    Bands are drawn for the focused run, the leader and random only; the focused run's live seed lies over them as single
    points.

    Parameters
    ----------
    race : the race on the screen.
    focus : the run to draw in front.
    width, height : cells; at least 24 × 5.
    left_out : runs that are not drawn.
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
    lines = {index: line for index, line in lines.items() if index not in left_out}
    leader = order[0].run
    bright = {focus, leader, baseline}
    dotted = [index for index in dict.fromkeys((baseline, leader, focus)) if index in bands and index in lines]
    seen = [y for line in (*lines.values(), live[focus]) for _, y in line]
    if not any(lines.values()):
        return in_its_place("No line of these has begun.", width, colours.dim)
    seen += [y for index in dotted for y in (*bands[index].lower, *bands[index].upper)]
    start, spec = min(line[0][0] for line in lines.values() if line), race.spec
    named, top = [*marks(drawn).items()], max(*seen, spec.target + 0.02)
    frame = Frame(start, spec.budget, min(seen), top, width, height, colours, spec.target, gutter(drawn, width))
    yield
    for index in dotted:
        frame.dots(frame.grid(bands[index], SPACING), colours.run(named[index][1], bright=False))
        yield
    behind = [row.run for row in reversed(order) if row.run not in bright]
    front = [index for index in dict.fromkeys((baseline, leader)) if index != focus]
    in_order = [index for index in (*behind, *front, focus) if index in lines]
    under = {focus: live[focus]} if focus in bands else None
    return (yield from draw_lines(frame, lines, in_order, bright, named, colours, under))
