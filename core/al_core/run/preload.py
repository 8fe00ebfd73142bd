"""Loaded once by the fork server, before it forks any worker: the numerics, on one thread, politely and in silence."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType

from al_core.compute.logs import LOG_VARIABLE, redirect_output
from al_core.compute.processes import be_nice, ignore_keyboard
from al_core.run.warm_up import warm_up


def _told(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say what nobody caught, unless the program ended while it asked for a worker: then nobody is there to be told."""
    if not issubclass(kind, EOFError | ConnectionError):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _told
if log := os.environ.get(LOG_VARIABLE):
    redirect_output(Path(log))
be_nice()
ignore_keyboard()
with contextlib.suppress(Exception):  # whatever is wrong, every worker meets it and says so itself
    warm_up()
