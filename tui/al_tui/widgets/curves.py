"""Learning curves: what is measured over labels for every run, with the target line. Drawn by plotext."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from al_core.measures.metrics import ACCURACY, Metric, metric_of
from al_core.race.view import RaceView
from al_tui.theme.colours import palette
from al_tui.widgets.drawn import DrawnInParts, Parts, entitle, in_its_place

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
            return in_its_place("The curves begin with the first model.", width, palette(self.app).dim)
        if width < 24 or height < 5:
            return Text("")
        if self._seeds is not None:
            from al_tui.widgets.bands import draw_medians

            return (yield from draw_medians(self._view, self._seeds, self._focus, width, height, palette(self.app), left_out))
        from al_tui.widgets.one_race import draw

        return (yield from draw(self._view, self._focus, width, height, palette(self.app), left_out))
