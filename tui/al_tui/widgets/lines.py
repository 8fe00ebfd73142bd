"""The lines of a race in a frame: which of them, in what order, and what stands at their ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from al_core.race.marks import GREY, Mark
from al_tui.theme.colours import Palette
from al_tui.widgets.drawn import Parts
from al_tui.widgets.ends import End, write_ends
from al_tui.widgets.frame import Frame

Curves = Mapping[int, Sequence[tuple[float, float]]]
"""Curves by the number of their run."""


def kind_of_line(mark: Mark, colours: Palette) -> int:
    """Which dashes a strategy's line has: without colours, and in those of the terminal, more of them differ."""
    if not colours.shaded:
        return mark.dash
    return 2 if mark.hue == GREY else mark.number


def draw_lines(
    frame: Frame,
    curves: Curves,
    order: Sequence[int],
    bright: set[int],
    named: Sequence[tuple[str, Mark]],
    colours: Palette,
    under: Curves | None = None,
) -> Parts:
    """Draw curves and write their names at their ends.

    Parameters
    ----------
    order : the runs to draw, the last in front; that is whose name is written before others.
    bright : those in full colour.
    named : the name and the mark of each run, by its number.
    under : single points that are drawn below the line of a run.
    """
    for index in order:
        mark = named[index][1]
        frame.dots((under or {}).get(index, ()), colours.accent, marker="•")
        frame.line(curves[index], colours.run(mark, bright=index in bright), kind_of_line(mark, colours))
        yield
    ends = []
    for index in reversed(order):
        if curves[index]:
            name, mark = named[index]
            last, colour = curves[index][-1], colours.run(mark, bright=index in bright)
            ends.append(End(*frame.cell(*last), name, mark, colour, last[1]))
    picture = yield from frame.text()
    lines = write_ends(list(picture.split("\n")), ends, frame.width, frame.rows)
    return Text("\n", no_wrap=True, end="").join(lines)
