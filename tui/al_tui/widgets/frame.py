"""The frame of a plot: axes, scales, target line."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar

from rich.color import Color
from rich.style import Style
from rich.text import Span, Text

from al_core.ground.numbers import fixed
from al_tui.theme.colours import Palette
from al_tui.widgets.drawn import Overtaken, Parts

if TYPE_CHECKING:
    from al_core.comparison.live_view import Band

DASHES = ((1, 0), (5, 3), (1, 2), (3, 2))
"""Kinds of line: braille dots that are drawn, and those that are left out behind them; the first is whole."""
CLEARANCE = 1.5
"""Braille dots that stay empty beside a median, so that it is still a line."""


class Frame:
    """Axes to draw curves into; what is drawn later lies on top. A frame can be drawn into until the next one is made.

    Parameters
    ----------
    start, end : labels at which the x axis begins and ends.
    low, high : accuracies that are to be seen.
    width, height : cells.
    target : accuracy of the dotted line; None for none.
    free : columns at the right that no curve reaches.

    Raises
    ------
    Overtaken
        By each method, once another frame has been made: plotext has one figure.
    """

    _latest: ClassVar[Frame | None] = None

    def __init__(
        self,
        start: int,
        end: int,
        low: float,
        high: float,
        width: int,
        height: int,
        colours: Palette,
        target: float | None = None,
        free: int = 0,
    ) -> None:
        import plotext

        Frame._latest = self
        self._plotext = plotext
        self._start, self._end, self.width, self._height = start, end, width, height
        self._low, self._high, self._ticks = scale(low, high, height)
        self._left = max(len(fixed(tick, 2)) for tick in self._ticks) + 1
        self._across, self._down = max(1, width - self._left), max(1, height - 2)
        self._edge = start + (end - start) * self._across / max(1, self._across - free)
        """Labels at the right edge, where a curve would end that had all the width."""
        self.rows = self._down
        """Lines above the axis."""
        self._shared_figure = figure = plotext.figure
        plotext.terminal.limit(False, False)  # the size is ours, whatever terminal there is
        figure.clear()
        figure.theme("colorless")
        figure.plot_size(width, height)
        if target is not None:
            figure.line(target, pixel=as_pixel(plotext, colours.dim), style="dotted")

    @property
    def _figure(self) -> Any:
        if Frame._latest is not self:
            raise Overtaken
        return self._shared_figure

    def line(self, curve: Sequence[tuple[float, float]], colour: str, dash: int = 0) -> None:
        """A curve as a line of one of the kinds of `DASHES`; nothing for a curve without points."""
        if dash % len(DASHES) and curve:
            self.dots(self._dashed(curve, *DASHES[dash % len(DASHES)]), colour)
        elif curve:
            signal = self._signal(curve, colour, "braille")
            signal.density("full", scope="line").lines(True)
            self._figure.draw(signal)

    def dots(self, points: Sequence[tuple[float, float]], colour: str, marker: str = "braille") -> None:
        """Single points."""
        if points:
            self._figure.draw(self._signal(points, colour, marker))

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """The column and the row of the cell in which a point is drawn."""
        column = (x - self._start) / (self._edge - self._start) * (self._across - 1)
        row = (self._high - y) / (self._high - self._low) * (self._down - 1)
        return self._left + round(column), max(0, min(self._down - 1, round(row)))

    def _dashed(self, curve: Sequence[tuple[float, float]], drawn: int, left_out: int) -> list[tuple[float, float]]:
        """Points along a curve, a braille dot apart, in groups of ``drawn`` with gaps between them."""
        step_x, step_y = (self._edge - self._start) / (2 * self._across), (self._high - self._low) / (4 * self._down)
        points, at = [], 0
        for (x, y), (next_x, next_y) in pairwise(curve):
            count = max(1, round(max((next_x - x) / step_x, abs(next_y - y) / step_y)))
            for step in range(count):
                if at % (drawn + left_out) < drawn:
                    points.append((x + (next_x - x) * step / count, y + (next_y - y) * step / count))
                at += 1
        return [*points, curve[-1]]

    def grid(self, band: Band, spacing: int) -> list[tuple[float, float]]:
        """Points inside a band but not at its median, one every ``spacing`` braille dots, alternate columns shifted."""
        across, up = 2 * self._across, 4 * self._down
        step_x, step_y = (self._edge - self._start) / across, (self._high - self._low) / up
        points = []
        for column in range(0, across + 1, spacing):
            x = self._start + column * step_x
            if not band.labels[0] <= x <= band.labels[-1]:
                continue
            low, high = between(band.labels, band.lower, x), between(band.labels, band.upper, x)
            shift = (column // spacing) % 2
            first = math.ceil((low - self._low) / step_y)
            rows = range(first + (first + shift) % spacing, math.floor((high - self._low) / step_y) + 1, spacing)
            middle = (between(band.labels, band.median, x) - self._low) / step_y
            points += [(x, self._low + row * step_y) for row in rows if abs(row - middle) >= CLEARANCE]
        return points

    def text(self) -> Parts:
        """The picture."""
        figure = self._figure
        ticks = [fixed(tick, 2) for tick in self._ticks]
        figure.ruler("y", "left").lim(self._low, self._high).ticks(self._ticks, ticks)
        marks = label_ticks(self._start, self._end, self.width)
        figure.ruler("x", "lower").lim(self._start, self._edge).ticks(marks, [str(mark) for mark in marks])
        figure.axes(False, axis="x", side="upper")
        figure.axes(False, axis="y", side="right")
        built = str(figure.build())
        yield
        text = Text.from_ansi(built, no_wrap=True, end="")
        text.spans = [Span(begin, end, foreground(style)) for begin, end, style in text.spans]
        return text

    def _signal(self, points: Sequence[tuple[float, float]], colour: str, marker: str) -> Any:
        pixel = as_pixel(self._plotext, colour)
        return self._figure.signal([x for x, _ in points], [y for _, y in points], marker=self._plotext.marker(marker, pixel))


def between(labels: Sequence[int], values: Sequence[float], x: float) -> float:
    """The value at ``x``, which lies within ``labels``, by linear interpolation."""
    at = min(max(bisect_right(labels, x), 1), len(labels) - 1)
    share = (x - labels[at - 1]) / (labels[at] - labels[at - 1])
    return values[at - 1] + share * (values[at] - values[at - 1])


def foreground(style: str | Style) -> str | Style:
    """The colour alone: the ground is the theme's."""
    return Style(color=style.color) if isinstance(style, Style) else style


