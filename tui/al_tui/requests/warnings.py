"""What a person should know that stops nothing."""

from __future__ import annotations

import sys


def warn(text: str) -> None:
    """Say it in one line on stderr, if there is one."""
    if sys.stderr is not None:
        print(f"al-tui: {text}", file=sys.stderr)  # noqa: T201
