"""How large a terminal must be for anything but a notice that it is too small."""

from __future__ import annotations

from textual.geometry import Size

LEAST = (60, 20)
"""Columns and rows."""


def fits(size: Size) -> bool:
    """Whether there is room for anything else."""
    return size.width >= LEAST[0] and size.height >= LEAST[1]
