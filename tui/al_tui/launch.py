"""Start the dashboard, and leave the terminal and the machine as they were found."""

from __future__ import annotations

from concurrent.futures import Executor

from al_tui.app import AlTui
from al_tui.engine import Engine
from al_tui.start import Plan, log_file


def launch(plan: Plan, pace: float | None) -> int:
    """Run the dashboard until the person leaves; returns the exit code."""
    log = log_file()

    def open_executor() -> Executor:
        from al_core.executors import Processes

        return Processes(plan.workers, limit=plan.round_limit, log=log)

    engine = Engine(plan.spec, plan.strategies, open_executor, pace)
    app = AlTui(engine, plan.workers, log)
    try:
        app.run()
    finally:
        engine.close()
    return app.return_code or 0
