"""A cell a run: what has become of it, and which seeds are shown where not all have room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rich.text import Text
from textual.app import App, ComposeResult

from al_core.comparison.live_view import CellBegun, CellPutBack, CellsFinished, LiveView, Stopped, open_live, reduce_live
from al_core.comparison.plan import complete
from al_core.task.spec import TaskSpec
from al_tui.widgets.runs import DONE, FAILED, RUNNING, WAITING, Runs

from finished import made_up_cell  # isort: skip

SPEC = TaskSpec(budget=60)


def view(seeds: int) -> LiveView:
    return open_live(complete([SPEC], ("margin", "random"), seeds=seeds, references=False))


def done(there: LiveView, strategy: str, *seeds: int, error: str | None = None) -> LiveView:
    cells = [made_up_cell(replace(SPEC, seed=seed), strategy) for seed in seeds]
    return reduce_live(there, CellsFinished(tuple(replace(cell, error=error) for cell in cells)))


async def drawn(there: LiveView, width: int) -> dict[str, str]:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield Runs()

    app = Page()
    async with app.run_test(size=(width, 10)) as pilot:
        panel = app.query_one(Runs)
        panel.show(there)
        await pilot.pause()
        text = panel.render()
        assert isinstance(text, Text)
        numbers, *lines = text.plain.split("\n")
        assert all(len(line) <= width for line in (numbers, *lines))
        cells = {line.split()[1]: line for line in lines}
        return {"": numbers, **cells}


async def test_each_run_is_waiting_running_done_or_failed() -> None:
    there = done(done(view(4), "margin", 0, 2), "margin", 3, error="it broke")
    there = reduce_live(reduce_live(there, CellBegun(1, "margin")), CellBegun(0, "random"))
    lines = await drawn(there, 60)
    assert lines["margin"].split()[2:] == [DONE + RUNNING + DONE + FAILED, "2/4"]
    assert lines["random"].split()[2:] == [RUNNING + WAITING * 3, "0/4"]
    assert lines[""].split() == ["seed", "0"]
    assert lines[""].index("0") == lines["margin"].index(DONE)


async def test_what_is_done_put_back_or_left_runs_no_more() -> None:
    there = reduce_live(reduce_live(view(3), CellBegun(0, "margin")), CellBegun(1, "margin"))
    assert (await drawn(done(there, "margin", 0), 60))["margin"].split()[2] == DONE + RUNNING + WAITING
    assert (await drawn(reduce_live(there, CellPutBack(1, "margin")), 60))["margin"].split()[2] == RUNNING + WAITING * 2
    assert (await drawn(reduce_live(there, Stopped("nobody computes")), 60))["margin"].split()[2] == WAITING * 3


@pytest.mark.parametrize(
    ("ready", "first", "left", "right"), [(0, 0, False, True), (40, 37, True, True), (99, 60, True, False)]
)
async def test_of_more_seeds_than_have_room_those_are_shown_that_are_next(
    ready: int, first: int, left: bool, right: bool
) -> None:
    there = view(100)
    for strategy in there.plan.strategies:
        there = done(there, strategy, *range(ready))
    column = min(16, max(len(name) for name in there.plan.strategies)) + 4
    lines = await drawn(there, column + 40 + len(" 100/100"))
    numbers = lines[""]
    shown = [int(word) for word in numbers.split() if word.isdecimal()]
    assert shown[0] == first
    assert (numbers.strip().startswith("…"), numbers.endswith("…")) == (left, right)
    cells = lines["margin"][column : column + 40]
    assert cells.count(DONE) == min(40, ready - first)
    assert len(cells) == 40


async def test_without_room_for_some_seeds_nothing_is_drawn() -> None:
    assert await drawn_text(view(30), 20) == ""


async def drawn_text(there: LiveView, width: int) -> str:
    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield Runs()

    app = Page()
    async with app.run_test(size=(width, 10)) as pilot:
        app.query_one(Runs).show(there)
        await pilot.pause()
        return str(app.query_one(Runs).render())
