"""A monkey at the keyboard and the mouse, of every screen: the program neither ends nor gets stuck, and labels stay whole.

Seeds are fixed. A screen takes half a minute or so; `AL_TUI_TRIALS=large` makes twenty times as many turns.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pytest
from screens import click, wheel
from trials import trials

from al_core.sessions.checking import check_session

StartTerminal = Callable[..., Any]
TURNS = trials(75, 1500)
"""Things done on a screen; most are one key, some are many."""
CHECKS = 25
"""Every so many turns the program must show that it is there."""

NAMED = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "page up": "\x1b[5~",
    "page down": "\x1b[6~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "ctrl+home": "\x1b[1;5H",
    "ctrl+end": "\x1b[1;5F",
    "delete": "\x1b[3~",
    "back tab": "\x1b[Z",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
    "alt+x": "\x1bx",
    "escape": "\x1b",
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "ctrl+a": "\x01",
    "ctrl+p": "\x10",
    "ctrl+k": "\x0b",
    "ctrl+v": "\x16",
    "ctrl+x": "\x18",
    "ctrl+w": "\x17",
    "focus": "\x1b[O\x1b[I",
}
LETTERS = "abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ0123456789 :?+-=[]{}()!@#$%^&*/\\.,;'\"|<>~`äß€😀"
"""No q: whoever wants to leave may, and here nobody wants to."""

BEGIN: dict[str, tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]] = {
    "race": (("--pace", "3"), "asks about these", ()),
    "by-hand": (("--pace", "3"), "asks about these", (("h", "asks you about"),)),
    "finished": (("--pace", "max", "--budget", "40"), "Comparison ·", (("\x1b", "finished"),)),
    "seeds": (("--seeds", "4", "--pace", "max", "--budget", "60"), "middle half", ()),
    "comparison": (("--pace", "3"), "asks about these", (("c", "Comparison"),)),
    "comparison-of-seeds": (("--seeds", "3", "--pace", "max", "--budget", "40", "--strategies", "random,margin"), "A/A", ()),
    "save": (("--pace", "3"), "asks about these", (("c", "Comparison"), ("w", "Save the table"))),
    "help": (("--pace", "3"), "asks about these", (("?", "─ Help ─"),)),
    "palette": (("--pace", "3"), "asks about these", ((":", "Search for"),)),
    "seed": (("--pace", "3"), "asks about these", (("R", "another seed"),)),
    "too-small": (("--pace", "3"), "asks about these", (("\x00small", "al-tui needs"),)),
    "starting": ((), "starting", ()),
    "label": (("label",), "one of the first", ()),
    "label-starting": (("label",), "starting", ()),
    "label-batch": (("label", "--batch", "8"), "one of the first", (("3141592653589", "13 labels"), ("p", "13 labels"))),
    "explain": (("label",), "one of the first", (("314159265358", "12 labels"), ("e", "12 labels"))),
    "history": (("label",), "one of the first", (("314159265358", "12 labels"), ("[[", "you said"))),
    "review": (("label",), "one of the first", (("314159265358979", "15 labels"), ("v", "15 labels"))),
    "flag": (("label",), "one of the first", (("g", "A note on this item"),)),
    "auto-label": (("label",), "one of the first", (("314159265358", "12 labels"), ("a", "Let the machine"))),
    "change": (("label",), "one of the first", (("c", "How to go on"),)),
    "label-help": (("label",), "one of the first", (("?", "─ Help ─"),)),
    "label-palette": (("label",), "one of the first", ((":", "Search for"),)),
}
"""By screen: how the program is started, what it shows then, and how one gets there: a key, and what is seen next."""


class Monkey:
    """Does what comes to its mind; ``keys`` bring it back to its screen."""

    def __init__(self, dice: random.Random, keys: str) -> None:
        self.dice, self.keys = dice, keys
        self.did: Counter[str] = Counter()

    def act(self, at: Any) -> None:
        """One turn."""
        dice = self.dice
        what = dice.choices(
            ["letter", "named", "both", "back", "click", "wheel", "drag", "paste", "resize", "theme", "enters", "burst"],
            [30, 20, 8, 8, 12, 5, 2, 3, 3, 3, 4, 2],
        )[0]
        self.did[what] += 1
        x, y = dice.randrange(-2, 130), dice.randrange(-2, 45)
        match what:
            case "letter":
                at.press(dice.choice(LETTERS))
            case "named":
                at.press(dice.choice([*NAMED.values()]))
            case "both":  # a dialogue, and at once a key for it
                at.press(dice.choice(":?RgacwvhfO") + dice.choice([*NAMED.values()]))
            case "back":
                at.press(self.keys)
            case "click":
                at.press(click(x, y, dice.choice([0, 0, 0, 1, 2])) * dice.choice([1, 1, 2, 3]))
            case "wheel":
                at.press(wheel(x, y, dice.random() < 0.5) * dice.randrange(1, 6))
            case "drag":
                moves = "".join(f"\x1b[<32;{x + step};{y + step}M" for step in range(4))
                at.press(f"\x1b[<0;{x};{y}M{moves}\x1b[<0;{x + 4};{y + 4}m")
            case "paste":
                text = "".join(dice.choice(LETTERS + "\n") for _ in range(dice.randrange(1, 400)))
                at.press(f"\x1b[200~{text}\x1b[201~")
            case "resize":
                size = dice.choice([(40, 120), (24, 80), (20, 60), (10, 40), (1, 1), (3, 200), (60, 200), (19, 61), (41, 119)])
                at.resize(*size)
            case "theme":
                at.press("t" * dice.randrange(1, 6))
            case "enters":
                at.press(dice.choice(["\r\r", "\r\r\r", "\r\x1b", "\x1b[27u\r", "5\r\r"]))
            case "burst":
                at.press("".join(dice.choice(LETTERS) for _ in range(dice.randrange(5, 60))))


def read_some(at: Any) -> bool:
    """Take off what is drawn; False when the program has left."""
    try:
        at.feed(at.child.read_nonblocking(65536, timeout=0.02))
    except pexpect.TIMEOUT:
        return True
    except pexpect.EOF:
        return False
    return True


def answers(at: Any) -> None:
    """The program is there: at whatever screen it is, it shows its help, and leaves it, in a terminal as it was at first."""
    at.resize(40, 120)
    for _ in range(12):
        at.settle(0.2)
        at.press("\x1b[27u")  # Esc, told in a way that no other key can be mixed up with
    at.settle(0.2)
    for _ in range(3):
        if "─ Help ─" not in at.text:
            at.press("?")
            at.settle(0.2)
    at.wait("─ Help ─", 60)
    at.press("\x1b[27u")
    at.read(lambda: "─ Help ─" not in at.text)


def open_screen(terminal: StartTerminal, name: str) -> tuple[Any, str]:
    command, first, way = BEGIN[name]
    at = terminal(*command)
    at.wait(first)
    for key, seen in way:
        if key == "\x00small":
            at.resize(12, 50)
        else:
            at.press(key)
        at.wait(seen)
    return at, "".join(key for key, _ in way if not key.startswith("\x00"))


@pytest.mark.parametrize("name", BEGIN)
def test_the_program_survives_a_monkey(
    terminal: StartTerminal, tmp_path: Path, name: str, record_property: Callable[[str, object], None]
) -> None:
    dice = random.Random(name)
    left = 0
    monkey = None
    at = None
    for turn in range(TURNS):
        if at is None:
            at, keys = open_screen(terminal, name)
            monkey = monkey or Monkey(dice, keys)
        assert monkey is not None
        monkey.act(at)
        there = read_some(at)
        if there and turn % CHECKS == CHECKS - 1:
            try:
                answers(at)
            except pexpect.EOF:
                there = False
            else:
                at.press(keys)
        if not there:  # it chose Quit, in the palette or with the mouse: that is its right
            assert at.finish() == 0, at.raw[-2000:]
            check_left(at, tmp_path)
            left, at = left + 1, None
    if at is not None:
        answers(at)
        at.press("q")
        assert at.finish() == 0, at.raw[-2000:]
        check_left(at, tmp_path)
    assert monkey is not None
    record_property("turns", dict(monkey.did))
    record_property("left", left)


def check_left(at: Any, home: Path) -> None:
    """Nothing failed, in sight or in the log; the sessions are whole, and out of the way of the next program."""
    assert "Traceback" not in at.raw
    assert "went wrong" not in at.raw
    assert not list(home.rglob("crash-*.txt"))
    for log in home.rglob("al-tui.log"):
        assert "Traceback" not in log.read_text(), log.read_text()[-4000:]
    for session in [*home.rglob("*.session")]:
        assert check_session(session).problems == ()
    shutil.rmtree(home / ".local/share/al-tui/sessions", ignore_errors=True)
