"""The engine as the screens see it: one executor, one race at a time, one view."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace

from al_core.race import Event, Race
from al_core.strategies.info import StrategyInfo
from al_core.task import TaskSpec
from al_core.text import safe_text
from al_core.view import RaceView, open_view, reduce
from al_core.worker import Deck, describe_strategies, open_deck


class Engine:
    """Runs a race in the background and keeps the view of it.

    Parameters
    ----------
    spec, strategies : what is raced.
    executor : where rounds are computed.
    pace : most rounds per second and strategy; None for no limit.
    """

    def __init__(self, spec: TaskSpec, strategies: tuple[str, ...], executor: Executor, pace: float | None) -> None:
        self.strategies = strategies
        self.view: RaceView = open_view(spec, strategies, pace)
        self.deck: Deck | None = None
        self.infos: dict[str, StrategyInfo] = {}
        self.error: str | None = None
        self.race: Race | None = None
        self.changed: Callable[[Event | None], None] = lambda event: None
        self._executor = executor
        self._played = 0.0
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """How long the race has been running, pauses not counted."""
        return self._played + (time.monotonic() - self._since if self._since is not None else 0.0)

    async def run(self) -> None:
        """Open the data, then race until cancelled; a failure to open is told in ``error``."""
        try:
            await self._open()
        except Exception as error:
            self.error = safe_text(f"the engine did not start: {error}")
            self.changed(None)
            return
        runs = [(self.view.spec, run.state) for run in self.view.runs]
        self.race = Race(runs, self._executor, emit=self._note, pace=self.view.pace)
        if self.view.paused:
            self.race.set_paused(True)
        self._since = None if self.view.paused else time.monotonic()
        self.changed(None)
        await self.race.run()

    def set_paused(self, paused: bool) -> None:
        """Stop the automatic runs, or let them go on; before the race has begun, this says how it will begin."""
        if self.race is None:
            self.view = replace(self.view, paused=paused)
        else:
            self.race.set_paused(paused)

    def reset(self, seed: int) -> None:
        """Forget the race; the next `run` starts one with another seed at the present pace."""
        self.race, self.error = None, None
        self._played, self._since = 0.0, None
        self.view = open_view(replace(self.view.spec, seed=seed), self.strategies, self.view.pace)

    async def _open(self) -> None:
        self.error = None
        if self.deck is None:
            deck = asyncio.wrap_future(self._executor.submit(open_deck, self.view.spec.dataset))
            infos = asyncio.wrap_future(self._executor.submit(describe_strategies, self.strategies))
            self.infos = dict(zip(self.strategies, await infos, strict=True))
            self.deck = await deck

    def _note(self, event: Event) -> None:
        self.view = reduce(self.view, event)
        running = not self.view.idle
        if running and self._since is None:
            self._since = time.monotonic()
        elif not running and self._since is not None:
            self._played += time.monotonic() - self._since
            self._since = None
        self.changed(event)
