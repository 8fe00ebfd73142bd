"""Dialogues leave in sight what they are about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.screen import Screen
from textual.widgets import Static

from al_tui.commands.command import Command
from al_tui.screens.ask import Ask
from al_tui.screens.help import Help
from al_tui.shell.base import BaseApp


class Below(App[None]):
    """What is asked about fills the screen."""

    CSS_PATH = BaseApp.CSS_PATH

    def compose(self) -> ComposeResult:
        for number in range(24):
            yield Static(f"line {number:02} " * 12)


@pytest.mark.parametrize("dialogue", [lambda: Ask("Which class?", ""), lambda: Help((), "")])
async def test_the_screen_below_is_seen_beside_it(dialogue: Callable[[], Screen[Any]]) -> None:
    app = Below()
    async with app.run_test(size=(100, 24)) as pilot:
        await app.push_screen(dialogue())
        await pilot.pause()
        (box,) = app.screen.query(".dialog")
        assert app.screen.styles.background.a == 0
        assert box.region.bottom == 24
        assert abs(box.region.x - (100 - box.region.right)) <= 1
        assert "line 00" in "".join(segment.text for segment in app.screen._compositor.render_strips()[0])


async def test_an_answer_is_typed_under_what_is_asked_about() -> None:
    app = Below()
    async with app.run_test(size=(80, 24)) as pilot:
        await app.push_screen(Ask("Which class?", ""))
        await pilot.pause()
        (box,) = app.screen.query(".dialog")
        assert box.region.y > 24 // 2


async def test_in_the_help_words_stand_beside_every_key() -> None:
    app = Below()
    async with app.run_test(size=(100, 24)) as pilot:
        read = Command(("down",), "read", "Read on", "Look", shown="↓ ↑ PgDn PgUp Home End")
        await app.push_screen(Help((read, Command(("z",), "larger", "Larger", "Look")), ""))
        await pilot.pause()
        text = app.screen.query_one(Static).content
        assert "End Read on\n" in str(text)
        assert "  z           Larger\n" in str(text)
