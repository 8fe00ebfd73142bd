"""What the outside world asks of the program: signals, and a terminal that is gone."""

from __future__ import annotations

import asyncio
import contextlib
import select
import signal
import sys
import threading
from typing import Any, Protocol

from al_tui.shell.exit_limit import ExitLimit


class Leave(Protocol):
    """Leaves in good order."""

    def __call__(self, *, return_code: int) -> None: ...


def obey_signals(leave: Leave, limit: ExitLimit) -> None:
    """Quit in good order on SIGTERM, SIGHUP and SIGINT; from before the first change to the terminal on.

    The event loop obeys when it comes to it. The time for that begins at once, for the loop may be busy, or stand still before
    a terminal that takes nothing.
    """
    loop = asyncio.get_running_loop()

    def begin(number: int, frame: Any) -> None:
        limit.begin(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        if signal.getsignal(number) is not signal.SIG_IGN:
            loop.add_signal_handler(number, lambda code=128 + number: leave(return_code=code))  # type: ignore[misc]
            signal.signal(number, begin)  # the loop is still told: it listens to a descriptor, not to a handler


def watch_terminal(leave: Leave, limit: ExitLimit) -> None:
    """Quit when the terminal is gone."""
    if sys.__stdin__ is not None and sys.__stdin__.isatty():
        waits = (asyncio.get_running_loop(), sys.__stdin__.fileno(), leave, limit)
        threading.Thread(target=_wait_for_its_end, args=waits, daemon=True).start()


def _wait_for_its_end(loop: asyncio.AbstractEventLoop, descriptor: int, leave: Leave, limit: ExitLimit) -> None:
    """Wait, without using any time, for the other side of the terminal to close."""
    poll = select.poll()
    poll.register(descriptor, 0)
    poll.poll()
    code = 128 + signal.SIGHUP
    limit.begin(code)
    with contextlib.suppress(RuntimeError):  # the program has left by itself, and the loop is closed
        loop.call_soon_threadsafe(lambda: leave(return_code=code))
