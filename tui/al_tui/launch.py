"""Start the dashboard, and leave the terminal and the machine as they were found."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.task import TaskSpec
from al_tui.app import AlTui
from al_tui.crew import Crew
from al_tui.engine import Engine
from al_tui.keeper import Keeper
from al_tui.start import Plan, log_file, user_name

if TYPE_CHECKING:
    from al_core.repetition import StoreDesk
    from al_core.sessions.journal import Journal
    from al_core.sessions.race_ledger import RaceLedger
    from al_tui.place import Place
    from al_tui.seeds import Seeds


def launch(
    plan: Plan,
    pace: float | None,
    seeds: int = 1,
    place: Place | None = None,
    annotator: str | None = None,
    resumed: Journal | None = None,
    ledger: RaceLedger | None = None,
) -> int:
    """Run the dashboard until the person leaves, and say how to go on; returns the exit code.

    Parameters
    ----------
    plan : what is raced.
    pace : most rounds per second and strategy; None for no limit.
    seeds : how many paired seeds; the first one is on the screen.
    place : where it is computed and kept; None for worker processes.
    annotator : who labels; None for the user.
    resumed, ledger : the file of the race to go on with, and what is in it; without the file the race is not kept.

    Raises
    ------
    UserError
        The results store or the Dask cluster cannot be used; the screen has not been opened.
    """
    log = log_file()
    desk = _desk(place) if seeds > 1 else None
    open_executor, crew = _executor(plan, place, log)
    repeated = _seeds(plan, seeds, desk, crew) if seeds > 1 else None
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
    engine = Engine(plan.spec, plan.strategies, open_executor, pace, repeated, keeper, ledger, crew)
    app = AlTui(engine, log)
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


def _executor(plan: Plan, place: Place | None, log: Path) -> tuple[Callable[[], Executor], Crew]:
    """What opens the executor after the first paint, and its workers."""
    if place is not None and place.executor == "dask":
        # Before the screen: whoever cannot be reached is told in one line, and no descriptor is opened under Textual.
        cluster = place.connect(log)
        return lambda: cluster, Crew(cluster.workers, cluster.recount)
    if place is not None and place.executor == "inline":
        from al_core.executors import OneThread

        return OneThread, Crew(1)

    def open_processes() -> Executor:
        from al_core.cells import play_cell
        from al_core.executors import Processes

        whole = plan.round_limit * (plan.spec.rounds + 1)
        return Processes(plan.workers, limit=plan.round_limit, limits={play_cell: whole}, log=log)

    return open_processes, Crew(plan.workers)


def _desk(place: Place | None) -> StoreDesk | None:
    from al_core.repetition import StoreDesk
    from al_tui.place import Place

    path = (place or Place()).store_path
    return None if path is None else StoreDesk(path)


def _seeds(plan: Plan, seeds: int, desk: StoreDesk | None, crew: Crew) -> Seeds:
    from al_core.planning import complete
    from al_tui.seeds import Seeds

    return Seeds(complete([plan.spec], plan.strategies, seeds=seeds), desk, crew)
