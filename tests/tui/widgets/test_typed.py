"""Keys that arrive together do what they do one after the other."""

from __future__ import annotations

import pytest
from textual import events
from textual.app import App

from al_tui.screens.ask import Ask
from al_tui.widgets.typed import Typed

KEYS = {"<": "backspace", "U": "ctrl+u", "!": "enter", "{": "home", "}": "end", "L": "left", "X": "delete", "W": "ctrl+w"}


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("jar!", "jar"),
        ("jax<r!", "jar"),
        ("Ujar!", "jar"),
        ("ar{j!", "jar"),
        ("{XXowLU!", "wwl"),
        ("jrLa}s!", "jars"),
        ("a jarW!", "a "),
        ("<!", ""),
        ("<<<<<<jar<<<<bowl!", "bowl"),
    ],
)
async def test_a_burst_of_keys(keys: str, line: str) -> None:
    said: list[str | None] = []
    app = App[None]()
    async with app.run_test() as pilot:
        app.push_screen(Ask("What is it called?", "bowl"), said.append)
        await pilot.pause()
        for key in keys:
            app.post_message(events.Key(KEYS.get(key, key), None if key in KEYS else key))
        await pilot.pause()
        await pilot.pause()
    assert said == [line]


async def test_escape_leaves_and_what_is_marked_is_typed_over() -> None:
    said: list[str | None] = []
    app = App[None]()
    async with app.run_test() as pilot:
        app.push_screen(Ask("What is it called?", "bowl"), said.append)
        await pilot.pause()
        await pilot.press("j", "a", "r")
        assert app.screen.query_one(Typed).value == "jar"
        await pilot.press("escape")
        await pilot.pause()
    assert said == [None]
