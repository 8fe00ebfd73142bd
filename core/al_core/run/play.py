"""What runs inside a worker process. A function loads the numerics when it is called, so that naming it costs nothing."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING

from al_core.compute.one_thread import one_thread
from al_core.run.oracle import Oracle, answered
from al_core.run.state import RunState, settle
from al_core.strategies.description import StrategyInfo
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.task.split import Task


Listing = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of one round: fitting; and measuring, scoring and choosing."""

    fit: float
    query: float


@dataclass(frozen=True, slots=True)
class Played:
    """A state and how long each of its new rounds took; durations stand beside the state, never in it."""

    state: RunState
    timings: tuple[Timing, ...]


def play(task: TaskSpec | Task, state: RunState, rounds: int = 1, who: Oracle | None = None) -> Played:
    """Play up to ``rounds`` rounds; stops when the run is done, and when it waits for the person.

    Parameters
    ----------
    task : a spec (the process keeps the last few tasks it made), or a task over one's own data.
    state : where to start. A batch that is completely answered is learnt as it is.
    rounds : rounds to play; 0 means until done.
    who : who answers what is open; by default the oracle of the task.
    """
    from al_core.run.round import Known, ask, known, known_further, learn, oracle
    from al_core.strategies.registry import resolve_strategy
    from al_core.task.split import make_task

    with one_thread():
        real = make_task(task) if isinstance(task, TaskSpec) else task
        who, strategy = who or oracle(real), resolve_strategy(state.strategy)
        timings: list[Timing] = []
        given: Known | None = None
        while not state.done and (rounds == 0 or len(timings) < rounds):
            begin = time.perf_counter()
            state = answered(state, who)
            if state.waiting:
                break
            state = settle(state)
            given = known(real, state) if given is None else known_further(real, given, state.rounds[-1].answers)
            model = learn(real, state, given)
            middle = time.perf_counter()
            state = ask(real, state, model, given, strategy)
            timings.append(Timing(middle - begin, time.perf_counter() - middle))
    return Played(state, tuple(timings))


def labels_to_give(spec: TaskSpec) -> int:
    """How many labels a run of a task can have in the end; raises `UserError` where the data set cannot be split so."""
    from al_core.task.split import make_task

    task = make_task(spec)
    return len(task.initial) + len(task.pool)


def pool_rows(spec: TaskSpec) -> tuple[array[int], tuple[int, ...]]:
    """The rows of a task that may be asked for, those of its starting set among them, and the latter alone."""
    from al_core.task.split import make_task

    task = make_task(spec)
    initial: list[int] = task.initial.tolist()
    return array("I", sorted({*task.pool.tolist(), *initial})), tuple(initial)


def ways_to_go_on() -> tuple[Listing, Listing]:
    """Name and summary of every strategy, and of every learner that needs no others to be named."""
    from al_core.learners.registry import learners
    from al_core.strategies.registry import strategies

    asking = tuple((found.info.name, found.info.summary) for found in strategies())
    return asking, tuple((found.name, found.summary) for found in learners() if not found.takes_learners)


def describe_strategies(names: tuple[str, ...]) -> tuple[StrategyInfo, ...]:
    """Metadata of the strategies written as ``names``."""
    from al_core.strategies.registry import resolve_strategy

    return tuple(resolve_strategy(name).info for name in names)
