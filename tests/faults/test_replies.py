"""A terminal's reply that comes in two parts, however far apart, labels nothing, and what is typed afterwards counts.

The pause is what is tried here: the program must not take its end for the beginning of something else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from replies import SEQUENCES, UNFINISHED, cuts
from test_label_screen import header, on_disk
from test_typing import with_nothing_to_read
from trials import LARGE

StartTerminal = Callable[..., Any]
PAUSES = (0.0, 0.01, 0.15, 0.4)
SILENCE = 2.0
"""Seconds of silence, well above the one after which an unfinished sequence is over, for a machine that is slow to look."""
EVERY = 1 if LARGE else 12
"""Of all cuts and pauses every so manieth is tried."""
GROUPS = 8


def wait(at: Any, seconds: float) -> None:
    due = time.monotonic() + seconds
    while (left := due - time.monotonic()) > 0:
        with_nothing_to_read(at, left)


def parts(sequences: dict[str, bytes]) -> list[tuple[bytes, bytes, float]]:
    """Every sequence cut at every position, with every pause."""
    return [
        (sequence[:cut], sequence[cut:], pause) for sequence in sequences.values() for cut in cuts(sequence) for pause in PAUSES
    ]


def type_around(at: Any, tried: list[tuple[bytes, bytes, float]], silence: float) -> list[int | None]:
    """Send every sequence in its two parts and type a key behind it; what must have been labelled."""
    stack: list[int | None] = []
    for number, (first, second, pause) in enumerate(tried):
        at.send(first)
        wait(at, pause)
        at.send(second)
        wait(at, silence)
        key = str(number % 10)
        at.press(key)
        stack.append(int(key))
        at.wait(header(stack), 30)
    return stack


@pytest.mark.parametrize("group", range(GROUPS))
def test_replies_in_two_parts(
    terminal: StartTerminal, tmp_path: Path, group: int, record_property: Callable[[str, object], None]
) -> None:
    session = tmp_path / "replies.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    tried = parts(SEQUENCES)[group * EVERY :: GROUPS * EVERY] if not LARGE else parts(SEQUENCES)[group::GROUPS]
    stack = type_around(at, tried, 0.0)
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == stack
    record_property("cuts", len(tried))


@pytest.mark.parametrize("name", UNFINISHED)
def test_replies_that_never_end(terminal: StartTerminal, tmp_path: Path, name: str) -> None:
    session = tmp_path / "unfinished.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    tried = parts({name: UNFINISHED[name]})
    stack = type_around(at, tried if LARGE else tried[::8], SILENCE)
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == stack


def test_a_paste_in_many_parts_labels_nothing(terminal: StartTerminal, tmp_path: Path) -> None:
    """Over a slow line, with pauses in the midst of the sequences around it."""
    session = tmp_path / "paste.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    paste = b"\x1b[200~" + b"0123456789" * 20 + b"\x1b[20" + b"\x1b[201~"
    for first in range(1, 8):
        for last in range(1, 8):
            for part in (paste[:first], paste[first:-last], paste[-last:]):
                at.send(part)
                wait(at, 0.15)
    at.press("4")
    at.wait(header([4]), 30)
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == [4]


def test_escape_is_a_key_and_what_follows_slowly_is_another(terminal: StartTerminal, tmp_path: Path) -> None:
    """Esc leaves the history; a digit behind it labels, and a second later a bracket goes back again."""
    session = tmp_path / "escape.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    at.press("12")
    at.wait(header([1, 2]))
    for turn in range(3):
        at.press("[")
        at.wait("you said")
        at.press("\x1b")
        at.read(lambda: "you said" not in at.text)
        wait(at, 0.0 if turn else SILENCE)
        at.press("3")
        at.wait(header([1, 2, *[3] * (turn + 1)]))
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == [1, 2, 3, 3, 3]
