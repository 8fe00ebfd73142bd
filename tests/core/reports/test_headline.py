"""The headline says what the table says, and no more than may be said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from al_core.comparison.cell import ALL_LABELS, BenchResult, Cell
from al_core.comparison.live_view import CellsFinished, LiveView, Summarised, open_live, reduce_live
from al_core.comparison.plan import complete
from al_core.comparison.summary import compare
from al_core.measures import statistics
from al_core.race.view import RaceView, open_view
from al_core.reports.headline import race_headline, seeds_headline
from al_core.reports.seeds import seeds_rows
from al_core.run.state import Query, Round, RunState
from al_core.task.spec import TaskSpec

SEEDS = 30


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 200)


def cell(spec: TaskSpec, name: str) -> Cell:
    """A run that holds the target from so many labels on, a little otherwise with every seed."""
    if name == ALL_LABELS:
        return Cell(spec, name, ((1257, 0.97),), (), 0.0, 0.0, 1)
    wobble = 10 * (spec.seed % 3)
    at = {"margin": 60, "random": 110, "random#2": 110, "entropy": 110, "badge": 180}[name] + wobble
    if name == "random#2":
        at += 10 * (spec.seed % 2) - 10 * (spec.seed % 5 == 0)
    labels = range(20, spec.budget + 1, spec.batch)
    curve = tuple((x, 0.95 if x >= at else 0.5 + 0.3 * x / at) for x in labels)
    return Cell(spec, name, curve, (), 0.01, 0.002, len(curve))


def seen(seeds: int, names: tuple[str, ...], *, summary: bool = True) -> LiveView:
    plan = complete([TaskSpec(budget=250)], names, seeds=SEEDS)
    specs = [replace(plan.specs[0], seed=seed) for seed in plan.seeds[:seeds]]
    cells = tuple(cell(spec, name) for spec in specs for name in (*plan.strategies, ALL_LABELS))
    view = reduce_live(open_live(plan), CellsFinished(cells))
    if summary:
        result = BenchResult(plan.specs[0], tuple(plan.seeds[:seeds]), plan.strategies, cells, plan.targets)
        view = reduce_live(view, Summarised(compare(result)))
    return view


def test_what_saves_is_named_with_its_labels_and_those_of_random() -> None:
    view = seen(SEEDS, ("random", "margin", "entropy", "badge"))
    rows = {row.strategy: row for row in seeds_rows(view)}
    said = seeds_headline(view)
    margin = rows["margin"]
    assert margin.saved is not None
    assert f"margin needs {margin.to_target:.0f} labels for 90%, random {rows['random'].to_target:.0f}" in said
    assert f"it saves {100 * margin.saved:.0f}% (" in said
    badge = rows["badge"]
    assert badge.saved is not None
    assert badge.saved < 0
    assert f"badge costs {-100 * badge.saved:.0f}% (" in said
    assert "No difference from random was shown for entropy." in said
    assert "random#2" not in said


def test_before_all_seeds_are_there_it_claims_nothing() -> None:
    said = seeds_headline(seen(12, ("random", "margin")))
    assert "12 of 30 seeds" in said
    assert "saves" not in said
    assert "computed" in seeds_headline(seen(SEEDS, ("random", "margin"), summary=False))


def race(**curves: tuple[float, ...]) -> RaceView:
    opened = open_view(TaskSpec(budget=120), tuple(curves))
    runs = []
    for run, accuracies in zip(opened.runs, curves.values(), strict=True):
        queries = [Query(20 + 10 * at, accuracy, 100, ()) for at, accuracy in enumerate(accuracies)]
        runs.append(run._replace(state=RunState(run.name, tuple(Round(query, ()) for query in queries[:-1]), queries[-1])))
    return opened._replace(runs=tuple(runs))


def test_of_one_seed_it_says_who_held_the_target_first() -> None:
    late = (0.5, 0.6, 0.7, 0.9, 0.9, 0.9)
    early = (0.5, 0.91, 0.92, 0.93, 0.93, 0.93)
    never = (0.5, 0.95, 0.8, 0.8, 0.8, 0.8)
    assert race_headline(race(random=late, margin=early)) == (
        "On this seed margin held 90% first, from 30 labels on; random from 50 on."
    )
    assert race_headline(race(random=never, margin=early, entropy=early)) == (
        "On this seed entropy and margin held 90% first, from 30 labels on; random did not."
    )
    assert race_headline(race(random=early, margin=late)) == "On this seed random held 90% first, from 30 labels on."
    assert race_headline(race(margin=never)) == "On this seed no run has held 90% for 3 rounds."
