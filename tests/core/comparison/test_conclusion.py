"""What a bench concludes from its runs: clear cases, and those of which nothing may be said."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from al_core.comparison.across import documents
from al_core.comparison.campaign import campaign
from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell
from al_core.comparison.plan import plan
from al_core.comparison.summary import summary
from al_core.compute.inline import Inline
from al_core.ground.errors import UserError
from al_core.measures import statistics
from al_core.reports.comparison import bench_table
from al_core.reports.findings import command
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(dataset="iris", batch=10, budget=26)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about what is computed when, and about clear cases; `test_statistics` is about intervals."""
    monkeypatch.setattr(statistics, "RESAMPLES", 300)


def scaled(seed: int, name: str, factor: float, reach: bool = True) -> Cell:
    """A made-up cell that gets to 90 % after some 100 labels times ``factor``; random differs from seed to seed."""
    spread = {"random": seed * 7 % 31, "random#2": (seed * 11 + 5) % 31}.get(name, seed * 7 % 31)
    hit = 10 * round((100 + spread) * factor / 10)
    top = 0.95 if reach else 0.85
    curve = tuple((labels, top if labels >= hit else 0.5 + 0.3 * labels / hit) for labels in range(20, 330, 10))
    return Cell(TaskSpec(seed=seed), name, curve, (tuple(range(seed, seed + 9)),), 1.0, 1.0, 31)


def made_up(seeds: int, planned: int | None = None, **factors: float) -> dict[str, Any]:
    names = ("random", *factors, "random#2")
    cells = [scaled(seed, name, factors.get(name, 1.0)) for seed in range(seeds) for name in names]
    cells += [Cell(TaskSpec(seed=seed), ALL_LABELS, ((1257, 0.97),), (), 1.0, 0.0, 1) for seed in range(seeds)]
    result = BenchResult(TaskSpec(), tuple(range(planned or seeds)), names, tuple(cells), (0.9, 0.95))
    return summary(result)


def left_out(seeds: int, gone: dict[tuple[str, int], str | None], **factors: float) -> dict[str, Any]:
    """As `made_up`, with the oracle; the named runs failed with an error, or are not there where that is None."""
    names = ("random", *factors, "random#2")
    cells = [scaled(seed, name, factors.get(name, 1.0)) for seed in range(seeds) for name in (*names, ORACLE)]
    cells += [Cell(TaskSpec(seed=seed), ALL_LABELS, ((1257, 0.97),), (), 1.0, 0.0, 1) for seed in range(seeds)]
    there = [cell for cell in cells if (cell.strategy, cell.seed) not in gone]
    there += [Cell(TaskSpec(seed=seed), name, error=error) for (name, seed), error in gone.items() if error is not None]
    return summary(BenchResult(TaskSpec(), tuple(range(seeds)), names, tuple(there), (0.9, 0.95)))


def test_verdicts_of_a_clear_case() -> None:
    document = made_up(30, half=0.5, double=2.0, same=1.0)
    verdicts = {row["name"]: row["verdict"] for row in document["strategies"]}
    assert verdicts == {"random": "none", "half": "saves", "double": "costs", "same": "none", "random#2": "none"}
    rows = {row["name"]: row for row in document["strategies"]}
    assert rows["half"]["saved_vs_random"]["estimate"] == pytest.approx(0.5, abs=0.03)
    assert rows["half"]["aulc"]["p_value_holm"] < 0.001
    assert rows["half"]["aulc"]["effect_size"] == 1.0
    assert rows["half"]["mean_rank"] == 1.0
    assert rows["half"]["naulc"] > 0 > rows["double"]["naulc"]
    assert rows["half"]["deficiency"] < 1 < rows["double"]["deficiency"]
    assert rows["half"]["data_utilisation_rate"] < 1
    assert rows["random"]["naulc"] == pytest.approx(0)
    assert rows["random"]["deficiency"] == rows["random"]["data_utilisation_rate"] == pytest.approx(1)
    words = document["conclusion"]
    assert "Saves labels against random: half (+51%, 95% interval +" in words
    assert "Costs labels against random: double (−100%" in words
    assert re.search(r"half \(\+51%, 95% interval \+\d+% to \+\d+%\)\.", words)  # and nothing that speaks against it
    assert "No difference shown: same" in words
    assert "best" not in json.dumps(document)


def test_a_baseline_that_failed_once_leaves_no_verdict_about_anybody() -> None:
    told = left_out(30, {("random", 4): "oh"}, half=0.5)["conclusion"]
    assert "nothing is concluded about them: random. About half: no verdict: random failed on 1 of 30 seeds." in told


