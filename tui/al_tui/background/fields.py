"""What models say everywhere in the plane, fetched when it is looked at: the newest first, and what is old not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from al_core.run.state import RunState

if TYPE_CHECKING:
    from al_core.run.field import Field
    from al_core.task.spec import TaskSpec

MOST_KEPT = 100
"""Fields that are kept: those of the rounds that one may go back to, of a few sizes."""

Wanted = tuple[RunState, int, int]
"""A run as far as it has learnt, and how many cells across and down."""


class Fields:
    """The fields of one race.

    Parameters
    ----------
    executor : where they are computed.
    spec : the race's.
    changed : called when there is more to be drawn.
    """

    def __init__(self, executor: Executor, spec: TaskSpec, changed: Callable[[], None]) -> None:
        self._executor = executor
        self._spec = spec
        self._changed = changed
        self._kept: dict[Hashable, Field | None] = {}
        """None where it could not be computed: it is not tried again."""
        self._wanted: list[Wanted] = []
        self._task: asyncio.Task[None] | None = None

    def now(self, state: RunState, width: int, height: int) -> Field | None:
        """The field of a run's model as far as it has learnt, of so many cells; None while it is being computed."""
        if _key(state, width, height) not in self._kept:
            before = [RunState(state.strategy, state.rounds[:-1])] if state.rounds else []
            self.several([(learnt, width, height) for learnt in (state, *before)])
        return self._kept.get(_key(state, width, height))

    def several(self, wanted: Sequence[Wanted]) -> list[Field | None]:
        """Each of several, None while it is being computed: in this order, and in place of what was wanted before."""
        self._wanted = [one for one in wanted if _key(*one) not in self._kept]
        if self._wanted and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._fetch())
        return [self._kept.get(_key(*one)) for one in wanted]

    def before(self, state: RunState, width: int, height: int) -> Field | None:
        """The same of the round before, which is fetched behind it."""
        return self._kept.get(_key(RunState(state.strategy, state.rounds[:-1]), width, height)) if state.rounds else None

    def close(self) -> None:
        """Want nothing any more."""
        if self._task is not None:
            self._task.cancel()

    async def _fetch(self) -> None:
        while self._wanted:
            state, width, height = self._wanted.pop(0)
            if (key := _key(state, width, height)) in self._kept:
                continue  # it was being computed when it was wanted again
            self._kept[key] = await self._field(RunState(state.strategy, state.rounds), width, height)
            while len(self._kept) > MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            self._changed()
        self._task = None

    async def _field(self, learnt: RunState, width: int, height: int) -> Field | None:
        from al_core.run.field import open_field

        try:
            return await asyncio.wrap_future(self._executor.submit(open_field, self._spec, learnt, width, height))
        except Exception:  # whatever a worker raises: a run that cannot learn says so itself
            return None


def _key(state: RunState, width: int, height: int) -> Hashable:
    """Of all that the model has learnt from."""
    return state.strategy, tuple(entry.answers for entry in state.rounds), width, height
