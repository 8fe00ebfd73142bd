"""What the tests of a race have in common: a short one on digits, and an event loop that comes to rest."""

from __future__ import annotations

import asyncio

from al_core.run.state import RunState
from al_core.task.spec import DEFAULT_STRATEGIES, TaskSpec

SPEC = TaskSpec(budget=60, seed=5)
RUNS = [(SPEC, RunState(name)) for name in DEFAULT_STRATEGIES]


async def settle(turns: int = 30) -> None:
    """Let the event loop run everything that is ready; with an inline executor nothing else is on its way."""
    for _ in range(turns):
        await asyncio.sleep(0)
