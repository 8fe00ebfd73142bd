"""Keys and clicks before a dialogue is laid out, twice, or after it has gone: one of them counts, none ends the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from screens import click
from test_label_screen import header, on_disk
from trials import trials

StartTerminal = Callable[..., Any]
PAGE_UP, PAGE_DOWN, DOWN, END = "\x1b[5~", "\x1b[6~", "\x1b[B", "\x1b[1;5F"
AGAIN = trials(2, 20)


def still_there(at: Any) -> None:
    """The program answers: it shows its help, and takes it away."""
    at.settle(0.2)
    at.press("?")
    at.wait("─ Help ─", 20)
    at.press("\x1b")
    at.read(lambda: "─ Help ─" not in at.text)


def leave(at: Any) -> None:
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw


def begin(terminal: StartTerminal, command: tuple[str, ...]) -> Any:
    at = terminal(*command)
    at.wait("asks about these" if command[0] != "label" else "one of the first items")
    return at


@pytest.mark.parametrize(
    "keys", [PAGE_DOWN, PAGE_UP, DOWN, END, "\r", PAGE_DOWN + "\r", "th" + PAGE_DOWN, "xyz\r\r", "th" + DOWN * 5]
)
@pytest.mark.parametrize("command", [("label",), ("--pace", "1")], ids=["label", "race"])
def test_keys_before_the_palette_is_laid_out(terminal: StartTerminal, command: tuple[str, ...], keys: str) -> None:
    at = begin(terminal, command)
    for _ in range(AGAIN):
        at.press(":" + keys)
        at.settle(0.2)
        at.press("\x1b")
        at.settle(0.2)
        at.press("\x1b")  # the command that was chosen may have opened a dialogue
        still_there(at)
    leave(at)


def test_two_enters_in_the_palette_do_the_command_once(terminal: StartTerminal) -> None:
    at = begin(terminal, ("label",))
    for theme in ("textual-light", "ansi-dark", "ansi-light", "textual-dark"):
        at.press(":")
        at.wait("Search for commands")
        at.press("Next theme")
        at.wait("Next theme  t")
        at.press("\r\r\r")
        at.wait(f"Theme: {theme}")
        still_there(at)
    leave(at)


@pytest.mark.parametrize("keys", ["R\r\r", "R\x1b\x1b", "R7\r\x1b", "R\r\r\r\r"])
def test_a_seed_that_is_given_twice_starts_once(terminal: StartTerminal, keys: str) -> None:
    at = begin(terminal, ("--pace", "1"))
    for _ in range(AGAIN):
        at.press(keys)
        still_there(at)
        at.wait("Accuracy|accuracy")
    leave(at)


@pytest.mark.parametrize("key", ["g", "a", "c"])
def test_what_is_asked_while_somebody_labels_is_answered_once(terminal: StartTerminal, tmp_path: Path, key: str) -> None:
    """The second Enter, in the same write, is about nothing: the labelling screen stays, and no label is made."""
    session = tmp_path / "asked.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    at.press("12")
    at.wait(header([1, 2]))
    for _ in range(AGAIN):
        at.press(f"{key}xyz\r\r\r")
        still_there(at)
        at.wait(header([1, 2]))
    at.press("3")
    at.wait(header([1, 2, 3]))
    leave(at)
    assert on_disk(session) == [1, 2, 3]


@pytest.mark.parametrize("command", [("label",), ("--pace", "1")], ids=["label", "race"])
def test_clicks_beside_a_palette_that_is_closing(terminal: StartTerminal, command: tuple[str, ...]) -> None:
    at = begin(terminal, command)
    for how in (click(3, 35) * 2, "\x1b[27u" + click(3, 35), click(3, 35) + "\x1b[27u", click(3, 35) + "\r\r", click(500, 500)):
        for _ in range(AGAIN):
            at.press(":")
            at.wait("Search for commands")
            at.press(how)
            at.settle(0.2)
            if "Search for commands" in at.text:
                at.press("\x1b")
            still_there(at)
    leave(at)


def test_a_dialogue_that_a_small_terminal_covers(terminal: StartTerminal) -> None:
    """The terminal shrinks while a dialogue answers, and grows while another one lies over the notice."""
    at = begin(terminal, ("--pace", "1"))
    for keys in ("R", ":", "?"):
        at.press(keys)
        at.resize(10, 40)
        at.wait("al-tui needs 60")
        at.press("\r\x1b")
        at.resize(40, 120)
        at.read(lambda: "al-tui needs 60" not in at.text)
        at.settle(0.2)
        at.press("\x1b")
        still_there(at)
    at.resize(10, 40)
    at.wait("al-tui needs 60")
    at.press("\x10")  # the palette, which opens over everything
    at.settle(0.2)
    at.resize(40, 120)
    at.settle(0.2)
    at.press("\x1b")
    still_there(at)
    leave(at)
