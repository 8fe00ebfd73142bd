"""The bench over seeds, data sets and learners: what it computes, what it takes from the store, what it concludes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from al_core import statistics, work
from al_core.bench import BenchResult, Cell, assemble, bench, campaign, plan
from al_core.cells import ALL_LABELS, play_cell
from al_core.errors import UserError, WorkerDied
from al_core.executors import Inline, Processes
from al_core.reports.comparison import bench_table
from al_core.reports.findings import command
from al_core.results import ResultsStore
from al_core.summary import documents, summary
from al_core.task import TaskSpec

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
        self.asked.append((args[1], args[0].seed))
        return super().submit(fn, *args, **kwargs)


class Failing(Counting):
    """Fails on chosen (strategy, seed) as often as it is told."""

    def __init__(self, broken: Iterable[tuple[str, int]], error: Exception, times: int = 99) -> None:
        super().__init__()
        self._left = dict.fromkeys(broken, times)
        self._error = error

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        key = args[1], args[0].seed
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
    with pytest.raises(UserError, match=r"--target is 1\.5"):
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


def test_a_failed_baseline_leaves_no_verdict_about_anybody() -> None:
    executor = Failing([("random", 0)], RuntimeError("no"))
    document = summary(bench(SPEC, ["random", "margin"], executor, seeds=2))
    assert {row["verdict_words"] for row in document["strategies"]} == {"no verdict: failed on 1 of 2 seeds"}


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
