"""Start the dashboard: workers first, so that they load while the screen paints."""

from __future__ import annotations

from al_core.executors import Processes
from al_core.task import TaskSpec
from al_tui.app import AlTui
from al_tui.cli import ROUND_LIMIT, log_file
from al_tui.engine import Engine


def launch(spec: TaskSpec, strategies: tuple[str, ...], workers: int, pace: float | None) -> int:
    """Run the dashboard until the person leaves; returns the exit code."""
    log = log_file()
    executor = Processes(workers, limit=ROUND_LIMIT, log=log)
    app = AlTui(Engine(spec, strategies, executor, pace), workers, log)
    try:
        app.run()
    finally:
        executor.shutdown(wait=False)
    return app.return_code or 0
