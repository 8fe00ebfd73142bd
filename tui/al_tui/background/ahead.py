"""Runs that are played to their end before anybody waits for that: a round follows from a state alone, whenever it comes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from al_core.race.view import RaceView
from al_core.run.play import Played, play
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec

P = ParamSpec("P")
T = TypeVar("T")

LONGEST_SECONDS = 10.0
"""A run that would take longer is not played ahead: it may be for nothing."""


class Ahead(Executor):
    """An executor that answers at once, or sooner, what it was told to play ahead.

    Parameters
    ----------
    executor : computes everything.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._ahead: dict[tuple[TaskSpec, RunState], Future[Played]] = {}

    def play(self, view: RaceView) -> None:
        """Begin to play all runs of a race that stands still to their end; what was played ahead before is forgotten."""
        self.forget()
        for run in view.runs:
            left = view.spec.rounds - len(run.state.rounds)
            each = (run.fit_seconds + run.query_seconds) / max(1, run.rounds_timed)
            if run.status == "racing" and run.rounds_timed and each * left <= LONGEST_SECONDS:
                key = view.spec, run.state
                self._ahead[key] = self._executor.submit(play, *key, 0)

    def forget(self) -> None:
        """Play nothing ahead any more; what has begun ends for itself."""
        for future in self._ahead.values():
            future.cancel()
        self._ahead = {}

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        found: Future[Any] | None = None
        if fn is play and len(args) == 3 and isinstance(args[0], TaskSpec):  # who answers is the oracle, as it was ahead
            found = self._ahead.pop(args[:2], None)  # type: ignore[arg-type]
        if found is None or (found.done() and found.exception() is not None):
            return self._executor.submit(fn, *args, **kwargs)
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait, cancel_futures=cancel_futures)
