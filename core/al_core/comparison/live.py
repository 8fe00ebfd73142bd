"""A race repeated over paired seeds beside the one a person watches: whole cells on the same executor, told as events.

Whatever waits or computes does so in a thread or in a worker; the event loop only passes things on.
"""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from al_core.comparison.cell import Cell
from al_core.comparison.documents import Comparison
from al_core.comparison.identity import Identity
from al_core.comparison.in_worker import summarise
from al_core.comparison.live_view import (
    CellBegun,
    CellPutBack,
    CellsFinished,
    LiveEvent,
    Noted,
    Recalled,
    Stopped,
    Summarised,
    TriedAgain,
)
from al_core.comparison.lookup import apart, find_cells, identify_all, recalled, remember, remember_failed, renew
from al_core.comparison.plan import Plan, Question, assemble
from al_core.comparison.queue import Work
from al_core.comparison.store import ResultsStore
from al_core.compute.arithmetic import machine
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.ground.versions import Versions
from al_core.race.view import RaceView

P = ParamSpec("P")
T = TypeVar("T")

READ_AT_ONCE = 32
"""Cells read from the store at a time, so that the event loop is never kept waiting for all of them."""


def spare_workers(race: RaceView, workers: int) -> int:
    """How many workers the repetition may use, so that the race on the screen keeps its pace.

    All of them when the race is done or paused; otherwise one is left free. With a single worker the repetition waits for the
    race, but not for a person who labels.
    """
    if not race.idle:
        return workers - 1
    asked = any(run.status == "asking" for run in race.runs)
    return max(1, workers - 1) if asked else workers


