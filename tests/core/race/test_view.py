"""The picture of a race, event by event: what each changes, and that it changes nothing else."""

from __future__ import annotations

import pytest

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
from al_core.race.reducer import reduce
from al_core.race.view import Agreement, RaceView, agreement, open_view, seconds_left, with_truth
from al_core.run.play import Timing
from al_core.run.state import Answer, By, Pick, Query, Round, RunState
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(budget=50, batch=10)
PICKS = tuple(Pick(row, None, None, (0.5, 0.5)) for row in (3, 4))
ASKING = RunState("margin", (), Query(20, 0.7, 100, PICKS))
MINE = (Answer(3, 1, By.PERSON), Answer(4, None, By.PERSON))
ANSWERED = RunState("margin", (), Query(20, 0.7, 100, PICKS), MINE)
TRUTH = (0, 0, 0, 1, 1, -1)


@pytest.fixture
def view() -> RaceView:
    """Two runs, the second of which has played two rounds and is learning."""
    begun = with_truth(open_view(SPEC, ("random", "margin"), pace=2.0), TRUTH)
    running = begun.runs[1]._replace(learning=True, error="old", rounds_timed=2, fit_seconds=1.0, query_seconds=0.5)
    return begun._replace(runs=(begun.runs[0], running))


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (RoundStarted(1), {"learning": True}),
        (
            RoundPlayed(1, ASKING, (Timing(0.25, 0.125), Timing(0.5, 0.25))),
            {"state": ASKING, "learning": False, "rounds_timed": 4, "fit_seconds": 1.75, "query_seconds": 0.875},
        ),
        (RunFailed(1, "oh"), {"error": "oh", "learning": False}),
        (RunRetried(1), {"error": None}),
        (HandChanged(1, True), {"by_hand": True, "learning": False}),
        (Answered(1, ANSWERED, MINE), {"state": ANSWERED, "learning": False, "person": (2, 1, 1)}),
        (TakenBack(1, ASKING, 3), {"state": ASKING, "learning": False, "person": None}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_of_a_run_changes_that_run(view: RaceView, event: RaceEvent, changes: dict[str, object]) -> None:
    after = reduce(view, event)
    assert after.runs[0] is view.runs[0]
    assert after._replace(runs=view.runs) == view
    assert after.runs[1] == view.runs[1]._replace(**changes)  # type: ignore[arg-type]
    assert isinstance(after.runs[1].learning, bool)


def test_pause_and_pace_are_those_of_the_race(view: RaceView) -> None:
    assert reduce(view, PauseChanged(True)) == view._replace(paused=True)
    assert reduce(view, PaceChanged(None)) == view._replace(pace=None)


def test_what_a_run_is_doing(view: RaceView) -> None:
    first, second = view.runs
    assert [first.status, second.status] == ["starting", "failed"]
    asking = second._replace(error=None, state=ASKING)
    assert [asking.status, asking._replace(by_hand=True).status] == ["racing", "racing"]
    assert asking._replace(by_hand=True, learning=False).status == "asking"
    done = asking._replace(state=RunState("margin", (), Query(50, 0.9, 70, ())))
    assert done.status == "done"
    assert (done.accuracy, first.accuracy) == (0.9, None)
    assert (second.seconds_per_round, second.seconds_per_query) == (0.75, 0.25)
    assert (first.seconds_per_round, first.seconds_per_query) == (None, None)
    assert view._replace(runs=(done, second)).done
    assert not view._replace(runs=(done, asking)).done
    still = asking._replace(learning=False)
    for paused, run, idle in ((True, still, True), (False, still, False), (True, asking, False), (True, still, True)):
        assert view._replace(paused=paused, runs=(done, run)).idle == idle
    assert not view._replace(paused=True, runs=(done, still._replace(by_hand=True, learning=True))).idle
    assert view._replace(runs=(done, still._replace(by_hand=True))).idle


def test_how_long_it_takes_hangs_on_the_slowest_run_that_goes_on() -> None:
    query = Query(30, 0.8, 90, PICKS)
    quick = RunState("margin", (Round(ASKING.query, MINE),) if ASKING.query else (), query)
    view = open_view(SPEC, ("random", "margin"))
    slow = view.runs[0]._replace(state=ASKING._replace(strategy="random"))
    runs = (slow, view.runs[1]._replace(state=quick))
    assert SPEC.rounds + 1 == 4
    assert seconds_left(view, 6.0) is None  # nothing is known yet
    assert seconds_left(view._replace(runs=runs), 6.0) == pytest.approx(6.0 / 1 * 3)
    assert seconds_left(view._replace(runs=(slow._replace(error="oh"), runs[1])), 6.0) == pytest.approx(6.0 / 2 * 2)
    assert seconds_left(view._replace(runs=(slow._replace(by_hand=True), runs[1])), 6.0) is None
    assert seconds_left(view._replace(runs=runs, paused=True), 6.0) is None
    assert seconds_left(view._replace(runs=tuple(run._replace(error="oh") for run in runs)), 6.0) == 0.0


def test_agreement_is_over_labels_whose_truth_is_known() -> None:
    known = (Answer(3, 1, By.PERSON), Answer(4, 0, By.PERSON))
    others = (Answer(5, 1, By.PERSON), Answer(0, None, By.PERSON), Answer(1, 0, By.TRUTH))
    before = Round(Query(20, 0.7, 9, ()), (Answer(2, 0, By.PERSON),))
    state = RunState("margin", (before, Round(Query(30, 0.8, 8, ()), (*known, *others))), None)
    assert agreement(state, TRUTH) == Agreement(1, 2)
    assert agreement(ASKING, TRUTH) == Agreement(0, 0)


def test_how_many_items_nobody_knows_is_counted_when_the_truth_is_there() -> None:
    before = open_view(SPEC, ("random",))
    assert (before.truth, before.unlabelled) == (None, 0)
    for truth, count in ((TRUTH, 1), ((-1, 0, -1), 2), ((0, 1), 0)):
        after = with_truth(before, truth)
        assert (after.truth, after.unlabelled) == (truth, count)
