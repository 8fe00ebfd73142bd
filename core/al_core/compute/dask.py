"""Rounds computed on other machines: a Dask cluster behind the same interface as worker processes.

`distributed` is loaded when a cluster is asked for; it comes with the extra ``dask``.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from al_core.compute.arithmetic import arithmetic
from al_core.compute.beforehand import itself
from al_core.compute.carried import Carried, Carry
from al_core.compute.dask_client import check_address, connected, load_dask
from al_core.compute.outcome import outcome, portable
from al_core.compute.remote import WARM_UP, by_name
from al_core.compute.shapes import conforms, returns
from al_core.ground.errors import ClusterLost, UserError, WorkerDied
from al_core.ground.safe_text import safe_text
from al_core.ground.versions import Versions, versions

P = ParamSpec("P")
T = TypeVar("T")

CONNECT_SECONDS = 10.0
RECOUNT_SECONDS = 10.0
GROUP_SECONDS = 0.5
"""Quick calls that travel together take about this long."""

_LONGEST_WORDS = 160

Reply = tuple[Exception | None, Any, float]
"""The error of a call, its value, and the seconds it took."""


class _Cancelled(WorkerDied):
    """The client cancelled a group: it does that to all of them whenever the scheduler does not answer."""


@dataclass(frozen=True, slots=True, eq=False)
class _Call:
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    future: Future[Any]


class DaskCluster(Executor):
    """The workers of a Dask scheduler. Calls on a worker that is lost are computed again by another one.

    A call costs the scheduler and this process some milliseconds, so quick calls travel together: as many as take
    `GROUP_SECONDS`, fewer towards the end, so that no worker waits for another one's last group. Until a worker is there for
    them, calls wait here.

    Parameters
    ----------
    scheduler : address of the scheduler, e.g. ``tcp://10.0.0.7:8786``.
    connect_seconds : how long to wait for it, at first and when it is lost.
    log : receives the messages of `distributed`, which otherwise go to stderr.

    Raises
    ------
    UserError
        `distributed` is not installed, the scheduler cannot be reached, it has no workers, a worker runs other versions, or
        workers do not add alike.
    """

    elsewhere = True
    """Nobody here knows which machines compute: see `al_core.compute.arithmetic.machine`."""

    def __init__(self, scheduler: str, *, connect_seconds: float = CONNECT_SECONDS, log: Path | None = None) -> None:
        check_address(scheduler)
        load_dask()
        if log is not None:
            _log_to(log)
        self._client: Any = connected(scheduler, connect_seconds)
        try:
            self._arithmetic = self._checked_workers(scheduler)
        except BaseException:
            self._client.close()
            raise
        self._executor: Any = self._client.get_executor(pure=False)
        self._scheduler = scheduler
        self._carried = Carried(self._client)
        self._lock = threading.Lock()
        self._flying: set[_Call] = set()
        """Calls that were sent and have not come back."""
        self._stranded: list[_Call] = []
        """Those of them that were cancelled while the client looks for its scheduler; sent again when it has found it."""
        self._waiting: deque[_Call] = deque()
        self._groups = 0
        """Groups that were sent and have not come back."""
        self._seconds: float | None = None
        """What a call of the last group took."""
        self._left = threading.Event()
        threading.Thread(target=self._keep_counting, daemon=True).start()

    @property
    def workers(self) -> int:
        """How many workers there were at the last `recount`, which happens every `RECOUNT_SECONDS`."""
        return self._count

    def recount(self) -> int:
        """How many workers there are now.

        Raises
        ------
        ConnectionError
            The connection to the scheduler is gone.
        """
        if self._client.status != "running":
            raise ConnectionError(f"the Dask scheduler does not answer; the client is {self._client.status}")
        self._count = len(self._client.scheduler_info(n_workers=-1)["workers"])
        return self._count

    def carry(self, name: str, first: Callable[[Any], object], about: Any) -> None:
        """Have ``first(about)`` done in every worker before its calls; ``about`` is sent to each of them once.

        Parameters
        ----------
        name : what is carried; something else under the same name takes its place.
        """
        self._carried.add(name, first, about)

    def everywhere(self, question: Callable[..., T], *args: Any) -> dict[str, T]:
        """What every worker answers to a question, by its address.

        Raises
        ------
        UserError
            A worker cannot answer it.
        """
        return self._asked(self._scheduler, partial(question, *args), returns(question), f"what {question.__name__} asks")

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        with self._lock:
            self._waiting.append(_Call(fn, args, kwargs, future))
        self._send_what_waits()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster; scheduler and workers stay. Calls that are waiting are cancelled."""
        self._left.set()
        with self._lock:
            waiting = list(self._waiting)
            self._waiting.clear()
        for call in waiting:
            call.future.cancel()
        with contextlib.suppress(Exception):  # a scheduler that is gone cannot be told, and there is nothing left to tell it
            self._executor.shutdown(wait=False)  # cancels what has not been computed
        with contextlib.suppress(Exception):
            self._client.close()

    def _keep_counting(self) -> None:
        """Use workers that join."""
        while not self._left.wait(RECOUNT_SECONDS):
            if self._gone:
                self._lose_all()
                return
            with contextlib.suppress(Exception):  # what is wrong with the cluster is told by the calls it fails
                self.recount()
                with self._lock:
                    again, self._stranded = self._stranded, []
                    self._groups += len(again)
                for call in again:
                    self._send([call])
                self._send_what_waits()

    @property
    def _gone(self) -> bool:
        """True when the client has given the scheduler up, for good; it has tried to reach it for ``connect_seconds``."""
        return self._client.status in ("closing", "closed") and not self._left.is_set()

    def _lost(self) -> ClusterLost:
        return ClusterLost(f"the Dask scheduler at {self._scheduler} is gone; start it again, and give the same command")

    def _lose_all(self) -> None:
        """Let nobody wait for calls that will never come back."""
        with self._lock:
            self._flying.update(call for call in self._waiting if call.future.set_running_or_notify_cancel())
            self._waiting.clear()
            self._groups = 0
            calls = list(self._flying)
        self._fail(calls, self._lost())

    def _fail(self, calls: Sequence[_Call], error: Exception) -> None:
        for call in self._landed(calls):
            call.future.set_exception(error)

    def _landed(self, calls: Sequence[_Call]) -> list[_Call]:
        """Those of ``calls`` that nobody has told an outcome yet; the caller does."""
        with self._lock:
            mine = [call for call in calls if call in self._flying]
            self._flying.difference_update(mine)
        return mine

    def _send_what_waits(self) -> None:
        """Send groups of calls for as long as some worker has fewer than two."""
        while True:
            with self._lock:
                if not self._waiting or self._groups >= 2 * max(1, self._count):
                    return
                size = self._group_size()
                calls = [self._waiting.popleft() for _ in range(size)]
                calls = [call for call in calls if call.future.set_running_or_notify_cancel()]
                self._groups += bool(calls)
            if calls:
                self._send(calls)

    def _group_size(self) -> int:
        fair = -(-len(self._waiting) // (2 * max(1, self._count)))
        quick = int(GROUP_SECONDS / self._seconds) if self._seconds else 1
        return max(1, min(fair, quick))

    def _send(self, calls: Sequence[_Call]) -> None:
        with self._lock:
            self._flying.update(calls)
        try:
            asked = [(call.fn, call.args, call.kwargs) for call in calls]
            inner = self._executor.submit(pinned, versions(), self._arithmetic, asked, *self._carried.there())
        except Exception as error:  # the client is closed, or a call cannot be pickled
            self._hand_on(calls, error)
        else:
            inner.add_done_callback(lambda done: self._came_back(calls, _checked(calls, _outcome(done))))

    def _came_back(self, calls: Sequence[_Call], outcome: Exception | list[Reply]) -> None:
        self._hand_on(calls, outcome)
        self._send_what_waits()

    def _hand_on(self, calls: Sequence[_Call], outcome: Exception | list[Reply]) -> None:
        """Hand results on. A call that takes its workers with it must not fail the rest of its group: each then goes alone."""
        if isinstance(outcome, Exception) and self._gone:
            outcome = self._lost()
        with self._lock:
            self._groups -= 1
            if isinstance(outcome, _Cancelled) and self._client.status != "running" and not self._left.is_set():
                self._stranded += calls
                return
            if isinstance(outcome, list):
                self._seconds = max(seconds for _, _, seconds in outcome)
            elif alone := isinstance(outcome, WorkerDied) and len(calls) > 1 and not self._left.is_set():
                self._groups += len(calls)
        if isinstance(outcome, list):
            replies = dict(zip(calls, outcome, strict=True))
            for call in self._landed(calls):
                error, value, _ = replies[call]
                call.future.set_result(value) if error is None else call.future.set_exception(error)
        elif alone:
            for call in calls:
                self._send([call])
        else:
            self._fail(calls, outcome)

    def _checked_workers(self, scheduler: str) -> str:
        """How the workers add, all of them alike; raises `UserError` if there are none, or some cannot be used."""
        if not self.recount():
            raise UserError(f"the Dask scheduler at {scheduler} has no workers; start some with: dask worker {scheduler}")
        for worker, theirs in sorted(self._asked(scheduler, versions, Versions, "which versions it runs").items()):
            if differences := versions().differences(theirs):
                raise UserError(f"the Dask worker {worker} has {', '.join(differences)}; install the same there as here")
        found = self._asked(scheduler, arithmetic, str, "how it adds")
        (usual, _), *others = Counter(found.values()).most_common()
        if others:
            odd = sorted(worker for worker, theirs in found.items() if theirs != usual)
            raise UserError(f"{len(odd)} of {len(found)} Dask workers, {odd[0]} first, {_unlike(usual, found[odd[0]])}")
        return usual

    def _asked(self, scheduler: str, question: Callable[[], T], kind: type[T], words: str) -> dict[str, T]:
        """What every worker answers to a question."""
        try:
            found = self._client.run(question)
        except Exception as error:
            reason = str(error).partition("\n")[0]
            raise UserError(
                f"a Dask worker of {scheduler} cannot run al-tui ({reason}); install the same al-tui there as here"
            ) from None
        if not (found and conforms(found, dict[str, kind])):  # type: ignore[valid-type]
            raise UserError(f"a Dask worker of {scheduler} does not say {words}; start the workers anew")
        return cast(dict[str, T], found)


def _unlike(ours: str, theirs: str) -> str:
    """What to say of a worker on another kind of machine."""
    both = f"{safe_text(theirs, _LONGEST_WORDS)} instead of {safe_text(ours, _LONGEST_WORDS)}"
    return f"add with other kernels ({both}); numbers would differ in the last bit: see docs/cluster.md"


def _log_to(path: Path) -> None:
    """Send what `distributed` logs to a file: on a full-screen terminal it would be written across the picture."""
    handler = logging.FileHandler(path, delay=True)
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in ("distributed", "dask", "tornado")]
    for name in ("distributed", "dask", "tornado", *names):
        logger = logging.getLogger(name)
        if name in ("distributed", "dask", "tornado") or logger.handlers:
            logger.handlers, logger.propagate = [handler], False


