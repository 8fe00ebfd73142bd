"""What was played ahead is what would have been played, and is played once."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from al_core.compute.inline import Inline
from al_core.race.driver import Race
from al_core.race.events import RaceEvent, RunFailed
from al_core.race.reducer import reduce
from al_core.race.view import RaceView, open_view
from al_core.run.play import play
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_tui.background import ahead as module
from al_tui.background.ahead import Ahead

SPEC = TaskSpec("plane(separation=0.5)", batch=2, budget=16)
NAMES = ("random", "margin")


class Noting(Executor):
    """Notes the rounds that it is asked for; computes them at once, or fails."""

    def __init__(self) -> None:
        self.rounds: list[int] = []
        self.broken = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert fn is play
        self.rounds.append(args[2])
        if self.broken:
            future: Future[Any] = Future()
            future.set_exception(RuntimeError("no luck"))
            return future
        return Inline().submit(fn, *args, **kwargs)


class Raced:
    """A race over an executor that plays ahead, stopped after its first models."""

    def __init__(self) -> None:
        self.below = Noting()
        self.ahead = Ahead(self.below)
        self.view: RaceView = open_view(SPEC, NAMES, None)
        self.events: list[RaceEvent] = []
        self.race = Race([(SPEC, RunState(name)) for name in NAMES], self.ahead, emit=self.note)

    def note(self, event: RaceEvent) -> None:
        self.events.append(event)
        self.view = reduce(self.view, event)

    async def begin(self) -> asyncio.Task[None]:
        self.race.set_paused(True)
        driver = asyncio.create_task(self.race.run())
        self.race.step()
        await self.settle()
        assert all(run.state.query is not None and not run.state.rounds for run in self.view.runs)
        self.below.rounds.clear()
        return driver

    async def settle(self) -> None:
        for _ in range(50):
            await asyncio.sleep(0)


@pytest.fixture(scope="module")
def plain() -> list[RunState]:
    return [play(SPEC, RunState(name), 0).state for name in NAMES]


async def test_a_race_that_was_played_ahead_ends_as_any_other_and_is_computed_once(plain: list[RunState]) -> None:
    at = Raced()
    driver = await at.begin()
    at.ahead.play(at.view)
    assert at.below.rounds == [0, 0]
    assert at.view.runs[0].state.rounds == (), "nothing of it is seen before somebody wants it"
    at.race.set_paused(False)
    await at.settle()
    assert [run.state for run in at.view.runs] == plain
    assert [run.rounds_timed for run in at.view.runs] == [len(state.rounds) + 1 for state in plain]
    assert at.below.rounds == [0, 0]
    driver.cancel()


async def test_who_changes_their_mind_goes_on_round_by_round() -> None:
    at = Raced()
    driver = await at.begin()
    at.ahead.play(at.view)
    at.ahead.forget()
    at.race.step()
    await at.settle()
    assert [len(run.state.rounds) for run in at.view.runs] == [1, 1]
    at.ahead.play(at.view)
    at.race.hands.take_over(0)
    at.race.hands.answer(0, at.view.runs[0].state.waiting[0], 1)
    at.race.hands.answer(0, at.view.runs[0].state.waiting[0], 1)
    await at.settle()
    assert len(at.view.runs[0].state.rounds) == 2, "a run in the person's hands is not the one that was played ahead"
    driver.cancel()


async def test_what_failed_ahead_is_computed_again(plain: list[RunState]) -> None:
    at = Raced()
    driver = await at.begin()
    at.below.broken = True
    at.ahead.play(at.view)
    at.below.broken = False
    at.race.set_paused(False)
    await at.settle()
    assert [run.state for run in at.view.runs] == plain
    assert not [event for event in at.events if isinstance(event, RunFailed)]
    driver.cancel()


async def test_a_run_that_would_take_long_is_not_played_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    at = Raced()
    driver = await at.begin()
    monkeypatch.setattr(module, "LONGEST_SECONDS", 0.0)
    at.ahead.play(at.view)
    assert at.below.rounds == []
    driver.cancel()
