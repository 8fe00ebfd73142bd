"""Where the output of worker processes goes."""

from __future__ import annotations

import os
from pathlib import Path

LOG_VARIABLE = "AL_TUI_WORKER_LOG"
"""Environment variable that names the log file to processes started from here."""


def redirect_output(log: Path) -> None:
    """Send this process's stdout and stderr to the end of ``log``, below the level of Python, or nowhere if that cannot be."""
    try:
        target = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:  # a log is a convenience: no work waits for it
        target = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(target, descriptor)
    os.close(target)
