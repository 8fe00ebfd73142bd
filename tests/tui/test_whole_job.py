"""State, clock and time left are of the whole job: of the seeds as well as of the race on the screen."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from al_tui.background import seeds, stopwatch
from al_tui.background.race import Engine
from al_tui.screens.compare import CompareScreen
from al_tui.screens.race.screen import RaceScreen
from al_tui.theme.colours import palette
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.intervals import Intervals
from al_tui.widgets.item import Item

MakeDesk = Callable[..., Any]
CELLS = 6
"""Cells of a seed: the four strategies, `random#2`, and all labels."""
SECONDS = Engine.seconds


class Clock:
    """Time as the engine reads it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        for module in (stopwatch, seeds):
            monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr(Engine, "seconds", SECONDS)


async def race_on(at: Any, pilot: Any) -> None:
    """Race to the end of the seed on the screen."""
    await at.press(pilot, "space")
    for _ in range(5000):
        await pilot.pause()
        if at.engine.view.done:
            break
    await at.rest(pilot)


async def compute(at: Any, pilot: Any, cells: int) -> None:
    """Have so many cells finished of those that are under way."""
    for _ in range(cells):
        done = at.engine.seeds.view.done
        at.executor.release(1)
        for _ in range(1000):
            await pilot.pause()
            if at.engine.seeds.view.done > done:
                break
    await at.rest(pilot)


def state_style(at: Any) -> str:
    return at.app.screen.query_one(HeaderLine)._parts[1][1]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_while_seeds_are_computed_nothing_is_finished(desk: MakeDesk, size: tuple[int, int]) -> None:
    at = desk(seeds=30, cells=7 * CELLS)
    async with at.app.run_test(size=size) as pilot:
        await race_on(at, pilot)
        assert isinstance(at.app.screen, RaceScreen)
        header = at.shown(HeaderLine)
        assert "finished" not in header
        assert "seed 0 done" in header
        assert "seeds 7/30" in header
        assert "42/180 runs" in header
        assert state_style(at) != palette(at.app).good


async def test_when_the_seed_is_over_the_intervals_grow_in_its_place(desk: MakeDesk) -> None:
    at = desk(seeds=5, cells=CELLS)
    async with at.app.run_test(size=(120, 40)) as pilot:
        screen = at.app.screen
        await at.rest(pilot)
        assert not screen.query_one("#bottom Intervals").display
        await race_on(at, pilot)
        plot = screen.query_one("#bottom Intervals", Intervals)
        assert plot.display
        assert not screen.query_one(Item).display
        assert "Labels to a test accuracy on this seed" in str(plot.border_title)  # one seed has no intervals
        for whole in (2, 3):
            await compute(at, pilot, CELLS)
            for _ in range(5000):
                await pilot.pause()
                if f"{whole} of 5 seeds" in str(plot.border_title):
                    break
            await at.rest(pilot)
            assert "Labels saved against random, %" in str(plot.border_title)
            assert f"{whole} of 5 seeds" in str(plot.border_title)
            assert all(name in at.shown(Intervals) for name in ("margin", "entropy", "random#2"))
        await at.press(pilot, "left")
        assert not plot.display
        assert screen.query_one(Item).display
        await at.press(pilot, "end")
        assert plot.display


async def test_when_all_is_there_it_is_finished(desk: MakeDesk) -> None:
    at = desk(seeds=3)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await race_on(at, pilot)
        assert isinstance(at.app.screen, CompareScreen)
        await at.press(pilot, "escape")
        header = at.shown(HeaderLine)
        assert "finished" in header
        assert "runs" not in header
        assert state_style(at) == palette(at.app).good


async def test_a_race_with_failed_runs_is_not_simply_finished(desk: MakeDesk) -> None:
    at = desk()
    at.executor.fail = lambda state: ValueError("out of luck") if state.strategy == "margin" else None
    async with at.app.run_test(size=(120, 40)) as pilot:
        await race_on(at, pilot)
        await at.press(pilot, "escape")
        assert "finished, 1 run failed" in at.shown(HeaderLine)
        assert state_style(at) == palette(at.app).bad


async def test_the_clock_runs_until_the_seeds_are_there(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(seeds=30, cells=7 * CELLS)
    clock = Clock(monkeypatch)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await race_on(at, pilot)
        before = at.engine.seconds
        clock.now += 60
        assert at.engine.seconds == before + 60
        at.executor.cells = 10_000
        await compute(at, pilot, 2)
        assert at.engine.seeds.view.complete
        after = at.engine.seconds
        clock.now += 60
        assert at.engine.seconds == after


async def test_a_race_that_waits_stops_the_clock_where_there_are_no_seeds(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk()
    clock = Clock(monkeypatch)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        before = at.engine.seconds
        clock.now += 60
        assert at.engine.seconds == before


async def test_what_is_left_is_said_of_the_seeds(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """180 runs; in the first minute half of them were computed."""
    at = desk(seeds=30, cells=0)
    clock = Clock(monkeypatch)
    async with at.app.run_test(size=(140, 40)) as pilot:
        await race_on(at, pilot)
        assert "left" not in at.shown(HeaderLine)
        clock.now += 60
        await compute(at, pilot, 90)
        assert "90/180 runs" in at.shown(HeaderLine)
        assert "~01:00 left" in at.shown(HeaderLine)
        clock.now += 30
        await compute(at, pilot, 45)
        assert "~00:30 left" in at.shown(HeaderLine)


async def test_time_that_the_program_was_stopped_is_not_counted(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk(seeds=30, cells=0)
    clock = Clock(monkeypatch)
    async with at.app.run_test(size=(140, 40)) as pilot:
        await race_on(at, pilot)
        clock.now += 60
        await compute(at, pilot, 90)
        before = at.engine.seconds, at.engine.seconds_left
        clock.now += 3600
        at.app.slept(3600)
        assert (at.engine.seconds, at.engine.seconds_left) == before


async def test_what_is_left_is_said_of_a_race(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rounds of four strategies, eleven models each; the first three are there after thirty seconds."""
    at = desk(paused=False)
    at.executor.held = []
    clock = Clock(monkeypatch)
    async with at.app.run_test(size=(140, 40)) as pilot:
        await at.rest(pilot)
        for _ in range(3):
            held, at.executor.held = at.executor.held, []
            clock.now += 10
            for finish in held:
                finish()
            for _ in range(100):
                await pilot.pause()
                if len(at.executor.held) == 4:
                    break
            await at.rest(pilot)
        assert {len(run.state.rounds) for run in at.engine.view.runs} == {2}
        assert "~01:20 left" in at.shown(HeaderLine)
        await at.press(pilot, "h")
        assert "left" not in at.shown(HeaderLine)


async def test_a_repetition_that_stopped_is_not_waited_for(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    from al_core.comparison.live import LiveComparison

    async def broken(self: LiveComparison) -> None:
        raise RuntimeError("out of threads")

    monkeypatch.setattr(LiveComparison, "_compute", broken)
    at = desk(seeds=30, cells=-1)
    clock = Clock(monkeypatch)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await race_on(at, pilot)
        assert at.shown(HeaderLine).startswith(" al-tui · stopped ·")
        assert "seeds 0/30, stopped" in at.shown(HeaderLine)
        assert state_style(at) == palette(at.app).bad
        before = at.engine.seconds
        clock.now += 60
        assert at.engine.seconds == before
