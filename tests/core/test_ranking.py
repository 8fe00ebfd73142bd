"""What is ranked is compared over the same labels and the same seeds, however unequally far the runs have come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from al_core.comparison.cell import Cell
from al_core.comparison.live_view import CellsFinished, LiveView, open_live, reduce_live
from al_core.comparison.plan import complete
from al_core.measures.curves import aulc, until
from al_core.race.view import RaceView, RunView, ranked_at, standings
from al_core.reports.comparison import race_csv
from al_core.reports.seeds import seeds_rows
from al_core.run.state import Answer, Query, Round, RunState
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(budget=120)
Curve = tuple[tuple[int, float], ...]


def view(curves: Mapping[str, Curve], failed: tuple[str, ...] = ()) -> RaceView:
    """A race with these learning curves."""
    runs = []
    for name, curve in curves.items():
        queries = [Query(labels, accuracy, 100, ()) for labels, accuracy in curve]
        rounds = tuple(Round(query, (Answer(0, 0),)) for query in queries[:-1])
        state = RunState(name, rounds, queries[-1]) if queries else RunState(name)
        runs.append(RunView(state, error="broke" if name in failed else None))
    return RaceView(SPEC, tuple(runs))


FAST: Curve = ((20, 0.7), (30, 0.74), (40, 0.78), (50, 0.9), (60, 0.95))
SLOW: Curve = ((20, 0.7), (30, 0.8), (40, 0.82))


def test_a_slow_run_that_leads_is_ahead() -> None:
    assert aulc(FAST) > aulc(SLOW)  # type: ignore[operator]
    first, second = standings(view({"fast": FAST, "slow": SLOW}))
    assert (first.strategy, second.strategy) == ("slow", "fast")
    assert first.aulc == aulc(SLOW)
    assert second.aulc == aulc(FAST[:3])
    assert ranked_at(view({"fast": FAST, "slow": SLOW})) == 40


def test_the_rest_of_a_line_is_of_the_whole_run() -> None:
    (_, fast) = standings(view({"fast": FAST, "slow": SLOW}))
    assert (fast.labels, fast.accuracy, fast.to_target) == (60, 0.95, 50)


def test_at_the_end_it_is_the_whole_area() -> None:
    for row in standings(view({"fast": FAST, "other": (*FAST[:4], (60, 0.5))})):
        assert row.aulc == aulc(FAST if row.strategy == "fast" else (*FAST[:4], (60, 0.5)))


def test_where_a_curve_has_no_point_there_it_is_read_between_two() -> None:
    """Items put aside give no label, so runs do not measure at the same numbers."""
    odd: Curve = ((20, 0.7), (29, 0.8), (38, 0.82))
    rows = {row.strategy: row for row in standings(view({"fast": FAST, "odd": odd}))}
    assert ranked_at(view({"fast": FAST, "odd": odd})) == 38
    assert rows["fast"].aulc == pytest.approx(aulc(((20, 0.7), (30, 0.74), (38, 0.74 + 0.04 * 0.8))))
    assert rows["odd"].aulc == aulc(odd)


def test_before_all_have_begun_nothing_is_ranked() -> None:
    for other in ((), ((20, 0.7),)):
        race = view({"slow": other, "fast": FAST})
        assert [(row.strategy, row.aulc) for row in standings(race)] == [("slow", None), ("fast", None)]
    assert ranked_at(view({"slow": (), "fast": FAST})) is None


def test_a_run_that_failed_holds_nobody_back_and_stands_last() -> None:
    race = view({"broken": SLOW[:2], "slow": SLOW, "fast": FAST}, failed=("broken",))
    assert [(row.strategy, row.aulc is None) for row in standings(race)] == [
        ("slow", False),
        ("fast", False),
        ("broken", True),
    ]
    assert ranked_at(race) == 40
    late = view({"broken": FAST, "slow": SLOW}, failed=("broken",))
    assert [row.strategy for row in standings(late)] == ["slow", "broken"]
    assert {row.strategy for row in standings(view({"a": SLOW, "b": FAST}, failed=("a", "b")))} == {"a", "b"}


def test_files_say_up_to_which_labels() -> None:
    header, first, second = race_csv(view({"fast": FAST, "slow": SLOW})).splitlines()
    at = header.split(",").index("aulc_labels")
    assert first.split(",")[at] == second.split(",")[at] == "40"


@pytest.mark.parametrize("labels", [20, 25, 30, 55, 60])
def test_a_curve_up_to_some_labels(labels: int) -> None:
    part = until(FAST, labels)
    assert part[-1][0] == labels
    assert all(point in FAST for point in part[:-1])
    if labels == 55:
        assert part == (*FAST[:4], (55, pytest.approx(0.925)))


def test_a_curve_that_does_not_get_there_has_no_such_part() -> None:
    assert until(SLOW, 50) == ()
    assert until((), 20) == ()


# Over seeds


def repeated(finished: Mapping[str, Mapping[int, float]]) -> LiveView:
    """Runs over four seeds that end at these accuracies."""
    asked = complete([replace(SPEC, budget=40, batch=20)], tuple(finished), seeds=4, references=False)
    cells = [
        Cell(replace(asked.specs[0], seed=seed), name, ((20, 0.5), (40, end)))
        for name, ends in finished.items()
        for seed, end in ends.items()
    ]
    return reduce_live(open_live(asked), CellsFinished(tuple(cells)))


def test_means_are_over_the_seeds_that_all_have() -> None:
    seen = repeated({"random": {0: 0.6, 1: 0.9, 2: 0.9}, "margin": {0: 0.7, 1: 0.95}, "entropy": {0: 0.65, 1: 0.9}})
    rows = {row.strategy: row for row in seen.standings(("random", "margin", "entropy"))}
    assert list(rows) == ["margin", "entropy", "random"]
    assert rows["random"].accuracy == pytest.approx(0.75)
    assert rows["margin"].accuracy == pytest.approx(0.825)
    assert seen.whole_seeds == 2
    table = {row.strategy: row for row in seeds_rows(seen)}
    assert table["random"].accuracy == pytest.approx(0.75)
    assert table["random"].finished == 3


def test_a_slow_strategy_does_not_sink_for_the_seeds_it_has_not_yet() -> None:
    """Seed 3 is easy, and the slow one has not come to it."""
    seen = repeated({"random": {0: 0.6, 3: 0.99}, "margin": {0: 0.7}})
    assert [row.strategy for row in seen.standings(("random", "margin"))] == ["margin", "random"]


def test_without_a_seed_that_all_have_nothing_is_ranked() -> None:
    seen = repeated({"random": {0: 0.6}, "margin": {1: 0.7}})
    assert [(row.strategy, row.aulc) for row in seen.standings(("random", "margin"))] == [("random", None), ("margin", None)]
