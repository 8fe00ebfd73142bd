"""Calls computed in threads that nobody has to wait for when the program ends."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, ParamSpec, TypeVar

from al_core.compute.outcome import as_exception
from al_core.ground.errors import WorkerNotStarted

P = ParamSpec("P")
T = TypeVar("T")

NO_THREAD = "can't start new thread"
"""What Python says when the system gives it no thread."""

_Call = tuple[Future[Any], Callable[[], Any]]


class DaemonThreads(Executor):
    """Like `ThreadPoolExecutor`, but the interpreter's end does not wait for a call that hangs.

    Parameters
    ----------
    count : number of threads.
    name : what they are called.

    Raises
    ------
    WorkerNotStarted
        The system does not give so many threads.
    """

    def __init__(self, count: int, name: str) -> None:
        self._calls: queue.SimpleQueue[_Call | None] = queue.SimpleQueue()
        self._closed = False
        self._threads = [threading.Thread(target=self._serve, name=f"{name} {at}", daemon=True) for at in range(count)]
        for started, thread in enumerate(self._threads):
            try:
                thread.start()
            except RuntimeError as error:
                for _ in range(started):
                    self._calls.put(None)
                raise WorkerNotStarted(f"no worker can be started: the system gives no more threads ({error})") from None

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        if self._closed:
            raise RuntimeError("the executor was shut down")
        future: Future[T] = Future()
        self._calls.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls; those that wait are computed first, or cancelled."""
        self._closed = True
        while cancel_futures:
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                break
            if call is not None:
                call[0].cancel()
        for _ in self._threads:
            self._calls.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def _serve(self) -> None:
        while (call := self._calls.get()) is not None:
            future, compute = call
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(compute())
                except BaseException as error:  # nobody can interrupt a thread by key
                    future.set_exception(as_exception(error))
            del call, future, compute  # or what was computed would live until the next call
