"""Start the dashboard, and leave the terminal and the machine as they were found."""

from __future__ import annotations

from al_core.executors import Processes
from al_tui.app import AlTui
from al_tui.cli import Plan, log_file
from al_tui.engine import Engine


def launch(plan: Plan, pace: float | None) -> int:
    """Run the dashboard until the person leaves; returns the exit code."""
    log = log_file()
    executor = Processes(plan.workers, limit=plan.round_limit, log=log)
    app = AlTui(Engine(plan.spec, plan.strategies, executor, pace), plan.workers, log)
    try:
        app.run()
    finally:
        executor.shutdown(wait=False)
    return app.return_code or 0
