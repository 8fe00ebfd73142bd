"""How large a terminal must be for anything but a notice that it is too small, and for pictures that are larger."""

from __future__ import annotations

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
