"""Ctrl+Z and back: the terminal belongs to the shell while the program is stopped, and is the program's again afterwards.

Textual does this inside a signal handler, which runs between any two instructions of the main thread: often enough in the midst
of handing a frame to the thread that writes, whose lock is then never given back, and the program hangs. Here the event loop
does it, between two callbacks.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

from textual.app import App, SuspendNotSupported

_SAME_MOMENT = 0.5
"""Seconds after coming back in which a signal to go on is taken for the one that brought the program back."""
_PATIENCE = 100
"""How often a program that is told to go on in the background stops again, before it gives up and goes on."""


@runtime_checkable
class TimesLooks(Protocol):
    """A screen that measures how long a person looks at something."""

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; that does not count."""
        ...


class JobControl:
    """Stops the program and lets it go on.

    Parameters
    ----------
    app : whose terminal it is.
    slept : is told afterwards how many seconds the program was stopped.
    """

    def __init__(self, app: App[Any], slept: Callable[[float], None]) -> None:
        self._app = app
        self._slept = slept
        self._came_back = 0.0
        self._put_in_order: Callable[[], None] = lambda: None

    def listen(self, loop: asyncio.AbstractEventLoop) -> None:
        """Obey SIGTSTP and SIGCONT from now on; the caller is the main thread, inside ``loop``."""
        if hasattr(signal, "SIGTSTP"):
            loop.add_signal_handler(signal.SIGTSTP, self._stop, _stop_alone)
            loop.add_signal_handler(signal.SIGCONT, self._went_on)
            self._put_in_order = _modes_as_they_are()

    def stop(self) -> bool:
        """Do what the terminal would do at Ctrl+Z, if the program had not taken the keys; False where that cannot be done."""
        return hasattr(signal, "SIGTSTP") and self._stop(_stop_job)

    def _stop(self, stop: Callable[[], None]) -> bool:
        """Give the terminal back, stop, and take it again when told to go on in the foreground."""
        begin = time.monotonic()
        try:
            with self._app.suspend():
                for _ in range(_PATIENCE):
                    stop()
                    if _in_foreground():
                        break
                    time.sleep(0.05)
        except SuspendNotSupported:
            return False
        self._came_back = time.monotonic()
        self._slept(self._came_back - begin)
        return True

    def _went_on(self) -> None:
        """Somebody stopped the program without asking it: the shell has changed the terminal's modes and written over it."""
        if time.monotonic() - self._came_back > _SAME_MOMENT:
            self._put_in_order()
            self._app.refresh(layout=True)


def _modes_as_they_are() -> Callable[[], None]:
    """What brings the terminal's present modes back."""
    import termios

    if sys.__stdin__ is None or not sys.__stdin__.isatty():
        return lambda: None
    descriptor = sys.__stdin__.fileno()
    modes = termios.tcgetattr(descriptor)

    def bring_back() -> None:
        with contextlib.suppress(termios.error):  # the terminal is gone; others notice and leave
            termios.tcsetattr(descriptor, termios.TCSANOW, modes)

    return bring_back


def _stop_alone() -> None:
    """Obey whoever sent the signal, and can send the other one."""
    os.kill(os.getpid(), signal.SIGSTOP)


def _stop_job() -> None:
    """Stop all of the job, so that the shell notices it even if something else started the program.

    By the default action, which the kernel leaves out where there is no shell that could let the program go on.
    """
    handler = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    os.killpg(0, signal.SIGTSTP)
    signal.signal(signal.SIGTSTP, handler)


def _in_foreground() -> bool:
    try:
        return sys.__stdin__ is None or os.tcgetpgrp(sys.__stdin__.fileno()) == os.getpgrp()
    except OSError:  # the terminal is gone; others notice and leave
        return True
