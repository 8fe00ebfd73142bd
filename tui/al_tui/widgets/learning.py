"""The learning curve of a labelling session so far: test accuracy over labels. Drawn by plotext."""

from __future__ import annotations

from textwrap import fill

from rich.text import Text

from al_core.measures.shares import share_interval
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import Drawn, whole
from al_tui.widgets.frame import Frame

_LEAST_LABELS = 30
_MEASURED, _UNMEASURED = "Test accuracy over labels", "Nothing is measured"
_WHY_NOT = "Nobody has said before what these items are: how often the model is right is not known."


class Learning(Drawn):
    """One curve, as far as there is one.

    Parameters
    ----------
    measured : whether there is anything to measure by; None while that is not known.
    """

    DEFAULT_CSS = "Learning { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self, measured: bool | None = True) -> None:
        super().__init__()
        self._curve: tuple[tuple[int, float], ...] = ()
        self._budget: int | None = None
        self._tested = 0
        self._measured = measured
        self.border_title = _MEASURED if measured else ""

    def show(self, curve: tuple[tuple[int, float], ...], budget: int | None, tested: int = 0, *, measured: bool = True) -> None:
        """Show (labels, accuracy) points; the axis goes on to ``budget``, if there is one.

        ``tested`` is how many rows accuracy was measured on: the title then has its 95 % interval. Where nothing is
        ``measured``, that is said in place of a curve that never comes.
        """
        if (curve, budget, tested, measured) == (self._curve, self._budget, self._tested, self._measured):
            return  # drawing a plot takes longer than all the rest, and a person waits for the next item
        self._curve, self._budget, self._tested, self._measured = curve, budget, tested, measured
        self.border_title = _title(curve[-1][1], tested) if curve else _MEASURED if measured else _UNMEASURED
        self.redraw()

    def render(self) -> Text:
        width, height = self.size
        colours = palette(self.app)
        if not self._curve and self._measured is None:
            return Text("")
        if not self._curve and not self._measured:
            return Text("\n" + fill(_WHY_NOT, max(12, width - 2), initial_indent="  ", subsequent_indent="  "), colours.dim)
        if not self._curve:
            return Text("\n  The curve begins with your first label.", colours.dim)
        if width < 24 or height < 5:
            return Text("")
        return draw_curve(self._curve, self._budget, width, height, colours)


def _title(accuracy: float, tested: int) -> str:
    bounds = share_interval(accuracy, tested)
    interval = "" if bounds is None else f" ({bounds[0]:.1%} to {bounds[1]:.1%})"
    return f"Test accuracy {accuracy:.1%}{interval}"


def draw_curve(curve: tuple[tuple[int, float], ...], budget: int | None, width: int, height: int, colours: Palette) -> Text:
    """One curve as ``height`` lines of ``width`` columns.

    Parameters
    ----------
    curve : (labels, accuracy), labels increasing; not empty.
    budget : labels at which the axis ends; None lets it end a little beyond the curve.
    width, height : cells; at least 24 × 5.
    """
    accuracies = [accuracy for _, accuracy in curve]
    start, last = curve[0][0], curve[-1][0]
    end = max(budget or 0, _LEAST_LABELS, last + 2)
    frame = Frame(start, end, min(accuracies), max(accuracies) + 0.02, width, height, colours)
    frame.line(curve, colours.run(0))
    return whole(frame.text())
