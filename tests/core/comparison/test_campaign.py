"""The bench over seeds, data sets and learners: what it computes, and what it takes from the store."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from al_core.comparison import identity as identities
from al_core.comparison import queue as work
from al_core.comparison import references
from al_core.comparison.across import compare_all, documents
from al_core.comparison.campaign import bench, campaign
from al_core.comparison.cell import ALL_LABELS, Cell, cell_of
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
from al_core.run.play import Timing, play
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

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


def test_a_run_as_a_number_also_before_it_has_begun() -> None:
    timings = (Timing(0.5, 0.25), Timing(1.0, 0.125))
    assert cell_of(SPEC, RunState("margin"), timings) == Cell(SPEC, "margin", (), (), 1.5, 0.375, 2)
    played = play(SPEC, RunState("margin"), rounds=0)
    cell = cell_of(SPEC, played.state, played.timings)
    queries = [entry.query for entry in played.state.rounds]
    assert cell.picks == tuple(tuple(pick.row for pick in query.picks) for query in queries)
    assert (cell.curve, cell.rounds) == (played.state.curve, len(queries) + 1)


def test_with_all_labels_there_is_one_round_that_takes_its_time() -> None:
    begin = time.perf_counter()
    cell = references.all_labels(SPEC)
    assert (len(cell.curve), cell.picks, cell.rounds) == (1, (), 1)
    assert cell.fit_seconds > 0
    assert cell.query_seconds > 0
    assert cell.seconds <= time.perf_counter() - begin, "by the same clock"


def test_a_plan_is_what_its_results_are_about() -> None:
    asked = plan([SPEC, replace(SPEC, learner="knn")], ["margin"], seeds=2, targets=(0.9, 0.97), least_saving=0.2)
    for spec, result in zip(asked.specs, assemble(asked, []), strict=True):
        assert (result.spec, result.seeds, result.strategies, result.cells) == (spec, asked.seeds, asked.strategies, ())
        assert (result.targets, result.least_saving) == ((0.9, 0.97), 0.2)


def test_over_one_data_set_nothing_is_said_across() -> None:
    cells = [Cell(SPEC, name, ((6, 0.5), (16, 0.7)), (), 1.0, 1.0, 2) for name in ("random", "margin", "entropy")]
    (result,) = assemble(plan([SPEC], ["random", "margin", "entropy"], references=False), cells)
    assert compare_all([result]).across == ()


def test_cells_of_other_software_are_told_to_whoever_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, here, notes = plan([SPEC], ["random"], references=False), identities.versions(), list[str]()
    with ResultsStore(tmp_path / "r") as store:
        monkeypatch.setattr(identities, "versions", lambda: replace(here, numpy="0"))
        campaign(asked, Inline(), store=store)
        monkeypatch.undo()
        campaign(asked, Inline(), store=store, note=notes.append)
    old = replace(here, numpy="0")
    assert notes == [f"{asked.cells} cells computed by {old} are kept apart and computed anew by this version"]


def test_what_the_greedy_oracle_draws_hangs_on_the_seed_also_on_the_same_items(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = TaskSpec(dataset="wine", batch=5, budget=21)
    task = make_task(spec)
    monkeypatch.setattr(references, "make_task", lambda spec: replace(task, spec=spec))
    begin = time.perf_counter()
    cells = [references.greedy_oracle(replace(spec, seed=seed)) for seed in (0, 0, 1)]
    assert cells[0].picks == cells[1].picks != cells[2].picks
    assert {cell.rounds for cell in cells} == {4}
    spent = [cell.fit_seconds for cell in cells]
    assert min(spent) > 0
    assert sum(spent) <= time.perf_counter() - begin, "by the same clock"


def test_the_greedy_oracle_is_fixed_by_its_seed_and_asks_for_no_item_twice() -> None:
    spec = TaskSpec(dataset="wine", batch=4, budget=29, seed=3)
    once, again, other = (references.greedy_oracle(replace(spec, seed=seed)) for seed in (3, 3, 4))
    assert (once.curve, once.picks) == (again.curve, again.picks)
    assert other.picks != once.picks
    sizes = [len(batch) for batch in once.picks]
    assert sizes == [4] * (len(sizes) - 1) + [spec.budget - once.curve[-2][0]]
    asked = [row for batch in once.picks for row in batch]
    assert len(set(asked)) == len(asked)
    assert [labels for labels, _ in once.curve[1:]] == [once.curve[0][0] + sum(sizes[:end]) for end in range(1, len(sizes) + 1)]
    assert once.rounds == len(once.curve)


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
