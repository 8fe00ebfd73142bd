"""Terminals of 16, 256 and all colours and of none: everything is drawn, in every theme, with codes that the terminal knows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from trials import LARGE

StartTerminal = Callable[..., Any]
TERMINALS = {
    "linux": {"TERM": "linux", "COLORTERM": ""},
    "vt100": {"TERM": "vt100", "COLORTERM": ""},
    "xterm": {"TERM": "xterm", "COLORTERM": ""},
    "256": {"TERM": "xterm-256color", "COLORTERM": ""},
    "all": {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    "no-colour": {"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"},
}
TRIED = TERMINALS if LARGE else ("linux", "256", "no-colour")
"""Every screen is drawn for all of them in tests/tui/test_every_terminal.py as well."""
KNOWN = {
    "linux": {"16"},
    "vt100": {"16"},
    "xterm": {"16"},
    "256": {"16", "256", "numbered grey"},
    "all": {"16", "256", "numbered grey", "all", "grey"},
    "no-colour": {"numbered grey", "grey"},
}
GREYS = {16, 59, 102, 145, 188, 231, *range(232, 256)}
"""Of xterm's table: those of its cube that are grey, and its greys."""


def colours(raw: str) -> set[str]:
    """Which ways of naming a colour are in what was written."""
    found = set()
    for codes in re.findall(r"\x1b\[([\d;]*)m", raw):
        numbers = [int(code or "0") for code in codes.split(";")]
        while numbers:
            code = numbers.pop(0)
            if code in (38, 48) and numbers[0] == 5:
                found.add("numbered grey" if numbers[1] in GREYS else "256")
                del numbers[:2]
            elif code in (38, 48):
                found.add("grey" if len(set(numbers[1:4])) == 1 else "all")
                del numbers[:4]
            elif 30 <= code <= 37 or 40 <= code <= 47 or 90 <= code <= 97 or 100 <= code <= 107:
                found.add("16")
    return found


def every_theme(at: Any) -> None:
    """Have the screen drawn in all themes, and come back to the first."""
    first = None
    for _ in range(6):
        at.press("t")
        theme = at.wait(r"Theme: (\S+)")[1]
        at.read(lambda theme=theme: f"Theme: {theme}" not in at.text)  # the message goes by itself
        if theme == first:
            return
        first = first or theme
    raise AssertionError("the themes never begin again")


def leave(at: Any, name: str) -> None:
    """Leave in good order; whatever was written is for a terminal of this kind."""
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert colours(at.raw) <= KNOWN[name]


@pytest.mark.parametrize("name", TRIED)
def test_a_race_over_seeds(terminal: StartTerminal, name: str) -> None:
    at = terminal(
        "--seeds", "3", "--strategies", "random,margin,entropy", "--budget", "60", "--pace", "max", env=TERMINALS[name]
    )
    at.wait("A/A control")
    at.press("\x1b[27u")
    at.wait("middle half")
    every_theme(at)
    at.press("f")
    every_theme(at)
    at.press("f?")
    at.wait("─ Help ─")
    at.press("\x1b[27u")
    at.read(lambda: "─ Help ─" not in at.text)
    at.press("v")
    at.wait("Test accuracy over labels")
    at.press("c")
    at.wait("Comparison")
    every_theme(at)
    leave(at, name)


@pytest.mark.parametrize("name", TRIED)
def test_by_hand_and_while_somebody_labels(terminal: StartTerminal, name: str) -> None:
    at = terminal("--strategies", "margin,random", "--pace", "0.5", env=TERMINALS[name])
    at.wait("asks about these")
    at.press("h")
    at.wait("asks you about 10")
    at.press("3p")
    at.wait("9 left")
    every_theme(at)
    leave(at, name)

    at = terminal("label", env=TERMINALS[name])
    at.wait("one of the first items")
    at.press("314159265358e")
    at.wait("12 labels")
    every_theme(at)
    leave(at, name)