def pinned(
    expected: Versions, adds: str, calls: Sequence[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]], *carried: Carry
) -> list[Reply]:
    """Make calls in a worker of the expected kind, with one BLAS thread for as long as its process lives.

    A worker may have joined after the check at the start, and may play several cells in threads: a limit that each of them set
    and took back by itself would be taken back while another one computes.

    Parameters
    ----------
    expected : versions of those that compute with it.
    adds : their `arithmetic`.
    calls : functions with their arguments.
    carried : what is done before them, and with what.

    Returns
    -------
    For each call its error, its value, and the seconds it took.

    Raises
    ------
    UserError
        The worker runs other versions, or adds otherwise.
    """
    if differences := expected.differences(versions()):
        raise UserError(f"a Dask worker has {', '.join(differences)}; numbers would differ")
    if arithmetic() != adds:
        raise UserError(f"a Dask worker joined that would {_unlike(adds, arithmetic())}")
    _one_thread_for_good()
    for first, about in carried:
        first(about)
    replies: list[Reply] = []
    for fn, args, kwargs in calls:
        begin = time.perf_counter()
        error, value = outcome(fn, args, kwargs)
        replies.append((None if error is None else portable(error), value, time.perf_counter() - begin))
    return replies


_lock = threading.Lock()
_limits: list[Any] = []


