"""Savings in hours and money: those of the table times what a label takes, with its interval; else not a word."""

from __future__ import annotations

import csv
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_headline import SEEDS, cell, seen

from al_core.comparison.across import compare_all
from al_core.comparison.cell import ALL_LABELS, BenchResult
from al_core.comparison.encoding import from_json
from al_core.comparison.plan import complete
from al_core.measures import statistics
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_core.race.view import RaceView, open_view
from al_core.reports.comparison import bench_table, race_markdown
from al_core.reports.findings import Findings
from al_core.reports.money import race_money, seeds_money
from al_core.reports.rendering import render
from al_core.reports.worths import worths
from al_core.run.state import Query, Round, RunState
from al_core.task.spec import TaskSpec

NAMES = ("random", "margin", "entropy", "badge")
PRICE = Price(15.5, 60, "EUR")


@pytest.fixture(autouse=True)
def _few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "RESAMPLES", 200)


def findings(price: Price = PRICE) -> Findings:
    plan = complete([TaskSpec(budget=250)], NAMES, seeds=SEEDS)
    specs = [replace(plan.specs[0], seed=seed) for seed in plan.seeds]
    cells = tuple(cell(spec, name) for spec in specs for name in (*plan.strategies, ALL_LABELS))
    result = BenchResult(plan.specs[0], plan.seeds, plan.strategies, cells, plan.targets)
    return Findings(compare_all([result]), (result,), price=price)


def test_labels_saved_are_the_share_of_those_that_random_needs() -> None:
    (part,) = findings().parts
    found = {one.strategy: one for one in worths(part)}
    assert set(found) == {"margin", "entropy", "badge"}, "neither random nor its control saves anything"
    share, needed = part.of("margin").saved.share, part.of("random").headline.held.mean  # type: ignore[union-attr]
    assert share.bounds is not None
    assert found["margin"].labels == pytest.approx(share.value * needed)
    assert found["margin"].span == pytest.approx([end * needed for end in share.bounds])
    assert found["margin"].labels == pytest.approx(50, abs=3), "margin holds the target fifty labels earlier"
    row = part.of("margin")
    assert row is not None
    assert found["margin"].computed == pytest.approx(row.seconds.total * len(row.curve.labels), rel=0.01)


def test_every_format_says_it_and_the_document_is_read_again() -> None:
    whole = findings()
    (part,) = whole.parts
    margin = next(one for one in worths(part) if one.strategy == "margin")
    assert margin.span is not None
    time = f"{margin.labels * 15.5 / 60:.1f} min ({margin.span[0] * 15.5 / 60:.1f} to {margin.span[1] * 15.5 / 60:.1f})"
    money = f"{margin.labels * 15.5 / 60:.2f} ({margin.span[0] * 15.5 / 60:.2f} to {margin.span[1] * 15.5 / 60:.2f}) EUR"
    for text in (render(whole, "md"), render(whole, "html"), bench_table(whole.found, PRICE)):
        assert time in text
        assert money in text
        assert "In hours, at 15.5 s a label, 60.00 EUR an hour: " in " ".join(text.split())
        assert "random computes " in " ".join(text.split())
    assert "Labels were turned into time and money at 15.5 s a label, 60.00 EUR an hour." in render(whole, "methods")
    document = json.loads(render(whole, "json"))
    assert (document["money"]["seconds_per_label"], document["money"]["currency"]) == (15.5, "EUR")
    said = {row["name"]: row for row in document["money"]["comparisons"][0]["strategies"]}
    assert said["margin"]["hours_saved"] == pytest.approx(margin.labels * 15.5 / 3600)
    assert said["margin"]["money_saved_low"] == pytest.approx(margin.span[0] * 15.5 / 60)
    again = Findings(from_json(document), as_read=document)
    assert render(again, "json") == render(whole, "json")
    dearer = json.loads(render(replace(again, price=Price(31.0)), "json"))["money"]
    assert (dearer["cost_per_hour"], dearer["comparisons"][0]["strategies"][0]["money_saved"]) == (None, None)
    rows = {row["strategy"]: row for row in csv.DictReader(io.StringIO(render(whole, "csv")))}
    assert float(rows["margin"]["money_saved"]) == pytest.approx(margin.labels * 15.5 / 60)
    assert rows["random"]["hours_saved"] == ""


@pytest.mark.parametrize("price", [NOTHING_KNOWN, Price(None, 60, "EUR")])
def test_without_a_time_for_a_label_not_a_word_is_other_than_before(price: Price) -> None:
    plain, said = findings(NOTHING_KNOWN), findings(price)
    for kind in ("md", "csv", "json", "methods"):
        assert render(said, kind) == render(plain, kind)
    assert bench_table(said.found, price) == bench_table(plain.found)
    assert seeds_money(seen(SEEDS, NAMES), price) == ""


def test_on_the_screen_those_that_differ_are_named_and_a_preview_says_nothing() -> None:
    said = seeds_money(seen(SEEDS, NAMES), PRICE)
    assert said.startswith("At 15.5 s a label, 60.00 EUR an hour: ")
    assert "margin saves 1" in said
    assert "badge costs 1" in said, "as a number above 0"
    assert "entropy" not in said, "nothing was shown of it"
    assert "EUR, and computes " in said
    assert said.endswith(" ms.")
    assert seeds_money(seen(10, NAMES), PRICE) == ""


def raced(*held: tuple[str, int]) -> RaceView:
    view = open_view(TaskSpec(budget=80), tuple(name for name, _ in held))
    runs = []
    for run, (name, at) in zip(view.runs, held, strict=True):
        rounds = tuple(Round(Query(x, 0.95 if x >= at else 0.4, 100, ()), ()) for x in range(20, 80, 10))
        state = RunState(name, rounds, Query(80, 0.95 if at <= 80 else 0.4, 100, ()))
        runs.append(run._replace(state=state, rounds_timed=7, fit_seconds=1.0, query_seconds=0.5))
    return view._replace(runs=tuple(runs))


def test_of_one_seed_the_first_is_told_without_an_interval() -> None:
    view = raced(("random", 50), ("margin", 30))
    said = race_money(view, PRICE)
    assert said == (
        "At 15.5 s a label, 60.00 EUR an hour: margin saves 20 labels, 5.2 min, 5.17 EUR;"
        " computed: margin 1.5 s and random 1.5 s."
    )
    assert race_money(view, NOTHING_KNOWN) == ""
    assert race_money(raced(("random", 30), ("margin", 50)), PRICE) == ""
    assert race_money(raced(("random", 200), ("margin", 50)), PRICE) == ""
    assert race_markdown(view, race_money(view, PRICE)).endswith("random 1.5 s.\n")
