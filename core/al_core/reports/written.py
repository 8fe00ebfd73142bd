"""A bench as Markdown, CSV and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from al_core.comparison.documents import StrategyRow
from al_core.reports.comparison import bench_header, bench_rows, reference_notes
from al_core.reports.findings import Findings, command, recipe
from al_core.reports.tables import comma_separated, markdown
from al_core.run.state import PersonsAnswers


def json_report(findings: Findings) -> str:
    """The document itself; one that was read is written as it was."""
    return json.dumps(findings.document, indent=2) + "\n"


def markdown_report(findings: Findings) -> str:
    """Conclusions, tables, versions, and the command that computes them anew."""
    blocks = ["# Query strategies compared\n"]
    blocks += [entry.conclusion + "\n" for entry in findings.found.across]
    for part in findings.parts:
        blocks.append(f"## {part.protocol.dataset}, {part.protocol.learner}\n")
        blocks.append(part.conclusion + "\n")
        blocks.append(markdown(bench_header(part), bench_rows(part)))
        blocks += [note + "\n" for note in reference_notes(part)]
    software = ", ".join(f"{name} {version}" for name, version in findings.parts[0].versions.items())
    cited = dict.fromkeys(f"{part.data.citation} Licence: {part.data.licence}." for part in findings.parts if part.data)
    blocks += [f"Data: {words}\n" for words in cited]
    blocks.append(f"Computed by {software}.\n\n{recipe(findings.found)}\n\n```\n{command(findings.found)}\n```\n")
    return "\n".join(blocks)


def csv_report(findings: Findings) -> str:
    """One row per data set, learner and strategy, with plain numbers; empty where there is none."""
    header = ["dataset", "learner", "seeds", "strategy"]
    rows = []
    for part in findings.parts:
        protocol = part.protocol
        for entry in part.strategies:
            values = _numbers(entry)
            header = [*header[:4], *values]
            first = [protocol.dataset, protocol.learner, str(protocol.planned), entry.name]
            rows.append([*first, *("" if value is None else str(value) for value in values.values())])
    return comma_separated(header, rows)


def seeds_report(findings: Findings) -> str:
    """One row per data set, learner, strategy and seed, with plain numbers; empty where there is none."""
    header = ["dataset", "learner", "strategy", "seed"]
    rows = []
    for part in findings.parts:
        protocol = part.protocol
        for row in part.strategies:
            columns: dict[str, Sequence[float | None]] = {}
            for place in row.targets:
                columns |= {
                    f"labels_{place.target:g}": place.first.per_seed,
                    f"labels_held_{place.target:g}": place.held.per_seed,
                }
            columns |= {"aulc": row.aulc.per_seed, "final_accuracy": row.final_accuracy.values}
            header = [*header[:4], *columns, "error"]
            for place_of, seed in enumerate(protocol.seeds):
                values = [values[place_of] for values in columns.values()]
                first = [protocol.dataset, protocol.learner, row.name, str(seed)]
                error = row.presence.errors.get(seed, "")
                rows.append([*first, *("" if value is None else str(value) for value in values), error])
    return comma_separated(header, rows)


def _numbers(row: StrategyRow) -> dict[str, float | str | None]:
    """The columns of one strategy, by title."""
    values: dict[str, float | str | None] = {}
    for place in row.targets:
        suffix = f"_{place.target:g}"
        hits, share = place.first, place.saved.share
        values |= {f"labels{suffix}": hits.mean, f"labels_median{suffix}": hits.median, f"reached{suffix}": hits.reached}
        values[f"labels_held{suffix}"] = place.held.mean
        values |= {f"saved{suffix}": share.value, f"saved_low{suffix}": share.low, f"saved_high{suffix}": share.high}
    area = row.aulc
    values |= {"aulc": area.mean.value, "aulc_low": area.mean.low, "aulc_high": area.mean.high}
    values |= {"p_value": area.p_value, "p_value_holm": area.p_value_holm, "effect_size": area.effect_size}
    values |= {"early_aulc": row.early_aulc, "late_aulc": row.late_aulc, "final_accuracy": row.final_accuracy.mean}
    values |= {"naulc": row.naulc, "deficiency": row.deficiency, "data_utilisation_rate": row.data_utilisation_rate}
    values |= {"mean_rank": row.mean_rank, "fit_seconds_per_round": row.seconds.fit}
    values |= {"query_seconds_per_round": row.seconds.query, "verdict": row.verdict}
    person = row.person or PersonsAnswers(0, None, 0)
    return values | {"by_person": person.answers, "by_person_right": person.right}
