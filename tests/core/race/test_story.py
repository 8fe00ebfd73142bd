"""What has happened is told once, when it has, and only if it is so."""

from __future__ import annotations

from al_core.race.story import happened
from al_core.race.view import RaceView, open_view
from al_core.run.state import Query, Round, RunState
from al_core.task.spec import TaskSpec

NAMES = ("random", "margin", "entropy")


def race(*curves: tuple[float, ...], failed: str = "") -> RaceView:
    """A race in which every run has such accuracies at 20, 30, 40 labels and so on."""
    opened = open_view(TaskSpec(budget=80), NAMES)
    runs = []
    for run, accuracies in zip(opened.runs, curves, strict=True):
        queries = [Query(20 + 10 * at, accuracy, 100, ()) for at, accuracy in enumerate(accuracies)]
        state = RunState(run.name, tuple(Round(query, ()) for query in queries[:-1]), queries[-1] if queries else None)
        runs.append(run._replace(state=state, error="broke" if run.name == failed else None))
    return opened._replace(runs=tuple(runs))


def test_nothing_new_is_nothing_to_tell() -> None:
    now = race((0.5, 0.6), (0.5, 0.7), (0.4, 0.5))
    assert happened(now, now) == ()
    assert happened(race((), (), ()), now) == ("all have spent their budget",)  # queries without picks are the end


def reached(before: RaceView, after: RaceView) -> list[str]:
    return [words for words in happened(before, after) if "reach" in words]


def test_the_first_at_the_target_is_told_apart_from_the_others() -> None:
    begin = race((0.5,), (0.5,), (0.4,))
    margin = race((0.5, 0.6), (0.5, 0.91), (0.4, 0.5))
    both = race((0.5, 0.6, 0.9), (0.5, 0.91, 0.8), (0.4, 0.5, 0.6))
    assert reached(begin, margin) == ["margin is the first to reach 90%, with 30 labels"]
    assert reached(margin, both) == ["random reaches 90%, with 40 labels"]
    assert reached(both, both) == []


def test_of_two_that_come_at_once_the_one_with_fewer_labels_is_the_first() -> None:
    found = reached(race((0.5,), (0.5,), (0.4,)), race((0.5, 0.6, 0.95), (0.5, 0.91, 0.93), (0.4, 0.5, 0.6)))
    assert found == ["margin is the first to reach 90%, with 30 labels", "random reaches 90%, with 40 labels"]


def leading(before: RaceView, after: RaceView) -> list[str]:
    return [words for words in happened(before, after) if "leads" in words]


def test_who_leads_is_told_when_all_have_a_few_models_and_when_it_changes() -> None:
    early = race((0.5, 0.6), (0.5, 0.7), (0.4, 0.5))
    some = race((0.5, 0.6, 0.65, 0.7), (0.5, 0.7, 0.75, 0.8), (0.4, 0.5, 0.6, 0.65))
    more = race((0.5, 0.6, 0.65, 0.7, 0.7), (0.5, 0.7, 0.75, 0.8, 0.8), (0.4, 0.5, 0.6, 0.65, 0.6))
    other = race((0.5, 0.6, 0.65, 0.7, 0.7, 0.7), (0.5, 0.7, 0.75, 0.8, 0.8, 0.8), (0.4, 0.5, 0.6, 0.65, 0.6, 3.0))
    assert leading(race((0.5,), (0.5,), (0.4,)), early) == []
    assert leading(early, some) == ["margin leads, at 50 labels"]
    assert leading(some, more) == []
    assert leading(more, other) == ["entropy leads, at 70 labels"]


def test_a_failure_is_told_once() -> None:
    good, bad = race((0.5,), (0.5,), (0.4,)), race((0.5,), (0.5,), (0.4,), failed="margin")
    assert "margin failed; r tries again" in happened(good, bad)
    assert happened(bad, bad) == ()
