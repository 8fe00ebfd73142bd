"""What each screen looks like, at three sizes, dark, light, in the terminal's colours, and without any.

After a change that is meant: `pytest -n 0 tests/tui/test_snapshots.py --snapshot-update`, then look at the pictures.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from blanks import check_blanks, check_questions
from cuts import check_cuts
from textual.pilot import Pilot

from al_core.task.spec import TaskSpec

MakeDesk = Callable[..., Any]
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "200x60": (200, 60)}
LOOKS = ("dark", "light", "ansi", "no-colour")
SCENES: dict[str, tuple[str, ...]] = {
    "start": (),
    "race": ("n",) * 5 + ("right",),
    "by-hand": ("n", "n", "h", "8", "s", "3"),
    "failed": ("n",),
    "map": ("n",) * 5 + ("m",),
    "full": ("n",) * 8 + ("f",),
    "solo": ("n",) * 8 + ("i",),
    "hidden": ("n",) * 8 + ("I", "down"),
    "compare": ("n",) * 11,
    "help": ("question_mark",),
    "seed": ("n", "R"),
    "labels": (),
    "over": (*("n",) * 11, "escape"),
    "back": (*("n",) * 11, "escape", "pageup", "pageup"),
    "words": (*("n",) * 11, "e"),
    "palette": ("n", "colon"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", SCENES)
def test_screen(desk: MakeDesk, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, scene: str, size: str, look: str) -> None:
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk()
    if scene == "failed":
        at.executor.fail = lambda state: ValueError("a strategy broke") if state.strategy == "least_confidence" else None
    if scene == "start":
        monkeypatch.setattr(type(at.app), "start_engine", lambda self: None)
    assert snap_compare(at.app, terminal_size=SIZES[size], run_before=play(at, look, SCENES[scene], scene))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", ["race", "compare"])
def test_seeds(desk: MakeDesk, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, scene: str, size: str, look: str) -> None:
    """Twelve of thirty seeds while the race goes on, and the comparison when all of them are there."""
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk(budget=320, seeds=30, cells=12 * 6 + 2 if scene == "race" else 10_000)
    keys = {"race": ("n",) * 6, "compare": ("c",)}[scene]
    assert snap_compare(at.app, terminal_size=SIZES[size], run_before=play(at, look, keys, f"seeds-{scene}"))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
def test_plane(desk: MakeDesk, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, size: str, look: str) -> None:
    """What the model says everywhere, of this round and of the one before; the map alone where there is least room."""
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk(spec=TaskSpec("plane(separation=0.5)", batch=1, budget=44))
    keys = ("n",) * 6 + (("m", "f") if size == "80x24" else ())
    assert snap_compare(at.app, terminal_size=SIZES[size], run_before=play(at, look, keys, "plane"))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
def test_plane_of_a_committee(desk: MakeDesk, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, size: str, look: str) -> None:
    """The border of each of the four who vote."""
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk(("random", "consensus_entropy"), spec=TaskSpec("plane(separation=0.5)", batch=1, budget=44))
    keys = ("n",) * 4 + (("m", "f") if size == "80x24" else ())
    assert snap_compare(at.app, terminal_size=SIZES[size], run_before=play(at, look, keys, "committee"))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keys", [("g",), ("g", "g")], ids=["rounds", "strategies"])
def test_planes(
    desk: MakeDesk, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, size: str, look: str, keys: tuple[str, ...]
) -> None:
    """Nine rounds of a strategy, and the strategies as they are now."""
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk(spec=TaskSpec("plane(separation=0.5)", batch=1, budget=44))
    assert snap_compare(at.app, terminal_size=SIZES[size], run_before=play(at, look, ("n",) * 12 + keys, "planes"))


@pytest.mark.parametrize("scene", ["race", "compare"])
def test_small(desk: MakeDesk, snap_compare: Any, scene: str) -> None:
    """The smallest terminal that there is room on; more seeds may be asked for."""
    at = desk()
    at.app.more_seeds = lambda spec: None
    assert snap_compare(at.app, terminal_size=(60, 20), run_before=play(at, "dark", SCENES[scene], scene))


@pytest.mark.parametrize("look", LOOKS)
def test_too_small(desk: MakeDesk, snap_compare: Any, monkeypatch: pytest.MonkeyPatch, look: str) -> None:
    if look == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk()
    assert snap_compare(at.app, terminal_size=(50, 12), run_before=play(at, look, (), "small"))


def test_every_picture_belongs_to_a_test(unused_pictures: list[Path]) -> None:
    assert unused_pictures == []


def play(at: Any, look: str, keys: tuple[str, ...], scene: str) -> Callable[[Pilot[None]], Awaitable[None]]:
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
