"""Calls computed in this process: before `submit` returns, or one after the other in a thread."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, Self, TypeVar

from al_core.compute.one_thread import one_thread
from al_core.compute.outcome import outcome
from al_core.compute.threads import DaemonThreads

P = ParamSpec("P")
T = TypeVar("T")


class Inline(Executor):
    """Computes in the calling thread, before `submit` returns. Simple and exact; it cannot end a round that hangs.

    Used in a ``with`` statement, it keeps BLAS at one thread from call to call, until `shutdown`.
    """

    def __init__(self) -> None:
        self._kept = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._kept.enter_context(one_thread())
        return self

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Nothing is left to wait for."""
        self._kept.close()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        error, value = outcome(fn, args, kwargs)
        future.set_result(value) if error is None else future.set_exception(error)
        return future


class OneThread(DaemonThreads):
    """Computes in one thread of this process, one call after the other. Leaving does not wait for a call that runs."""

    def __init__(self) -> None:
        super().__init__(1, "compute")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; one that runs is left behind."""
        super().shutdown(wait=False, cancel_futures=cancel_futures)
