"""How good the model of a labelling session is, as far as that is measured: a curve over labels, and an estimate in words."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, NamedTuple

from rich.text import Text

from al_core.ground.numbers import between, rate
from al_core.measures.shares import share_interval
from al_core.task.spec import TaskSpec
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import Drawn, whole
from al_tui.widgets.frame import Frame

if TYPE_CHECKING:
    from al_core.labelling.audit import Estimate

TARGET = TaskSpec().target
"""Where the model is to get to, as far as that is measured: where a race counts to if nobody says otherwise."""
_LEAST_LABELS = 30
_MEASURED, _UNMEASURED = "Test accuracy over labels", "Nothing is measured"
_AUDITED = "Measured on items drawn at random"
_WHY_NOT = "Nobody has said before what these items are: how often the model is right is not known."
_NOT_YET = (
    "Nobody has said before what these items are. Some are drawn at random, and no model learns them: by those it will be"
    " measured."
)
_LEAST_WIDTH, _LEAST_HEIGHT = 24, 5


class Shown(NamedTuple):
    """What is drawn; see `Learning.show`."""

    curve: tuple[tuple[int, float], ...] = ()
    budget: int | None = None
    tested: int = 0
    measured: bool | None = True
    estimate: Estimate | None = None
    audited: bool = False
    measured_on: str = ""


class Learning(Drawn):
    """One curve, as far as there is one.

    Parameters
    ----------
    measured : whether there is anything to measure by; None while that is not known.
    """

    DEFAULT_CSS = "Learning { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self, measured: bool | None = True) -> None:
        super().__init__()
        self._shown = Shown(measured=measured)
        self.border_title = _MEASURED if measured else ""

    def show(
        self,
        curve: tuple[tuple[int, float], ...],
        budget: int | None,
        tested: int = 0,
        *,
        measured: bool = True,
        estimate: Estimate | None = None,
        audited: bool = False,
        measured_on: str = "",
    ) -> None:
        """Show (labels, accuracy) points; the axis goes on to ``budget``, if there is one.

        Parameters
        ----------
        tested : how many rows accuracy was measured on: the title then has its 95 % interval.
        measured : whether accuracy is measured at all. Where it is not, the points are shares of an audit, if there are any.
        estimate : what the audit says of the latest model.
        audited : whether items are drawn to measure with.
        measured_on : how many of what accuracy is measured by, in words.
        """
        new = Shown(curve, budget, tested, measured, estimate, audited, measured_on)
        if new == self._shown:
            return  # drawing a plot takes longer than all the rest, and a person waits for the next item
        self._shown = new
        self.border_title = _title(new)
        self.redraw()

    def render(self) -> Text:
        width, height = self.size
        colours, shown = palette(self.app), self._shown
        words = fill(_words(shown), max(12, width - 2), initial_indent="  ", subsequent_indent="  ")
        said = Text(words, "" if shown.estimate is not None else colours.dim)
        if not shown.curve:
            return Text("\n").append(said) if words else Text("")
        left, target = height - len(words.splitlines()), TARGET if shown.measured else None
        if width >= _LEAST_WIDTH and left >= _LEAST_HEIGHT:
            curve = draw_curve(shown.curve, shown.budget, width, left, colours, target)
            return said.append("\n").append(curve) if words else curve
        if shown.measured and width >= _LEAST_WIDTH and height >= _LEAST_HEIGHT:
            return draw_curve(shown.curve, shown.budget, width, height, colours, target)
        return said


def _words(shown: Shown) -> str:
    """What is said in words, beside a curve or in place of one."""
    if (found := shown.estimate) is not None:
        return f"Estimate, for a random item of the pool: {spoken(found)}."
    on = f"Measured on {shown.measured_on}." if shown.measured and shown.measured_on else ""
    if shown.measured is None or shown.curve:
        return on
    if shown.measured:
        return f"The curve begins with your first label. {on}".rstrip()
    return _NOT_YET if shown.audited else _WHY_NOT


def _title(shown: Shown) -> str:
    if shown.measured and shown.curve:
        accuracy = shown.curve[-1][1]
        bounds = share_interval(accuracy, shown.tested)
        interval = "" if bounds is None else f" ({between(*bounds)})"
        return f"Test accuracy {rate(accuracy)}{interval}"
    if shown.measured:
        return _MEASURED
    if shown.estimate is not None:
        return _AUDITED
    return f"{_UNMEASURED} yet" if shown.audited else _UNMEASURED


def spoken(found: Estimate) -> str:
    """An estimate in words: how many were right, and between what the share is, as in ``57 of 60, 83.1% to 98.9%``."""
    either = f" ({found.unknown:,} without a label may be either)" if found.unknown else ""
    return f"{found.right:,} of {found.asked:,}{either}, {between(found.lower, found.upper)}"


def draw_curve(
    curve: tuple[tuple[int, float], ...],
    budget: int | None,
    width: int,
    height: int,
    colours: Palette,
    target: float | None = None,
) -> Text:
    """One curve as ``height`` lines of ``width`` columns.

    Parameters
    ----------
    curve : (labels, accuracy), labels increasing; not empty.
    budget : labels at which the axis ends; None lets it end a little beyond the curve.
    width, height : cells; at least 24 × 5.
    target : where a dotted line is, which the axis goes on to; None for none.
    """
    accuracies = [accuracy for _, accuracy in curve]
    start, last = curve[0][0], curve[-1][0]
    end = max(budget or 0, _LEAST_LABELS, last + 2)
    top = max(*accuracies, target or 0.0) + 0.02
    frame = Frame(start, end, min(accuracies), top, width, height, colours, target)
    frame.line(curve, colours.hue(0))
    return whole(frame.text())
