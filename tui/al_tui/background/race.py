"""The engine as the screens see it: one executor, one race at a time, one view.

What races is imported when it starts, so that the screen is painted before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from typing import TYPE_CHECKING

from al_core.ground.errors import WorkerNotStarted
from al_core.ground.safe_text import safe_text
from al_core.race.view import RaceView, open_view, seconds_left, with_truth
from al_core.run.state import By
from al_core.task.spec import TaskSpec
from al_tui.background.pool import Pool
from al_tui.background.stopwatch import Stopwatch
from al_tui.background.workers import Workers

if TYPE_CHECKING:
    from al_core.data.contents import Contents
    from al_core.data.origin import Origin
    from al_core.data.sources import Source
    from al_core.race.driver import Race
    from al_core.race.events import ByPerson, RaceEvent
    from al_core.run.oracle import Oracle
    from al_core.run.state import Answer
    from al_core.sessions.race_actions import RaceOpened
    from al_core.sessions.race_ledger import RaceLedger
    from al_core.strategies.description import StrategyInfo
    from al_tui.background.looks import Looks
    from al_tui.background.recorder import Recorder
    from al_tui.background.seeds import Seeds
    from al_tui.commands.class_keys import Bound


class Engine:
    """Runs a race in the background and keeps the view of it.

    Parameters
    ----------
    spec, strategies : what is raced.
    open_executor : makes what computes the rounds; called once, when the first race starts, so that the screen paints first.
    pace : most rounds per second and strategy; None for no limit.
    seeds : the same race over paired seeds, beside the one on the screen; None for one seed.
    recorder : keeps the race in a session file; None keeps nothing.
    ledger : the race to go on with, as it was kept; None begins a new one.
    workers : the executor's workers.
    source : what is known of data that does not come with the program.
    """

    replayed: str | None = None
    """Of a race of the past, of which nothing is computed: what of it is shown."""

    def __init__(
        self,
        spec: TaskSpec,
        strategies: tuple[str, ...],
        open_executor: Callable[[], Executor],
        pace: float | None,
        seeds: Seeds | None = None,
        recorder: Recorder | None = None,
        ledger: RaceLedger | None = None,
        workers: Workers | None = None,
        source: Source | None = None,
    ) -> None:
        self.workers = workers or Workers(1)
        self.strategies = strategies
        self.seeds = seeds
        self.view: RaceView = open_view(spec, strategies, pace)
        self.recorder = recorder
        self.bound: Bound = {}
        """Keys that the person wants for classes."""
        self.contents: Contents | None = None
        self.looks: Looks | None = None
        self.pool = Pool(lambda: self.changed(None))
        self.infos: dict[str, StrategyInfo] = {}
        self.error: str | None = None
        self.race: Race | None = None
        self.changed: Callable[[RaceEvent | None], None] = lambda event: None
        self.refused: Callable[[str], None] = lambda reason: None
        """Called when nothing can be computed here before a person has put something right."""
        self._open_executor = open_executor
        self.executor: Executor | None = None
        self._source = self._kept_source = source
        """What there is, and what the session's file has: where the data lay when it began."""
        self._known: Mapping[int, Answer] = {}
        self._given: Sequence[Collection[int]] | None = None
        self._era = 0
        """Counts races: what one that was left has still to say is not about the one that runs now."""
        self._watch = Stopwatch()
        self._tasks: asyncio.TaskGroup | None = None
        if ledger is not None:
            self._go_on_with(ledger)
        if seeds is not None:
            seeds.moved = self._count_time
        if recorder is not None:
            recorder.changed = lambda: self.changed(None)

    @property
    def seconds(self) -> float:
        """How long the whole job has been running, the seeds included; pauses in which nothing is computed are not counted."""
        return self._watch.seconds

    @property
    def seconds_left(self) -> float | None:
        """How long the whole job will still take; None when that hangs on a person, or when nothing is known yet."""
        return _longer(seconds_left(self.view, self.seconds), 0.0 if self.seeds is None else self.seeds.seconds_left)

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long, and the race with it."""
        self._watch.slept(seconds)
        if self.seeds is not None:
            self.seeds.slept(seconds)

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names; empty until the data is there."""
        return () if self.contents is None else self.contents.classes

    @property
    def kept(self) -> bool:
        """Whether the race is in its file, or will be as soon as it begins."""
        return self.recorder is not None and self.recorder.trouble is None

    @property
    def oracle(self) -> Oracle | None:
        """Who answers what the person does not; None before the data is there."""
        from al_core.run.oracle import oracle_of

        here = self.contents
        return None if here is None else oracle_of(self.view.spec, here.truth, len(here.classes))

    @property
    def unkept(self) -> int:
        """How many answers of a person are in no file."""
        written = self.recorder is not None and self.recorder.journal is not None
        return 0 if written else _answered_by_hand(self.view)

    @property
    def trouble(self) -> str | None:
        """Why the race, or the latest of it, is not in its file; None when it is, and when it is not meant to be."""
        return None if self.recorder is None else self.recorder.trouble

    async def run(self) -> None:
        """Open the data, then race until cancelled; a failure to open is told in ``error``."""
        self.error = None
        self._era += 1
        try:
            self.executor = self.executor or self._open_executor()
        except Exception as error:
            self._failed(error)
            return
        async with asyncio.TaskGroup() as group:
            self._tasks = group
            group.create_task(self._run_race(self.executor, self._era))
            if self.seeds is not None:
                group.create_task(self.seeds.run(self.executor, lambda: self.view))
            group.create_task(self.workers.watch(self._workers_changed))

    async def _run_race(self, executor: Executor, era: int) -> None:
        try:
            await self._open(executor)
            if era != self._era:
                return
            self._begin_keeping()
        except Exception as error:
            if era == self._era:
                self._failed(error)
            return
        from al_core.race.driver import Race

        self.race = Race(
            [(self.view.spec, run.state) for run in self.view.runs],
            executor,
            emit=lambda event: self._note(event) if era == self._era else None,
            keep=self._keep,
            pace=self.view.pace,
            slots=self.workers.count,
            known=self._known,
            in_hand=[index for index, run in enumerate(self.view.runs) if run.by_hand],
            given=self._given,
        )
        if self.view.paused:
            self.race.set_paused(True)
        self._count_time()
        self.changed(None)
        self.pool.begin(executor, self.view.spec, place_of(self.view.spec, self._source))
        await self.race.run()
        self.pool.refine()

    def set_paused(self, paused: bool) -> None:
        """Stop the automatic runs, or let them go on; before the race has begun, this says how it will begin."""
        if self.race is None:
            self.view = self.view._replace(paused=paused)
        else:
            self.race.set_paused(paused)

    def set_pace(self, pace: float | None) -> None:
        """Change the most rounds per second; before the race has begun, that is the pace at which it will begin."""
        if self.race is None:
            self.view = self.view._replace(pace=pace)
        else:
            self.race.set_pace(pace)

    def reset(self, seed: int) -> None:
        """Leave the race; the next `run` starts one with another seed at the present pace."""
        if self.recorder is not None:
            self.recorder.close()
        self._era += 1
        self.race, self.error, self._known, self._given = None, None, {}, None
        self._watch, self._kept_source, self._tasks = Stopwatch(), self._source, None
        self.view = open_view(replace(self.view.spec, seed=seed), self.strategies, self.view.pace)
        if self.seeds is not None:
            self.seeds.reset(seed)

    def close(self) -> None:
        """End the workers, at once; what is finished is kept."""
        if self.executor is not None:
            self.executor.shutdown(wait=False)
        if self.seeds is not None:
            self.seeds.close()
        if self.recorder is not None:
            self.recorder.close()

    async def _open(self, executor: Executor) -> None:
        from al_tui.background.opening import open_race

        await open_race(self, executor, place_of(self.view.spec, self._source))
        assert self.contents is not None
        self.view = with_truth(self.view, self.contents.truth)

    def _begin_keeping(self) -> None:
        if self.recorder is not None and self.contents is not None:
            seeds = 1 if self.seeds is None else len(self.seeds.view.plan.seeds)
            opened = _opened(self.view.spec, self.strategies, self.contents, seeds, self._kept_source)
            self.recorder.begin(opened, self.contents.ids, lambda: self.seconds)

    def _count_time(self) -> None:
        """Let the clock run while anything is computed, and stand while nothing is."""
        running = (self.race is not None and not self.view.idle) or (self.seeds is not None and self.seeds.busy)
        self._watch.run(running)

    def broke_off(self, error: Exception) -> None:
        """A fault of the program's has ended the race; what was played is kept."""
        self.error = safe_text(f"the race broke off ({type(error).__name__}); leave with q, and resume it")
        self.changed(None)

    def _failed(self, error: Exception) -> None:
        if _would_fail_again(error):
            self.refused(safe_text(str(error)))
            return
        self.error = safe_text(f"the engine did not start: {error}") + "; r tries again"
        self.changed(None)

    def _go_on_with(self, ledger: RaceLedger) -> None:
        from al_core.sessions.race_ledger import kept_view

        self.view = kept_view(ledger, self.view.pace)
        self._known, self._watch = dict(ledger.known), Stopwatch(ledger.elapsed)
        self._kept_source = ledger.settings.source
        self._given = [run.given for run in ledger.runs]

    def _keep(self, events: Sequence[ByPerson]) -> None:
        if self.recorder is not None:
            self.recorder.keep(events)

    def _workers_changed(self) -> None:
        if self.seeds is not None:
            self.seeds.nudge(self.view)
        self.changed(None)

    def _note(self, event: RaceEvent) -> None:
        from al_core.race.events import RoundPlayed, RunFailed
        from al_core.race.reducer import reduce

        self.view = reduce(self.view, event)
        if self.looks is not None and isinstance(event, RoundPlayed) and self.view.runs[event.run].by_hand:
            asked = event.state.query
            self.looks.want([pick.row for pick in asked.picks] if asked is not None else [])  # also where nobody looks now
        if self.recorder is not None and isinstance(event, RoundPlayed | RunFailed):
            self.recorder.note(event)
        self._count_time()
        if self.seeds is not None:
            self.seeds.nudge(self.view)
        self.changed(event)


