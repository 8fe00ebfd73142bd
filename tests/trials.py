"""How often a trial is made: a smaller number for every day, a larger one by hand with ``AL_TUI_TRIALS=large``."""

from __future__ import annotations

import os

LARGE = os.environ.get("AL_TUI_TRIALS") == "large"


def trials(small: int, large: int) -> int:
    """The smaller number, or the larger when asked for."""
    return large if LARGE else small