@pytest.mark.parametrize("error", ["oh", None])
def test_a_control_that_is_not_there_on_all_seeds_leaves_no_verdict(error: str | None) -> None:
    document = left_out(30, {("random#2", seed): error for seed in range(27)}, half=0.5)
    row = next(row for row in document["strategies"] if row["name"] == "half")
    words = {
        "oh": "no verdict: the second random failed on 27 of 30 seeds",
        None: "preview: 3 of 30 seeds of the second random",
    }[error]
    assert (row["verdict"], row["verdict_words"]) == ("preview", words)
    assert "Saves labels" not in document["conclusion"]
    told = f"About half: {words}." if error else "Only 3 of 30 seeds are finished"
    assert told in document["conclusion"]
    assert document["ranked_seeds"] == 3
    assert "Ranks are over 3 of 30 seeds: those that every strategy has." in bench_table(document)


def test_what_others_found_is_told_beside_a_strategy_that_is_not_there() -> None:
    """As a report of a bench in which some runs failed: a results store does not keep those."""
    document = left_out(30, {("same", 3): None, ("same", 4): None}, half=0.5, same=1.0)
    assert "Saves labels against random: half" in document["conclusion"]
    assert "About same: preview: 28 of 30 seeds." in document["conclusion"]


def test_where_no_random_run_reaches_the_target_a_strategy_that_does_saves_labels() -> None:
    names = ("random", "margin", "random#2")
    cells = [scaled(seed, name, 0.5 if name == "margin" else 1.0, name == "margin") for seed in range(30) for name in names]
    document = summary(BenchResult(TaskSpec(), tuple(range(30)), names, tuple(cells), (0.9,)))
    assert [row["verdict"] for row in document["strategies"]] == ["none", "saves", "none"]
    assert "Saves labels against random: margin" in document["conclusion"]
    cells = [scaled(seed, name, 1.0, False) for seed in range(30) for name in names]
    document = summary(BenchResult(TaskSpec(), tuple(range(30)), names, tuple(cells), (0.9,)))
    assert {row["verdict_words"] for row in document["strategies"]} == {"no difference shown: target never reached"}
    assert "No difference shown: margin (target never reached)." in document["conclusion"]


def test_runs_that_missed_the_target_are_named_as_the_reason() -> None:
    names = ("random", "half", "random#2")
    cells = [
        scaled(seed, name, 0.3 if name == "half" else 1.0, name != "half" or seed > 5) for seed in range(60) for name in names
    ]
    document = summary(BenchResult(TaskSpec(), tuple(range(60)), names, tuple(cells), (0.9,)))
    assert "%, but missed the target on 6 seeds more than random)." in document["conclusion"]
    (line,) = [line for line in bench_table(document).splitlines() if line.startswith("half")]
    assert line.endswith("no difference shown")
    assert " 54/60 " in line


def test_references_that_failed_are_marked() -> None:
    gone = {(name, seed): "too slow" for name in (ALL_LABELS, ORACLE) for seed in range(1, 30)}
    document = left_out(30, gone, half=0.5)
    for reference in (document["references"]["accuracy_all_labels"], document["references"]["greedy_oracle"]):
        assert reference["seeds_finished"] == 1
        assert reference["errors"]["7"] == "too slow"
    assert {row["naulc"] for row in document["strategies"]} == {row["deficiency"] for row in document["strategies"]} == {None}
    table = bench_table(document)
    assert "Accuracy with all pool labels: .970 (1 of 30 seeds, 29 failed)." in table
    assert table.count("(1 of 30 seeds, 29 failed)") == 2


def test_means_over_some_of_the_runs_say_over_how_many() -> None:
    names = ("random", "margin", "random#2")
    cells = [scaled(seed, name, 1.0, seed > 9) for seed in range(30) for name in names]
    document = summary(BenchResult(TaskSpec(), tuple(range(30)), names, tuple(cells), (0.9, 0.95)))
    (line,) = [line for line in bench_table(document).splitlines() if line.startswith("margin")]
    assert line.count("(20/30)") == 2  # the first hit, and the second target; the held hit has a column for it


def test_targets_are_written_as_they_are() -> None:
    names = ("random", "random#2")
    cells = [scaled(seed, name, 1.0) for seed in range(2) for name in names]
    document = summary(BenchResult(TaskSpec(target=0.925), (0, 1), names, tuple(cells), (0.925, 0.995)))
    assert "→92.5% held" in bench_table(document)
    assert "→99.5%" in bench_table(document)
    assert "labels to 92.5% test accuracy" in document["conclusion"]


