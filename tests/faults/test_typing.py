"""A cat on the keyboard: keys faster than anybody types, pasted text, sequences that mean nothing, windows that change.

Guarantee G of docs/sessions.md, and nothing is lost: what is on disk is what was typed, in this order.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from test_label_screen import header, on_disk, typed
from trials import trials

StartTerminal = Callable[..., Any]
ROUNDS = 5
FAST, SECONDS = trials(1, ROUNDS), trials(2, 10)


def keys(dice: random.Random, stack: list[int | None]) -> Iterator[tuple[str, list[int | None]]]:
    """Keys for ever, each with the answers after it; as many are taken back as are needed to never run out of items."""
    while True:
        key = dice.choice("uuuuuuu0123d" if len(stack) > 500 else "0123456789" * 3 + "du" if stack else "0123456789")
        stack = typed(stack, key)
        yield key, stack


def begin(terminal: StartTerminal, session: Path) -> Any:
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    return at


def leave(at: Any, session: Path, stack: list[int | None]) -> None:
    at.wait(header(stack), 300)  # ten thousand commits take as long as the disk takes
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert "not saved" not in at.raw
    assert on_disk(session) == stack


@pytest.mark.parametrize("trial", range(FAST))
def test_a_thousand_keys_a_second(terminal: StartTerminal, tmp_path: Path, trial: int) -> None:
    session = tmp_path / "fast.session"
    at = begin(terminal, session)
    at.child.delaybeforesend = None  # pexpect would wait for longer than ten keys take
    stack: list[int | None] = []
    stream = keys(random.Random(trial), stack)
    due = time.monotonic()
    for _ in range(100 * SECONDS):
        chunk = ""
        for _ in range(10):
            key, stack = next(stream)
            chunk += key
        at.press(chunk)
        due += 0.01
        while (left := due - time.monotonic()) > 0:  # the pace is what is tried here; what is drawn must be taken off
            with_nothing_to_read(at, left)
    leave(at, session, stack)


def with_nothing_to_read(at: Any, seconds: float) -> None:
    try:
        at.feed(at.child.read_nonblocking(65536, timeout=seconds))
    except pexpect.TIMEOUT:
        return


def unknown(dice: random.Random) -> str:
    """An escape sequence that means nothing here, full of digits."""
    numbers = ";".join(str(dice.randrange(100)) for _ in range(dice.randrange(1, 4)))
    return dice.choice(
        [
            f"\x1b[{numbers}{dice.choice('ghjklnopvwxyz')}",
            f"\x1b[?{numbers}c",
            f"\x1b[>{numbers}c",
            f"\x1b]{dice.randrange(60)};{numbers}\x07",
            f"\x1b]52;c;{dice.randbytes(30).hex()}\x1b\\",
            f"\x1bP{numbers}|{numbers}\x1b\\",
            f"\x1b_G{numbers}\x1b\\",
            f"\x1b[{dice.randrange(35, 150)}~",
        ]
    )


@pytest.mark.parametrize("what", ["paste", "unknown", "resize"])
def test_what_is_no_key_labels_nothing(terminal: StartTerminal, tmp_path: Path, what: str) -> None:
    """Between keys that are typed; of the sequences a hundred each time, of pasted text 10 kB."""
    dice = random.Random(what)
    session = tmp_path / "between.session"
    at = begin(terminal, session)
    stack: list[int | None] = []
    stream = keys(dice, stack)
    for trial in range(ROUNDS):
        for _ in range(100):
            key, stack = next(stream)
            at.press(key)
            if what == "unknown":
                at.press(unknown(dice))
            elif what == "resize":
                at.resize(dice.randrange(24, 41), dice.randrange(80, 121))
                with_nothing_to_read(at, 0.01)
        if what == "paste":
            at.wait(header(stack))
            at.press("\x1b[200~" + "".join(dice.choice("0123456789sdbu\n") for _ in range(10_000)) + "\x1b[201~")
            at.wait("Pasted text labels nothing")
        if what == "resize":
            at.resize(40, 120)
        at.wait(header(stack))
        assert on_disk(session) == stack, trial
    leave(at, session, stack)
