"""Every screen in every state, in every theme, on terminals of 16, 256 and all colours and of none: it is drawn, and only with
codes that the terminal knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from labelling import START, LabelDesk
from rich.color import ColorSystem
from textual.app import App
from textual.pilot import Pilot

from al_core.labelling.messages import Suspect
from al_tui.shell.base import THEMES

TEN = tuple("0123456789")
KNOWN = {
    ColorSystem.STANDARD: {"16"},
    ColorSystem.EIGHT_BIT: {"16", "256"},
    ColorSystem.TRUECOLOR: {"16", "256", "all"},
}
GREYS_OF_256 = {16, 59, 102, 145, 188, 231, *range(232, 256)}

RACE: dict[str, tuple[str, ...]] = {
    "race": ("n",) * 5 + ("right",),
    "by-hand": ("n", "n", "h", "8", "s", "3"),
    "failed": ("n",),
    "full": ("n",) * 8 + ("f",),
    "finished": (*("n",) * 11, "escape"),
    "compare": ("n",) * 11,
    "save": (*("n",) * 11, "w"),
    "help": ("question_mark",),
    "palette": ("colon",),
    "seed": ("n", "R"),
}
SEEDS = {"seeds": (12 * 6 + 2, ("n",) * 6), "seeds-finished": (10_000, ("n",) * 4), "seeds-compare": (10_000, ("c",))}
LABEL: dict[str, tuple[str, ...]] = {
    "label": (*TEN, "4", "d", "5"),
    "explain": (*TEN, "5", "e"),
    "history": (*TEN, "5", "left_square_bracket", "left_square_bracket"),
    "review": ("v",),
    "note": ("g",),
    "auto-label": (*TEN, "4", "a"),
    "change": (*TEN, "c"),
    "label-help": ("question_mark",),
}


def colours(raw: str) -> set[tuple[str, bool]]:
    """Which ways of naming a colour are in what was written, and whether what is named is a grey."""
    return {way for codes in re.findall(r"\x1b\[([\d;]*)m", raw) for way in ways([int(code or 0) for code in codes.split(";")])}


def ways(codes: list[int]) -> Iterator[tuple[str, bool]]:
    """The ways of naming a colour in one sequence."""
    while codes:
        code = codes.pop(0)
        if code in (38, 48) and codes[0] == 5:
            yield "256", codes[1] in GREYS_OF_256
            del codes[:2]
        elif code in (38, 48):
            yield "all", len(set(codes[1:4])) == 1
            del codes[:4]
        elif 30 <= code <= 37 or 40 <= code <= 47 or 90 <= code <= 97 or 100 <= code <= 107:
            yield "16", code % 10 in (0, 7)


def drawn(app: App[Any], system: ColorSystem) -> str:
    """What a terminal of such colours is sent when the whole screen is drawn anew."""
    app.console._color_system = system
    update = app.screen._compositor.render_full_update()
    for strip in chain.from_iterable(update.strips):
        strip._render_cache = None
        for segment in strip:
            if segment.style is not None:
                segment.style._ansi = None  # a style keeps the codes of the terminal that it was first written for
    return update.render_segments(app.console)


async def in_every_theme(at: Any, pilot: Pilot[None]) -> None:
    """Draw the screen in all themes, for all kinds of terminals."""
    app = pilot.app
    for theme in THEMES:
        app.theme = theme
        await at.rest(pilot)
        for system, known in KNOWN.items():
            found = colours(drawn(app, system))
            assert {way for way, _ in found} <= known
            coloured = any(not grey for _, grey in found)
            if app.no_color:
                assert not coloured
            elif system is ColorSystem.TRUECOLOR:
                assert coloured


@pytest.mark.parametrize("colour", ["colour", "no-colour"])
@pytest.mark.parametrize("scene", RACE)
async def test_a_race(desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, scene: str, colour: str) -> None:
    if colour == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = desk()
    if scene == "failed":
        at.executor.fail = lambda state: ValueError("a strategy broke") if state.strategy == "least_confidence" else None
    async with at.app.run_test(size=(100, 32)) as pilot:
        await at.press(pilot, *RACE[scene])
        await in_every_theme(at, pilot)


@pytest.mark.parametrize("colour", ["colour", "no-colour"])
@pytest.mark.parametrize("scene", SEEDS)
async def test_a_race_over_seeds(desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, scene: str, colour: str) -> None:
    if colour == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    cells, keys = SEEDS[scene]
    at = desk(seeds=30, cells=cells)
    async with at.app.run_test(size=(100, 32)) as pilot:
        await at.press(pilot, *keys)
        await in_every_theme(at, pilot)


@pytest.mark.parametrize("colour", ["colour", "no-colour"])
@pytest.mark.parametrize("scene", LABEL)
async def test_labelling(
    label_desk: Callable[..., LabelDesk], monkeypatch: pytest.MonkeyPatch, scene: str, colour: str
) -> None:
    if colour == "no-colour":
        monkeypatch.setenv("NO_COLOR", "1")
    at = label_desk()
    async with at.app.run_test(size=(100, 32)) as pilot:
        if scene == "review":
            await at.press(pilot, *TEN)
            at.stand.suspects = (Suspect(START[3], 3, 0.01, 5),)
        await at.press(pilot, *LABEL[scene])
        await in_every_theme(at, pilot)
