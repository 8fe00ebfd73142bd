"""The palette: a click on what is no longer there does nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.style import Style
from textual import events
from textual.command import CommandList

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
