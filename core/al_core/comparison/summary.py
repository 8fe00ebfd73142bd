"""What a bench says. Everything is derived from the cells; computing it twice gives the same."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell
from al_core.comparison.conclusion import conclusion
from al_core.comparison.documents import (
    NONE,
    AllLabels,
    Areas,
    AtTarget,
    Comparison,
    Cost,
    Curves,
    DataSource,
    Hits,
    Intervals,
    Oracle,
    PerSeed,
    Presence,
    Protocol,
    References,
    Saved,
    Similarity,
    StrategyRow,
)
from al_core.comparison.encoding import comparison_json
from al_core.comparison.identity import fingerprint_of, labels_of
from al_core.comparison.plan import CONTROL, second_target
from al_core.comparison.savings import savings
from al_core.comparison.verdicts import Evidence, judge
from al_core.data.facts import describe_dataset
from al_core.data.sources import sources_of
from al_core.ground.release import __version__
from al_core.ground.versions import Versions, versions
from al_core.measures import statistics as tests
from al_core.measures.curves import Curve, aulc, data_utilisation, exact_aulc, first_hit, halves, held_hit, naulc
from al_core.measures.estimates import Estimate
from al_core.task.options import further
from al_core.task.spec import BASELINE

AREAS_BY = "BCa bootstrap over paired seeds"
SAVINGS_BY = "Student's t over paired seeds, on the logarithm of the ratio of means"


def summary(result: BenchResult, software: Versions | None = None) -> dict[str, Any]:
    """The result as the JSON document of ``al-tui bench --json``; times are the only values that differ between runs.

    A seed whose run failed or is not there yet has null in every ``per_seed`` list and is left out of the means; ``errors``
    names the failed ones.
    """
    return comparison_json(compare(result, software))


def compare(result: BenchResult, software: Versions | None = None) -> Comparison:
    """What one result says; ``software`` computed it, by default that of this process."""
    spec, (items, unlabelled) = result.spec, labels_of(result.spec.dataset)
    info = describe_dataset(spec.dataset)._replace(items=items - unlabelled)
    counted = (items, unlabelled) if unlabelled else (0, 0)
    sheet = _Sheet(result)
    rows, ranked = sheet.judged([sheet.row(name) for name in result.strategies])
    everything = sheet.finals(ALL_LABELS)
    found = Comparison(
        version=__version__,
        protocol=Protocol(
            dataset=spec.dataset,
            learner=spec.learner,
            seeds=result.seeds,
            initial=info.start(spec.initial),
            pool=info.pool(spec.initial),
            test=info.test,
            batch=spec.batch,
            budget=spec.budget,
            target=spec.target,
            targets=sheet.targets,
            initial_method=spec.initial,
            least_saving=result.least_saving,
            further=further(spec),
        ),
        strategies=rows,
        ranked_seeds=ranked,
        references=References(
            baseline=BASELINE if BASELINE in result.strategies else None,
            control=CONTROL if CONTROL in result.strategies else None,
            all_labels=AllLabels(PerSeed(_mean(everything), tuple(everything)), sheet.presence(ALL_LABELS)),
            greedy_oracle=sheet.oracle(),
        ),
        similarity=similarity(result),
        intervals=Intervals(tests.LEVEL, tests.RESAMPLES, AREAS_BY, SAVINGS_BY),
        versions=asdict(software or versions()),
        data=_data(spec.dataset, counted),
    )
    return replace(found, conclusion=conclusion(found))


def _data(name: str, counted: tuple[int, int]) -> DataSource:
    info = describe_dataset(name)
    found = DataSource(name, fingerprint_of(name), info.citation, info.licence, *counted, groups=info.groups)
    for source in sources_of([name]):
        kind = "script" if source.origin is None else "files" if source.sayable else "unnamed"
        found = replace(found, own=kind, read_with=source.read_with)
    return found


class _Sheet:
    """The cells of a result by strategy and seed, null where there is none."""

    def __init__(self, result: BenchResult) -> None:
        self.result = result
        self.targets = result.targets or (result.spec.target, second_target(result.spec.target))
        self._cells: dict[tuple[str, int], Cell] = {(cell.strategy, cell.seed): cell for cell in result.cells}
        self._saved = {target: self._savings(target) for target in self.targets}

    def cells(self, name: str) -> list[Cell | None]:
        return [self._cells.get((name, seed)) for seed in self.result.seeds]

    def curves(self, name: str) -> list[Curve]:
        """Per seed; empty where the run failed or is not there."""
        return [cell.curve if cell is not None and cell.error is None else () for cell in self.cells(name)]

    def finals(self, name: str) -> list[float | None]:
        return [curve[-1][1] if curve else None for curve in self.curves(name)]

    def pairs(self, name: str) -> list[tuple[Curve, Curve]]:
        """Curves of the strategy and of the baseline where both finished; none if a person had a hand in either."""
        if self.helped(name):
            return []
        both = zip(self.curves(name), self.curves(BASELINE), strict=True)
        return [(ours, theirs) for ours, theirs in both if ours and theirs]

    def helped(self, name: str) -> str:
        """Whose run a person had a hand in, ``"it"`` or the baseline; empty where the two can be compared."""
        by_person = self.result.by_person
        return "it" if name in by_person else BASELINE if BASELINE in by_person else ""

    def row(self, name: str) -> StrategyRow:
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

        area, utilisation = self._against_baseline(name)
        return StrategyRow(
            name=name,
            targets=tuple(self._at(name, target) for target in self.targets),
            aulc=Areas(_mean_of(areas, f"aulc {name}"), tuple(areas)),
            early_aulc=_mean([early for early, _ in parts]),
            late_aulc=_mean([late for _, late in parts]),
            final_accuracy=PerSeed(_mean(finals), tuple(finals)),
            curve=_band(complete),
            seconds=Cost(
                per_round(sum(cell.seconds for cell in present)),
                per_round(sum(cell.fit_seconds for cell in present)),
                per_round(sum(cell.query_seconds for cell in present)),
            ),
            naulc=area,
            deficiency=None if area is None else 1 - area,
            data_utilisation_rate=utilisation,
            presence=self.presence(name),
            person=self.result.by_person.get(name),
        )

    def presence(self, name: str) -> Presence:
        """How many seeds have a result, and the errors of those that failed, if any did."""
        there = [cell for cell in self.cells(name) if cell is not None]
        errors = {cell.seed: cell.error for cell in there if cell.error is not None}
        return Presence(len(there) - len(errors), errors)

    def oracle(self) -> Oracle | None:
        """What the greedy oracle reached; None when it was not asked for."""
        curves, presence = self.curves(ORACLE), self.presence(ORACLE)
        if not presence.finished and not presence.errors:
            return None
        return Oracle(
            presence,
            tuple(
                (target, self._labels([first_hit(curve, target) for curve in curves], presence.finished))
                for target in self.targets
            ),
            _mean([aulc(curve) for curve in curves]),
            _mean(self.finals(ORACLE)),
            _band([curve for curve in curves if curve]),
        )

    def judged(self, rows: Sequence[StrategyRow]) -> tuple[tuple[StrategyRow, ...], int]:
        """Add what needs all rows: ranks, the family of tests, verdicts; and over how many seeds ranks are means."""
        names = [row.name for row in rows if row.person is None]
        areas = {row.name: [exact_aulc(curve) for curve in self.curves(row.name)] for row in rows}
        ranks, ranked = self._ranks(names, areas)
        both = {name: _paired(areas[name], areas[BASELINE]) for name in names if BASELINE in names}
        paired = {name: tests.wilcoxon(*both[name]) for name in both if name != BASELINE}
        p_values = {name: found[0] for name, found in paired.items() if found is not None}
        adjusted = tests.holm(p_values)
        judged = []
        for row in rows:
            found = paired.get(row.name)
            ours, theirs = both.get(row.name, ([], []))
            verdict, words = judge(self._evidence(row, float(sum(ours) - sum(theirs))))
            tested = replace(
                row.aulc,
                p_value=p_values.get(row.name),
                p_value_holm=adjusted.get(row.name),
                effect_size=None if found is None else found[1],
            )
            judged.append(replace(row, aulc=tested, mean_rank=ranks.get(row.name), verdict=verdict, verdict_words=words))
        return tuple(judged), ranked

    def _at(self, name: str, target: float) -> AtTarget:
        curves = self.curves(name)
        finished = sum(bool(curve) for curve in curves)
        return AtTarget(
            target,
            self._labels([first_hit(curve, target) for curve in curves], finished),
            self._labels([held_hit(curve, target) for curve in curves], finished),
            self._saved[target][name],
        )

    def _savings(self, target: float) -> dict[str, Saved]:
        """By strategy, from the labels at which the target was held."""
        pairs = {
            name: (
                [held_hit(ours, target) for ours, _ in self.pairs(name)],
                [held_hit(theirs, target) for _, theirs in self.pairs(name)],
            )
            for name in self.result.strategies
        }
        family = [name for name in pairs if name not in (BASELINE, CONTROL)]
        return savings(pairs, self.result.spec.budget, family)

    def _against_baseline(self, name: str) -> tuple[float | None, float | None]:
        """NAULC and data utilisation rate."""
        pairs = self.pairs(name)
        ceilings = self.finals(ALL_LABELS)
        both = zip(self.curves(name), self.curves(BASELINE), ceilings, strict=True)
        known = [
            (ours, theirs, ceiling)
            for ours, theirs, ceiling in both
            if ours and theirs and ceiling is not None and not self.helped(name)
        ]
        ours_mean, theirs_mean = _mean_curve([ours for ours, _ in pairs]), _mean_curve([theirs for _, theirs in pairs])
        utilisation = data_utilisation(ours_mean, theirs_mean)
        if not known or self.presence(ALL_LABELS).errors:
            return None, utilisation
        ceiling = statistics.fmean(entry[2] for entry in known)
        area = aulc(_mean_curve([ours for ours, _, _ in known]))
        base = aulc(_mean_curve([theirs for _, theirs, _ in known]))
        return None if area is None or base is None else naulc(area, base, ceiling), utilisation

    def _ranks(self, names: list[str], areas: Mapping[str, Sequence[Fraction | None]]) -> tuple[dict[str, float], int]:
        """Mean ranks over the seeds that all strategies have, and how many these are."""
        columns = [areas[name] for name in names]
        whole = zip(*columns, strict=True)
        blocks = [known for block in whole if len(known := [area for area in block if area is not None]) == len(block)]
        ranks = dict(zip(names, tests.mean_ranks(blocks).tolist(), strict=True)) if blocks else {}
        return ranks, len(blocks)

    def _evidence(self, row: StrategyRow, area: float) -> Evidence:
        saved, control = row.saved, CONTROL in self.result.strategies
        share = saved.share
        return Evidence(
            planned=len(self.result.seeds),
            paired=len(self.pairs(row.name)),
            failed=len(row.presence.errors),
            saved=None if share.value is None or share.bounds is None else (share.value, *share.bounds),
            adjusted=saved.adjusted.bounds,
            area=area,
            alone=saved.alone or 0,
            baseline_alone=saved.alone_random or 0,
            least=self.result.least_saving,
            has_baseline=BASELINE in self.result.strategies,
            is_control=row.name == CONTROL,
            control_paired=len(self.pairs(CONTROL)) if control else None,
            control_failed=len(self.presence(CONTROL).errors),
            baseline_failed=len(self.presence(BASELINE).errors),
            helped=self.helped(row.name),
        )

    def _labels(self, hits: Sequence[int | None], finished: int) -> Hits:
        reached = [hit for hit in hits if hit is not None]
        spent = reached + [self.result.spec.budget] * (finished - len(reached))
        return Hits(
            mean=_mean(reached),
            median=statistics.median(reached) if reached else None,
            reached=len(reached),
            share_reached=len(reached) / finished if finished else None,
            censored=finished - len(reached),
            per_seed=tuple(hits),
            mean_at_least=_mean(spent) if reached else None,
            median_at_least=statistics.median(spent) if reached else None,
        )


def similarity(result: BenchResult) -> tuple[Similarity, ...]:
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
        rows.append(Similarity((first, second), _mean(values)))
    return tuple(rows)


def _band(curves: Sequence[Curve]) -> Curves:
    """Mean, median and quartiles over seeds at the numbers of labels that all of them have."""
    points = [dict(curve) for curve in curves]
    shared = sorted(set.intersection(*(set(curve) for curve in points))) if points else []
    columns = [[curve[labels] for curve in points] for labels in shared]
    quartiles = [statistics.quantiles(c, n=4, method="inclusive") if len(c) > 1 else [c[0]] * 3 for c in columns]
    return Curves(
        labels=tuple(shared),
        accuracy=tuple(statistics.fmean(column) for column in columns),
        median=tuple(q[1] for q in quartiles),
        lower_quartile=tuple(q[0] for q in quartiles),
        upper_quartile=tuple(q[2] for q in quartiles),
    )


def _mean_curve(curves: Sequence[Curve]) -> Curve:
    band = _band(curves)
    return list(zip(band.labels, band.accuracy, strict=True))


def _paired(ours: Sequence[Fraction | None], theirs: Sequence[Fraction | None]) -> tuple[list[Fraction], list[Fraction]]:
    both = [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]
    return [a for a, _ in both], [b for _, b in both]


def _mean_of(values: Sequence[float | None], name: str) -> Estimate:
    interval = tests.mean_interval([value for value in values if value is not None], name=name)
    return NONE if interval is None else replace(interval, value=_mean(values))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