def repeat(engine: Engine, seeds: Seeds) -> None:
    """Race over these paired seeds as well, from now on, beside the race on the screen."""
    engine.seeds, seeds.moved = seeds, engine._count_time
    if engine._tasks is not None and engine.executor is not None:
        engine._tasks.create_task(seeds.run(engine.executor, lambda: engine.view))


def place_of(spec: TaskSpec, source: Source | None) -> str | Origin:
    """Where the data is."""
    return (None if source is None else source.origin) or spec.dataset


def _opened(spec: TaskSpec, strategies: tuple[str, ...], here: Contents, seeds: int, source: Source | None) -> RaceOpened:
    """How the session of a race begins."""
    from al_core.sessions.race_actions import RaceOpened

    return RaceOpened(spec, strategies, here.fingerprint, here.classes, here.software, seeds, source)


def _answered_by_hand(view: RaceView) -> int:
    """How many items a person answered in any run."""
    history = (given for run in view.runs if run.person for given in run.state.history)
    return len({given.row for given in history if given.by is By.PERSON})


def _longer(first: float | None, second: float | None) -> float | None:
    return None if first is None or second is None else max(first, second)


def _would_fail_again(error: Exception) -> bool:
    from al_tui.commands.class_keys import BadKey

    return isinstance(error, WorkerNotStarted | BadKey)
