"""What runs inside a worker process. A function loads the numerics when it is called, so that naming it costs nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from al_core.state import RunState, answer_from_truth, settle
from al_core.strategies.info import StrategyInfo
from al_core.task import TaskSpec

if TYPE_CHECKING:
    from al_core.data.split import Task
    from al_core.versions import Versions


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


@dataclass(frozen=True, slots=True)
class Deck:
    """What a screen needs of a data set: the look of every item, the class names, the true classes, and what identifies it.

    ``fingerprint`` is the data set's, ``ids`` are the content hashes of its items, ``software`` is what the worker computes
    with, ``images`` holds ``height × width`` grey bytes per item, one item after the other.
    """

    classes: tuple[str, ...]
    truth: tuple[int, ...]
    width: int
    height: int
    images: bytes
    fingerprint: str
    ids: tuple[str, ...]
    software: Versions

    def pixels(self, item: int) -> bytes:
        """Grey levels of one item, row by row, 0 (paper) to 255 (ink)."""
        size = self.width * self.height
        return self.images[item * size : (item + 1) * size]


def play(task: TaskSpec | Task, state: RunState, rounds: int = 1) -> Played:
    """Play up to ``rounds`` rounds, answering open items from ground truth; stops when the run is done.

    Parameters
    ----------
    task : a spec (the process keeps the last few tasks it made), or a task over one's own data.
    state : where to start. A batch that is completely answered is learnt as it is.
    rounds : rounds to play; 0 means until done.
    """
    from al_core.data.split import make_task
    from al_core.loop import Known, ask, known, known_further, learn

    with one_thread():
        real = make_task(task) if isinstance(task, TaskSpec) else task
        truth = real.dataset.truth
        timings: list[Timing] = []
        given: Known | None = None
        while not state.done and (rounds == 0 or len(timings) < rounds):
            begin = time.perf_counter()
            state = settle(answer_from_truth(state, truth))
            given = known(real, state) if given is None else known_further(real, given, state.rounds[-1].answers)
            model = learn(real, state, given)
            middle = time.perf_counter()
            state = ask(real, state, model, given)
            timings.append(Timing(middle - begin, time.perf_counter() - middle))
    return Played(state, tuple(timings))


def open_deck(dataset: str) -> Deck:
    """The deck of a data set known by name."""
    from al_core.data.catalog import load_dataset
    from al_core.versions import versions

    data = load_dataset(dataset)
    assert data.images is not None
    _, height, width = data.images.shape
    identity = data.fingerprint, data.item_ids, versions()
    return Deck(data.classes, data.truth, width, height, data.images.tobytes(), *identity)


def describe_strategies(names: tuple[str, ...]) -> tuple[StrategyInfo, ...]:
    """Metadata of the strategies written as ``names``."""
    from al_core.strategies.registry import resolve_strategy

    return tuple(resolve_strategy(name).info for name in names)


def warm_up() -> None:
    """Load what the first round will need."""

    from al_core import loop
    from al_core.learners.registry import learners
    from al_core.strategies.registry import strategies

    strategies(), learners(), _libraries()
    assert loop


_here = threading.local()


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit BLAS and OpenMP to one thread: faster for small fits, and sums come out the same in every process.

    Inside another one, in the same thread, it does nothing and costs nothing: whoever plays round after round keeps one open.
    """
    if getattr(_here, "limited", False):
        yield
        return
    limited = [(library, threads) for library in _libraries() if (threads := library.get_num_threads()) != 1]
    for library, _ in limited:
        library.set_num_threads(1)
    _here.limited = True
    try:
        yield
    finally:
        _here.limited = False
        for library, threads in limited:
            library.set_num_threads(threads)


@cache
def _libraries() -> list[Any]:
    # SciPy brings its own BLAS, scikit-learn its own OpenMP, and a controller knows only what is loaded when it is made:
    # without these imports the solver inside a fit would use all cores, and wait for them most of the time.
    import scipy.linalg
    import sklearn.linear_model
    from threadpoolctl import ThreadpoolController

    assert scipy, sklearn
    return list(ThreadpoolController().lib_controllers)
