"""What is to be done later is done, whatever the machine does meanwhile."""

from __future__ import annotations

import asyncio
from itertools import count

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget

from al_tui.widgets.later import later


class Page(App[None]):
    """One widget, and what was done."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[str] = []

    def compose(self) -> ComposeResult:
        yield Widget()


async def test_it_is_done_even_when_the_process_was_not_let_run_just_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two looks at the clock are a second apart, as on a machine that is very busy: Textual's own timer is left out."""
    app = Page()
    async with app.run_test() as pilot:
        clock = count()
        monkeypatch.setattr("textual._time.get_time", lambda: float(next(clock)))
        widget = app.query_one(Widget)
        widget.set_timer(0.01, lambda: app.done.append("Textual's"))
        later(widget, 0.01, lambda: app.done.append("ours"))
        for _ in range(200):
            await pilot.pause()
            if app.done:
                break
        monkeypatch.undo()
        assert app.done == ["ours"]


async def test_it_is_not_done_when_it_is_taken_back_or_the_app_leaves() -> None:
    app = Page()
    async with app.run_test() as pilot:
        widget = app.query_one(Widget)
        later(widget, 0.001, lambda: app.done.append("taken back")).cancel()
        later(widget, 0.001, lambda: app.done.append("done"))
        for _ in range(200):
            await pilot.pause()
            if app.done:
                break
        later(widget, 0, lambda: app.done.append("too late"))
        app.exit(return_code=3)
        await pilot.pause()
    assert app.done == ["done"]


async def test_it_is_not_done_while_the_app_is_closed_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Page()
    close = app._close_all

    async def closing() -> None:
        later(app.query_one(Widget), 0, lambda: app.done.append("too late"))
        for _ in range(5):
            await asyncio.sleep(0)
        await close()

    monkeypatch.setattr(app, "_close_all", closing)
    async with app.run_test():
        pass
    assert app.done == []


async def test_a_fault_in_it_is_the_apps() -> None:
    def fault() -> None:
        raise ZeroDivisionError("broken")

    async def run() -> None:
        app = Page()
        async with app.run_test() as pilot:
            later(app.query_one(Widget), 0, fault)
            for _ in range(20):
                await pilot.pause()

    with pytest.raises(ZeroDivisionError, match="broken"):
        await run()