def as_pixel(plotext: Any, colour: str) -> Any:
    """A plotext colour from any that Rich knows: ``#rrggbb``, ``color(n)``, ``bright_black``, ``yellow``, ``default``."""
    parsed = Color.parse(colour)
    if parsed.triplet is not None:
        return plotext.pixel(tuple(parsed.triplet))
    return plotext.pixel(parsed.number)  # none for the terminal's own ink


def scale(low: float, high: float, height: int) -> tuple[float, float, list[float]]:
    """Limits that fit the data to the next 0.05, and ticks at 0.1 or 0.05."""
    bottom = max(0.0, math.floor(low * 20) / 20)
    top = min(1.0, math.ceil(high * 20) / 20)
    if top - bottom < 0.1:
        bottom = max(0.0, top - 0.1)
    step = 10 if (top - bottom) * 20 > height / 3 else 20
    first, last = math.ceil(bottom * step - 1e-9), math.floor(top * step + 1e-9)
    return bottom, top, [tick / step for tick in range(first, last + 1)]


def label_ticks(start: int, end: int, width: int) -> list[int]:
    count = max(2, min(9, width // 10))
    step = max(1, round((end - start) / count))
    magnitude = 10 ** max(0, len(str(step)) - 1)
    step = next(base * magnitude for base in (1, 2, 5, 10) if base * magnitude >= step)
    return [start, *(mark for mark in range(step, end + 1, step) if mark - start > step // 2)]
