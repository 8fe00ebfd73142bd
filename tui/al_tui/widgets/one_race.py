"""Learning curves of one race: a line for each run."""

from __future__ import annotations

from al_core.race.marks import marks
from al_core.race.view import RaceView, standings
from al_core.task.spec import BASELINE
from al_tui.theme.colours import Palette
from al_tui.widgets.drawn import Parts, in_its_place
from al_tui.widgets.ends import gutter
from al_tui.widgets.frame import Frame
from al_tui.widgets.lines import draw_lines


def draw(
    view: RaceView, focus: int, width: int, height: int, colours: Palette, left_out: frozenset[int] = frozenset()
) -> Parts:
    """The curves of a race as ``height`` lines of ``width`` columns.

    Parameters
    ----------
    focus : the run to draw in front.
    width, height : cells; at least 24 × 5.
    left_out : runs that are not drawn.
    """
    order = [row for row in standings(view) if row.run not in left_out]
    names = [run.name for run in view.runs]
    curves = {row.run: view.runs[row.run].state.curve for row in order}
    if not any(curves.values()):
        return in_its_place("No line of these has begun.", width, colours.dim)
    start = min(curve[0][0] for curve in curves.values() if curve)
    seen = [accuracy for curve in curves.values() for _, accuracy in curve]
    spec = view.spec
    top, free = max(*seen, spec.target + 0.02), gutter([row.strategy for row in order], width)
    frame = Frame(start, spec.budget, min(seen), top, width, height, colours, spec.target, free)
    yield
    bright = {focus, order[0].run} | {index for index, run in enumerate(view.runs) if run.name == BASELINE}
    in_order = [row.run for row in reversed(order) if row.run not in bright]
    in_order += [row.run for row in reversed(order) if row.run in bright and row.run != focus]
    in_order += [focus] if focus in curves else []
    return (yield from draw_lines(frame, curves, in_order, bright, [*marks(names).items()], colours))