class StoreThread:
    """A results store and the one thread that reads and writes it, so that an event loop never waits for a disk.

    Parameters
    ----------
    path : the store's file.

    Raises
    ------
    UserError
        It cannot be used; see `ResultsStore`.
    """

    def __init__(self, path: Path) -> None:
        self._store = ResultsStore(path, shared=True)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="results")

    async def call(self, fn: Callable[Concatenate[ResultsStore, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call ``fn`` with the store as its first argument, in the thread; what was asked for is done even if nobody waits."""
        return await asyncio.shield(asyncio.wrap_future(self._thread.submit(fn, self._store, *args, **kwargs)))

    def close(self) -> None:
        """Finish what was begun, and close the file."""
        self._thread.submit(self._store.close)
        self._thread.shutdown()


class LiveComparison:
    """Computes the cells of a plan that the store does not have, and keeps them there.

    Parameters
    ----------
    plan : one data set and one learner.
    executor : where cells are computed, and whatever else needs numerics.
    desk : finished cells; None computes everything and keeps nothing.
    room : how many calls may be under way now; `nudge` when that may have changed.
    emit : called with every event, on the event loop.
    """

    def __init__(
        self,
        plan: Plan,
        executor: Executor,
        *,
        desk: StoreThread | None,
        room: Callable[[], int],
        emit: Callable[[LiveEvent], None],
    ) -> None:
        self._plan = plan
        self._questions: tuple[Question, ...] = plan.questions
        self._executor = executor
        self._machine = machine(executor)
        self._desk = desk
        self._room = room
        self._emit = emit
        self._identities: list[Identity] = []
        self._packed: dict[int, bytes] = {}
        """Cells as bytes: sending hundreds of them to a worker is then a copy, not a walk through a million numbers."""
        self._failed: dict[int, str] = {}
        self._seeds: dict[int, int] = dict.fromkeys(plan.seeds, 0)
        self._summarised = 0
        self._wanted = False
        self._summarising = False
        self._wake = asyncio.Event()
        self._under_way = 0

    def nudge(self) -> None:
        """Look again how many workers are free."""
        self._wake.set()

    def want_summary(self, wanted: bool) -> None:
        """Whether somebody looks at intervals now; otherwise they are computed only at the end."""
        self._wanted = wanted
        self._wake.set()

    async def run(self) -> None:
        """Go on until every cell is there and summarised; cells under way are left behind when this is cancelled."""
        try:
            await self._recall()
            self._emit(Recalled())
            await self._compute()
            if self._failed:
                await self._note_failures()
        except Exception as error:
            self._stopped(error)

    async def again(self) -> None:
        """Compute once more what failed, after `run` has ended."""
        failed, self._failed = self._failed, {}
        if not failed:
            return
        for index in failed:
            del self._packed[index]
            self._seeds[self._questions[index][0].seed] -= 1
        self._summarised = 0
        self._emit(TriedAgain(len(failed)))
        try:
            await self._compute()
            await self._note_failures()
        except Exception as error:
            self._stopped(error)

    # Inside

    def _stopped(self, error: Exception) -> None:
        """The race on the screen goes on, whatever happens here."""
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        self._emit(Stopped(f"the repetition stopped: {safe_text(str(error) or type(error).__name__)}"))

    async def _recall(self) -> None:
        """Take from the store what it has, and note there what is asked."""
        desk = self._desk
        if desk is None:
            return
        try:
            asked = await desk.call(recalled, self._plan, self._machine)
            if asked is not None:
                await self._read(desk, asked.keys, asked.versions)
            if asked is not None and len(self._packed) == len(self._questions):
                await desk.call(renew, asked)
                return
            self._identities = await self._ask(identify_all, self._questions)
            if asked is None:
                await self._read(desk, [identity.key for identity in self._identities], self._identities[0].versions)
            for other, count in (await desk.call(remember, self._plan, self._identities, self._machine)).items():
                self._emit(Noted(apart(count, other)))
        except UserError as error:
            self._give_up_store(error)

    async def _read(self, desk: StoreThread, keys: Sequence[str], software: Versions) -> None:
        places = list(enumerate(self._questions))
        for start in range(0, len(places), READ_AT_ONCE):
            found = await desk.call(_known_packed, places[start : start + READ_AT_ONCE], keys, software)
            if found:
                self._arrived([(index, cell, packed) for index, (cell, packed) in found.items()])

    async def _compute(self) -> None:
        """Compute every cell that is not there."""
        missing = [(index, question) for index, question in enumerate(self._questions) if index not in self._packed]
        work = Work(missing, self._executor)
        self._under_way, self._summarising = 0, False
        try:
            async with asyncio.TaskGroup() as group:
                while work.waiting or self._under_way or self._summary_due(work):
                    if self._summary_due(work) and not self._summarising:
                        self._summarising = True
                        group.create_task(self._summarise())
                    while work.waiting and self._under_way + self._summarising < self._room():
                        future = work.submit()
                        self._under_way += 1
                        spec, strategy = work.asked(future)
                        self._emit(CellBegun(spec.seed, strategy))
                        group.create_task(self._finish(work, future))
                    self._wake.clear()
                    await self._wake.wait()
        finally:
            work.cancel()

    async def _finish(self, work: Work, future: Future[Cell]) -> None:
        """Wait for one cell, keep it, tell it. The future's own error is for `Work` to judge."""
        waiting = asyncio.wrap_future(future)
        await asyncio.wait([waiting])
        if not waiting.cancelled():
            waiting.exception()
        spec, strategy = work.asked(future)
        found = work.settle(future)
        if found is None:
            self._emit(CellPutBack(spec.seed, strategy))
        else:
            index, cell = found
            if self._desk is not None and cell.error is None:
                try:
                    await self._desk.call(ResultsStore.put, self._identities[index], cell)
                except UserError as error:
                    self._give_up_store(error)
            self._arrived([(index, cell, pickle.dumps(cell))])
        self._under_way -= 1
        self._wake.set()

    def _arrived(self, cells: Sequence[tuple[int, Cell, bytes]]) -> None:
        for index, cell, packed in cells:
            self._packed[index] = packed
            self._seeds[cell.seed] += 1
            if cell.error is not None:
                self._failed[index] = cell.error
        self._emit(CellsFinished(tuple(cell for _, cell, _ in cells)))

    def _summary_due(self, work: Work) -> bool:
        """At the end, and whenever somebody looks and another seed is whole."""
        if not work.waiting and not self._under_way:
            return self._summarised < len(self._packed) or self._summarising
        return self._wanted and self._whole_seeds() >= 2 and self._summarised < self._whole_seeds() * self._per_seed

    def _whole_seeds(self) -> int:
        return sum(count == self._per_seed for count in self._seeds.values())

    @property
    def _per_seed(self) -> int:
        return len(self._questions) // len(self._plan.seeds)

    async def _summarise(self) -> None:
        count, packed = len(self._packed), list(self._packed.values())
        try:
            self._emit(Summarised(await self._ask(summarise_packed, self._plan, packed)))
        except Exception as error:
            self._emit(Noted(f"no intervals: {safe_text(str(error) or type(error).__name__)}"))
        self._summarised, self._summarising = count, False
        self._wake.set()

    async def _note_failures(self) -> None:
        """Keep which cells failed, for a report."""
        if self._desk is not None:
            try:
                await self._desk.call(remember_failed, self._plan, self._identities, self._machine, self._failed)
            except UserError as error:
                self._give_up_store(error)

    def _give_up_store(self, error: UserError) -> None:
        """From now on nothing is read or kept; what is computed is shown all the same."""
        if self._desk is not None:
            self._desk = None
            self._emit(Noted(f"{error}. What is computed from now on is not kept."))

    async def _ask(self, fn: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._executor.submit(fn, *args, **kwargs))


def summarise_packed(plan: Plan, packed: Sequence[bytes]) -> Comparison:
    """The summary of cells that were pickled one by one by this program; runs inside a worker."""
    (result,) = assemble(plan, [pickle.loads(cell) for cell in packed])
    return summarise(result)


def _known_packed(
    store: ResultsStore, questions: Sequence[tuple[int, Question]], keys: Sequence[str], software: Versions
) -> dict[int, tuple[Cell, bytes]]:
    return {index: (cell, pickle.dumps(cell)) for index, cell in find_cells(store, questions, keys, software).items()}
