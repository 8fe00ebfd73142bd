"""The race gives the same history on every executor, whatever becomes of its workers and however it is paused."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from typing import Any

import pytest
from tests.core.race.racing import RUNS, SPEC, settle
from trials import PATIENCE

from al_core.compute.inline import Inline
from al_core.compute.processes import Processes
from al_core.ground.errors import WorkerDied
from al_core.race import driver
from al_core.race.driver import Race
from al_core.race.events import RaceEvent, RoundPlayed, RunFailed
from al_core.race.reducer import reduce
from al_core.race.view import open_view, standings
from al_core.run.play import Played, Timing, play
from al_core.run.state import RunState
from al_core.task.spec import DEFAULT_STRATEGIES


def race_on(executor: Executor, **options: Any) -> tuple[RunState, ...]:
    return asyncio.run(Race(RUNS, executor, **options).finish())


def test_inline(expected: tuple[RunState, ...]) -> None:
    assert race_on(Inline()) == expected
    assert race_on(Inline(), rounds=0) == expected


@pytest.mark.parametrize("workers", [1, 2])
def test_processes(expected: tuple[RunState, ...], workers: int) -> None:
    executor = Processes(workers)
    try:
        assert race_on(executor) == expected
    finally:
        executor.shutdown()


@pytest.mark.parametrize(("options", "grouped"), [({}, True), ({"pace": 1000.0}, False), ({"rounds": 1}, False)])
def test_quick_rounds_are_handed_over_together_unless_somebody_watches_each(
    expected: tuple[RunState, ...], options: dict[str, Any], grouped: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "GROUP_SECONDS", 60.0)  # every round is quick beside that, on any machine
    events: list[RaceEvent] = []
    assert race_on(Inline(), emit=events.append, **options) == expected
    counts = [len(event.timings) for event in events if isinstance(event, RoundPlayed) and event.run == 1]
    assert sum(counts) == len(expected[1].rounds) + 1
    assert counts == ([1, len(expected[1].rounds)] if grouped else [1] * len(counts))


def test_a_killed_worker_and_a_retry_change_nothing(expected: tuple[RunState, ...]) -> None:
    executor = Processes(2)
    failures: list[str] = []
    killed: list[int] = []

    async def go() -> tuple[RunState, ...]:
        def note(event: RaceEvent) -> None:
            if isinstance(event, RoundPlayed) and not killed and len(event.state.rounds) == 2:
                killed.extend(executor.pids)
                for pid in killed:
                    os.kill(pid, signal.SIGKILL)
            if isinstance(event, RunFailed):
                failures.append(event.error)
                asyncio.get_running_loop().call_soon(race.retry, event.run)

            if all(state.done for state in race.states):
                done.set()

        done = asyncio.Event()
        race = Race(RUNS, executor, emit=note, rounds=1)
        driver = asyncio.create_task(race.run())
        await done.wait()
        driver.cancel()
        return race.states

    try:
        assert asyncio.run(go()) == expected
    finally:
        executor.shutdown()
    assert killed
    assert failures
    assert all("SIGKILL" in failure for failure in failures), failures


def test_paused_stepped_and_resumed(expected: tuple[RunState, ...]) -> None:
    async def go() -> None:
        race = Race(RUNS, Inline())
        race.set_paused(True)
        driver = asyncio.create_task(race.run())
        await settle()
        assert all(state.query is None for state in race.states)
        for rounds in (1, 2):
            race.step()
            await settle()
            assert [len(state.curve) for state in race.states] == [rounds] * 4
        race.set_paused(False)
        await settle(200)
        assert race.states == expected
        driver.cancel()

    asyncio.run(go())


class Flaky(Executor):
    """Fails the calls that ``bad`` names; the others are computed inline."""

    def __init__(self, bad: Callable[[RunState], Exception | None]) -> None:
        self.bad = bad

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        error = self.bad(args[1])
        if error is None:
            return Inline().submit(fn, *args, **kwargs)
        future: Future[Any] = Future()
        future.set_exception(error)
        return future


def test_a_failing_run_leaves_the_others_alone_and_can_be_retried(expected: tuple[RunState, ...]) -> None:
    broken = True
    events: list[RaceEvent] = []

    def bad(state: RunState) -> Exception | None:
        return ValueError("no\x1b[31m luck") if broken and state.strategy == "margin" and len(state.rounds) == 1 else None

    async def go() -> None:
        nonlocal broken
        race = Race(RUNS, Flaky(bad), emit=events.append, rounds=1)
        states = await race.finish()
        assert [state.done for state in states] == [True, True, False, True]
        broken = False
        race.retry(2)
        assert await race.finish() == expected

    asyncio.run(go())
    assert [event.error for event in events if isinstance(event, RunFailed)] == ["no␛[31m luck"]


def test_a_dead_worker_is_tried_again_as_often_as_allowed(expected: tuple[RunState, ...]) -> None:
    deaths = {"left": 2}

    def bad(state: RunState) -> Exception | None:
        if state.strategy == "entropy" and deaths["left"]:
            deaths["left"] -= 1
            return WorkerDied("gone")
        return None

    assert race_on(Flaky(bad), deaths=2) == expected
    deaths["left"] = 2
    assert not race_on(Flaky(bad), deaths=1)[3].done


async def test_slow_runs_leave_a_place_to_the_quick_ones(truth: tuple[int, ...]) -> None:
    """Two slow runs and a quick one on two places: once their cost is known, the slow ones are computed one at a time."""

    class Places(Executor):
        def __init__(self) -> None:
            self.calls: list[tuple[str, Future[Any], RunState]] = []

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            self.calls.append((args[1].strategy, future, args[1]))
            return future

        def answer(self, name: str) -> None:
            found = next(call for call in self.calls if call[0] == name)
            self.calls.remove(found)
            seconds = 0.002 if name == "random" else 2.0
            found[1].set_result(Played(play(SPEC, found[2]).state, (Timing(seconds, 0.0),)))

    places = Places()
    race = Race([(SPEC, RunState(name)) for name in ("random", "margin", "entropy")], places, slots=2)
    driver = asyncio.create_task(race.run())
    await settle()
    assert [name for name, *_ in places.calls] == ["random", "margin", "entropy"]
    for name in ("random", "margin", "entropy"):
        places.answer(name)
    await settle()
    assert sorted(name for name, *_ in places.calls) == ["margin", "random"]
    for _ in range(3):
        places.answer("random")
        await settle()
        assert sorted(name for name, *_ in places.calls) in (["margin", "random"], ["margin"])
    places.answer("margin")
    await settle()
    assert "entropy" in [name for name, *_ in places.calls]
    while not all(state.done for state in race.states):
        places.answer(places.calls[0][0])
        await settle()
    assert race.states[0] == play(SPEC, RunState("random"), rounds=0).state
    driver.cancel()


async def test_with_one_place_a_slow_run_comes_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Race, "_is_slow", lambda self, run: run.state.strategy == "margin")
    spec = replace(SPEC, budget=40)
    race = Race([(spec, RunState(name)) for name in ("random", "margin")], Inline(), slots=1)
    states = await asyncio.wait_for(race.finish(), PATIENCE)
    assert all(state.done for state in states)


def test_standings_rank_by_area_and_save_against_random() -> None:
    states = race_on(Inline(), rounds=0)
    view = open_view(replace(SPEC, target=0.8), DEFAULT_STRATEGIES)
    for index, state in enumerate(states):
        view = reduce(view, RoundPlayed(index, state, ()))
    rows = standings(view)
    areas = [row.aulc for row in rows]
    assert areas == sorted(areas, reverse=True)  # type: ignore[type-var]
    by_name = {row.strategy: row for row in rows}
    random, margin = by_name["random"], by_name["margin"]
    assert random.saved == 0.0
    assert margin.saved == pytest.approx(1 - margin.to_target / random.to_target)  # type: ignore[operator]
    assert view.done
