"""Start the dashboard, and leave the terminal and the machine as they were found."""

from __future__ import annotations

import sys
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.task import TaskSpec
from al_tui.app import AlTui
from al_tui.engine import Engine
from al_tui.keeper import Keeper
from al_tui.start import Plan, log_file, user_name

if TYPE_CHECKING:
    from al_core.sessions.journal import Journal
    from al_core.sessions.race_ledger import RaceLedger


def launch(
    plan: Plan,
    pace: float | None,
    annotator: str | None = None,
    resumed: Journal | None = None,
    ledger: RaceLedger | None = None,
) -> int:
    """Run the dashboard until the person leaves, and say how to go on; returns the exit code.

    Parameters
    ----------
    plan, pace : what is raced, and how fast.
    annotator : who labels; None for the user.
    resumed, ledger : the file of the race to go on with, and what is in it; without the file the race is not kept.
    """
    log = log_file()

    def open_executor() -> Executor:
        from al_core.executors import Processes

        return Processes(plan.workers, limit=plan.round_limit, log=log)

    paths: list[Path] = [] if resumed is None else [resumed.path]

    def open_journal(spec: TaskSpec) -> Journal:
        from datetime import UTC, datetime

        from al_core.sessions.journal import Journal
        from al_core.sessions.places import new_session_path

        named = plan.session is not None and plan.session not in paths
        path = plan.session if named and plan.session else new_session_path(f"race-{spec.dataset}", datetime.now(UTC))
        paths.append(path)
        return Journal(path, annotator or user_name())

    keep = plan.keep and (ledger is None or resumed is not None)
    keeper = Keeper(open_journal, resumed) if keep else None
    engine = Engine(plan.spec, plan.strategies, open_executor, pace, keeper, ledger)
    app = AlTui(engine, plan.workers, log)
    try:
        app.run()
    finally:
        engine.close()
    if keeper is not None and keeper.trouble is not None:
        print(f"al-tui: {keeper.trouble}", file=sys.stderr)  # noqa: T201
    if paths and paths[-1].exists():
        from al_tui.label_app import spoken

        end = "see it again" if engine.view.done else "go on"
        print(f"the race is kept; {end} with: al-tui resume {spoken(paths[-1])}")  # noqa: T201
    return app.return_code or 0
