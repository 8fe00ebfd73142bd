"""Probabilities as bars."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from al_core.ground.numbers import fixed
from al_core.run.state import Pick
from al_tui.theme.colours import Palette

_EIGHTHS = " ▏▎▍▌▋▊▉█"
HEIGHTS = "▁▂▃▄▅▆▇█"
LONGEST_NAME = 12
_NUMBER = 10
"""Cells of a number, the blanks around it, and some that stay free."""
_SHORTEST = 4
"""Cells of the longest bar, at least."""


def bars(
    classes: tuple[str, ...], pick: Pick, answer: int | None, width: int, height: int, colours: Palette, names: str = ""
) -> list[Text]:
    """The model's probabilities, a line a class, in the order of the classes.

    The person's ``answer`` and the model's guess stand out. Where there are more classes than lines, the most probable and the
    answer are shown, and what the others have together.

    Parameters
    ----------
    width, height : cells there are.
    names : how names look.
    """
    shares = pick.probabilities
    longest_name = max(1, min(LONGEST_NAME, width - _NUMBER))
    shown = list(range(len(classes)))
    if len(shown) > max(1, height):
        most = sorted(shown, key=lambda label: (label != answer, -shares[label]))[: max(1, height - 1)]
        shown = sorted(most)
    words = [clipped(classes[label], longest_name) for label in shown]
    column = max(map(cell_len, words))
    longest = max(_SHORTEST, width - column - _NUMBER)
    lines = []
    for name, label in zip(words, shown, strict=True):
        chosen = answer == label
        style = colours.good if chosen else colours.accent if label == pick.guess else colours.dim
        eighths = round(shares[label] * longest * 8)
        bar = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
        text = Text(style="bold" if chosen else "").append(f"{set_cell_size(name, column)} ", colours.good if chosen else names)
        lines.append(text.append(f"{fixed(shares[label], 2):>4} ", style).append(bar, style))
    left = len(classes) - len(shown)
    if left and height > 1:
        rest = max(0.0, 1.0 - sum(shares[label] for label in shown))
        lines.append(Text(f"{left} more {fixed(rest, 2)}", colours.dim))
    return lines


def sparkline(curve: Sequence[tuple[int, float]], start: int, end: int, seen: Sequence[float], width: int) -> str:
    """A curve as ``width`` cells, each as high as its last point; blank where it has not come yet.

    Parameters
    ----------
    start, end : labels of the left and of the right edge.
    seen : values of which the least is the lowest bar, and the largest the highest.
    """
    low, span = min(seen, default=0.0), max(1e-9, max(seen, default=1.0) - min(seen, default=0.0))
    cells: dict[int, float] = {}
    for labels, value in curve:
        cells[min(width - 1, (labels - start) * width // max(1, end - start))] = value
    drawn, last = "", 0.0
    for cell in range(max(cells, default=-1) + 1):
        last = cells.get(cell, last)
        drawn += HEIGHTS[round((last - low) / span * (len(HEIGHTS) - 1))]
    return drawn.ljust(width)


def clipped(name: str, cells: int) -> str:
    """A name of at most so many cells; a longer one ends in ``…``."""
    return name if cell_len(name) <= cells else set_cell_size(name, cells - 1).rstrip() + "…"
