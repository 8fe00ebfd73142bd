"""What the labelling screen looks like, at three sizes, dark, light, in the terminal's colours, and without any."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from blanks import check_blanks, check_questions
from cuts import check_cuts
from labelling import MADE_UP, LabelDesk, the_items
from textual.pilot import Pilot

SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}
LOOKS = ("dark", "light", "ansi", "no-colour")
TEN = tuple("0123456789")
SCENES: dict[str, tuple[str, ...]] = {
    "label": (*TEN, "4", "d", "5"),
    "explain": (*TEN, "5", "e"),
    "history": (*TEN, "4", "left", "left"),
    "peek": (*TEN, "p"),
    "review": (*TEN, "4", "5", "v"),
    "classes": (*TEN, "C"),
    "find": (*TEN, "slash", "1"),
    "answers": (*TEN, "d", "l"),
    "map": (*TEN, "4", "m", "right", "up"),
    "go-on": (*TEN, "c"),
    "palette": (*TEN, "colon"),
    "help": (*TEN, "question_mark"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_label_screen(
    label_desk: Callable[..., LabelDesk], snap_compare: Any, monkeypatch: pytest.MonkeyPatch, scene: str, size: str, look: str
) -> None:
    at = in_colours(label_desk, monkeypatch, look)
    assert snap_compare(at.app, terminal_size=SIZES[size], run_before=play(at, look, SCENES[scene], scene))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", ["label", "explain"])
def test_nothing_is_measured(
    label_desk: Callable[..., LabelDesk],
    snap_compare: Any,
    monkeypatch: pytest.MonkeyPatch,
    scene: str,
    size: str,
    look: str,
) -> None:
    """Nobody has said before what the items are: there is no curve, and what stands beside it has its room."""
    monkeypatch.setitem(MADE_UP, "open_items", lambda stand, spec, origin=None: replace(the_items(), truth=None))
    at = in_colours(label_desk, monkeypatch, look)
    assert snap_compare(at.app, terminal_size=SIZES[size], run_before=play(at, look, SCENES[scene], scene))


def test_large(label_desk: Callable[..., LabelDesk], snap_compare: Any) -> None:
    at = label_desk(budget=50)
    keys = (*TEN, "4", "d", *"5858585858585858")
    assert snap_compare(at.app, terminal_size=(200, 60), run_before=play(at, "light", keys, "large"))


def test_small(label_desk: Callable[..., LabelDesk], snap_compare: Any) -> None:
    """The smallest terminal that there is room on."""
    at = label_desk()
    assert snap_compare(at.app, terminal_size=(60, 20), run_before=play(at, "dark", (*TEN, "4", "p"), "small"))


def test_a_batch_in_the_light(label_desk: Callable[..., LabelDesk], snap_compare: Any) -> None:
    at = label_desk(batch=6)
    assert snap_compare(at.app, terminal_size=SIZES["80x24"], run_before=play(at, "light", (*TEN, "4", "d"), "batch"))


def in_colours(label_desk: Callable[..., LabelDesk], monkeypatch: pytest.MonkeyPatch, look: str) -> LabelDesk:
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    return label_desk()


def play(at: LabelDesk, look: str, keys: tuple[str, ...], scene: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    async def run(pilot: Pilot[None]) -> None:
        if look != "no-colour":
            at.app.theme = {"dark": "textual-dark", "light": "textual-light", "ansi": "ansi-dark"}[look]
        await at.press(pilot, *keys)
        await at.rest(pilot)
        check_cuts(pilot.app, scene)
        if pilot.app.size == SIZES["120x40"]:
            check_blanks(pilot.app, scene)
            check_questions(pilot.app, scene)

    return run
