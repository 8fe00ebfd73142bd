"""JSON at the edge: what is written can be read, also when it is older than some fields, and is the same again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from al_core.comparison.across import compare_all, documents
from al_core.comparison.campaign import campaign, plan
from al_core.comparison.encoding import from_json, to_json
from al_core.comparison.summary import compare, summary
from al_core.compute.inline import Inline
from al_core.ground.errors import UserError
from al_core.reports.comparison import bench_table
from al_core.reports.findings import load_findings
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


@pytest.mark.parametrize("lacking", ["protocol", "strategies", "references", "conclusion", "versions"])
def test_half_a_document_is_refused(tmp_path: Path, lacking: str) -> None:
    document = written(1)
    del document[lacking]
    (tmp_path / "b.json").write_text(json.dumps(document))
    with pytest.raises(UserError, match="neither a results store, nor a race, nor a document"):
        load_findings(tmp_path / "b.json")
