"""The comparison of a race or of a bench as rows of text, and as files."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from al_core.comparison.verdicts import WORDS
from al_core.ground.numbers import fixed, level, milliseconds, percent, whole
from al_core.race.view import RaceView, standings
from al_core.reports.tables import aligned, comma_separated, markdown

PREVIEW = "One seed: a preview, no verdict."


def race_header(view: RaceView) -> list[str]:
    """Column titles of `race_rows`."""
    return ["strategy", f"labels to {level(view.spec.target)}", "held", "saved", "AULC", "accuracy", "labels", "per round"]


def race_rows(view: RaceView) -> list[list[str]]:
    """One row of text per run, the largest area under the curve first."""
    return [
        [
            row.strategy,
            whole(row.to_target),
            whole(row.held),
            "baseline" if row.strategy == "random" else percent(row.saved),
            fixed(row.aulc),
            fixed(row.accuracy),
            str(row.labels),
            milliseconds(row.seconds_per_round),
        ]
        for row in standings(view)
    ]


def race_markdown(view: RaceView) -> str:
    """The comparison as a Markdown table, with the line that says what it is."""
    spec = view.spec
    title = f"{spec.dataset}, {spec.learner}, seed {spec.seed}, batch {spec.batch}, budget {spec.budget}. {PREVIEW}\n\n"
    return title + markdown(race_header(view), race_rows(view))


def race_csv(view: RaceView) -> str:
    """The comparison as CSV with plain numbers; empty where there is none."""
    rows = [row._asdict() for row in standings(view)]
    names = [name for name in rows[0] if name != "run"]
    return comma_separated(names, [["" if row[name] is None else str(row[name]) for name in names] for row in rows])


def race_json(view: RaceView) -> str:
    """The comparison as JSON: the task, one entry per run with its curve, and the line that says what it is."""
    entries: list[dict[str, Any]] = []
    for row in standings(view):
        run = view.runs[row.run]
        entry = {key: value for key, value in row._asdict().items() if key != "run"}
        curve = run.state.curve
        entry["curve"] = {"labels": [x for x, _ in curve], "accuracy": [y for _, y in curve]}
        entry["by_hand"] = run.by_hand
        entries.append(entry)
    return json.dumps({"note": PREVIEW, "task": asdict(view.spec), "strategies": entries}, indent=2) + "\n"


def bench_table(document: dict[str, Any]) -> str:
    """The document of `al_core.comparison.across.documents` as aligned columns, with the paragraph that says what it means."""
    if "comparisons" not in document:
        return _one_table(document)
    blocks = []
    for part in document["comparisons"]:
        protocol = part["protocol"]
        blocks.append(f"{protocol['dataset']}, {protocol['learner']}, {protocol['budget']} labels\n\n{_one_table(part)}")
    blocks += [_wrapped(entry["conclusion"]) for entry in document["across"]]
    return "\n".join(blocks)


def bench_header(document: dict[str, Any]) -> list[str]:
    """Column titles of `bench_rows`."""
    protocol = document["protocol"]
    target, *more = (f"→{level(share)}" for share in protocol["targets"])
    names = ["strategy", f"{target} mean", "median", "reached", "held", *more, "saved", "95 % interval", "AULC", "p (Holm)"]
    return [*names, "rank", "final", "per round", "verdict"]


def bench_rows(document: dict[str, Any]) -> list[list[str]]:
    """One row of text per strategy, in the order they were named."""
    rows = []
    for entry in document["strategies"]:
        hits = entry["labels_to_target"]
        baseline = entry["name"] == "random"
        saved = entry["saved_vs_random"]
        rows.append(
            [
                entry["name"],
                whole(hits["mean"]),
                whole(hits["median"]),
                f"{hits['reached']}/{entry['seeds_finished']}",
                reached_mean(entry["labels_to_target_held"]),
                *(reached_mean(other["labels_to_target"]) for other in entry["targets"][1:]),
                "baseline" if baseline else percent(saved["estimate"]),
                "" if baseline else _interval(saved["ci95"]),
                fixed(entry["aulc"]["mean"]),
                "" if baseline else _p_value(entry["aulc"]["p_value_holm"]),
                "–" if entry["mean_rank"] is None else f"{entry['mean_rank']:.1f}",
                fixed(entry["final_accuracy"]["mean"]),
                milliseconds(entry["seconds_per_round"]),
                "A/A control" if entry["name"] == document["references"]["control"] else _verdict(entry, baseline),
            ]
        )
    return rows


def reference_notes(document: dict[str, Any]) -> list[str]:
    """A line for every reference that is no strategy."""
    references, planned = document["references"], len(document["protocol"]["seeds"])
    every = references["accuracy_all_labels"]
    notes = [f"Accuracy with all pool labels: {fixed(every['mean'])}{_missing(every, planned)}."]
    if (oracle := references["greedy_oracle"]) is not None:
        hits = ", ".join(f"{level(hit['target'])} at {reached_mean(hit)}" for hit in oracle["labels_to_target"])
        areas = f"AULC {fixed(oracle['aulc']['mean'])}, final {fixed(oracle['final_accuracy']['mean'])}"
        gap = _missing(oracle, planned)
        notes.append(f"A greedy oracle, which sees pool and test labels: {hits} labels, {areas}{gap}.")
    if 0 < (ranked := document.get("ranked_seeds", planned)) < planned:
        notes.append(f"Ranks are over {ranked} of {planned} seeds: those that every strategy has.")
    return notes


def reached_mean(hits: dict[str, Any]) -> str:
    """Mean labels to a target over the runs that got there, and how many did where that is not all: ``275.8 (12/50)``."""
    count = hits["reached"] + hits["censored"]
    return whole(hits["mean"]) + (f" ({hits['reached']}/{count})" if hits["censored"] and hits["reached"] else "")


def short_verdict(entry: Mapping[str, Any]) -> str:
    """The words of a verdict for a table; why there is no difference is for the paragraph beneath."""
    return WORDS["none"] if entry["verdict"] == "none" else str(entry["verdict_words"])


def _missing(reference: dict[str, Any], planned: int) -> str:
    """What is to be known about a reference that is not there on every seed."""
    errors, finished = len(reference.get("errors", ())), reference.get("seeds_finished", planned)
    failed = f", {errors} failed" if errors else ""
    return "" if finished == planned else f" ({finished} of {planned} seeds{failed})"


def _verdict(entry: dict[str, Any], baseline: bool) -> str:
    return "" if baseline and "errors" not in entry else short_verdict(entry)


def _one_table(document: dict[str, Any]) -> str:
    seeds = len(document["protocol"]["seeds"])
    table = aligned(bench_header(document), bench_rows(document))
    notes = [PREVIEW] if seeds == 1 else []
    notes += reference_notes(document)
    return table + "\n" + "\n".join(notes) + "\n\n" + _wrapped(document["conclusion"])


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 100, break_on_hyphens=False) + "\n"


def _interval(bounds: list[float] | None) -> str:
    return "–" if bounds is None else f"{percent(bounds[0])} to {percent(bounds[1])}"


def _p_value(value: float | None) -> str:
    if value is None:
        return "–"
    return "< .001" if value < 0.001 else fixed(value)
