"""How long a trial waits, and how often it is made: a smaller number every day, a larger one with ``AL_TUI_TRIALS=large``."""

from __future__ import annotations

import os

PATIENCE = 300.0
"""Seconds after which a trial gives up waiting: for a program that hangs, no claim about speed, however busy the machine."""
LARGE = os.environ.get("AL_TUI_TRIALS") == "large"


def trials(small: int, large: int) -> int:
    """The smaller number, or the larger when asked for."""
    return large if LARGE else small
