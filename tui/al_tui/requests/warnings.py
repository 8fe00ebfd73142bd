"""What a person should know that stops nothing."""

from __future__ import annotations

from al_tui.output import say


def warn(text: str) -> None:
    """Say it in one line on stderr, if there is one."""
    say(f"al-tui: {text}")
