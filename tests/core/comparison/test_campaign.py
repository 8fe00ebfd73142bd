"""The bench over seeds, data sets and learners: what it computes, what it takes from the store, what it concludes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from al_core.comparison import queue as work
from al_core.comparison.across import documents
from al_core.comparison.campaign import bench, campaign
from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell
from al_core.comparison.in_worker import play_cell
from al_core.comparison.plan import assemble, plan
from al_core.comparison.store import ResultsStore
from al_core.comparison.summary import summary
from al_core.compute.inline import Inline
from al_core.compute.processes import Processes
from al_core.ground.errors import UserError, WorkerDied
from al_core.measures import statistics
from al_core.reports.comparison import bench_table
from al_core.reports.findings import command, load_findings
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(dataset="iris", batch=10, budget=26)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about what is computed when, and about clear cases; `test_statistics` is about intervals."""
    monkeypatch.setattr(statistics, "RESAMPLES", 300)


def without_times(document: Any) -> Any:
    if isinstance(document, dict):
        return {key: without_times(value) for key, value in document.items() if "seconds" not in key}
    return [without_times(entry) for entry in document] if isinstance(document, list) else document


class Counting(Inline):
    """Computes here, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn is play_cell:
            self.asked.append((args[1], args[0].seed))
        return super().submit(fn, *args, **kwargs)


class Failing(Counting):
    """Fails on chosen (strategy, seed) as often as it is told."""

    def __init__(self, broken: Iterable[tuple[str, int]], error: Exception, times: int = 99) -> None:
        super().__init__()
        self._left = dict.fromkeys(broken, times)
        self._error = error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        key = (args[1], args[0].seed) if fn is play_cell else ("", 0)
        if self._left.get(key, 0) > 0:
            self._left[key] -= 1
            self.asked.append(key)
            future: Future[Any] = Future()
            future.set_exception(self._error)
            return future
        return super().submit(fn, *args, **kwargs)


def test_references_join_every_repeated_comparison() -> None:
    assert plan([SPEC], ["margin"], seeds=2).strategies == ("random", "margin", "random#2")
    assert plan([SPEC], ["margin", "random"], seeds=2).strategies == ("margin", "random", "random#2")
    assert plan([SPEC], ["margin"]).strategies == ("margin",)
    assert plan([SPEC], ["margin"], references=True).strategies == ("random", "margin", "random#2")
    assert plan([SPEC], ["margin"], seeds=2, references=False).strategies == ("margin",)


def test_targets_are_two_by_default() -> None:
    assert plan([SPEC], ["random"]).targets == (0.9, 0.95)
    assert plan([SPEC], ["random"], targets=[0.93]).targets == (0.9, 0.93)
    with pytest.raises(UserError, match=r"--second-target is 1\.5"):
        plan([SPEC], ["random"], targets=[1.5])
    with pytest.raises(UserError, match="--seeds is 0; at least 1"):
        plan([SPEC], ["random"], seeds=0)


def test_the_control_is_random_with_its_own_stream() -> None:
    first, second = (play_cell(SPEC, name) for name in ("random", "random#2"))
    assert first.curve[0] == second.curve[0]  # the same start
    assert first.picks != second.picks
    assert [len(batch) for batch in second.picks] == [10, 10]
    assert play_cell(SPEC, "random#2").picks == second.picks


@pytest.mark.parametrize("name", ["random#", "random#1", "random#x", "random#-2"])
def test_a_repetition_has_a_number_from_2(name: str) -> None:
    with pytest.raises(UserError, match="write random#2"):
        plan([SPEC], [name])


def test_all_labels_is_one_fit_on_everything() -> None:
    cell = play_cell(SPEC, ALL_LABELS)
    ((labels, accuracy),) = cell.curve
    assert labels == 150 - 45
    assert accuracy > 0.85


def test_the_greedy_oracle_knows_more_than_random() -> None:
    asked = plan([TaskSpec(budget=60, target=0.8)], ["random"], seeds=1, oracle=True)
    document = documents(campaign(asked, Inline()))
    oracle = document["references"]["greedy_oracle"]
    (row,) = document["strategies"]
    assert oracle["curve"]["labels"] == row["curve"]["labels"]
    assert oracle["curve"]["accuracy"][0] == row["curve"]["accuracy"][0]
    assert oracle["final_accuracy"]["mean"] > row["final_accuracy"]["mean"]
    assert "A greedy oracle, which sees pool and test labels: 80% at " in bench_table(document)
    assert documents(campaign(plan([SPEC], ["random"]), Inline()))["references"]["greedy_oracle"] is None


def test_the_same_document_from_every_executor() -> None:
    inline = summary(bench(SPEC, ["random", "margin"], Inline(), seeds=3))
    pool = Processes(2)
    try:
        pooled = summary(bench(SPEC, ["random", "margin"], pool, seeds=3))
    finally:
        pool.shutdown()
    assert json.dumps(without_times(inline)) == json.dumps(without_times(pooled))
    assert [row["name"] for row in inline["strategies"]] == ["random", "margin", "random#2"]


def test_the_second_time_nothing_is_computed_and_more_seeds_only_what_is_missing(tmp_path: Path) -> None:
    first, second, third = Counting(), Counting(), Counting()
    with ResultsStore(tmp_path / "r") as store:
        before = documents(campaign(plan([SPEC], ["random", "margin"], seeds=2), first, store=store))
        again = documents(campaign(plan([SPEC], ["random", "margin"], seeds=2), second, store=store))
        campaign(plan([SPEC], ["random", "margin"], seeds=3), third, store=store)
        assert set(store.computations().values()) == {1}
    assert json.dumps(before) == json.dumps(again)  # times too: they are kept
    assert len(first.asked) == 2 * 4
    assert second.asked == []
    assert {seed for _, seed in third.asked} == {2}


def test_another_target_is_answered_from_the_same_cells(tmp_path: Path) -> None:
    nothing = Counting()
    with ResultsStore(tmp_path / "r") as store:
        campaign(plan([SPEC], ["random"], seeds=2), Inline(), store=store)
        easier = replace(SPEC, target=0.5)
        document = documents(campaign(plan([easier], ["random"], seeds=2), nothing, store=store))
    assert nothing.asked == []
    assert document["strategies"][0]["labels_to_target"]["reached"] == 2


def test_an_interrupted_bench_goes_on(tmp_path: Path) -> None:
    asked = plan([SPEC], ["random", "margin"], seeds=3)

    def interrupt(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    rest = Counting()
    with ResultsStore(tmp_path / "r") as store:
        with pytest.raises(KeyboardInterrupt):
            campaign(asked, Inline(), store=store, progress=interrupt)
        results = campaign(asked, rest, store=store)
        assert set(store.computations().values()) == {1}
    assert len(rest.asked) == 12 - 5
    assert without_times(documents(results)) == without_times(documents(campaign(asked, Inline())))


def test_a_worker_that_dies_once_costs_nothing() -> None:
    executor = Failing([("margin", 1)], WorkerDied("gone"), times=1)
    result = bench(SPEC, ["random", "margin"], executor, seeds=2)
    assert result.failed == ()
    assert executor.asked.count(("margin", 1)) == 2
    twice = bench(SPEC, ["random", "margin"], Failing([("margin", 1)], WorkerDied("gone"), times=2), seeds=2)
    assert [(cell.strategy, cell.seed, cell.error) for cell in twice.failed] == [("margin", 1, "gone")]


def test_a_strategy_that_fails_on_some_seeds_is_marked_and_tried_again(tmp_path: Path) -> None:
    asked = plan([SPEC], ["random", "margin"], seeds=2)
    again = Counting()
    with ResultsStore(tmp_path / "r") as store:
        document = documents(campaign(asked, Failing([("margin", 1)], RuntimeError("oh\x1b[31m")), store=store))
        assert len(documents(campaign(asked, again, store=store))["strategies"]) == 3
    assert again.asked == [("margin", 1)]
    row = next(row for row in document["strategies"] if row["name"] == "margin")
    assert row["errors"] == {"1": "oh␛[31m"}
    assert row["verdict"] == "preview"
    assert row["verdict_words"] == "no verdict: failed on 1 of 2 seeds"
    assert row["aulc"]["per_seed"][1] is None
    assert "failed on 1 of 2 seeds" in bench_table(document)
    assert "nothing is concluded about them: margin." in document["conclusion"]


def test_a_report_knows_what_failed_until_it_is_computed(tmp_path: Path) -> None:
    asked = plan([SPEC], ["random", "margin"], seeds=2)
    with ResultsStore(tmp_path / "r") as store:
        document = documents(campaign(asked, Failing([("margin", 1)], RuntimeError("oh")), store=store))
    assert without_times(load_findings(tmp_path / "r").document) == without_times(document)
    with ResultsStore(tmp_path / "r") as store:
        whole = documents(campaign(asked, Counting(), store=store))
        assert len(store.benches()) == 1
    assert load_findings(tmp_path / "r").document == whole


def test_a_failed_baseline_leaves_no_verdict_about_anybody() -> None:
    executor = Failing([("random", 0)], RuntimeError("no"))
    document = summary(bench(SPEC, ["random", "margin"], executor, seeds=2))
    words = {row["name"]: row["verdict_words"] for row in document["strategies"]}
    assert words.pop("random") == "no verdict: failed on 1 of 2 seeds"
    assert set(words.values()) == {"no verdict: random failed on 1 of 2 seeds"}
    told = left_out(30, {("random", 4): "oh"}, half=0.5)["conclusion"]
    assert "nothing is concluded about them: random. About half: no verdict: random failed on 1 of 30 seeds." in told


def test_without_random_nothing_is_compared() -> None:
    document = documents(campaign(plan([SPEC], ["margin", "entropy"], seeds=2, references=False), Inline()))
    assert {row["verdict_words"] for row in document["strategies"]} == {"no verdict: nothing to compare with"}
    assert document["conclusion"].startswith("Compared margin and entropy on iris")
    assert "Random did not run" in document["conclusion"]
    assert "--no-references" in command(document)


def test_a_target_that_nobody_reaches_is_said() -> None:
    document = summary(bench(TaskSpec(target=1.0, budget=40), ["random", "margin"], Inline(), seeds=2))
    for row in document["strategies"]:
        assert row["labels_to_target"] | {"per_seed": None} == {
            "mean": None,
            "median": None,
            "reached": 0,
            "share_reached": 0.0,
            "censored": 2,
            "per_seed": None,
            "mean_at_least": None,
            "median_at_least": None,
        }
        assert row["saved_vs_random"]["estimate"] is None
    assert "0/2" in bench_table(document)


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
    assert "Saves labels against random: half (+51 %, 95 % interval +" in words
    assert "Costs labels against random: double (−100 %" in words
    assert "No difference shown: same" in words
    assert "best" not in json.dumps(document)


def left_out(seeds: int, gone: dict[tuple[str, int], str | None], **factors: float) -> dict[str, Any]:
    """As `made_up`, with the oracle; the named runs failed with an error, or are not there where that is None."""
    names = ("random", *factors, "random#2")
    cells = [scaled(seed, name, factors.get(name, 1.0)) for seed in range(seeds) for name in (*names, ORACLE)]
    cells += [Cell(TaskSpec(seed=seed), ALL_LABELS, ((1257, 0.97),), (), 1.0, 0.0, 1) for seed in range(seeds)]
    there = [cell for cell in cells if (cell.strategy, cell.seed) not in gone]
    there += [Cell(TaskSpec(seed=seed), name, error=error) for (name, seed), error in gone.items() if error is not None]
    return summary(BenchResult(TaskSpec(), tuple(range(seeds)), names, tuple(there), (0.9, 0.95)))


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
    assert row["verdict_words"] == "no difference shown: less than 60 %"
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


def test_cells_may_come_in_any_order() -> None:
    asked = plan([SPEC], ["random"], seeds=2)
    (result,) = campaign(asked, Inline())
    (turned,) = assemble(asked, reversed(result.cells))
    assert turned == result


def test_work_is_handed_out_while_it_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """An executor that computes in `submit` gets the next cell only after the one before was kept."""
    seen: list[str] = []
    monkeypatch.setattr(work, "play_cell", lambda spec, name: seen.append("played") or Cell(spec, name))
    executor: Executor = Inline()
    campaign(plan([SPEC], ["random"], seeds=2), executor, progress=lambda done, total: seen.append(f"{done}"))
    assert seen[:5] == ["0", "played", "1", "played", "2"]
