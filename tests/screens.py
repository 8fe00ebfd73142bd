"""What is pressed in a terminal besides keys, and where the screens of the program are."""

from __future__ import annotations


def click(x: int, y: int, button: int = 0) -> str:
    """A press and a release of the mouse at a cell, counted from 0."""
    return f"\x1b[<{button};{x + 1};{y + 1}M\x1b[<{button};{x + 1};{y + 1}m"


def wheel(x: int, y: int, up: bool) -> str:
    """One notch of the wheel over a cell, counted from 0."""
    return f"\x1b[<{64 if up else 65};{x + 1};{y + 1}M"
