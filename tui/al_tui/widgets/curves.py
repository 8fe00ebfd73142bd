"""Learning curves: accuracy over labels for every run, with the target line. Drawn by plotext."""

from __future__ import annotations

import math
from typing import Any

from rich.style import Style
from rich.text import Span, Text

from al_core.view import RaceView, standings
from al_tui.palette import Palette, palette
from al_tui.widgets.drawn import Drawn


class Curves(Drawn):
    """All curves of a race. The focused run, the leader and the baseline are bright and on top; the number at a curve's end is
    its rank in the leaderboard, which is the legend."""

    DEFAULT_CSS = "Curves { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._view: RaceView | None = None
        self._focus = 0
        self.border_title = "Test accuracy over labels"

    def show(self, view: RaceView, focus: int) -> None:
        """Show a race with one run in front."""
        if self._view is not None and self._focus == focus:
            old = [run.state.query for run in self._view.runs]
            if view.spec == self._view.spec and old == [run.state.query for run in view.runs]:
                return
        self._view, self._focus = view, focus
        self.redraw()

    def render(self) -> Text:
        width, height = self.size
        if self._view is None or not any(run.state.curve for run in self._view.runs):
            return Text("\n  The curves begin with the first model.", palette(self.app).dim)
        if width < 24 or height < 5:
            return Text("")
        return draw(self._view, self._focus, width, height, palette(self.app))


def draw(view: RaceView, focus: int, width: int, height: int, colours: Palette) -> Text:
    """The curves of a race as ``height`` lines of ``width`` columns.

    Parameters
    ----------
    focus : the run to draw in front.
    width, height : cells; at least 24 × 5.
    """
    import plotext

    order = standings(view)
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(width, height)
    curves = {row.run: view.runs[row.run].state.curve for row in order}
    points = [accuracy for curve in curves.values() for _, accuracy in curve]
    low, high, ticks = scale(min(points), max(*points, view.spec.target + 0.02), height)
    start = min(curve[0][0] for curve in curves.values() if curve)
    figure.line(view.spec.target, pixel=as_pixel(plotext, colours.dim), style="dotted")
    bright = {focus, order[0].run} | {index for index, run in enumerate(view.runs) if run.name == "random"}
    in_order = [row.run for row in reversed(order) if row.run not in bright]
    in_order += [row.run for row in reversed(order) if row.run in bright and row.run != focus] + [focus]
    rank = {row.run: str(position) for position, row in enumerate(order, start=1)}
    for index in in_order:
        curve = curves[index]
        if not curve:
            continue
        pixel = as_pixel(plotext, colours.run(index, bright=index in bright))
        xs, ys = [x for x, _ in curve], [y for _, y in curve]
        signal = figure.signal(xs, ys, marker=plotext.marker("braille", pixel))
        signal.density("full", scope="line").lines(True)
        figure.draw(signal)
    room = (view.spec.budget - start) * 0.5 / max(1, width - 6)
    for index in in_order:
        if curves[index]:
            x, y = curves[index][-1]
            pixel = as_pixel(plotext, colours.run(index, bright=index in bright))
            label = plotext.colorize(rank[index], pixel)
            figure.draw(figure.text(min(x + 3 * room, view.spec.budget), y, label))
    figure.ruler("y", "left").lim(low, high).ticks(ticks, [f"{tick:.2f}".lstrip("0") for tick in ticks])
    marks = label_ticks(start, view.spec.budget, width)
    figure.ruler("x", "lower").lim(start, view.spec.budget).ticks(marks, [str(mark) for mark in marks])
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    text = Text.from_ansi(str(figure.build()), no_wrap=True, end="")
    text.spans = [Span(begin, end, foreground(style)) for begin, end, style in text.spans]
    return text


def foreground(style: str | Style) -> str | Style:
    """The colour alone: the ground is the theme's."""
    return Style(color=style.color) if isinstance(style, Style) else style


def as_pixel(plotext: Any, colour: str) -> Any:
    """A plotext colour from a Rich one: ``#rrggbb``, ``color(n)`` or ``bright_black``."""
    if colour.startswith("#"):
        return plotext.pixel(tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5)))
    return plotext.pixel(8 if colour == "bright_black" else int(colour[6:-1]))


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
