"""What leaves the machine for one answer: little enough for a slow line."""

from __future__ import annotations

import itertools
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

MOST_A_PICTURE = 40_000
"""Bytes at 120×40."""
MOST_A_DIGIT = 15_000
ANSWERS = 16
"""More than the strip has places, so that it makes room for one once."""


def noise(root: Path, width: int, height: int) -> None:
    """Pictures of which no two pixels beside each other are alike: nothing takes more."""
    root.mkdir()
    rng = np.random.default_rng(0)
    for number in range(ANSWERS + 4):
        Image.fromarray(rng.integers(0, 256, (height, width, 3), dtype=np.uint8)).save(root / f"{number}.png")


def sent_for_two(at: Any, keys: str) -> list[int]:
    """Bytes written after each two keys, until the next item stands there and nothing more is drawn.

    Of two, since on a busy machine a part of what an answer takes may come when the next key has been pressed.
    """
    out = []
    for number, key in enumerate(keys, 1):
        before = len(at.raw.encode())
        at.press(key)
        at.wait(rf"\b{number} labels? ·.* model knows every answer")
        at.settle()
        out.append(len(at.raw.encode()) - before)
    at.press("q")
    assert at.finish() == 0
    return [one + other for one, other in itertools.pairwise(out)]


@pytest.mark.scale
@pytest.mark.parametrize(("width", "height"), [(64, 64), (640, 480)])
def test_a_picture_of_noise_in_colour(terminal: Callable[..., Any], tmp_path: Path, width: int, height: int) -> None:
    noise(tmp_path / "pots", width, height)
    at = terminal("label", "pots", "--classes", "a,b", "--audit", "0", "--learner", "logistic", "--session", "s.session")
    at.wait("0 labels(?s:.)*1 a")
    at.settle()
    sent = sent_for_two(at, "12" * (ANSWERS // 2))
    cells = at.raw.count("▀")
    assert cells > 500 * ANSWERS, "pictures are drawn as large as there is room, and without these signs nothing is measured"
    assert max(sent) <= 2 * MOST_A_PICTURE, json.dumps(sent)


@pytest.mark.scale
def test_a_digit(terminal: Callable[..., Any]) -> None:
    at = terminal("label", "--session", "s.session")
    at.wait("0 labels(?s:.)*0  1  2")
    at.settle()
    sent = sent_for_two(at, "1234567890123456")
    assert max(sent) <= 2 * MOST_A_DIGIT, json.dumps(sent)


def labelled(number: int, then: str = r"1 茶壶 +\.\d\d █") -> str:
    """The screen when so many items are labelled, and has all that comes from elsewhere: by default, the probabilities."""
    return rf"\b{number} labels? ·.* model knows every answer(?s:.)*{then}"


TURNS = (
    ("1", labelled(1, "0-9 Label")),
    ("2", labelled(2, "0-9 Label")),
    ("p3", labelled(3)),
    ("1", labelled(4)),
    ("z", "2× ·(?s:.)*0-9 Label"),
    ("k", "· contrast(?s:.)*0-9 Label"),
    ("1", labelled(5)),
    ("\x1b[D\x1b[D", labelled(5, r"you said 茶壶(?s:.)*1 茶壶 +\.\d\d █")),
    ("\x1b[C\x1b[C", labelled(5, r"asked by auto(?s:.)*1 茶壶 +\.\d\d █")),
    ("3", labelled(6)),
    ("2", labelled(7)),
    ("e", labelled(7, "its score")),
    ("1", labelled(8, r"its score(?s:.)*1 茶壶 +\.\d\d █")),
    ("?", "Label the item on the screen"),
    ("\x1b", labelled(8, "0-9 Label")),
)
"""What is pressed, and what the screen shows when the program has done all that it was asked for."""


def seen(at: Any) -> list[list[tuple[Any, ...]]]:
    """What one sees; of a blank only its paper and its lines."""
    rows = [[at.screen.buffer[y][x] for x in range(at.screen.columns)] for y in range(at.screen.lines)]
    return [[(c.data, c.bg, c.reverse, c.underscore, c.data != " " and (c.fg, c.bold)) for c in row] for row in rows]


def test_what_was_sent_by_and_by_is_what_is_there(terminal: Callable[..., Any], tmp_path: Path) -> None:
    """The screen after many small frames, beside one that is drawn as a whole."""
    noise(tmp_path / "pots", 24, 24)
    for number, name in enumerate(("茶壶的图片", "👩‍🔬 e\u0301", "إبريق")):
        (tmp_path / "pots" / f"{number}.png").rename(tmp_path / "pots" / f"{name}.png")
    at = terminal("label", "pots", "--classes", "茶壶,a,إبريق", "--audit", "0", "--session", "s.session")
    at.wait("0 labels(?s:.)*2 a")
    for keys, becomes in TURNS:
        at.press(keys)
        at.wait(becomes)
        at.settle()
        shown, text, sent = seen(at), at.text, len(at.raw)
        os.kill(at.child.pid, signal.SIGCONT)
        at.read(lambda sent=sent: len(at.raw) > sent + 5000)
        at.settle()
        assert seen(at) == shown, f"{keys!r}:\n{text}\n\n{at.text}"
    at.press("q")
    assert at.finish() == 0
