"""The labelling app, and how it is started and left."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from al_core.executors import NICE_VARIABLE, Processes
from al_core.sessions.places import SUFFIX, sessions_directory
from al_tui.app import BaseApp
from al_tui.labeller import Begin, Labeller
from al_tui.screens.label import LabelScreen

WORKERS = 2
"""One learns, the other answers questions of the person meanwhile."""


class LabelApp(BaseApp):
    """Labelling one data set.

    Parameters
    ----------
    labeller : the session, and what keeps its model learning.
    log_path : the file that holds what workers printed.
    """

    behind = "every label is on disk."

    def __init__(self, labeller: Labeller, log_path: Path) -> None:
        super().__init__(log_path)
        self.labeller = labeller
        self.refusal: str | None = None

    def begin(self) -> None:
        self.labeller.refused = self._refused
        self.push_screen(LabelScreen(self.labeller))
        self.call_after_refresh(self.start)

    def start(self) -> None:
        """Open the session and let its model learn."""
        self.run_worker(self.labeller.run(), name="labeller", exit_on_error=True)
        self.load_plots()

    def _refused(self, reason: str) -> None:
        self.refusal = reason
        self.exit(return_code=2)


def open_workers(limit: float | None, log: Path) -> Processes:
    """Workers that do not give way: a person waits for each of their answers, and one takes hundredths of a second."""
    os.environ[NICE_VARIABLE] = "0"
    return Processes(WORKERS, limit=limit, log=log)


def launch_label(begin: Begin, limit: float, log: Path) -> int:
    """Label until the person leaves, and say how to go on; returns the exit code."""
    executor = open_workers(limit, log)
    labeller = Labeller(begin, executor)
    app = LabelApp(labeller, log)
    try:
        app.run()
    finally:
        executor.shutdown(wait=False)
        session = labeller.session
        labeller.close()
    if app.refusal is not None:
        click.echo(f"al-tui: {app.refusal}", err=True)
    elif session is not None:
        count = session.ledger.labelled
        click.echo(f"{count} label{'' if count == 1 else 's'} in {session.file.path}")
        click.echo(f"go on with: al-tui resume {spoken(session.file.path)}")
    return app.return_code or 0


def spoken(path: Path) -> str:
    """How a person names the session on the command line: by its name, or by its file if it is not among the others."""
    among = path.suffix == SUFFIX and path.parent.resolve() == sessions_directory().resolve()
    return shlex.quote(path.stem if among else str(path))
