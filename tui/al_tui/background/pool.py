"""The pool of a race as a map needs it: where its items lie, which of them there are, and what a run knows of them.

What workers are asked to do is imported when they are asked: the screen is painted before.
"""

from __future__ import annotations

import asyncio
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

if TYPE_CHECKING:
    from al_core.data.origin import Origin
    from al_core.data.plane import Plane
    from al_core.run.oracle import Oracle
    from al_core.run.state import RunState
    from al_core.strategies.description import Numbers
    from al_core.task.spec import TaskSpec
    from al_tui.background.fields import Fields


class Pool:
    """Where items lie, fetched once a data set; which of them are in the pool, once a seed.

    Parameters
    ----------
    changed : called when there is more to be drawn.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.plane: Plane | None = None
        self.rows: array[int] | None = None
        """Those that may be asked for, and the starting set."""
        self.trouble: str | None = None
        self.fields: Fields | None = None
        """What models say everywhere, where items lie as they are."""
        self._changed = changed
        self._computed_by: tuple[Executor, TaskSpec] | None = None
        self.initial: tuple[int, ...] = ()
        """The starting set."""
        self._split_of: TaskSpec | None = None
        self._splitting: TaskSpec | None = None
        self._models = True
        """Whether models may be learnt anew, for what they say."""
        self._task: asyncio.Task[None] | None = None
        self._raced = asyncio.Event()
        self._known: dict[int, int] = {}
        self._known_of: tuple[RunState | None, int] = (None, 0)
        self._there: tuple[array[int] | None, tuple[int, ...]] = (None, ())

    def begin(self, executor: Executor, spec: TaskSpec, data: str | Origin, *, models: bool = True) -> None:
        """Fetch what a race needs; without ``models`` no model is learnt anew for what it says of items and of the plane."""
        self.close()
        self.trouble, self._known_of = None, (None, 0)
        self.fields, self._computed_by, self._models = None, (executor, spec), models
        self._raced.clear()
        self._task = asyncio.get_running_loop().create_task(self._fetch(executor, spec, data))

    async def numbers(self, state: RunState, row: int) -> Numbers | None:
        """The strategy's formula with its numbers, for an item of the open batch of a run.

        Raises
        ------
        UserError
            No model may be learnt for that.
        """
        from al_core.run.numbers import open_numbers

        if not self._models:
            raise UserError("a replay computes nothing; go on with the race by al-tui resume, which tells them of its batch")
        assert self._computed_by is not None, "nothing is asked before the race has begun"
        executor, spec = self._computed_by
        return await asyncio.wrap_future(executor.submit(open_numbers, spec, state, row))

    async def split(self, executor: Executor, spec: TaskSpec) -> None:
        """Fetch which items are in the pool; why they could not be is said where there is no map."""
        from al_core.run.play import pool_rows

        if spec == self._split_of:
            return
        self.rows, self.initial, self._split_of, self._splitting = None, (), None, spec
        try:
            rows, initial = await asyncio.wrap_future(executor.submit(pool_rows, spec))
        except Exception as error:
            self._failed(error)
            return
        if spec == self._splitting:  # and not another race's by now
            self.rows, self.initial, self._split_of = rows, initial, spec
            self._known_of = None, 0  # what was looked at so far had no starting set

    def refine(self) -> None:
        """The race is over: fetch places by neighbours as well, which take a worker some seconds."""
        self._raced.set()

    def close(self) -> None:
        """Want nothing any more."""
        if self._task is not None:
            self._task.cancel()
        if self.fields is not None:
            self.fields.close()

    async def _fetch(self, executor: Executor, spec: TaskSpec, data: str | Origin) -> None:
        from al_core.data.plane import MOST_BY_NEIGHBOURS, open_plane
        from al_tui.background.fields import Fields

        try:
            await self.split(executor, spec)
            if self.rows is None:
                return
            if self.plane is None:
                self.plane = await asyncio.wrap_future(executor.submit(open_plane, data, False))
            if self.plane.as_they_are and self._models:
                self.fields = Fields(executor, spec, self._changed)
            self._changed()
            await self._raced.wait()
            if not (self.plane.by_neighbours or self.plane.as_they_are) and len(self.plane.across) <= MOST_BY_NEIGHBOURS:
                self.plane = await asyncio.wrap_future(executor.submit(open_plane, data, True))
                self._changed()
        except Exception as error:  # whatever a worker raises: the race does not hang on it
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self.trouble = f"There is no map: {safe_text(str(error) or type(error).__name__, 200)}"
        self._changed()

    def there(self, truth: Sequence[int] | None, classes: int) -> tuple[int, ...]:
        """How many items of each class may be asked for or are known at the start; empty where that is not known yet."""
        if self.rows is None or truth is None:
            return ()
        if self._there[0] is not self.rows:
            counts = Counter(truth[row] for row in self.rows)
            self._there = self.rows, tuple(counts[label] for label in range(classes))
        return self._there[1]

    def labelled(self, state: RunState, oracle: Oracle | None) -> Mapping[int, int]:
        """The labels of a run by row, the starting set's first."""
        before, count = self._known_of
        goes_on = before is not None and before.strategy == state.strategy and state.rounds[:count] == before.rounds
        if not goes_on or oracle is None:
            said = [] if oracle is None else [given for row in self.initial if (given := oracle.answer(row)) is not None]
            self._known = {given.row: given.label for given in said if given.label is not None}
            count = 0
        for entry in state.rounds[count:]:
            self._known.update((given.row, given.label) for given in entry.answers if given.label is not None)
        self._known_of = state, len(state.rounds)
        now = {given.row: given.label for given in state.answers if given.label is not None}
        return {**self._known, **now} if now else self._known
