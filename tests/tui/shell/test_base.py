"""Leaving while a screen is still being filled: Textual then mounts no more widgets, and a screen must not look for them."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from al_tui.screens.ask import Ask
from al_tui.screens.compare import CompareScreen
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item

MakeDesk = Callable[..., Any]


def leave_when_mounted(monkeypatch: pytest.MonkeyPatch, widget: type[Widget], app: App[None]) -> list[str]:
    """Have the program quit with code 129 when the first such widget is mounted; returns what was mounted."""
    mounted: list[str] = []

    def on_mount(self: Widget) -> None:
        if not mounted:
            app.exit(return_code=129)
        mounted.append(widget.__name__)

    monkeypatch.setattr(widget, "on_mount", on_mount, raising=False)
    return mounted


@pytest.mark.parametrize("widget", [HeaderLine, Item])
async def test_quitting_while_the_race_screen_is_filled(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, widget: type[Widget]
) -> None:
    at = desk()
    mounted = leave_when_mounted(monkeypatch, widget, at.app)
    async with at.app.run_test(size=(120, 40)) as pilot:
        for _ in range(20):
            await pilot.pause()
    assert mounted
    assert at.app.return_code == 129


async def test_quitting_before_the_comparison_is_filled(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk()
    compose = CompareScreen.compose

    def leave(self: CompareScreen) -> ComposeResult:
        at.app.exit(return_code=129)
        return compose(self)

    monkeypatch.setattr(CompareScreen, "compose", leave)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        await pilot.press("c")
        for _ in range(20):
            await pilot.pause()
    assert at.app.return_code == 129


async def test_quitting_while_the_labelling_screen_is_filled(label_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = label_desk()
    mounted = leave_when_mounted(monkeypatch, HeaderLine, at.app)
    async with at.app.run_test(size=(120, 40)) as pilot:
        for _ in range(20):
            await pilot.pause()
    assert mounted
    assert at.app.return_code == 129


async def test_what_the_engine_tells_while_the_screen_is_closed_paints_nothing(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        screen = at.app.screen
        at.app.exit(return_code=129)
        await screen.query_one("#bottom").remove()
        at.engine.changed(None)
        screen.painting.late_paint()
        screen.painting.late_seeds()
    assert at.app.return_code == 129


async def test_an_app_under_test_leaves_signals_to_the_tests(desk: MakeDesk) -> None:
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)]
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)] == handlers


async def test_what_is_told_is_text_wherever_it_is_told(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the bottom line, and in the corner of a dialogue, which has none; and it is no markup there."""
    at, words = desk(), "a\x1b[2Jb\u202e [bold]c[/bold]"
    shown = "a␛[2Jb<202E> [bold]c[/bold]"
    told: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(at.app, "notify", lambda message, **more: told.append((message, more)))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        at.app.tell(words)
        assert at.told == shown
        await at.app.push_screen(Ask("Which?", ""))
        for problem, severity in ((True, "error"), (False, "information")):
            at.app.tell(words, problem=problem)
            assert told.pop() == (shown, {"severity": severity, "timeout": 4, "markup": False})