def lucky(seed: int, name: str) -> Cell:
    """As `scaled`, but ``early`` has one lucky point above the target and then stays far below it."""
    if name != "early":
        return scaled(seed, name, 1.0)
    curve = tuple((labels, 0.92 if labels == 50 else 0.8) for labels in range(20, 330, 10))
    return Cell(TaskSpec(seed=seed), name, curve, (), 1.0, 1.0, 31)


def test_one_lucky_point_saves_nothing() -> None:
    names = ("random", "early", "random#2")
    cells = [lucky(seed, name) for seed in range(30) for name in names]
    document = summary(BenchResult(TaskSpec(), tuple(range(30)), names, tuple(cells), (0.9,)))
    row = next(row for row in document["strategies"] if row["name"] == "early")
    assert (row["labels_to_target"]["reached"], row["labels_to_target_held"]["reached"]) == (30, 0)
    assert row["saved_vs_random"]["estimate"] < -1
    assert row["saved_vs_random"]["p_value_reached"] < 1e-6
    assert row["verdict"] == "costs"


def test_a_target_reached_in_the_last_two_rounds_only_counts_as_the_budget_for_all_alike() -> None:
    names = ("random", "late", "random#2")
    cells = []
    for seed in range(30):
        cells += [scaled(seed, name, 1.0) for name in ("random", "random#2")]
        late = tuple((labels, 0.95 if labels >= 310 else 0.7) for labels in range(20, 330, 10))
        cells.append(Cell(TaskSpec(seed=seed), "late", late, (), 1.0, 1.0, 31))
    document = summary(BenchResult(TaskSpec(), tuple(range(30)), names, tuple(cells), (0.9,)))
    row = next(row for row in document["strategies"] if row["name"] == "late")
    assert row["saved_vs_random"]["censored"] == 30
    mean = document["strategies"][0]["labels_to_target_held"]["mean"]
    assert row["saved_vs_random"]["estimate"] == pytest.approx(1 - 320 / mean)


def test_whoever_tries_many_needs_more() -> None:
    """A saving that one strategy may claim is chance among eighteen."""
    names = ("random", *(f"same{number}" for number in range(17)), "some", "random#2")
    factors = {"some": (0.7, 1.2, 0.9), **{f"same{number}": (1.0, 1.1, 0.9) for number in range(17)}}
    cells = [
        scaled(seed, name, factors.get(name, (1.0,))[seed % len(factors.get(name, "1"))])
        for seed in range(30)
        for name in names
    ]
    rows = {}
    for chosen in (names, ("random", "some", "random#2")):
        kept = tuple(cell for cell in cells if cell.strategy in chosen)
        document = summary(BenchResult(TaskSpec(), tuple(range(30)), chosen, kept, (0.9,), least_saving=0.0))
        rows[len(chosen)] = next(row for row in document["strategies"] if row["name"] == "some")["saved_vs_random"]
    alone, among = rows[3], rows[20]
    assert alone["ci95"] == among["ci95"]
    assert alone["p_value"] == alone["p_value_holm"] == among["p_value"] < among["p_value_holm"]
    assert alone["ci_holm"][0] < alone["ci95"][0]  # a verdict is held to 4 %
    assert among["ci_holm"][0] < alone["ci_holm"][0]


def test_a_saving_below_the_least_gets_no_verdict() -> None:
    names = ("random", "half", "random#2")
    cells = [scaled(seed, name, 0.5 if name == "half" else 1.0) for seed in range(30) for name in names]
    for least, verdict in ((0.05, "saves"), (0.6, "none")):
        result = BenchResult(TaskSpec(), tuple(range(30)), names, tuple(cells), (0.9,), least_saving=least)
        document = summary(result)
        row = next(row for row in document["strategies"] if row["name"] == "half")
        assert (row["verdict"], document["protocol"]["least_saving"]) == (verdict, least)
        assert ("--least-saving 0.6" in command(document)) == (least == 0.6)
    assert row["verdict_words"] == "no difference shown: less than 60%"
    with pytest.raises(UserError, match="--least-saving is 1; give a share of labels"):
        plan([SPEC], ["random"], least_saving=1.0)


