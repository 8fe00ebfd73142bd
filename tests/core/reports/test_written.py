"""What tables and files say of a bench is what its document says, cell by cell, also of runs that failed or never got there."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import textwrap
from pathlib import Path
from typing import Any

import pytest
from odd_bench import GONE, NAMES, SEEDS, TARGETS
from odd_bench import document as odd_document

from al_core.comparison.encoding import from_json
from al_core.ground.numbers import fixed, milliseconds, signed_percent, whole
from al_core.reports.comparison import bench_header, bench_rows, bench_table, reference_notes
from al_core.reports.findings import Findings, load_findings
from al_core.reports.rendering import render

ROWS = {row["name"]: row for row in odd_document()["strategies"]}
AT = {name: {place["target"]: place for place in row["targets"]} for name, row in ROWS.items()}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    path = tmp_path_factory.mktemp("bench") / "odd.json"
    path.write_text(json.dumps(odd_document()))
    return load_findings(path)


def table_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def as_cell(value: float | str | None) -> str:
    return "" if value is None else str(value)


def test_a_row_a_strategy(findings: Findings) -> None:
    rows = table_of(render(findings, "csv"))
    assert [row["strategy"] for row in rows] == list(NAMES)
    for said in rows:
        row, expected = ROWS[said["strategy"]], {"dataset": "digits", "learner": "logistic", "seeds": len(SEEDS)}
        expected |= {"strategy": said["strategy"]}
        for target in TARGETS:
            place = AT[said["strategy"]][target]
            hits, held, saved = place["labels_to_target"], place["labels_to_target_held"], place["saved_vs_random"]
            expected |= {f"labels_{target}": hits["mean"], f"labels_median_{target}": hits["median"]}
            expected |= {f"reached_{target}": hits["reached"], f"labels_held_{target}": held["mean"]}
            low, high = saved["ci95"] or (None, None)
            expected |= {f"saved_{target}": saved["estimate"], f"saved_low_{target}": low, f"saved_high_{target}": high}
        area = row["aulc"]
        expected |= {"aulc": area["mean"], "aulc_low": area["ci95"][0], "aulc_high": area["ci95"][1]}
        expected |= {name: area[name] for name in ("p_value", "p_value_holm", "effect_size")}
        expected |= {name: row[name]["mean"] for name in ("early_aulc", "late_aulc", "final_accuracy")}
        alike = ("naulc", "deficiency", "data_utilisation_rate", "mean_rank", "verdict")
        expected |= {name: row[name] for name in (*alike, "fit_seconds_per_round", "query_seconds_per_round")}
        expected |= {"by_person": 0, "by_person_right": None}
        assert said == {name: as_cell(value) for name, value in expected.items()}


def test_a_row_a_seed(findings: Findings) -> None:
    rows = table_of(render(findings, "seeds"))
    assert [(row["strategy"], row["seed"]) for row in rows] == [(name, str(seed)) for name in NAMES for seed in SEEDS]
    for said in rows:
        name, place = said["strategy"], SEEDS.index(int(said["seed"]))
        expected: dict[str, Any] = {"dataset": "digits", "learner": "logistic", "strategy": name, "seed": SEEDS[place]}
        for target in TARGETS:
            expected[f"labels_{target}"] = AT[name][target]["labels_to_target"]["per_seed"][place]
            expected[f"labels_held_{target}"] = AT[name][target]["labels_to_target_held"]["per_seed"][place]
        expected |= {key: ROWS[name][key]["per_seed"][place] for key in ("aulc", "final_accuracy")}
        expected["error"] = GONE.get((name, SEEDS[place]))
        assert said == {key: as_cell(value) for key, value in expected.items()}


def test_the_table_on_a_terminal() -> None:
    (part,) = from_json(odd_document()).comparisons
    header, rows = bench_header(part), bench_rows(part)
    assert header[:8] == ["strategy", "→80% held", "median", "reached", "first", "→90%", "saved", "95% interval"]
    assert header[8:] == ["AULC", "p (Holm)", "rank", "final", "per round", "verdict"]

    def got_there(hits: dict[str, Any], key: str = "mean") -> str:
        missed, all_of_them = hits["censored"], hits["censored"] + hits["reached"]
        if missed == all_of_them:
            return "–"
        over = missed > 0 if key == "mean" else 2 * missed >= all_of_them
        return "≥ " * over + whole(hits[f"{key}_at_least"])

    def counted(hits: dict[str, Any]) -> str:
        some = f" ({hits['reached']}/{hits['reached'] + hits['censored']})" if hits["censored"] and hits["reached"] else ""
        return got_there(hits) + some

    for name, cells in zip(NAMES, rows, strict=True):
        row, first, second = ROWS[name], *AT[name].values()
        held, saved, area = first["labels_to_target_held"], first["saved_vs_random"], row["aulc"]
        p_value = area["p_value_holm"]
        expected = [
            name,
            got_there(held),
            got_there(held, "median"),
            f"{held['reached']}/{row['seeds_finished']}",
            counted(first["labels_to_target"]),
            counted(second["labels_to_target_held"]),
            "baseline" if name == "random" else signed_percent(saved["estimate"]),
            "" if name == "random" else "–" if saved["ci95"] is None else " to ".join(map(signed_percent, saved["ci95"])),
            fixed(area["mean"]),
            "" if name == "random" else "< .001" if p_value < 0.001 else fixed(p_value),
            f"{row['mean_rank']:.2f}",
            fixed(row["final_accuracy"]["mean"]),
            milliseconds(row["seconds_per_round"]),
            "A/A control" if name == "random#2" else row["verdict_words"],
        ]
        assert cells == expected
    assert {cells[9] for cells in rows} != {"" if name == "random" else fixed(ROWS[name]["aulc"]["p_value"]) for name in NAMES}
    text = bench_table(odd_document())
    lines = [line.split() for line in text.splitlines()]
    assert [line for line in lines if line[:1] and line[0] in NAMES] == [" ".join(cells).split() for cells in rows]
    assert [line for line in text.splitlines() if line.startswith(("Accuracy", "A greedy", "Ranks"))] == reference_notes(part)
    assert "".join(text.split()).endswith("".join(odd_document()["conclusion"].split()))


def test_what_references_reached(findings: Findings) -> None:
    every, oracle, ranks = reference_notes(findings.parts[0])
    references = odd_document()["references"]
    assert every == f"Accuracy with all pool labels: {fixed(references['accuracy_all_labels']['mean'])}."
    found = references["greedy_oracle"]
    hits = ", ".join(f"{100 * entry['target']:g}% at {whole(entry['mean_at_least'])}" for entry in found["labels_to_target"])
    assert {entry["censored"] for entry in found["labels_to_target"]} == {0}
    end = f"AULC {fixed(found['aulc']['mean'])}, final {fixed(found['final_accuracy']['mean'])} (9 of 10 seeds, 1 failed)."
    assert oracle == f"A greedy oracle, which sees pool and test labels: {hits} labels, {end}"
    assert ranks == "Ranks are over 6 of 10 seeds: those that every strategy has."


def test_the_same_in_every_format(findings: Findings) -> None:
    part = findings.parts[0]
    page = render(findings, "md")
    rows = [[cell.strip() for cell in line.strip("| \n").split(" | ")] for line in page.splitlines() if line.startswith("|")]
    assert rows[0] == bench_header(part)
    assert rows[2:] == bench_rows(part)
    for words in (part.conclusion, *reference_notes(part), "## digits, logistic", odd_document()["command"]):
        assert words in page
    assert json.loads(render(findings, "json")) == odd_document()


def texts(page: str, tag: str) -> list[str]:
    """What stands in every element of a kind, without the elements in it."""
    found = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", page, re.DOTALL)
    return [html.unescape(re.sub(r"<[^>]*>", "", text)) for text in found]


def test_the_page_says_it_in_words_as_well(findings: Findings) -> None:
    pytest.importorskip("matplotlib", reason="needs the extra report")
    page = render(findings, "html")
    spoken = [html.unescape(text) for text in re.findall(r'aria-label="([^"]*)"', page)]
    ends = "; ".join(f"{name} ends at {fixed(row['final_accuracy']['mean'])}" for name, row in ROWS.items())
    intervals = {name: (row["saved_vs_random"]["estimate"], row["saved_vs_random"]["ci95"]) for name, row in ROWS.items()}
    savings = "; ".join(
        f"{name} no interval"
        if ends is None
        else f"{name} {signed_percent(share)}, from {signed_percent(ends[0])} to {signed_percent(ends[1])}"
        for name, (share, ends) in intervals.items()
    )
    assert spoken == [
        f"Learning curves on digits, logistic: median test accuracy over labels for {', '.join(NAMES)}. {ends}",
        f"Labels saved against random on digits, logistic: {savings}",
    ]
    curves = f"Median over {len(SEEDS)} seeds; the band holds the middle half of them. Dotted: the targets."
    shares = (
        "Share of labels saved to the first target, with 95% intervals (Student's t over paired seeds, on the logarithm of the"
        " ratio of means)."
    )
    assert texts(page, "figcaption") == [curves, f"{shares} Shaded: what a second random shows, which is chance."]
    paragraphs = texts(page, "p")
    assert odd_document()["conclusion"] in paragraphs
    assert (
        "Jaccard index of the items asked for in a whole run, mean over seeds: 0 nothing in common, 1 the same." in paragraphs
    )
    alike = page[page.index("How similar the picks are") :].split("</table>")[0]
    jaccard = {frozenset(pair["strategies"]): pair["jaccard"] for pair in odd_document()["similarity"]}
    rows = [texts(row, "td") for row in alike.split("<tr>")[2:]]
    assert texts(alike, "th") == ["", *NAMES, *NAMES]
    assert rows == [["" if one == other else fixed(jaccard[frozenset((one, other))], 2) for other in NAMES] for one in NAMES]


@pytest.mark.parametrize("noise", [None, 0.2])
def test_the_protocol_says_who_labelled(noise: float | None, tmp_path: Path) -> None:
    document = json.loads(json.dumps(odd_document()))
    if noise is not None:
        document["protocol"]["noise"] = noise
    path = tmp_path / "odd.json"
    path.write_text(json.dumps(document))
    protocol = render(load_findings(path), "methods").split("\n\n")[0]
    truth = "; labels came from ground truth" if noise is None else ""
    assert f"until 100 labels were given{truth}. " in protocol
    assert ("with probability 0.2" in protocol) == (noise is not None)


def test_a_bench_over_several_data_sets_is_a_table_each_and_what_holds_over_them() -> None:
    one = odd_document()
    other = json.loads(json.dumps(one))
    other["protocol"]["dataset"] = "wine"
    for row in other["strategies"]:
        row["aulc"]["p_value_holm"] = None
    over = [
        {"learner": "logistic", "datasets": ["digits", "wine"], "seeds": 10, "mean_aulc": {}, "partial": {}, "friedman": None}
    ]
    over[0]["conclusion"] = "Over both, nothing can be said: " + "long words, " * 12
    document = {key: one[key] for key in ("format", "version")} | {"comparisons": [one, other], "across": over}
    text = bench_table(document)
    tables = [bench_table(part).strip() for part in (one, other)]
    head = [f"{name}, logistic, 100 labels\n\n{table}" for name, table in zip(("digits", "wine"), tables, strict=True)]
    words = textwrap.fill(over[0]["conclusion"], 100)
    assert text == "\n\n".join([*head, words]) + "\n"
    cells = next(line.split() for line in tables[1].splitlines() if line.startswith("margin"))
    assert "–" in cells
