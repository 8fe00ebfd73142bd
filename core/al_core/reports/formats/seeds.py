"""A bench as CSV, a row a seed."""

from __future__ import annotations

from collections.abc import Sequence

from al_core.reports.findings import Findings
from al_core.reports.tables import comma_separated


def write(findings: Findings) -> str:
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
            columns |= {"aulc": row.aulc.per_seed, f"final_{protocol.metric}": row.final_accuracy.values}
            header = [*header[:4], *columns, "error"]
            for place_of, seed in enumerate(protocol.seeds):
                values = [values[place_of] for values in columns.values()]
                first = [protocol.dataset, protocol.learner, row.name, str(seed)]
                error = row.presence.errors.get(seed, "")
                rows.append([*first, *("" if value is None else str(value) for value in values), error])
    return comma_separated(header, rows)
