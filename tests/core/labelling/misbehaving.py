"""Functions that a worker might run, and regret."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace

from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.run.state import Pick


def fair(request: ModelRequest) -> ModelReply:
    """Ask for the first item that has no label."""
    known = {item for item, _ in request.labels} | set(request.aside)
    rows = [row for row in range(10) if f"{row:016x}" not in known]
    picks = tuple(Pick(row, 0.1, 1, (0.2, 0.5, 0.3)) for row in rows[:1])
    return ModelReply(request.revision, len(request.labels), 0.9, 0.1, None, len(rows), picks, ((),) * len(picks), (), b"\1\0")


def dies(request: ModelRequest) -> ModelReply:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def hangs(request: ModelRequest) -> ModelReply:
    time.sleep(3600)
    raise AssertionError


def raises(request: ModelRequest) -> ModelReply:
    raise ZeroDivisionError("\x1b[2J no good")


def returns_nan(request: ModelRequest) -> ModelReply:
    return replace(fair(request), accuracy=float("nan"))
