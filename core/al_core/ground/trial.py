"""Code that is not ours, tried in a process of its own before it may run in this one.

Whoever imports a module gives it the process: the module may end it, hang in it, or write to its stdout. So a child does it
first. The child has no stdin, its stdout and stderr lead nowhere, and it has only so much time.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

SECONDS_VARIABLE = "AL_TUI_PLUGIN_SECONDS"
"""Names the environment variable that says how many seconds a trial may take."""
SECONDS = 30.0
_START_SECONDS = 120.0
"""For the child to begin: Python and modules of ours, on a machine that is busy."""
_BOOT = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from al_core.ground.trial import serve; serve(sys.argv[2])"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a trial: what the function returned, or why it did not; ``refused`` when that is a `UserError` of ours."""

    value: str = ""
    reason: str | None = None
    refused: bool = False


def try_out(function: Callable[[str], str], words: Sequence[str]) -> Iterator[Outcome]:
    """Call a function of ours with each of ``words`` in a child; where a call ends the child, the next one gets another.

    Returns
    -------
    What came of each call, in their order.
    """
    left = list(words)
    while left:
        with _Child(function, left) as child:
            while left and child.lives:
                left.pop(0)
                yield child.next()


def error_line(error: BaseException) -> str:
    """An error of code that is not ours, in one line."""
    if isinstance(error, SystemExit):
        return "SystemExit, which would have ended the program"
    name = type(error).__name__
    return safe_text(f"{name}: {error}" if str(error) else name)


def serve(asked: str) -> None:
    """Be the child: answer each word with a line of JSON, after one that says that the trial begins."""
    module, name, *words = json.loads(asked)
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        function = getattr(importlib.import_module(module), name)
        print("{}", file=answers, flush=True)
        for word in words:
            print(json.dumps(asdict(_outcome(function, word))), file=answers, flush=True)
    os._exit(0)  # what was imported has no last words


def _outcome(function: Callable[[str], str], word: str) -> Outcome:
    try:
        return Outcome(function(word))
    except UserError as error:
        return Outcome(reason=str(error), refused=True)
    except BaseException as error:  # whatever it is, it was not meant for this program
        return Outcome(reason=error_line(error))


class _Child:
    """A process in which a function is tried."""

    def __init__(self, function: Callable[[str], str], words: Sequence[str]) -> None:
        asked = json.dumps([function.__module__, function.__name__, *words])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", _BOOT, json.dumps(sys.path), asked],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.lives = True
        self._began = False
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=self._read, name="trial", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._kill()

    def next(self) -> Outcome:
        """What comes of the next word."""
        limit = _seconds()
        try:
            if not self._began:
                self._answer(_START_SECONDS)
                self._began = True
            return Outcome(**self._answer(limit))
        except queue.Empty:
            reason = f"it did not come to an end within {limit:g} seconds"
        except (EOFError, ValueError, TypeError):
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)  # its pipe is closed a moment before its exit code is known
            reason = f"it ended the process in which it was tried ({self._kill()})"
        self.lives = False
        return Outcome(reason=reason)

    def _answer(self, seconds: float) -> Any:
        line = self._lines.get(timeout=seconds)
        if not line:
            raise EOFError
        return json.loads(line)

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put(b"")

    def _kill(self) -> str:
        """End the child and what it has started; returns how it ended, if it did so by itself."""
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL) if os.name == "posix" else self._process.kill()
        code = self._process.wait()
        return f"exit code {code}" if code >= 0 else f"signal {signal.Signals(-code).name}"


def _seconds() -> float:
    with contextlib.suppress(ValueError):
        given = float(os.environ.get(SECONDS_VARIABLE, ""))
        if 0 < given < 1e6:
            return given
    return SECONDS
