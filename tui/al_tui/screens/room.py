"""How large a terminal must be for anything but a notice that it is too small, and for pictures that are larger."""

from __future__ import annotations

from textual.app import App
from textual.geometry import Size

LEAST = (60, 20)
"""Columns and rows."""
LARGE = (180, 52)
"""The same."""


def fits(size: Size) -> bool:
    """Whether there is room for anything else."""
    return size.width >= LEAST[0] and size.height >= LEAST[1]


def is_large(size: Size) -> bool:
    """Whether there is room for pictures twice as large."""
    return size.width >= LARGE[0] and size.height >= LARGE[1]


def size_classes(app: App[None]) -> list[str]:
    """Classes of a screen of the size that the terminal has; Textual sets those of its breakpoints after the first paint."""
    width, height = app.size
    sides = ((width, app.HORIZONTAL_BREAKPOINTS), (height, app.VERTICAL_BREAKPOINTS))
    reached = [max(((least, name) for least, name in there if size >= least), default=None) for size, there in sides if there]
    return [*(found[1] for found in reached if found is not None), *(["-large"] if is_large(app.size) else [])]
