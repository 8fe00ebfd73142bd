"""Where rounds are computed: in this process, or in worker processes that may die or hang without harm.

Both are `concurrent.futures.Executor`; anything else that is one (a Dask client's, for instance) does as well.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from al_core.compute.beforehand import itself
from al_core.compute.logs import redirect_output
from al_core.compute.one_thread import one_thread
from al_core.compute.outcome import portable
from al_core.compute.remote import PRELOAD, WARM_UP, by_name
from al_core.compute.starting import (
    come_to_work,
    ended_early,
    in_words,
    is_ready,
    not_started,
    refuse_before_work,
    started,
    too_late,
)
from al_core.compute.threads import DaemonThreads
from al_core.ground.errors import NotWhole, RoundTimeout, UserError, WorkerDied

P = ParamSpec("P")
T = TypeVar("T")


class Processes(Executor):
    """Worker processes, one call at a time each. A worker that dies or runs past the limit costs only its own call.

    Parameters
    ----------
    workers : number of processes; they start with the first calls.
    limit : seconds a call may run before its process is ended and the call fails with `RoundTimeout`; None for no limit.
    limits : other limits, for calls of these functions.
    log : file that receives what workers print; None leaves their output alone.
    """

    def __init__(
        self,
        workers: int,
        *,
        limit: float | None = None,
        limits: Mapping[Callable[..., Any], float] | None = None,
        log: Path | None = None,
    ) -> None:
        refuse_before_work()
        self._limit = limit
        self._limits = dict(limits or {})
        self._free: queue.LifoQueue[_Lane] = queue.LifoQueue()
        self._lanes = [_Lane(log) for _ in range(workers)]
        for lane in self._lanes:
            self._free.put(lane)
        self._threads = DaemonThreads(workers, "lane")
        # The tracker inherits stderr, which under a full-screen program has no descriptor: lend it the real one.
        try:
            with contextlib.redirect_stderr(sys.__stderr__):
                resource_tracker.ensure_running()
        except OSError as error:
            raise not_started(in_words(error)) from None

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers that are running."""
        return [pid for lane in self._lanes if (pid := lane.pid) is not None]

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(self._call, fn, args, kwargs)

    @contextlib.contextmanager
    def reserved(self) -> Iterator[Executor]:
        """Have calls computed by one and the same process, as long as it lives, and all others by other ones.

        Where none is free, any may compute them.
        """
        try:
            lane = self._free.get_nowait()
        except queue.Empty:
            yield self
            return
        reserved = _Reserved(lambda *call: self._call_on(lane, *call))
        try:
            yield reserved
        finally:
            reserved.leave(lambda: self._free.put(lane))

    def _call(self, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        lane = self._free.get()
        try:
            return self._call_on(lane, fn, args, kwargs)
        finally:
            self._free.put(lane)

    def _call_on(self, lane: _Lane, fn: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> T:
        return lane.call(self._limits.get(itself(fn), self._limit), fn, args, kwargs)  # type: ignore[no-any-return]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers, at once; calls that are running fail with `WorkerDied`."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for lane in self._lanes:
            lane.close()
        self._threads.shutdown(wait=wait)
        if wait:
            for lane in self._lanes:
                lane.join()


class _Reserved(Executor):
    """Calls for one process."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self._threads, self._call = DaemonThreads(1, "reserved lane"), call
        self._waiting: list[Future[Any]] = []

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        self._waiting = [call for call in self._waiting if not call.done()]
        self._waiting.append(call := self._threads.submit(self._call, fn, args, kwargs))
        return call

    def leave(self, give_back: Callable[[], None]) -> None:
        """Give the process back: at once, or behind a call that nobody waits for any more."""
        if all(call.done() for call in self._waiting):
            give_back()
        else:
            self._threads.submit(give_back)
        self._threads.shutdown(wait=False)


def one_of(executor: Executor) -> contextlib.AbstractContextManager[Executor]:
    """One process of an executor that has some, see `Processes.reserved`; else the executor as it is."""
    return executor.reserved() if isinstance(executor, Processes) else contextlib.nullcontext(executor)


_READY = b"ready"
_STARTS = 2
"""How often a worker is started that is killed before it is ready."""
_LOST_SERVER = 255
"""The exit code that multiprocessing gives a process whose fork server is gone; nobody knows its own."""
_LONGEST_WAIT = 1_000_000.0
"""Seconds; `poll` of the operating system counts milliseconds in 31 bits."""


class _Lane:
    """One worker process and the pipe to it; used by one thread at a time."""

    def __init__(self, log: Path | None) -> None:
        self._log = log
        self._process: BaseProcess | None = None
        self._pipe: Connection[Any, Any] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and _alive(self._process) else None

    def call(self, limit: float | None, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        try:
            pipe = self._started()
            pipe.send((fn, args, kwargs))
            if not pipe.poll(None if limit is None else min(limit, _LONGEST_WAIT)):
                raise RoundTimeout(f"no answer within {limit:g} seconds; the worker was ended")
            error, value = pipe.recv()
        except RoundTimeout:
            if self._process is not None:
                self._process.kill()
            self._end()
            raise
        except (EOFError, OSError):
            raise _died(self._end()) from None
        except BaseException:
            self._end()  # whatever else happened, the next call must not be given the answer to this one
            raise
        if error is not None:
            raise error
        return value

    def close(self) -> None:
        """End the process, or have it ended as soon as it has started: nobody waits for that."""
        self._closed = True
        if self._process is not None:
            self._process.kill()

    def join(self) -> None:
        """Wait for the process of a closed lane; no thread uses the lane any more."""
        if self._process is not None:
            _ended(self._process, None)

    def _started(self) -> Any:
        """The pipe to a worker that is ready.

        Raises
        ------
        WorkerNotStarted
            There is no way to one. A worker that was killed while it started is nobody's fault, unless that happens again.
        """
        if self._pipe is not None:
            if self._process is not None and _alive(self._process):
                return self._pipe
            self._end()
        for _ in range(_STARTS):
            pipe = self._launched()
            try:
                if not is_ready(pipe):  # waited for here, so that no call's limit pays for what a worker loads
                    assert self._process is not None
                    self._process.kill()
                    self._end()
                    raise too_late(self._log)
                word = pipe.recv_bytes()
            except (EOFError, OSError):
                code = self._end()
                ending = _in_words(code)
            else:
                if word == _READY:
                    return pipe
                self._end()
                raise not_started(word.decode(errors="replace"))
            if code is not None and 0 <= code != _LOST_SERVER:
                raise ended_early(ending, code, self._log)
        raise not_started(f"it was ended {_STARTS} times before it was ready, the last time by {ending}")

    def _launched(self) -> Any:
        if self._closed:
            raise WorkerDied("the executor was shut down")
        with _reaping:
            process, pipe = started(_serve, self._log)
        self._process, self._pipe = process, pipe
        if self._closed:  # while it started, so that whoever closed the lane found no process to end
            process.kill()
        return pipe

    def _end(self) -> int | None:
        """Make sure the process is gone; returns its exit code, or minus the signal."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is None:
            return None
        if not _ended(process, 0.5):  # whose pipe broke ends within a moment, so that its own exit code can be told
            process.kill()
            _ended(process, None)
        with _reaping:
            return process.exitcode or 0


_reaping = threading.Lock()
"""Held while a process's end is seen: only one thread is told its exit code, and starting a process looks at all others."""


def _alive(process: BaseProcess) -> bool:
    with _reaping:
        return process.is_alive()


def _ended(process: BaseProcess, seconds: float | None) -> bool:
    """True when the process ends within so many seconds; None waits for that."""
    if not wait([process.sentinel], seconds):
        return False
    with _reaping:
        process.join()
    return True


def _in_words(code: int | None) -> str:
    if code is None:
        return "already gone"
    return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _died(code: int | None) -> WorkerDied:
    """What is said of a process that ended before it answered."""
    if code is not None and -code == getattr(signal, "SIGBUS", None):
        return NotWhole(f"a file was cut off, or its disk failed, while it was read ({_in_words(code)})")
    return WorkerDied(f"the worker process ended ({_in_words(code)}) before it answered")


def _serve(pipe: Connection[Any, Any], log: Path | None) -> None:
    come_to_work()
    ignore_keyboard()
    if log is not None:
        redirect_output(log)
    if PRELOAD not in sys.modules:  # forked workers inherit the fork server's niceness
        be_nice()
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    try:
        by_name(WARM_UP)()
    except BaseException as error:  # whatever it is, the same happens to every worker
        traceback.print_exc()
        sys.stderr.flush()
        with contextlib.suppress(OSError):  # the program may have ended meanwhile
            pipe.send_bytes(in_words(error).encode())
        return
    with contextlib.suppress(OSError):
        pipe.send_bytes(_READY)
    with one_thread():
        while True:
            try:
                message = pipe.recv_bytes()
            except (EOFError, OSError):
                return
            reply = _reply(message)
            try:
                pipe.send_bytes(reply)
            except OSError:
                return


def _reply(message: bytes) -> bytes:
    pickler = multiprocessing.reduction.ForkingPickler
    try:
        fn, args, kwargs = pickler.loads(message)
        return bytes(pickler.dumps((None, fn(*args, **kwargs))))
    except UserError as error:  # nothing went wrong: this is what the person is told
        return bytes(pickler.dumps((portable(error), None)))
    except BaseException as error:  # nobody can interrupt a worker by key
        traceback.print_exc()
        sys.stderr.flush()
        return bytes(pickler.dumps((portable(error), None)))


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def ignore_keyboard() -> None:
    """Leave Ctrl+C and Ctrl+Z to the program: a worker that stops with it would run past its limit."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGTSTP"):
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)


NICE_VARIABLE = "AL_TUI_WORKER_NICE"
"""Names the environment variable that says how far workers give way: 0 not at all, 10 if it is not set."""


def be_nice() -> None:
    """Give way to the screen and to everybody else."""
    with contextlib.suppress(OSError, AttributeError, ValueError):
        os.nice(int(os.environ.get(NICE_VARIABLE, "10")))
