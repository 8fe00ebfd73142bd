"""JSON at the edge: what is written can be read, also when it is older than some fields, and is the same again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from odd_bench import document as odd_document

from al_core.comparison.across import compare_all, documents
from al_core.comparison.campaign import campaign, plan
from al_core.comparison.documents import Presence
from al_core.comparison.encoding import from_json, to_json
from al_core.comparison.summary import compare, summary
from al_core.compute.inline import Inline
from al_core.ground.errors import UserError
from al_core.ground.records import Unreadable
from al_core.reports.comparison import bench_table
from al_core.reports.findings import LARGEST_DOCUMENT, load_findings
from al_core.reports.rendering import render
from al_core.task.spec import TaskSpec

SPECS = (TaskSpec("iris", budget=26, target=0.7, seed=3), TaskSpec("wine", budget=26, target=0.7, seed=3))


def written(count: int) -> dict[str, Any]:
    asked = plan(SPECS[:count], ["margin", "entropy"], seeds=2, oracle=True)
    document: dict[str, Any] = json.loads(json.dumps(documents(campaign(asked, Inline())), allow_nan=False))
    return document


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_read_is_written_the_same(count: int) -> None:
    document = written(count)
    assert json.dumps(to_json(from_json(document))) == json.dumps(document)


def test_nothing_is_lost_on_the_way() -> None:
    results = campaign(plan(SPECS, ["margin", "entropy"], seeds=2), Inline())
    assert from_json(json.loads(json.dumps(documents(results)))) == compare_all(results)
    assert summary(results[0]) == to_json(replace(compare_all(results), comparisons=(compare(results[0]),)))


def test_a_table_is_made_of_records_and_of_their_json() -> None:
    results = campaign(plan(SPECS, ["margin", "entropy"], seeds=2), Inline())
    table = bench_table(compare_all(results))
    assert table == bench_table(documents(results))
    assert "\nmargin " in table
    assert bench_table(compare(results[0])) in table


def test_an_older_document_is_reported_and_stays_as_it_is(tmp_path: Path) -> None:
    document = written(1)
    for name in ("similarity", "ranked_seeds", "intervals"):
        del document[name]
    del document["references"]["accuracy_all_labels"]["seeds_finished"]
    document["of tomorrow"] = [1]
    path = tmp_path / "b.json"
    path.write_text(json.dumps(document, indent=2) + "\n")
    findings = load_findings(path)
    assert render(findings, "json") == path.read_text()
    assert "of 2 seeds" not in render(findings, "md")
    assert findings.parts[0].references.all_labels.presence.finished == 2


def changed(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    """The document with another value in one place."""
    inner = document.copy()
    inner[at[0]] = changed(document[at[0]], at[1:], value) if at[1:] else value
    return inner


def test_what_is_read_is_written_as_it_was() -> None:
    """With failed runs, an oracle, a person's hand in a run, and items that have no label."""
    document = json.loads(json.dumps(odd_document()))
    document["data"] |= {"items": 1700, "unlabelled": 97}
    document["strategies"][1]["by_person"] = {"answers": 7, "right": 5, "put_aside": 1}
    assert to_json(from_json(document)) == document
    assert from_json(document).comparisons[0].data.unlabelled == 97  # type: ignore[union-attr]
    for lacking in ("seeds_finished", "errors"):  # as version 0.1 wrote it
        document["strategies"][1].pop(lacking, None)
    assert from_json(document).comparisons[0].strategies[1].presence == Presence(10, {})


FORGED: list[tuple[tuple[Any, ...], Any]] = [
    (("protocol", "seeds"), []),
    (("protocol", "seeds"), [3, 3]),
    (("protocol", "seeds"), [4, 3]),
    (("protocol", "seeds"), [3]),
    (("protocol", "seeds"), "34"),
    (("protocol", "targets"), []),
    (("protocol", "targets"), [0.7]),
    (("protocol", "target"), 0),
    (("strategies", 1, "targets", 0, "target"), 1.5),
    (("protocol", "budget"), -1),
    (("protocol", "dataset"), None),
    (("strategies",), []),
    (("strategies", 1, "name"), "random"),
    (("strategies", 1, "name"), ""),
    (("strategies", 1, "verdict"), "wins"),
    (("strategies", 1, "verdict_words"), 1),
    (("strategies", 1, "curve", "median"), []),
    (("strategies", 1, "curve", "labels", 1), 1),
    (("strategies", 1, "curve", "accuracy", 0), 1e308),
    (("strategies", 1, "aulc", "ci95"), [0.1]),
    (("strategies", 1, "aulc", "per_seed"), [0.5]),
    (("strategies", 1, "aulc", "mean"), float("nan")),
    (("strategies", 1, "final_accuracy", "per_seed"), [0.5, 0.5, 0.5]),
    (("strategies", 1, "seconds_per_round"), -1),
    (("strategies", 1, "mean_rank"), 1e300),
    (("strategies", 1, "targets"), []),
    (("strategies", 1, "targets", 0, "labels_to_target", "per_seed"), [20]),
    (("strategies", 1, "targets", 0, "labels_to_target", "reached"), 10**30),
    (("strategies", 1, "targets", 0, "saved_vs_random", "estimate"), 1e308),
    (("strategies", 1, "errors"), {"x": "failed"}),
    (("references", "accuracy_all_labels", "mean"), 2),
    (("references", "greedy_oracle", "curve", "median"), [0.5]),
    (("references", "greedy_oracle", "labels_to_target"), [{"target": 0.7}]),
    (("similarity", 0, "strategies"), ["margin"]),
    (("similarity", 0, "jaccard"), -1),
    (("versions",), {"numpy": 2}),
    (("intervals",), {"level": "much"}),
    (("data",), {"name": "iris"}),
]


@pytest.fixture(scope="module")
def sound() -> dict[str, Any]:
    return written(1)


@pytest.mark.parametrize(("at", "value"), FORGED, ids=str)
def test_what_no_comparison_can_say_is_refused(sound: dict[str, Any], at: tuple[Any, ...], value: Any) -> None:
    with pytest.raises(Unreadable, match=r"^cannot be (read|right): "):
        from_json(changed(sound, at, value))


def test_a_long_conclusion_is_read_whole_and_a_formula_is_a_name(sound: dict[str, Any], tmp_path: Path) -> None:
    """A sentence for each of forty strategies; and what matplotlib would take for mathematics."""
    name = r"$\frac{$"
    document = json.loads(json.dumps(sound | {"conclusion": "Nothing was found. " * 300}).replace('"margin"', json.dumps(name)))
    path = tmp_path / "b.json"
    path.write_text(json.dumps(document, indent=2) + "\n")
    findings = load_findings(path)
    assert render(findings, "json") == path.read_text()
    for kind in ("md", "csv", "seeds", "methods"):
        assert name in render(findings, kind)
    assert "<svg" in render(findings, "html")


def test_a_document_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_DOCUMENT + 1)
    with pytest.raises(UserError, match="is larger than 64 MB, so it is no document"):
        load_findings(path)


@pytest.mark.parametrize("lacking", ["protocol", "strategies", "references", "conclusion", "versions"])
def test_half_a_document_is_refused(tmp_path: Path, lacking: str) -> None:
    document = written(1)
    del document[lacking]
    (tmp_path / "b.json").write_text(json.dumps(document))
    with pytest.raises(UserError, match="neither a results store, nor a race, nor a document"):
        load_findings(tmp_path / "b.json")
