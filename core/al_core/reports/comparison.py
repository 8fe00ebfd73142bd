"""The comparison of a race or of a bench as rows of text, and as files."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from al_core.reports.tables import aligned, comma_separated, markdown
from al_core.view import RaceView, standings

PREVIEW = "One seed: a preview, no verdict."


def percent(value: float | None) -> str:
    """A share with a sign, e.g. ``+41 %``; ``–`` when there is none."""
    return "–" if value is None else f"{value:+.0%}".replace("%", " %").replace("-", "−")


def fixed(value: float | None, digits: int = 3) -> str:
    """A number without its leading zero, as accuracies are printed; ``–`` when there is none."""
    if value is None:
        return "–"
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0.") else text


def whole(value: float | None) -> str:
    """A count; ``–`` when there is none."""
    return "–" if value is None else f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"


def milliseconds(seconds: float | None) -> str:
    """A duration in milliseconds; ``–`` when there is none."""
    return "–" if seconds is None else f"{seconds * 1000:.0f} ms"


def race_header(view: RaceView) -> list[str]:
    """Column titles of `race_rows`."""
    return ["strategy", f"labels to {view.spec.target:.0%}", "held", "saved", "AULC", "accuracy", "labels", "per round"]


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
    rows = [asdict(row) for row in standings(view)]
    names = [name for name in rows[0] if name != "run"]
    return comma_separated(names, [["" if row[name] is None else str(row[name]) for name in names] for row in rows])


def race_json(view: RaceView) -> str:
    """The comparison as JSON: the task, one entry per run with its curve, and the line that says what it is."""
    entries: list[dict[str, Any]] = []
    for row in standings(view):
        run = view.runs[row.run]
        entry = {key: value for key, value in asdict(row).items() if key != "run"}
        curve = run.state.curve
        entry["curve"] = {"labels": [x for x, _ in curve], "accuracy": [y for _, y in curve]}
        entry["by_hand"] = run.by_hand
        entries.append(entry)
    return json.dumps({"note": PREVIEW, "task": asdict(view.spec), "strategies": entries}, indent=2) + "\n"


def bench_table(document: dict[str, Any]) -> str:
    """The document of `al_core.bench.summary` as aligned columns, with a line that says how far it carries."""
    protocol = document["protocol"]
    seeds = len(protocol["seeds"])
    rows = []
    for entry in document["strategies"]:
        hits = entry["labels_to_target"]
        held = entry["labels_to_target_held"]
        rows.append(
            [
                entry["name"],
                whole(hits["mean"]),
                whole(hits["median"]),
                f"{hits['reached']}/{seeds}",
                whole(held["mean"]),
                "baseline" if entry["name"] == "random" else percent(entry["saved_vs_random"]["estimate"]),
                fixed(entry["aulc"]["mean"]),
                fixed(entry["final_accuracy"]["mean"]),
                milliseconds(entry["seconds_per_round"]),
            ]
        )
    target = f"→{protocol['target']:.0%}"
    header = ["strategy", f"{target} mean", "median", "reached", "held", "saved", "AULC", "final", "per round"]
    note = PREVIEW if seeds == 1 else f"Means over {seeds} paired seeds, without intervals: a preview, no verdict."
    return aligned(header, rows) + "\n" + note + "\n"
