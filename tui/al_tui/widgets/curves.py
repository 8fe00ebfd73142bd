"""Learning curves: what is measured over labels for every run, with the target line. Drawn by plotext."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from al_core.measures.metrics import ACCURACY, Metric, metric_of
from al_core.race.marks import marks
from al_core.race.view import RaceView, standings
from al_core.task.spec import BASELINE
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import DrawnInParts, Parts, entitle
from al_tui.widgets.ends import gutter
from al_tui.widgets.frame import Frame
from al_tui.widgets.lines import draw_lines

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView


def title(metric: Metric, *, seeds: bool) -> str:
    """What the panel is called: of one seed, or of all ``seeds``."""
    return f"{metric.title}: median and middle half" if seeds else f"Test {metric.words} over labels"


class Curves(DrawnInParts):
    """All curves of a race, each with its mark and name at its end. The focused run, the leader and the baseline are bright and
    on top."""

    DEFAULT_CSS = "Curves { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._view: RaceView | None = None
        self._focus = 0
        self._seeds: LiveView | None = None
        self._left_out: frozenset[int] = frozenset()
        self.border_title = title(metric_of(ACCURACY), seeds=False)

    def show(
        self, view: RaceView, focus: int, seeds: LiveView | None = None, left_out: frozenset[int] = frozenset(), note: str = ""
    ) -> None:
        """Show a race with one run in front; with ``seeds``, what all of them say.

        Parameters
        ----------
        left_out : runs whose lines are not drawn.
        note : what is said of that.
        """
        strategies = seeds.strategies if seeds is not None else None
        if self._view is not None and self._focus == focus and self._left_out == left_out:
            old = [run.state.query for run in self._view.runs]
            same = strategies is (self._seeds.strategies if self._seeds is not None else None)
            if same and view.spec == self._view.spec and old == [run.state.query for run in view.runs]:
                return
        self._view, self._focus, self._seeds, self._left_out = view, focus, seeds, left_out
        entitle(self, " · ".join(filter(None, (title(view.spec.measured_by, seeds=seeds is not None), note))))
        self.redraw()

    def parts(self) -> Parts:
        (width, height), left_out = self.size, self._left_out
        if self._view is None or (self._seeds is None and not any(run.state.curve for run in self._view.runs)):
            return Text("\n  The curves begin with the first model.", palette(self.app).dim)
        if width < 24 or height < 5:
            return Text("")
        if self._seeds is not None:
            from al_tui.widgets.bands import draw_medians

            return (yield from draw_medians(self._view, self._seeds, self._focus, width, height, palette(self.app), left_out))
        return (yield from draw(self._view, self._focus, width, height, palette(self.app), left_out))


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
        return Text("\n  No line of these has begun.", colours.dim)
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