def test_a_mean_with_missed_runs_is_marked_as_at_least() -> None:
    """Over the seeds that got there alone, whoever rarely does would look good."""
    names = ("random", "rare", "random#2")
    cells = [
        scaled(seed, name, 0.4 if name == "rare" else 1.0, name != "rare" or seed == 0) for seed in range(20) for name in names
    ]
    document = summary(BenchResult(TaskSpec(), tuple(range(20)), names, tuple(cells), (0.9,)))
    held = next(row for row in document["strategies"] if row["name"] == "rare")["labels_to_target_held"]
    assert held["mean"] == 40
    assert held["mean_at_least"] == pytest.approx((40 + 19 * 320) / 20)
    assert held["median_at_least"] == 320
    (line,) = [line for line in bench_table(document).splitlines() if line.startswith("rare")]
    assert "≥ 306 " in line
    assert "≥ 320 " in line
    assert " 1/20 " in line
    (line,) = [line for line in bench_table(document).splitlines() if line.startswith("random ")]
    assert "≥" not in line


def test_peeking_shows_intervals_and_never_a_verdict() -> None:
    document = made_up(40, planned=50, half=0.5)
    rows = {row["name"]: row for row in document["strategies"]}
    assert rows["half"]["saved_vs_random"]["ci95"][0] > 0.3
    assert {row["verdict_words"] for row in rows.values()} == {"preview: 40 of 50 seeds"}
    assert "Only 40 of 50 seeds are finished" in document["conclusion"]


def test_29_seeds_are_a_preview() -> None:
    assert {row["verdict"] for row in made_up(29, half=0.5)["strategies"]} == {"preview"}


def test_several_data_sets_are_compared_by_ranks() -> None:
    asked = plan(
        [replace(SPEC, dataset=name, learner=learner) for name in ("iris", "wine") for learner in ("logistic",)],
        ["margin"],
        seeds=2,
    )
    document = documents(campaign(asked, Inline()))
    assert [part["protocol"]["dataset"] for part in document["comparisons"]] == ["iris", "wine"]
    (entry,) = document["across"]
    assert entry["datasets"] == ["iris", "wine"]
    assert set(entry["mean_aulc"]) == {"random", "margin"}
    text = bench_table(document)
    assert "iris, logistic, 26 labels" in text
    assert "Over data sets nothing is tested" in text
    three = documents(campaign(replace(asked, strategies=("random", "margin", "entropy", "random#2")), Inline()))
    assert three["across"][0]["friedman"]["blocks"] == 2
    assert "mean ranks by AULC" in bench_table(three)


def test_over_data_sets_nothing_is_tested_until_every_seed_is_there() -> None:
    def result(dataset: str, gone: int) -> BenchResult:
        names = ("random", "margin", "entropy", "random#2")
        cells = [scaled(seed, name, 1.0) for seed in range(5) for name in names if name != "margin" or seed >= gone]
        cells = [replace(cell, spec=replace(cell.spec, dataset=dataset)) for cell in cells]
        return BenchResult(TaskSpec(dataset=dataset), tuple(range(5)), names, tuple(cells), (0.9,))

    document = documents([result("iris", 4), result("wine", 0)])
    (entry,) = document["across"]
    assert entry["friedman"] is None
    assert entry["partial"] == {"iris": ["margin"]}
    assert entry["conclusion"] == "Over data sets nothing is tested: not all of the 5 seeds are there of margin on iris."
    assert documents([result("iris", 0), result("wine", 0)])["across"][0]["friedman"] is not None


def test_data_sets_that_rank_all_alike_have_no_f_and_the_json_is_json() -> None:
    def result(dataset: str) -> BenchResult:
        names = ("random", "margin", "entropy", "random#2")
        factor = {"margin": 0.5, "entropy": 0.7}
        cells = [scaled(seed, name, factor.get(name, 1.0)) for seed in range(3) for name in names]
        cells = [replace(cell, spec=replace(cell.spec, dataset=dataset)) for cell in cells]
        return BenchResult(TaskSpec(dataset=dataset), tuple(range(3)), names, tuple(cells), (0.9,))

    document = documents([result("iris"), result("wine")])
    found = document["across"][0]["friedman"]
    assert (found["f"], found["f_p_value"]) == (None, None)
    assert 0.1 < found["p_value"] < 0.2
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize(("batch", "words"), [(1, "1 label a round, 26 in all"), (10, "10 labels a round, 26 in all")])
def test_how_many_labels_a_round_are_asked_for_is_said(batch: int, words: str) -> None:
    spec = replace(SPEC, batch=batch)
    found = documents(campaign(plan([spec], ["margin"], seeds=1), Inline()))
    assert words in " ".join(bench_table(found).split())
