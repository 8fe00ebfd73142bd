"""A command that reads data itself is run by a copy of this process: cut the file, and the system ends whoever reads it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from types import FrameType

from al_tui.output import say, standard_streams

READING = frozenset({"certify", "predict"})
"""Commands that read data in their own process; all others leave that to workers."""
_PASSED_ON = (signal.SIGTERM, signal.SIGHUP)
"""What is said to this process alone; Ctrl+C reaches both."""


def run_apart() -> None:
    """Go on in a copy of this process, and wait here until it ends: this never returns, and leaves with the copy's exit code.

    It is called before anything has started a thread.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)  # until there is somebody who passes it on
    copy = os.fork()
    if copy == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        return
    code = _waited_for(copy)
    if code == -signal.SIGBUS:
        with standard_streams():
            say("al-tui: a file was cut off, or its disk failed, while it was read; nothing was written; make it whole first")
        sys.exit(2)
    if code < 0:
        with contextlib.suppress(OSError):  # those that nobody may catch
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)  # as if it had ended us
    sys.exit(code)


def _waited_for(copy: int) -> int:
    """The exit code of the copy, or minus the signal that ended it."""

    def pass_on(number: int, _: FrameType | None) -> None:
        os.kill(copy, number)

    for number in _PASSED_ON:
        if signal.getsignal(number) != signal.SIG_IGN:  # as nohup has it
            signal.signal(number, pass_on)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
    _, status = os.waitpid(copy, 0)
    return os.waitstatus_to_exitcode(status)
