"""Bytes that are no text, one of them or many, between keys and within them: they are nothing, and the keys count."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_label_screen import header, on_disk
from trials import trials

StartTerminal = Callable[..., Any]
NO_TEXT = {
    "E1": b"\xe1",
    "FF": b"\xff",
    "9B": b"\x9b",
    "C3": b"\xc3",
    "cut-of-three": b"\xe2\x82",
    "cut-of-four": b"\xf0\x9f\x92",
    "surrogate": b"\xed\xa0\x80",
    "too-long": b"\xc0\xb1",
    "beyond": b"\xf4\x90\x80\x80",
    "continuation": b"\x80\xbf",
    "C1": "\x9b\x90\x9d\x85".encode(),
    "NUL": b"\x00",
    "no-character": b"\x1b[55296u\x1b[1114112u\x1b[99999999999u\x1b[1:2u\x1b[;:1u\x1b[57;1;55296u",
}


@pytest.mark.parametrize("name", NO_TEXT)
def test_no_text_between_labels(terminal: StartTerminal, tmp_path: Path, name: str) -> None:
    """In one write with a key, and in one of its own."""
    data, session = NO_TEXT[name], tmp_path / "bytes.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    stack: list[int | None] = []
    for key in "3141592653":
        for write in ((data + key.encode(),), (data, key.encode())):
            for part in write:
                at.send(part)
            stack.append(int(key))
            at.wait(header(stack))
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert on_disk(session) == stack


def test_noise(terminal: StartTerminal, tmp_path: Path) -> None:
    """Random bytes above 0x7F, as from a line that breaks: the program is still there, and nothing is labelled."""
    dice = random.Random(3)
    session = tmp_path / "noise.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    for _ in range(trials(50, 1000)):
        at.send(bytes(dice.randrange(0x80, 0x100) for _ in range(dice.randrange(1, 200))))
    at.press("7")
    at.wait(header([7]))
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == [7]


@pytest.mark.parametrize("name", NO_TEXT)
def test_no_text_in_a_dialogue_and_in_a_race(terminal: StartTerminal, name: str) -> None:
    at = terminal("--pace", "1")
    at.wait("asks about these")
    at.send(NO_TEXT[name])
    at.press("R")
    at.wait("another seed")
    pasted = b"" if name == "no-character" else NO_TEXT[name]  # without its escapes that would be text
    at.send(b"4" + NO_TEXT[name] + b"2\x1b[200~" + pasted + b"\x1b[201~")
    at.wait("42")
    at.press("\x1b")
    at.read(lambda: "another seed" not in at.text)
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
