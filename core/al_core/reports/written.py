"""A bench as Markdown, CSV and JSON."""

from __future__ import annotations

import json
from typing import Any

from al_core.reports.comparison import bench_header, bench_rows, reference_notes
from al_core.reports.findings import Findings, command
from al_core.reports.tables import comma_separated, markdown


def json_report(findings: Findings) -> str:
    """The document itself."""
    return json.dumps(findings.document, indent=2) + "\n"


def markdown_report(findings: Findings) -> str:
    """Conclusions, tables, versions, and the command that computes them anew."""
    blocks = ["# Query strategies compared\n"]
    blocks += [entry["conclusion"] + "\n" for entry in findings.document.get("across", ())]
    for part in findings.parts:
        protocol = part["protocol"]
        blocks.append(f"## {protocol['dataset']}, {protocol['learner']}\n")
        blocks.append(part["conclusion"] + "\n")
        blocks.append(markdown(bench_header(part), bench_rows(part)))
        blocks += [note + "\n" for note in reference_notes(part)]
    software = ", ".join(f"{name} {version}" for name, version in findings.parts[0]["versions"].items())
    blocks.append(f"Computed by {software}:\n\n```\n{command(findings.document)}\n```\n")
    return "\n".join(blocks)


def csv_report(findings: Findings) -> str:
    """One row per data set, learner and strategy, with plain numbers; empty where there is none."""
    header = ["dataset", "learner", "seeds", "strategy"]
    rows = []
    for part in findings.parts:
        protocol = part["protocol"]
        for entry in part["strategies"]:
            values = _numbers(entry)
            header = [*header[:4], *values]
            first = [protocol["dataset"], protocol["learner"], str(len(protocol["seeds"])), entry["name"]]
            rows.append([*first, *("" if value is None else str(value) for value in values.values())])
    return comma_separated(header, rows)


def _numbers(entry: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for place in entry["targets"]:
        suffix = f"_{place['target']:g}"
        hits, saved = place["labels_to_target"], place["saved_vs_random"]
        values |= {
            f"labels{suffix}": hits["mean"],
            f"labels_median{suffix}": hits["median"],
            f"reached{suffix}": hits["reached"],
        }
        values[f"labels_held{suffix}"] = place["labels_to_target_held"]["mean"]
        low, high = saved["ci95"] or (None, None)
        values |= {f"saved{suffix}": saved["estimate"], f"saved_low{suffix}": low, f"saved_high{suffix}": high}
    aulc = entry["aulc"]
    low, high = aulc["ci95"] or (None, None)
    values |= {"aulc": aulc["mean"], "aulc_low": low, "aulc_high": high}
    values |= {name: aulc[name] for name in ("p_value", "p_value_holm", "effect_size")}
    values |= {"early_aulc": entry["early_aulc"]["mean"], "late_aulc": entry["late_aulc"]["mean"]}
    values |= {"final_accuracy": entry["final_accuracy"]["mean"]}
    plain = ("naulc", "deficiency", "data_utilisation_rate", "mean_rank", "fit_seconds_per_round", "query_seconds_per_round")
    return values | {name: entry[name] for name in (*plain, "verdict")}
