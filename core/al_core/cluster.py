"""Rounds computed on other machines: a Dask cluster behind the same interface as worker processes.

`distributed` is loaded when a cluster is asked for; it comes with the extra ``dask``.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from al_core.errors import UserError, WorkerDied
from al_core.versions import Versions, versions

P = ParamSpec("P")
T = TypeVar("T")

CONNECT_SECONDS = 10.0


class DaskCluster(Executor):
    """The workers of a Dask scheduler. Calls on a worker that is lost are computed again by another one.

    Parameters
    ----------
    scheduler : address of the scheduler, e.g. ``tcp://10.0.0.7:8786``.
    connect_seconds : how long to wait for it.
    log : receives the messages of `distributed`, which otherwise go to stderr.

    Raises
    ------
    UserError
        `distributed` is not installed, the scheduler cannot be reached, it has no workers, or a worker runs other versions.
    """

    def __init__(self, scheduler: str, *, connect_seconds: float = CONNECT_SECONDS, log: Path | None = None) -> None:
        try:
            from distributed import Client
        except ImportError:
            raise UserError("--executor dask needs the extra dask: pip install 'al-tui[dask]'") from None
        if not re.fullmatch(r"[a-z]+://(\[[0-9a-f:]+\]|[^/:\s]+):\d{1,5}", scheduler):
            raise UserError(f"{scheduler!r} is no address of a Dask scheduler; write it like tcp://10.0.0.7:8786")
        if log is not None:
            _log_to(log)
        try:
            self._client: Any = Client(scheduler, timeout=connect_seconds, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise UserError(
                f"no Dask scheduler answers at {scheduler} ({reason}); start one with: dask scheduler, and give its address"
            ) from None
        try:
            self._check_workers(scheduler)
        except BaseException:
            self._client.close()
            raise
        self._executor: Any = self._client.get_executor(pure=False)

    @property
    def workers(self) -> int:
        """How many workers there are now.

        Raises
        ------
        ConnectionError
            The connection to the scheduler is gone.
        """
        if self._client.status != "running":
            raise ConnectionError(f"the Dask scheduler does not answer; the client is {self._client.status}")
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        inner: Future[T] = self._executor.submit(pinned, versions(), fn, args, kwargs)
        outer: Future[T] = Future()
        inner.add_done_callback(lambda done: _hand_over(done, outer))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; scheduler and workers stay. Calls that are waiting are cancelled."""
        with contextlib.suppress(Exception):  # a scheduler that is gone cannot be told, and there is nothing left to tell it
            self._executor.shutdown(wait=False)  # cancels what has not been computed
        with contextlib.suppress(Exception):
            self._client.close()

    def _check_workers(self, scheduler: str) -> None:
        if not self.workers:
            raise UserError(f"the Dask scheduler at {scheduler} has no workers; start some with: dask worker {scheduler}")
        try:
            found: dict[str, Versions] = self._client.run(versions)
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise UserError(
                f"a Dask worker of {scheduler} cannot run al-tui ({reason}); install the same al-tui there as here"
            ) from None
        for worker, theirs in sorted(found.items()):
            if differences := versions().differences(theirs):
                raise UserError(f"the Dask worker {worker} has {', '.join(differences)}; install the same there as here")


def _log_to(path: Path) -> None:
    """Send what `distributed` logs to a file: on a full-screen terminal it would be written across the picture."""
    handler = logging.FileHandler(path, delay=True)
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("distributed", "dask", "tornado")]
    for name in ("distributed", "dask", "tornado", *names):
        logger = logging.getLogger(name)
        if name in ("distributed", "dask", "tornado") or logger.handlers:
            logger.handlers, logger.propagate = [handler], False


def pinned(expected: Versions, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
    """Call ``fn`` in a worker that has the expected versions, with one BLAS thread for as long as the process lives.

    A worker may have joined after the check at the start, and may play several cells in threads: a limit that each of them set
    and took back by itself would be taken back while another one computes.

    Raises
    ------
    UserError
        The worker runs other versions.
    """
    if differences := expected.differences(versions()):
        raise UserError(f"a Dask worker has {', '.join(differences)}; numbers would differ")
    _one_thread_for_good()
    return fn(*args, **kwargs)


_lock = threading.Lock()
_limits: list[Any] = []


def _one_thread_for_good() -> None:
    with _lock:
        if not _limits:
            from threadpoolctl import threadpool_limits

            from al_core.worker import warm_up

            warm_up()  # a library that is loaded later would not know of the limit
            _limits.append(threadpool_limits(limits=1))


def _hand_over(done: Future[T], to: Future[T]) -> None:
    """Pass a Dask future's outcome on; workers that died too often become the error that every executor has for it."""
    if done.cancelled():
        to.cancel()
        to.set_running_or_notify_cancel()
        return
    error = done.exception()
    if error is None:
        to.set_result(done.result())
    elif type(error).__name__ in ("KilledWorker", "CancelledError", "FutureCancelledError"):
        to.set_exception(WorkerDied(f"Dask lost the workers that computed this: {str(error).partition(chr(10))[0]}"))
    else:
        to.set_exception(error)
