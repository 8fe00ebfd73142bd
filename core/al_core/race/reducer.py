"""From a race's events to the view of it: one pure function."""

from __future__ import annotations

from al_core.race.events import (
    Answered,
    HandChanged,
    PaceChanged,
    PauseChanged,
    RaceEvent,
    RoundPlayed,
    RoundStarted,
    RunFailed,
    RunRetried,
    TakenBack,
)
from al_core.race.view import RaceView, RunView, begun_from, with_answers


def reduce(view: RaceView, event: RaceEvent) -> RaceView:
    """The view after ``event``."""
    match event:
        case PauseChanged(paused):
            return view._replace(paused=paused)
        case PaceChanged(pace):
            return view._replace(pace=pace)
        case HandChanged(_, by_hand, int(of)):
            first = view.runs[of]
            return view._replace(runs=(*view.runs, begun_from(first, of, by_hand, view.truth)))
        case _:
            runs = list(view.runs)
            runs[event.run] = _reduce_run(runs[event.run], event, view.truth)
            return view._replace(runs=tuple(runs))


def _reduce_run(run: RunView, event: RaceEvent, truth: tuple[int, ...] | None) -> RunView:
    match event:
        case RoundStarted():
            return run._replace(learning=True)
        case RoundPlayed(_, state, timings):
            return run._replace(
                state=state,
                learning=False,
                rounds_timed=run.rounds_timed + len(timings),
                fit_seconds=run.fit_seconds + sum(timing.fit for timing in timings),
                query_seconds=run.query_seconds + sum(timing.query for timing in timings),
            )
        case RunFailed(_, error):
            return run._replace(error=error, learning=False)
        case RunRetried():
            return run._replace(error=None)
        case Answered(_, state) | TakenBack(_, state):
            return with_answers(run, state, truth)._replace(learning=False)
        case HandChanged(_, by_hand):
            return run._replace(by_hand=by_hand, learning=False)
    return run
