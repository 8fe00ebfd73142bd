"""The race: any number of runs over any executor, one coroutine per run, told to the outside as events.

Pausing means not submitting. A run that fails becomes an event and waits to be retried; the others go on. A person may take
runs over; their answers are shared by all runs in their hands.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from al_core.ground.errors import UserError, WorkerDied
from al_core.ground.safe_text import safe_text
from al_core.race.events import (
    ByPerson,
    PaceChanged,
    PauseChanged,
    RaceEvent,
    RoundPlayed,
    RoundStarted,
    RunFailed,
    RunRetried,
)
from al_core.race.hands import Hands
from al_core.race.racer import Racer
from al_core.run.oracle import OnlyThePerson
from al_core.run.play import Played, play
from al_core.run.state import Answer, RunState
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.task.split import Task

SLOW_SECONDS, SLOW_TIMES = 0.1, 8
"""A round of a run is slow when it takes longer than this, and so many times as long as the quickest of the others."""
GROUP_SECONDS = 0.02
"""Quick rounds that are handed to the executor together take about this long: handing them over then costs next to nothing."""


class Race:
    """Drives runs until they are done.

    Parameters
    ----------
    runs : for each run its task (a spec, or a task over one's own data) and the state to start from.
    executor : where rounds are computed.
    emit : called with every event, on the event loop.
    keep : called with what a person did before it takes effect; if it raises, nothing has happened.
    rounds : rounds per submission of an automatic run; 0 for a whole run at once, None for as many quick ones as take
        `GROUP_SECONDS`. A run with a pace, or one that is stepped or in the person's hands, plays one at a time.
    pace : most rounds per second and run; None for no limit.
    deaths : how often a run whose worker died is tried again by itself.
    slots : how many rounds the executor computes at once, if that is known. Slow runs then leave one of them to the others.
    known : answers given by hand before, by row, of a race that goes on.
    in_hand : runs that are in the person's hands from the start.
    given : for each run of a race that goes on the rows that were answered by hand in it.
    """

    def __init__(
        self,
        runs: Sequence[tuple[TaskSpec | Task, RunState]],
        executor: Executor,
        *,
        emit: Callable[[RaceEvent], None] = lambda event: None,
        keep: Callable[[Sequence[ByPerson]], None] = lambda events: None,
        rounds: int | None = None,
        pace: float | None = None,
        deaths: int = 0,
        slots: int | None = None,
        known: Mapping[int, Answer] | None = None,
        in_hand: Collection[int] = (),
        given: Sequence[Collection[int]] | None = None,
    ) -> None:
        self._runs = [Racer(task, state, by_hand=index in in_hand) for index, (task, state) in enumerate(runs)]
        for run, rows in zip(self._runs, given or (), strict=given is not None):
            run.given = set(rows)
        self._executor = executor
        self._emit = emit
        self._rounds = rounds
        self._pace = pace
        self._deaths = deaths
        self._slow = asyncio.Semaphore(slots - 1) if slots is not None and slots > 1 else None
        self._paused = False
        self._finished = asyncio.Event()
        self._group: asyncio.TaskGroup | None = None
        self.hands = Hands(self._runs, keep, emit, self._settle_finished, self._begin, known or {})
        """What a person does to the runs."""

    @property
    def states(self) -> tuple[RunState, ...]:
        """The current state of every run."""
        return tuple(run.state for run in self._runs)

    async def run(self) -> None:
        """Play until every run is done or failed, and keep serving retries and undo until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._group:
                for index in range(len(self._runs)):
                    self._begin(index)
        finally:
            self._group = None

    async def finish(self) -> tuple[RunState, ...]:
        """Play until every run is done or failed; returns the states."""
        driver = asyncio.create_task(self.run())
        finished = asyncio.create_task(self._finished.wait())
        try:
            await asyncio.wait({driver, finished}, return_when=asyncio.FIRST_COMPLETED)
            if driver.done():
                driver.result()
        finally:
            for task in (driver, finished):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        return self.states

    # Controls of the automatic runs

    def set_paused(self, paused: bool) -> None:
        """Stop submitting rounds of automatic runs, or go on; rounds that are being computed still arrive."""
        self._paused = paused
        self._emit(PauseChanged(paused))
        self._wake_all()

    def step(self) -> None:
        """Let every automatic run play one round, and stop."""
        for run in self._runs:
            if not run.by_hand and not run.failed and not run.state.done:
                run.steps += 1
        if not self._paused:
            self.set_paused(True)
        self._wake_all()

    def set_pace(self, pace: float | None) -> None:
        """Change the most rounds a run plays in a second; None for no limit."""
        self._pace = pace
        for run in self._runs:
            run.due = 0.0
        self._emit(PaceChanged(pace))
        self._wake_all()

    def retry(self, index: int) -> None:
        """Try a failed run again from where it stands; raises `UserError` when what is known to it cannot be kept."""
        run = self._runs[index]
        if run.failed:
            self.hands.share(index)
            run.failed = False
            self._emit(RunRetried(index))
            self._settle_finished()
            run.wake.set()

    # Inside

    def _begin(self, index: int) -> None:
        """Drive a run, if the others are driven; else it begins with them."""
        if self._group is not None:
            self._group.create_task(self._drive(index))

    def _wake_all(self) -> None:
        for run in self._runs:
            run.wake.set()

    def _settle_finished(self) -> None:
        if all(run.failed or run.state.done for run in self._runs):
            self._finished.set()
        else:
            self._finished.clear()

    def _may_play(self, run: Racer) -> bool:
        if run.failed or run.state.done:
            return False
        if run.by_hand:
            return not run.state.waiting
        return not self._paused or run.steps > 0

    async def _drive(self, index: int) -> None:
        run = self._runs[index]
        self._settle_finished()
        while True:
            run.wake.clear()
            if not self._may_play(run):
                await run.wake.wait()
                continue
            delay = run.due - time.monotonic()
            if delay > 0 and not run.by_hand and not run.steps:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(delay):
                        await run.wake.wait()
                continue
            if self._slow is not None and self._is_slow(run):
                async with self._slow:
                    if self._may_play(run):
                        await self._play(index, run)
            else:
                await self._play(index, run)

    def _is_slow(self, run: Racer) -> bool:
        """Whether rounds of others that are still racing are so much quicker that they should not have to wait for this one."""
        if run.by_hand or run.seconds is None or run.seconds < SLOW_SECONDS:
            return False
        others = [one.seconds for one in self._runs if one is not run and one.seconds is not None and self._may_play(one)]
        return bool(others) and run.seconds > SLOW_TIMES * min(others)

    def _rounds_at_once(self, run: Racer) -> int:
        if run.by_hand or self._paused or self._pace is not None:
            return 1
        if self._rounds is not None:
            return self._rounds
        return max(1, int(GROUP_SECONDS / run.seconds)) if run.seconds else 1

    async def _play(self, index: int, run: Racer) -> None:
        epoch = run.epoch
        run.steps = max(0, run.steps - 1)
        run.due = time.monotonic() + (1 / self._pace if self._pace else 0)
        self._emit(RoundStarted(index))
        rounds = self._rounds_at_once(run)
        try:
            who = (OnlyThePerson(),) if run.by_hand else ()
            future = self._executor.submit(play, run.task, run.state, rounds, *who)
            if not future.done():  # who computes in `submit` has answered already: no trip through the event loop for that
                run.pending = asyncio.wrap_future(future)
                run.pending.add_done_callback(_looked_at)
                await asyncio.wait([run.pending])
                if run.epoch != epoch:
                    return
            played = future.result()
            if played.state.strategy != run.state.strategy:
                raise RuntimeError(f"the worker answered for {played.state.strategy} instead")
        except WorkerDied as error:
            run.deaths += 1
            if run.deaths > self._deaths:
                self._fail(index, error)
            return
        except Exception as error:
            self._fail(index, error)
            return
        finally:
            if run.pending is not None:
                run.pending.cancel()  # not begun yet, it never will be
                run.pending = None
        run.state = played.state
        if played.timings:
            run.seconds = played.timings[-1].fit + played.timings[-1].query
        self._emit(RoundPlayed(index, played.state, played.timings))
        try:
            self.hands.share(index)
        except UserError as error:
            self._fail(index, error)
        self._settle_finished()
        await asyncio.sleep(0)

    def _fail(self, index: int, error: Exception) -> None:
        self._runs[index].failed = True
        self._emit(RunFailed(index, safe_text(str(error) or type(error).__name__)))
        self._settle_finished()


def _looked_at(future: asyncio.Future[Played]) -> None:
    """Say that nobody overlooked an error: it is told from the executor's own future, if anybody still waits for that."""
    if not future.cancelled():
        future.exception()
