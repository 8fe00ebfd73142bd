"""Start the dashboard, and leave the terminal and the machine as they were found."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from al_tui.app import AlTui
from al_tui.engine import Engine
from al_tui.start import Plan, log_file

if TYPE_CHECKING:
    from al_tui.place import Place
    from al_tui.seeds import Seeds


def launch(plan: Plan, pace: float | None, seeds: int = 1, place: Place | None = None) -> int:
    """Run the dashboard until the person leaves; returns the exit code.

    Parameters
    ----------
    plan : what is raced.
    pace : most rounds per second and strategy; None for no limit.
    seeds : how many paired seeds; the first one is on the screen.
    place : where it is computed and kept; None for worker processes.

    Raises
    ------
    UserError
        The results store or the Dask cluster cannot be used; the screen has not been opened.
    """
    log = log_file()
    repeated = _seeds(plan, seeds, place) if seeds > 1 else None
    open_executor, workers, recount = _executor(plan, place, log)
    if repeated is not None:
        repeated.workers, repeated.recount = workers, recount
    engine = Engine(plan.spec, plan.strategies, open_executor, pace, repeated)
    app = AlTui(engine, workers, log)
    try:
        app.run()
    finally:
        engine.close()
    return app.return_code or 0


def _executor(plan: Plan, place: Place | None, log: Path) -> tuple[Callable[[], Executor], int, Callable[[], int] | None]:
    """What opens the executor after the first paint, how many calls it can serve at once, and what counts them anew."""
    if place is not None and place.executor == "dask":
        # Before the screen: whoever cannot be reached is told in one line, and no descriptor is opened under Textual.
        cluster = place.connect(log)
        return lambda: cluster, cluster.workers, lambda: cluster.workers
    if place is not None and place.executor == "inline":
        from al_core.executors import OneThread

        return OneThread, 1, None

    def open_processes() -> Executor:
        from al_core.cells import play_cell
        from al_core.executors import Processes

        whole = plan.round_limit * (plan.spec.rounds + 1)
        return Processes(plan.workers, limit=plan.round_limit, limits={play_cell: whole}, log=log)

    return open_processes, plan.workers, None


def _seeds(plan: Plan, seeds: int, place: Place | None) -> Seeds:
    from al_core.planning import complete
    from al_core.repetition import StoreDesk
    from al_tui.place import Place
    from al_tui.seeds import Seeds

    path = (place or Place()).store_path
    return Seeds(complete([plan.spec], plan.strategies, seeds=seeds), None if path is None else StoreDesk(path))
