"""Loaded once by the fork server, before it forks any worker: the numerics, on one thread, politely and in silence."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from al_core.compute.logs import LOG_VARIABLE, redirect_output
from al_core.compute.processes import be_nice, ignore_keyboard
from al_core.run.warm_up import warm_up

if log := os.environ.get(LOG_VARIABLE):
    redirect_output(Path(log))
be_nice()
ignore_keyboard()
with contextlib.suppress(Exception):  # whatever is wrong, every worker meets it and says so itself
    warm_up()
