"""Start labelling, and leave the terminal and the machine as they were found."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.compute.processes import NICE_VARIABLE, Processes
from al_core.labelling.progress import measured_otherwise, not_here
from al_core.labelling.worth import took
from al_tui.background.labelling import Begin, Labeller
from al_tui.label_app import LabelApp
from al_tui.output import lent_streams, put_farewell
from al_tui.requests.warnings import warn
from al_tui.shell.farewell import go_on, spoken, warn_why

if TYPE_CHECKING:
    from al_core.sessions.leaving import Left

WORKERS = 3
"""One learns, another answers questions of the person meanwhile, and a third reads what is still to be read; it starts when it
is needed."""


def open_workers(limit: float | None, log: Path) -> Processes:
    """Workers that do not give way: a person waits for each of their answers, and one takes hundredths of a second."""
    os.environ[NICE_VARIABLE] = "0"
    return Processes(WORKERS, limit=limit, log=log)


def launch_label(begin: Begin, limit: float, log: Path) -> int:
    """Label until the person leaves, and say how to go on; returns the exit code."""
    executor = open_workers(limit, log)
    labeller = Labeller(begin, executor)
    app = LabelApp(labeller, log)

    places: list[Left | None] = []
    """Where the session is left, once it is closed."""

    def farewell() -> None:
        warn_why(app)
        file, left = labeller.file, places[-1] if places else None
        if app.refusal is not None or file is None:
            return
        if left is not None and left.problem is not None:
            warn(left.problem)
        path = file.path if left is None else left.path
        if path is not None:
            count = file.ledger.labelled
            put_farewell(f"{count:,} label{'' if count == 1 else 's'} in {path}")
            if labeller.session is not None and (words := took(labeller.session.progress(), begin.price)):
                put_farewell(words)
            if labeller.session is not None:
                items = labeller.session.items
                for words in filter(None, (not_here(file.ledger, items), measured_otherwise(file.ledger, items))):
                    put_farewell(words)
            put_farewell(f"go on with: al-tui resume {spoken(path)}")

    app.farewell = farewell
    try:
        with lent_streams():
            app.run()
    finally:
        executor.shutdown(wait=False)
        left = labeller.close()
        places.append(left)
        app.say_farewell()
    go_on(app)
    if app.refusal is None and left is not None and left.problem is not None:
        return app.return_code or 1
    return app.return_code or 0
