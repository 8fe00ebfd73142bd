"""Start the lessons, and leave the terminal and the machine as they were found."""

from __future__ import annotations

from concurrent.futures import Executor
from functools import cache

from al_core.compute.processes import Processes
from al_core.lessons.lesson import Lesson, LessonRace
from al_tui.background.ahead import Ahead
from al_tui.background.race import Engine
from al_tui.background.workers import Workers
from al_tui.learn_app import LearnApp
from al_tui.output import lent_streams
from al_tui.requests.race import DEFAULT_PACE, ROUND_LIMIT, log_file
from al_tui.shell.farewell import warn_why


def launch_learn(lessons: tuple[Lesson, ...], first: Lesson | None, workers: int) -> int:
    """Show lessons until the person leaves; returns the exit code.

    Parameters
    ----------
    lessons : what the list has.
    first : the lesson to begin with; None for the list.
    workers : how many processes compute; one lesson after the other has the same.
    """
    log = log_file()

    @cache
    def open_executor() -> Executor:
        return Ahead(Processes(workers, limit=ROUND_LIMIT, log=log))

    def engine_for(race: LessonRace) -> Engine:
        return Engine(race.spec, race.strategies, open_executor, DEFAULT_PACE, workers=Workers(workers))

    app = LearnApp(lessons, first, engine_for, log)
    app.farewell = lambda: warn_why(app)
    try:
        with lent_streams():
            app.run()
    finally:
        if open_executor.cache_info().currsize:
            open_executor().shutdown(wait=False)
        app.say_farewell()
    return app.return_code or 0
