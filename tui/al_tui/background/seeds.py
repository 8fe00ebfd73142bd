"""The paired seeds as the screens see them: one plan, one repetition at a time, one view."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING

from al_core.comparison.live_view import LiveView, open_live
from al_core.comparison.plan import Plan, complete
from al_core.race.view import RaceView

if TYPE_CHECKING:
    from al_core.comparison.live import LiveComparison, StoreThread
    from al_core.comparison.live_view import LiveEvent
    from al_tui.background.workers import Workers


class Seeds:
    """Repeats the race of an engine in the background and keeps the view of it.

    Parameters
    ----------
    plan : what is repeated, from `al_core.comparison.plan`.
    desk : where finished cells are kept; None for nowhere.
    workers : the executor's workers.
    """

    def __init__(self, plan: Plan, desk: StoreThread | None, workers: Workers) -> None:
        self.view: LiveView = open_live(plan)
        self.changed: Callable[[], None] = lambda: None
        self.moved: Callable[[], None] = lambda: None
        """Called first: for whoever counts the time."""
        self._began: float | None = None
        """When the first of the cells that are being computed was begun."""
        self._desk = desk
        self._workers = workers
        self._live: LiveComparison | None = None
        self._wanted = False
        self._spare = 0
        self._again = asyncio.Event()

    async def run(self, executor: Executor, race: Callable[[], RaceView]) -> None:
        """Repeat until everything is there, then wait for a `retry`; ``race`` tells what the screen shows meanwhile, which goes
        first."""
        from al_core.comparison.live import LiveComparison, spare_workers

        self.view = open_live(self.view.plan)  # an earlier start may have got somewhere before the race failed
        self._again.clear()
        live = self._live = LiveComparison(
            self.view.plan,
            executor,
            desk=self._desk,
            room=lambda: spare_workers(race(), self._workers.count),
            emit=lambda event: self._note(event) if live is self._live else None,
        )
        live.want_summary(self._wanted)
        await live.run()
        while True:
            await self._again.wait()
            self._again.clear()
            await live.again()

    @property
    def kept(self) -> bool:
        """Whether finished cells go to a results store."""
        return self._desk is not None

    @property
    def busy(self) -> bool:
        """True while cells are on their way."""
        return self._live is not None and not self.view.complete and not self.view.stopped

    @property
    def seconds_left(self) -> float | None:
        """How long the rest will take if it goes on as it did; None when nothing was computed yet."""
        if not self.busy:
            return 0.0
        computed = self.view.done - self.view.recalled
        if self._began is None or computed < 1:
            return None
        return (time.monotonic() - self._began) / computed * (self.view.total - self.view.done)

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long, and the computing with it."""
        if self._began is not None:
            self._began += seconds

    def retry(self) -> None:
        """Try again what failed, when the others are done."""
        self._again.set()

    def nudge(self, race: RaceView) -> None:
        """The race has moved; perhaps there are more workers now, or fewer."""
        from al_core.comparison.live import spare_workers

        spare = spare_workers(race, self._workers.count)
        if self._live is not None and spare != self._spare:
            self._spare = spare
            self._live.nudge()

    def want_summary(self, wanted: bool) -> None:
        """Whether somebody looks at intervals."""
        self._wanted = wanted
        if self._live is not None:
            self._live.want_summary(wanted)

    def reset(self, seed: int) -> None:
        """Forget what is there; the next `run` begins at another seed."""
        plan = self.view.plan
        specs = [replace(spec, seed=seed) for spec in plan.specs]
        renewed = complete(specs, plan.strategies, seeds=len(plan.seeds), targets=plan.targets[1:], references=False)
        self._live = None
        self._again.clear()
        self.view = open_live(renewed)

    def close(self) -> None:
        """Close the results store when everything that is finished is in it."""
        if self._desk is not None:
            self._desk.close()

    def _note(self, event: LiveEvent) -> None:
        from al_core.comparison.live_view import Recalled, TriedAgain, reduce_live

        self.view = reduce_live(self.view, event)
        if isinstance(event, Recalled | TriedAgain):
            self._began = time.monotonic()
        self.moved()
        self.changed()