def _one_thread_for_good() -> None:
    with _lock:
        if not _limits:
            from threadpoolctl import threadpool_limits

            by_name(WARM_UP)()  # a library that is loaded later would not know of the limit
            _limits.append(threadpool_limits(limits=1))


def _checked(calls: Sequence[_Call], replies: Exception | list[Reply]) -> Exception | list[Reply]:
    """The replies, if there is one for each call; one whose value is not what its function returns has failed.

    A worker that means harm has had its way before: see docs/cluster.md. This is for those that are confused.
    """
    if isinstance(replies, Exception):
        return replies
    if not (conforms(replies, list[Reply]) and len(replies) == len(calls)):
        return RuntimeError("a Dask worker answered something else than it was asked; start the workers anew")
    return [
        reply
        if reply[0] is not None or conforms(reply[1], returns(itself(call.fn)))
        else (_nonsense(call, reply[1]), None, reply[2])
        for call, reply in zip(calls, replies, strict=True)
    ]


def _nonsense(call: _Call, value: Any) -> Exception:
    return RuntimeError(f"a Dask worker answered {itself(call.fn).__name__} with {type(value).__name__} that it cannot return")


def _outcome(done: Future[list[Reply]]) -> Exception | list[Reply]:
    """What came of a group; workers that died too often become the error that every executor has for it."""
    if done.cancelled():
        return _Cancelled("the call was cancelled on the Dask cluster")
    error = done.exception()
    if error is None:
        return done.result()
    if type(error).__name__ in ("CancelledError", "FutureCancelledError"):
        return _Cancelled(f"the call was cancelled on the Dask cluster: {str(error).partition(chr(10))[0]}")
    if type(error).__name__ == "KilledWorker":
        return WorkerDied(f"Dask lost the workers that computed this: {str(error).partition(chr(10))[0]}")
    return error if isinstance(error, Exception) else WorkerDied(str(error))
