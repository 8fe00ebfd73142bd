"""The palette: a click on what is no longer there does nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.style import Style
from textual import events
from textual.command import CommandList

from al_core.ground.errors import UserError
from al_core.sessions.home import sessions_directory
from al_tui.screens.palette import Palette


async def test_a_click_on_a_command_that_has_gone_does_nothing(desk: Callable[..., Any]) -> None:
    at = desk()
    async with at.app.run_test() as pilot:
        await at.press(pilot, "colon")
        commands = at.app.screen.query_one(CommandList)
        gone = Style.from_meta({"option": (before := commands.option_count) - 1})
        await at.press(pilot, "t", "h", "e", "m")
        assert 0 < commands.option_count < before
        x, y = commands.region.offset
        click = events.Click(commands, 1, 0, 0, 0, 1, False, False, False, x + 1, y, style=gone)
        commands.post_message(click)
        await at.rest(pilot)
        assert isinstance(at.app.screen, Palette)


async def find(at: Any, pilot: Any, words: str) -> None:
    """Type into the palette until it lists one thing, and do that."""
    await at.press(pilot, "colon", *("space" if letter == " " else letter for letter in words))
    for _ in range(200):
        await pilot.pause(0.01)
        if at.app.screen.query_one(CommandList).option_count == 1:
            break
    await at.press(pilot, "down", "enter")
    await at.rest(pilot)


async def test_it_goes_to_a_strategy_and_wears_a_theme_by_name(desk: Callable[..., Any]) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        await find(at, pilot, "entropy")
        assert at.app.screen.flow.looking.run.name == "entropy"
        await find(at, pilot, "theme textual-light")
        assert at.app.theme == "textual-light"


@pytest.mark.parametrize(
    ("typed", "command"),
    [("lessons in place", ("learn",)), ("session mine", ("resume", "mine")), ("data set iris", ("iris",))],
)
async def test_it_leads_elsewhere_by_name_unless_something_would_be_gone(
    desk: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, typed: str, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for name in ("mine", "other"):
        (sessions_directory() / f"{name}.session").touch()
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "4")
        assert at.app.loss
        await find(at, pilot, typed)
        assert f"kept nowhere; q leaves, and then: al-tui {' '.join(command)}" in at.told
        assert at.app.goes_on == ()
        await at.press(pilot, "u")
        assert not at.app.loss
        await find(at, pilot, typed)
    assert at.app.goes_on == command


def test_no_place_for_sessions_is_no_reason_to_fail(monkeypatch: pytest.MonkeyPatch, desk: Callable[..., Any]) -> None:
    monkeypatch.setattr("al_core.sessions.directory.sessions_directory", nowhere)
    assert not [title for title, _, _ in desk().app.elsewhere if title.startswith("Session")]


def nowhere() -> Path:
    raise UserError("no place")
