"""What is said in the shell when the program has been left."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from al_core.sessions.home import is_listed
from al_tui.requests.warnings import warn
from al_tui.shell.base import BaseApp


def warn_why(app: BaseApp) -> None:
    """Say why the program left by itself, if it did."""
    for reason in (app.refusal, app.crash):
        if reason is not None:
            warn(reason)


def go_on(app: BaseApp) -> None:
    """Become the program that the person went to from this one, if they did; it has been left, and has said so."""
    if app.goes_on and app.return_code == 0:
        os.execv(sys.executable, [sys.executable, "-m", "al_tui", *app.goes_on])


def spoken(path: Path) -> str:
    """How a person names the session on the command line: by its name, or by its file if it is not among the others."""
    return shlex.quote(path.stem if is_listed(path) else str(path))
