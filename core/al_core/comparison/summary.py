"""What a bench says, as one JSON document. Everything is derived from the cells; computing it twice gives the same document."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import combinations
from typing import Any

from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell
from al_core.comparison.conclusion import conclusion
from al_core.comparison.plan import CONTROL, second_target
from al_core.comparison.verdicts import Evidence, judge
from al_core.data.facts import describe_dataset
from al_core.ground.release import __version__
from al_core.ground.versions import Versions, versions
from al_core.measures import statistics as tests
from al_core.measures.curves import Curve, aulc, data_utilisation, deficiency, first_hit, halves, held_hit, naulc
from al_core.task.spec import BASELINE

Row = dict[str, Any]


def summary(result: BenchResult, software: Versions | None = None) -> dict[str, Any]:
    """The result as the JSON document of ``al-tui bench --json``; times are the only values that differ between runs.

    A seed whose run failed or is not there yet has null in every ``per_seed`` list and is left out of the means; ``errors``
    names the failed ones.
    """
    spec, info = result.spec, describe_dataset(result.spec.dataset)
    sheet = _Sheet(result)
    rows = [sheet.row(name) for name in result.strategies]
    ranked = sheet.compare(rows)
    everything = sheet.finals(ALL_LABELS)
    document: dict[str, Any] = {
        "version": __version__,
        "protocol": {
            "dataset": spec.dataset,
            "learner": spec.learner,
            "seeds": list(result.seeds),
            "initial": info.start(spec.initial),
            "pool": info.pool(spec.initial),
            "test": info.test,
            "batch": spec.batch,
            "budget": spec.budget,
            "target": spec.target,
            "targets": list(sheet.targets),
            "initial_method": spec.initial,
        },
        "strategies": rows,
        "ranked_seeds": ranked,
        "references": {
            "baseline": BASELINE if BASELINE in result.strategies else None,
            "control": CONTROL if CONTROL in result.strategies else None,
            "accuracy_all_labels": {"mean": _mean(everything), "per_seed": everything, **sheet.presence(ALL_LABELS)},
            "greedy_oracle": sheet.oracle(),
        },
        "similarity": similarity(result),
        "intervals": {"level": tests.LEVEL, "resamples": tests.RESAMPLES, "method": "BCa bootstrap over paired seeds"},
        "versions": asdict(software or versions()),
    }
    document["conclusion"] = conclusion(document)
    return document


class _Sheet:
    """The cells of a result by strategy and seed, null where there is none."""

    def __init__(self, result: BenchResult) -> None:
        self.result = result
        self.targets = result.targets or (result.spec.target, second_target(result.spec.target))
        self._cells: dict[tuple[str, int], Cell] = {(cell.strategy, cell.seed): cell for cell in result.cells}

    def cells(self, name: str) -> list[Cell | None]:
        return [self._cells.get((name, seed)) for seed in self.result.seeds]

    def curves(self, name: str) -> list[Curve]:
        """Per seed; empty where the run failed or is not there."""
        return [cell.curve if cell is not None and cell.error is None else () for cell in self.cells(name)]

    def finals(self, name: str) -> list[float | None]:
        return [curve[-1][1] if curve else None for curve in self.curves(name)]

    def pairs(self, name: str) -> list[tuple[Curve, Curve]]:
        """Curves of the strategy and of the baseline on the seeds where both finished."""
        both = zip(self.curves(name), self.curves(BASELINE), strict=True)
        return [(ours, theirs) for ours, theirs in both if ours and theirs]

    def row(self, name: str) -> Row:
        """Everything about one strategy that needs no look at the others but the baseline."""
        present = [cell for cell in self.cells(name) if cell is not None]
        curves = self.curves(name)
        complete = [curve for curve in curves if curve]
        areas = [aulc(curve) for curve in curves]
        parts = [both for curve in complete if (both := halves(curve)) is not None]
        finals = self.finals(name)
        rounds = sum(cell.rounds for cell in present)

        def per_round(seconds: float) -> float | None:
            return seconds / rounds if rounds else None

        band = _band(complete)
        at_target = [self._at(name, target) for target in self.targets]
        row: Row = {
            "name": name,
            "labels_to_target": at_target[0]["labels_to_target"],
            "labels_to_target_held": at_target[0]["labels_to_target_held"],
            "saved_vs_random": at_target[0]["saved_vs_random"],
            "targets": at_target,
            "aulc": {"mean": _mean(areas), "per_seed": areas, "ci95": _ci(_interval(areas, f"aulc {name}"))},
            "early_aulc": {"mean": _mean([early for early, _ in parts])},
            "late_aulc": {"mean": _mean([late for _, late in parts])},
            "final_accuracy": {"mean": _mean(finals), "per_seed": finals},
            "curve": band,
            "seconds_per_round": per_round(sum(cell.seconds for cell in present)),
            "fit_seconds_per_round": per_round(sum(cell.fit_seconds for cell in present)),
            "query_seconds_per_round": per_round(sum(cell.query_seconds for cell in present)),
        }
        return row | self._against_baseline(name) | self.presence(name)

    def presence(self, name: str) -> dict[str, Any]:
        """How many seeds have a result, and the errors of those that failed, if any did."""
        there = [cell for cell in self.cells(name) if cell is not None]
        errors = {str(cell.seed): cell.error for cell in there if cell.error is not None}
        return {"seeds_finished": len(there) - len(errors), **({"errors": errors} if errors else {})}

    def oracle(self) -> dict[str, Any] | None:
        """What the greedy oracle reached; None when it was not asked for."""
        curves, presence = self.curves(ORACLE), self.presence(ORACLE)
        finished = presence["seeds_finished"]
        if not finished and "errors" not in presence:
            return None
        return {
            **presence,
            "labels_to_target": [
                {"target": target, **_labels([first_hit(curve, target) for curve in curves], finished)}
                for target in self.targets
            ],
            "aulc": {"mean": _mean([aulc(curve) for curve in curves])},
            "final_accuracy": {"mean": _mean(self.finals(ORACLE))},
            "curve": _band([curve for curve in curves if curve]),
        }

    def compare(self, rows: list[Row]) -> int:
        """Add what needs all rows: ranks, the family of tests, verdicts. Returns over how many seeds ranks are means."""
        names = [row["name"] for row in rows]
        areas = {row["name"]: row["aulc"]["per_seed"] for row in rows}
        ranks, ranked = self._ranks(names, areas)
        paired = {
            name: tests.wilcoxon(*both)
            for name in names
            if name != BASELINE and BASELINE in names and (both := _paired(areas[name], areas[BASELINE]))
        }
        p_values = {name: found[0] for name, found in paired.items() if found is not None}
        adjusted = tests.holm(p_values)
        control = next((row["saved_vs_random"] for row in rows if row["name"] == CONTROL), None)
        for row in rows:
            name = row["name"]
            found = paired.get(name)
            row["aulc"]["p_value"] = p_values.get(name)
            row["aulc"]["p_value_holm"] = adjusted.get(name)
            row["aulc"]["effect_size"] = None if found is None else found[1]
            row["mean_rank"] = ranks.get(name)
            row["verdict"], row["verdict_words"] = judge(self._evidence(row, control))
        return ranked

    def _at(self, name: str, target: float) -> dict[str, Any]:
        curves = self.curves(name)
        hits = [first_hit(curve, target) for curve in curves]
        finished = sum(bool(curve) for curve in curves)
        return {
            "target": target,
            "labels_to_target": _labels(hits, finished),
            "labels_to_target_held": _labels([held_hit(curve, target) for curve in curves], finished),
            "saved_vs_random": self._saved(name, target),
        }

    def _saved(self, name: str, target: float) -> dict[str, Any]:
        pairs = self.pairs(name)
        ours = [first_hit(curve, target) for curve, _ in pairs]
        theirs = [first_hit(curve, target) for _, curve in pairs]
        censored = {"censored": ours.count(None), "censored_random": theirs.count(None)}
        if ours.count(None) == len(pairs) == theirs.count(None):
            return {"estimate": None, "ci95": None, **censored}
        horizon = self.result.spec.budget
        key = f"saved {name} {target}"
        interval = tests.saved_interval(tests.restricted(ours, horizon), tests.restricted(theirs, horizon), name=key)
        return {"estimate": interval.estimate if interval else None, "ci95": _ci(interval), **censored}

    def _against_baseline(self, name: str) -> dict[str, float | None]:
        pairs = self.pairs(name)
        ceilings = self.finals(ALL_LABELS)
        both = zip(self.curves(name), self.curves(BASELINE), ceilings, strict=True)
        known = [(ours, theirs, ceiling) for ours, theirs, ceiling in both if ours and theirs and ceiling is not None]
        ours_mean, theirs_mean = _mean_curve([ours for ours, _ in pairs]), _mean_curve([theirs for _, theirs in pairs])
        if not known or "errors" in self.presence(ALL_LABELS):
            return {"naulc": None, "deficiency": None, "data_utilisation_rate": data_utilisation(ours_mean, theirs_mean)}
        ceiling = statistics.fmean(entry[2] for entry in known)
        mean, base = _mean_curve([ours for ours, _, _ in known]), _mean_curve([theirs for _, theirs, _ in known])
        area, base_area = aulc(mean), aulc(base)
        return {
            "naulc": None if area is None or base_area is None else naulc(area, base_area, ceiling),
            "deficiency": deficiency(mean, base, ceiling),
            "data_utilisation_rate": data_utilisation(ours_mean, theirs_mean),
        }

    def _ranks(self, names: list[str], areas: Mapping[str, Sequence[float | None]]) -> tuple[dict[str, float], int]:
        """Mean ranks over the seeds that all strategies have, and how many these are."""
        columns = [areas[name] for name in names]
        blocks = [list(block) for block in zip(*columns, strict=True) if None not in block]
        ranks = dict(zip(names, tests.mean_ranks(blocks).tolist(), strict=True)) if blocks else {}
        return ranks, len(blocks)

    def _evidence(self, row: Row, control: Mapping[str, Any] | None) -> Evidence:
        name = row["name"]
        pairs = self.pairs(name)
        target = self.targets[0]
        saved = row["saved_vs_random"]
        return Evidence(
            planned=len(self.result.seeds),
            paired=len(pairs),
            failed=self._failed(name),
            saved=None if saved["ci95"] is None else (saved["estimate"], *saved["ci95"]),
            band=None if control is None or control["ci95"] is None else tuple(control["ci95"]),
            reached=sum(first_hit(curve, target) is not None for curve, _ in pairs),
            baseline_reached=sum(first_hit(curve, target) is not None for _, curve in pairs),
            has_baseline=BASELINE in self.result.strategies,
            control_paired=None if control is None else len(self.pairs(CONTROL)),
            control_failed=self._failed(CONTROL),
            baseline_failed=self._failed(BASELINE),
        )

    def _failed(self, name: str) -> int:
        """Seeds on which the strategy failed."""
        return len(self.presence(name).get("errors", ()))


def similarity(result: BenchResult) -> list[dict[str, Any]]:
    """How much two strategies ask for the same: the Jaccard index of their picks over a whole run, mean over seeds."""
    picks = {
        (cell.strategy, cell.seed): [item for batch in cell.picks for item in batch]
        for cell in result.cells
        if cell.error is None
    }
    rows = []
    for first, second in combinations(result.strategies, 2):
        shared = [seed for seed in result.seeds if (first, seed) in picks and (second, seed) in picks]
        values = [tests.jaccard(picks[first, seed], picks[second, seed]) for seed in shared]
        rows.append({"strategies": [first, second], "jaccard": _mean(values)})
    return rows


def _band(curves: Sequence[Curve]) -> dict[str, Any]:
    """Mean, median and quartiles over seeds at the numbers of labels that all of them have."""
    points = [dict(curve) for curve in curves]
    shared = sorted(set.intersection(*(set(curve) for curve in points))) if points else []
    columns = [[curve[labels] for curve in points] for labels in shared]
    quartiles = [statistics.quantiles(c, n=4, method="inclusive") if len(c) > 1 else [c[0]] * 3 for c in columns]
    return {
        "labels": shared,
        "accuracy": [statistics.fmean(column) for column in columns],
        "median": [q[1] for q in quartiles],
        "lower_quartile": [q[0] for q in quartiles],
        "upper_quartile": [q[2] for q in quartiles],
    }


def _mean_curve(curves: Sequence[Curve]) -> Curve:
    band = _band(curves)
    return list(zip(band["labels"], band["accuracy"], strict=True))


def _labels(hits: Sequence[int | None], finished: int) -> dict[str, Any]:
    reached = [hit for hit in hits if hit is not None]
    return {
        "mean": _mean(reached),
        "median": statistics.median(reached) if reached else None,
        "reached": len(reached),
        "share_reached": len(reached) / finished if finished else None,
        "censored": finished - len(reached),
        "per_seed": list(hits),
    }


def _paired(ours: Sequence[float | None], theirs: Sequence[float | None]) -> tuple[list[float], list[float]] | None:
    both = [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]
    return ([a for a, _ in both], [b for _, b in both]) if both else None


def _interval(values: Sequence[float | None], name: str) -> tests.Interval | None:
    return tests.mean_interval([value for value in values if value is not None], name=name)


def _ci(interval: tests.Interval | None) -> list[float] | None:
    if interval is None or interval.low is None or interval.high is None:
        return None
    return [interval.low, interval.high]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
