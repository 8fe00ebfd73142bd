"""A bench as CSV, a row a strategy."""

from __future__ import annotations

from al_core.comparison.documents import StrategyRow
from al_core.reports.findings import Findings
from al_core.reports.tables import comma_separated
from al_core.reports.worths import NO_WORTH, numbers, worths
from al_core.run.state import PersonsAnswers


def write(findings: Findings) -> str:
    """One row per data set, learner and strategy, with plain numbers; empty where there is none."""
    header = ["dataset", "learner", "seeds", "strategy"]
    rows = []
    for part in findings.parts:
        protocol = part.protocol
        worth = {one.strategy: numbers(one, findings.price) for one in worths(part)}
        for entry in part.strategies:
            values = _numbers(entry, str(protocol.metric))
            if findings.price.seconds is not None:
                values |= worth.get(entry.name) or dict.fromkeys(numbers(NO_WORTH, findings.price))
            header = [*header[:4], *values]
            first = [protocol.dataset, protocol.learner, str(protocol.planned), entry.name]
            rows.append([*first, *("" if value is None else str(value) for value in values.values())])
    return comma_separated(header, rows)


def _numbers(row: StrategyRow, metric: str) -> dict[str, float | str | None]:
    """The columns of one strategy, by title; ``metric`` was measured."""
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
    values |= {"early_aulc": row.early_aulc, "late_aulc": row.late_aulc, f"final_{metric}": row.final_accuracy.mean}
    values |= {"naulc": row.naulc, "deficiency": row.deficiency, "data_utilisation_rate": row.data_utilisation_rate}
    values |= {"mean_rank": row.mean_rank, "fit_seconds_per_round": row.seconds.fit}
    values |= {"query_seconds_per_round": row.seconds.query, "verdict": row.verdict}
    person = row.person or PersonsAnswers(0, None, 0)
    return values | {"by_person": person.answers, "by_person_right": person.right}
