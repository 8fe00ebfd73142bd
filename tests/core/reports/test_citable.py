"""What somebody needs who publishes a result: what it was computed from and by what, per seed, and the protocol in words."""

from __future__ import annotations

import csv
import io
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from al_core.comparison.across import documents
from al_core.comparison.campaign import campaign
from al_core.comparison.encoding import from_json
from al_core.comparison.plan import plan
from al_core.compute.inline import Inline
from al_core.data.facts import dataset_names, describe_dataset, is_bundled
from al_core.data.kinds import load_dataset
from al_core.ground.release import __version__
from al_core.reports.findings import Findings, findings_of, load_findings
from al_core.reports.rendering import render
from al_core.task.spec import TaskSpec

IRIS = TaskSpec("iris", budget=26, target=0.7, seed=3, initial="typical")
WINE = TaskSpec("wine", budget=26, target=0.7, seed=3, initial="typical")


@pytest.fixture(scope="module")
def findings() -> Findings:
    return findings_of(campaign(plan([IRIS, WINE], ["margin", "entropy"], seeds=2, least_saving=0.1), Inline()))


def test_every_data_set_can_be_cited() -> None:
    for name in filter(is_bundled, dataset_names()):
        info = describe_dataset(name)
        assert "https://doi.org/10." in info.citation
        assert info.licence == "CC BY 4.0"


def test_a_document_says_what_it_is_and_how_to_make_it_anew(findings: Findings) -> None:
    document = findings.document
    assert (document["format"], document["version"]) == ("al-tui comparison 2", __version__)
    words = shlex.split(document["command"])
    assert words[:4] == ["al-tui", "bench", "--datasets", "iris,wine"]
    assert words[-4:] == ["--initial", "typical", "--least-saving", "0.1"]
    for part, name in zip(document["comparisons"], ("iris", "wine"), strict=True):
        info = describe_dataset(name)
        assert part["format"] == document["format"]
        assert part["data"] == {
            "name": name,
            "fingerprint": load_dataset(name).fingerprint,
            "citation": info.citation,
            "licence": info.licence,
        }
        assert part["protocol"]["seeds"] == [3, 4]
        assert f"--dataset {name} " in part["command"]
        assert {"engine", "source", "numpy"} <= part["versions"].keys()


def test_one_row_per_seed(findings: Findings) -> None:
    rows = list(csv.DictReader(io.StringIO(render(findings, "seeds"))))
    assert len(rows) == 2 * 4 * 2
    assert list(rows[0])[:4] == ["dataset", "learner", "strategy", "seed"]
    for part in findings.document["comparisons"]:
        for entry in part["strategies"]:
            mine = [r for r in rows if (r["dataset"], r["strategy"]) == (part["protocol"]["dataset"], entry["name"])]
            assert [int(row["seed"]) for row in mine] == [3, 4]
            told: dict[str, list[Any]] = {
                "labels_0.7": entry["labels_to_target"]["per_seed"],
                "labels_held_0.7": entry["labels_to_target_held"]["per_seed"],
                "labels_held_0.85": entry["targets"][1]["labels_to_target_held"]["per_seed"],
                "aulc": entry["aulc"]["per_seed"],
                "final_accuracy": entry["final_accuracy"]["per_seed"],
                "error": ["", ""],
            }
            for column, values in told.items():
                assert [row[column] for row in mine] == ["" if value is None else str(value) for value in values]


def test_the_protocol_in_words(findings: Findings) -> None:
    text = render(findings, "methods")
    first, second, judged, across, *data, software, command = text.strip().split("\n\n")
    assert first.startswith(
        "On iris with the learner logistic, pool-based active learning with margin and entropy was run on 2 paired seeds"
    )
    assert "held out 45 stratified test items and began with 3 labels (the most typical item of each" in first
    assert "10 of the 102 pool items were asked for, until 26 labels were given" in first
    assert "A second, independent random served as an A/A control." in first
    assert second.startswith("On wine")
    assert "the estimate is at least 10%" in judged
    assert "(70% and 85% test accuracy; the first decides)" in judged
    assert "Friedman" in across
    assert [describe_dataset(name).citation in line for name, line in zip(("iris", "wine"), data, strict=True)] == [True, True]
    assert f"al-tui {__version__}" in software
    assert command == f"Computed anew by: {findings.document['command']}"


def test_an_older_document_says_what_is_not_known(findings: Findings, tmp_path: Path) -> None:
    document = json.loads(json.dumps(findings.document["comparisons"][0]))
    del document["data"], document["format"], document["command"], document["protocol"]["least_saving"]
    path = tmp_path / "old.json"
    path.write_text(json.dumps(document))
    text = render(load_findings(path), "methods")
    assert "How savings were judged is not known" in text
    assert "Licence" not in text
    assert "Data: " not in render(load_findings(path), "md")
    assert from_json(document).comparisons[0].data is None


def test_a_single_document_is_a_comparison_with_the_same_fields() -> None:
    document = documents(campaign(plan([IRIS], ["random"]), Inline()))
    assert document["format"] == "al-tui comparison 2"
    assert document["data"]["name"] == "iris"
    assert "--seeds 1 " in document["command"]


def test_the_protocol_of_a_bench_of_random_alone() -> None:
    text = render(findings_of(campaign(plan([IRIS], ["random"]), Inline())), "methods")
    assert text.startswith("On iris with the learner logistic, pool-based active learning with random was run on one seed.")
