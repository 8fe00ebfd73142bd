"""Start the race's dashboard, and leave the terminal and the machine as they were found."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from al_core.task.spec import TaskSpec
from al_tui.app import AlTui
from al_tui.background.race import Engine
from al_tui.background.recorder import Recorder
from al_tui.background.workers import Workers
from al_tui.output import lent_streams, put_farewell
from al_tui.requests.race import MORE, RaceRequest, log_file, user_name
from al_tui.requests.warnings import warn

if TYPE_CHECKING:
    from al_core.comparison.live import StoreThread
    from al_core.data.sources import Source
    from al_core.sessions.playback import Playback
    from al_core.sessions.race_journal import Journal
    from al_core.sessions.race_ledger import RaceLedger
    from al_tui.background.seeds import Seeds
    from al_tui.commands.class_keys import Bound
    from al_tui.requests.where import Place


class Computing(NamedTuple):
    """What computes a race: how it is opened, after the first paint if nobody needed it before, and its workers."""

    open: Callable[[], Executor]
    workers: Workers


def launch(
    request: RaceRequest,
    pace: float | None,
    seeds: int = 1,
    place: Place | None = None,
    annotator: str | None = None,
    resumed: Journal | None = None,
    ledger: RaceLedger | None = None,
    computing: Computing | None = None,
) -> int:
    """Run the dashboard until the person leaves, and say how to go on; returns the exit code.

    Parameters
    ----------
    request : what is raced.
    pace : most rounds per second and strategy; None for no limit.
    seeds : how many paired seeds; the first one is on the screen.
    place : where it is computed and kept; None for worker processes.
    annotator : who labels; None for the user.
    resumed, ledger : the file of the race to go on with, and what is in it; without the file the race is not kept.
    computing : what computes it, where somebody needed that before; None for what ``place`` says.

    Raises
    ------
    UserError
        The results store or the Dask cluster cannot be used; the screen has not been opened.
    """
    log = log_file()
    desk = _desk(place) if seeds > 1 else None
    open_executor, workers = computing or computing_at(request, place, log, request.spec.rounds)
    live = _seeds(request, seeds, desk, workers) if seeds > 1 else None
    journals: list[Journal] = [] if resumed is None else [resumed]

    def open_journal(spec: TaskSpec) -> Journal:
        from al_core.data.origin import file_stem
        from al_core.sessions.race_journal import Journal

        who = annotator or user_name()
        if request.session is not None and not journals:
            journals.append(Journal(request.session, who))
        else:
            journals.append(Journal.under_new_name(f"race-{file_stem(spec.dataset)}", datetime.now(UTC), who))
        return journals[-1]

    keep = request.keep and (ledger is None or resumed is not None)
    recorder = Recorder(open_journal, resumed) if keep else None
    engine = Engine(request.spec, request.strategies, open_executor, pace, live, recorder, ledger, workers, request.source)
    engine.bound = request.keys
    app = AlTui(engine, log)
    app.price = request.price
    app.more_seeds = None if seeds > 1 else lambda spec: _seeds(request._replace(spec=spec), MORE, _desk(place), workers)
    app.farewell = lambda: _say_farewell(app, recorder)
    try:
        with lent_streams():
            app.run()
    finally:
        engine.close()
        app.say_farewell()
    _go_on(app)
    return app.return_code or int(recorder is not None and recorder.trouble is not None)


def launch_replay(
    playback: Playback, pace: float | None, keys: Bound, computing: Computing | None, source: Source | None
) -> int:
    """Play a kept race until the person leaves; returns the exit code.

    Parameters
    ----------
    playback : the race.
    pace : rounds per second and strategy; None for as fast as can be.
    keys : what the project wants for classes.
    computing : what has read the data, where it is the person's own; None for one process that does.
    source : what is known of data that does not come with the program.
    """
    from al_core.compute.processes import Processes
    from al_tui.background.replay import Replay
    from al_tui.screens.race.replay import ReplayScreen
    from al_tui.shell.farewell import go_on, warn_why

    log = log_file()
    engine = Replay(playback, computing.open if computing else lambda: Processes(1, log=log), pace, source)
    engine.bound = keys
    app = AlTui(engine, log, ReplayScreen)
    app.farewell = lambda: warn_why(app)
    try:
        with lent_streams():
            app.run()
    finally:
        engine.close()
        app.say_farewell()
    go_on(app)
    return app.return_code or 0


def _say_farewell(app: AlTui, recorder: Recorder | None) -> None:
    """Why it was left, and how to go on."""
    from al_tui.shell.farewell import warn_why

    warn_why(app)
    if recorder is not None:
        say_what_is_kept(recorder.left, recorder.trouble, done=app.engine.view.done)


def _go_on(app: AlTui) -> None:
    """To where the person went from here."""
    from al_tui.shell.farewell import go_on

    go_on(app)


def say_what_is_kept(path: Path | None, trouble: str | None, *, done: bool) -> None:
    """The last lines: whether the race is in a file, as a whole or in part, and how to go on with that."""
    from al_tui.shell.farewell import spoken

    if trouble is not None:
        warn(trouble)
    if path is not None:
        what = "the race is kept" if trouble is None else "what was written of the race is kept"
        put_farewell(f"{what}; {'see it again' if done else 'go on'} with: al-tui resume {spoken(path)}")


def computing_at(request: RaceRequest, place: Place | None, log: Path, rounds: int) -> Computing:
    """What computes a race of at most so many rounds where ``place`` says."""
    if place is not None and place.executor == "dask":
        # Before the screen: whoever cannot be reached is told in one line, and no descriptor is opened under Textual.
        cluster = place.connect(log)
        return Computing(lambda: cluster, Workers(cluster.workers, cluster.recount))
    if place is not None and place.executor == "inline":
        from al_core.compute.inline import OneThread

        return Computing(OneThread, Workers(1))

    def open_processes() -> Executor:
        from al_core.comparison.in_worker import play_cell
        from al_core.compute.processes import Processes

        whole = request.round_limit * (rounds + 1)
        return Processes(request.workers, limit=request.round_limit, limits={play_cell: whole}, log=log)

    return Computing(open_processes, Workers(request.workers))


def _desk(place: Place | None) -> StoreThread | None:
    from al_core.comparison.live import StoreThread
    from al_tui.requests.where import Place

    return (place or Place()).open_store(StoreThread)


def _seeds(request: RaceRequest, seeds: int, desk: StoreThread | None, workers: Workers) -> Seeds:
    from al_core.comparison.plan import complete
    from al_tui.background.seeds import Seeds

    return Seeds(complete([request.spec], request.strategies, seeds=seeds), desk, workers)
