"""What is said in the shell when the program has been left."""

from __future__ import annotations

import shlex
from pathlib import Path

from al_core.sessions.home import is_listed
from al_tui.requests.warnings import warn
from al_tui.shell.base import BaseApp


def warn_why(app: BaseApp) -> None:
    """Say why the program left by itself, if it did."""
    for reason in (app.refusal, app.crash):
        if reason is not None:
            warn(reason)


def spoken(path: Path) -> str:
    """How a person names the session on the command line: by its name, or by its file if it is not among the others."""
    return shlex.quote(path.stem if is_listed(path) else str(path))
