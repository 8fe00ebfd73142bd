"""Starting a worker process: by a way that this machine allows, and with a reason where there is none.

A worker is a new Python. It gets its function and its pipe by pickle, and imports the script that was started first, so that
what is defined there can be computed with.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from al_core.compute.remote import PRELOAD
from al_core.ground.errors import WorkerNotStarted
from al_core.ground.safe_text import safe_text

NAME = "al-tui worker"
START_SECONDS = 120.0
"""A worker is ready after so many seconds, on a machine however busy, or there will be none."""
UNGUARDED_CODE = 113
"""How a worker ends that, instead of coming to its work, is asked to start workers itself."""
_UNGUARDED = (
    'the script computes when it is imported, and every worker imports it; write  if __name__ == "__main__":  above the lines'
    " that compute, and indent them"
)
_LONGEST = 300

_at_work = False
_ways: list[str] = ["forkserver", "spawn"] if sys.platform == "linux" else ["spawn"]
"""How processes are started, the best way first: a fork server loads the numerics once, and a new worker is there in
milliseconds. It needs a socket, which there is not where the temporary directory has a long name, or where there is none."""


def started(serve: Callable[..., None], *args: Any) -> tuple[BaseProcess, Any]:
    """Start a process that calls ``serve`` with the other end of a pipe and ``args``.

    Returns
    -------
    The process and our end of the pipe.

    Raises
    ------
    WorkerNotStarted
        There is no way to start one.
    """
    error: Exception | None = None
    for way in (*_ways[:1], *_ways):  # a fork server that was killed is started anew, at the second try
        context: Any = multiprocessing.get_context(way)
        if way == "forkserver":
            context.set_forkserver_preload([PRELOAD])
        ours, theirs = context.Pipe()
        process = context.Process(target=serve, args=(theirs, *args), daemon=True, name=NAME)
        late = threading.Event()
        try:
            with _without_lost_script(), _ended_when_late(late):
                process.start()
        except Exception as reason:
            error = reason
            ours.close()
            if late.is_set():
                raise too_late(None) from None
        else:
            del _ways[: _ways.index(way)]  # what did not work once is not tried for every worker
            return process, ours
        finally:
            theirs.close()
    assert error is not None
    raise not_started(_why(error))


def is_ready(pipe: Connection[Any, Any]) -> bool:
    """Wait until a worker says something through its pipe, or ends; False when it does neither in time."""
    return pipe.poll(START_SECONDS)


def not_started(reason: str) -> WorkerNotStarted:
    """The error for a worker that could not be started."""
    return WorkerNotStarted(f"no worker process can be started: {reason}")


def ended_early(ending: str, code: int, log: Path | None) -> WorkerNotStarted:
    """The error for a worker that ended by itself before it was ready."""
    if code == UNGUARDED_CODE:
        return not_started(_UNGUARDED)
    return not_started(f"it ended ({ending}) before it was ready; {_said(log)}")


def too_late(log: Path | None) -> WorkerNotStarted:
    """The error for a worker that neither was ready in time nor ended."""
    return not_started(f"it was not ready within {START_SECONDS:g} seconds; {_said(log)}")


def _said(log: Path | None) -> str:
    return "what it said stands above" if log is None else f"what it said is in {log}"


def come_to_work() -> None:
    """Called by a worker when it has been handed its work: from here on it may do what it likes."""
    global _at_work
    _at_work = True


def refuse_before_work() -> None:
    """End this process if it is a worker that imports a script which, being imported, computes: it would never come to work."""
    if multiprocessing.current_process().name == NAME and not _at_work:
        os._exit(UNGUARDED_CODE)  # the program that waits for it says why; a traceback for every worker would say it less well


def in_words(error: BaseException) -> str:
    """Why a worker cannot work, in one line: the first cause, for a library's own advice may be longer than its reason."""
    while error.__cause__ is not None:
        error = error.__cause__
    return safe_text(" ".join(f"{type(error).__name__}: {error}".split()), _LONGEST)


def _why(error: Exception) -> str:
    try:
        Path.cwd()
    except OSError:
        return "the working directory is gone; change to one that is there"
    if isinstance(error, RuntimeError) and "bootstrapping" in str(error):
        return _UNGUARDED  # multiprocessing's own word for a script without a guard, if others started this process
    return in_words(error)


@contextlib.contextmanager
def _ended_when_late(late: threading.Event) -> Iterator[None]:
    """Meanwhile, see that the fork server comes to answer: whoever asks one that hangs while it loads would wait for ever."""

    def end() -> None:
        late.set()
        server = getattr(sys.modules.get("multiprocessing.forkserver"), "_forkserver", None)
        if pid := getattr(server, "_forkserver_pid", None):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    timer = threading.Timer(START_SECONDS, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


@contextlib.contextmanager
def _without_lost_script() -> Iterator[None]:
    """Meanwhile, leave out a script that a worker could not find: one that came through a pipe, or was removed."""
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if path is None or getattr(main, "__spec__", None) is not None or os.path.exists(path):  # noqa: PTH110
        yield
        return
    del main.__file__
    try:
        yield
    finally:
        main.__file__ = path
