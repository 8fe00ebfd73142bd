"""One run of a race, as its driver knows it: the state, who answers, and what is being computed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from al_core.run.play import Played
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.task.split import Task


@dataclass(eq=False)
class Racer:
    """A run on its way; changed by the driver and by what a person does to it."""

    task: TaskSpec | Task
    state: RunState
    by_hand: bool = False
    failed: bool = False
    deaths: int = 0
    steps: int = 0
    due: float = 0.0
    seconds: float | None = None
    """What its last round took in the executor."""
    epoch: int = 0
    """Counts changes of the state from outside; a result that was computed from an older state is dropped."""
    given: set[int] = field(default_factory=set)
    """Rows that were answered by hand here, or given because they were answered by hand in another run."""
    pending: asyncio.Future[Played] | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def move_on(self) -> None:
        """What is being computed from the older state is not waited for any more."""
        self.epoch += 1
        if self.pending is not None:
            self.pending.cancel()
