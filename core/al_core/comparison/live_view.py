"""What screens draw of a race repeated over paired seeds: one immutable picture, and the pure function that renews it.

Pure Python: medians, quartiles and means over some fifty values. Intervals and verdicts come from a worker.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from typing import Any

from al_core.comparison.cell import Cell
from al_core.comparison.documents import Comparison
from al_core.comparison.encoding import comparison_json
from al_core.comparison.plan import Plan
from al_core.measures.curves import aulc, held_hit, saved
from al_core.race.view import Standing, Status
from al_core.task.spec import BASELINE

LEAST_SEEDS = 2
"""From this many finished seeds on, a strategy has a median and a band."""


@dataclass(frozen=True, slots=True)
class CellsFinished:
    """Cells are there: computed, or found in the results store. One that failed says why."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class CellBegun:
    """A cell is being computed."""

    seed: int
    strategy: str


@dataclass(frozen=True, slots=True)
class CellPutBack:
    """Nobody computes a cell any more, for its worker died; it waits again."""

    seed: int
    strategy: str


@dataclass(frozen=True, slots=True)
class Summarised:
    """A worker has summarised the cells that were there: `al_core.comparison.summary.compare`."""

    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that a person should know: the store cannot be used, cells of other versions were left alone."""

    text: str


@dataclass(frozen=True, slots=True)
class TriedAgain:
    """All cells that had failed, so many, are computed once more; what was summarised is void."""

    cells: int


@dataclass(frozen=True, slots=True)
class Recalled:
    """What the results store had is there; what comes from now on is computed, and takes its time."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """No more cells will come, although some are missing; why, for a person."""

    text: str


LiveEvent = CellsFinished | CellBegun | CellPutBack | Summarised | Noted | TriedAgain | Recalled | Stopped


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that has finished: its seed, its curve, and what the curve says.

    Parameters
    ----------
    to_target : labels at which the target was held; None where it was not.
    spent : the same, with the whole budget where it was not.
    """

    seed: int
    curve: tuple[tuple[int, float], ...]
    aulc: float | None
    to_target: int | None
    spent: int


@dataclass(frozen=True, slots=True)
class Band:
    """Median and quartiles over seeds at the numbers of labels that all of them have."""

    labels: tuple[int, ...] = ()
    lower: tuple[float, ...] = ()
    median: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()

    @property
    def curve(self) -> tuple[tuple[int, float], ...]:
        """The median as a curve."""
        return tuple(zip(self.labels, self.median, strict=True))


@dataclass(frozen=True)
class StrategySeeds:
    """One strategy over seeds. What is derived is computed once, when it is first asked for."""

    name: str
    outcomes: tuple[Outcome, ...] = ()
    errors: tuple[tuple[int, str], ...] = ()
    rounds: int = 0
    fit_seconds: float = 0.0
    query_seconds: float = 0.0

    @property
    def finished(self) -> int:
        """How many seeds have a result."""
        return len(self.outcomes)

    @cached_property
    def seeds_done(self) -> frozenset[int]:
        """The seeds that have a result."""
        return frozenset(outcome.seed for outcome in self.outcomes)

    @cached_property
    def seeds_failed(self) -> frozenset[int]:
        """The seeds on which it failed."""
        return frozenset(seed for seed, _ in self.errors)

    @property
    def seconds_per_round(self) -> float | None:
        """Mean seconds a round took in its worker."""
        return (self.fit_seconds + self.query_seconds) / self.rounds if self.rounds else None

    @property
    def seconds_per_query(self) -> float | None:
        """Mean seconds of measuring, scoring and choosing in a round."""
        return self.query_seconds / self.rounds if self.rounds else None

    @property
    def reached(self) -> int:
        """On how many seeds the target was held."""
        return sum(outcome.to_target is not None for outcome in self.outcomes)

    @cached_property
    def to_target(self) -> float | None:
        """Mean of the labels at which the target was held, the seeds on which it was not at the whole budget."""
        return _mean([outcome.spent for outcome in self.outcomes]) if self.reached else None

    @cached_property
    def aulc(self) -> float | None:
        """Mean area under the curve."""
        return _mean([outcome.aulc for outcome in self.outcomes])

    @cached_property
    def accuracy(self) -> float | None:
        """Mean accuracy at the end."""
        return _mean([outcome.curve[-1][1] for outcome in self.outcomes])

    @cached_property
    def band(self) -> Band:
        """Median and quartiles; empty with fewer than `LEAST_SEEDS`."""
        if self.finished < LEAST_SEEDS:
            return Band()
        points = [dict(outcome.curve) for outcome in self.outcomes]
        shared = sorted(set.intersection(*(set(curve) for curve in points)))
        quarters = [statistics.quantiles([curve[x] for curve in points], n=4, method="inclusive") for x in shared]
        lower, median, upper = ([cut[at] for cut in quarters] for at in range(3))
        return Band(tuple(shared), tuple(lower), tuple(median), tuple(upper))


@dataclass(frozen=True)
class LiveView:
    """A race over paired seeds as it is seen.

    Parameters
    ----------
    plan : what was fixed at the start.
    strategies : in the plan's order.
    done : cells that are there, failed ones included; references that are no strategies count as well.
    comparison : the latest summary; None before the first.
    notes : what a person should know, the oldest first.
    recalled : how many cells were there before any was computed.
    stopped : true when no more will come although some are missing.
    under_way : seed and strategy of what is being computed.
    """

    plan: Plan
    strategies: tuple[StrategySeeds, ...]
    done: int = 0
    comparison: Comparison | None = None
    notes: tuple[str, ...] = ()
    recalled: int = 0
    stopped: bool = False
    under_way: frozenset[tuple[int, str]] = frozenset()

    @property
    def document(self) -> Mapping[str, Any] | None:
        """The latest summary as JSON."""
        return None if self.comparison is None else comparison_json(self.comparison)

    @property
    def planned(self) -> int:
        """How many seeds were fixed at the start."""
        return len(self.plan.seeds)

    @property
    def total(self) -> int:
        """How many cells there will be."""
        return self.plan.cells

    @property
    def complete(self) -> bool:
        """True when every cell is there."""
        return self.done == self.total

    @property
    def whole_seeds(self) -> int:
        """How many seeds every strategy has finished or failed on."""
        return len(self._whole)

    @cached_property
    def _whole(self) -> frozenset[int]:
        return frozenset.intersection(*(entry.seeds_done | entry.seeds_failed for entry in self.strategies))

    @cached_property
    def compared(self) -> tuple[StrategySeeds, ...]:
        """The strategies over the seeds that all of them have: seeds differ more than strategies do, so means over other seeds
        say nothing about who is ahead."""
        return tuple(
            replace(entry, outcomes=tuple(outcome for outcome in entry.outcomes if outcome.seed in self._whole))
            for entry in self.strategies
        )

    @property
    def failed(self) -> int:
        """Runs of strategies that failed."""
        return sum(len(entry.errors) for entry in self.strategies)

    @property
    def drawable(self) -> bool:
        """True when some strategy has a band."""
        return any(entry.finished >= LEAST_SEEDS for entry in self.strategies)

    def of(self, name: str) -> StrategySeeds | None:
        """One strategy, by name."""
        return next((entry for entry in self.strategies if entry.name == name), None)

    def standings(self, runs: Sequence[str]) -> tuple[Standing, ...]:
        """The leaderboard over seeds: one line of means per run of the race, the largest mean area under the curve first.

        Means are over the seeds that all strategies have.

        Parameters
        ----------
        runs : the strategies of the race, in its order.
        """
        compared = {entry.name: entry for entry in self.compared}
        base = compared.get(BASELINE)
        rows = []
        for index, name in enumerate(runs):
            all_seeds = self.of(name) or StrategySeeds(name)
            status: Status = "failed" if all_seeds.errors else "done" if all_seeds.finished == self.planned else "racing"
            entry = compared.get(name, all_seeds)
            rows.append(
                Standing(
                    run=index,
                    strategy=name,
                    labels=self.plan.specs[0].budget,
                    accuracy=entry.accuracy,
                    aulc=entry.aulc,
                    to_target=entry.to_target,
                    held=None,
                    saved=saved(entry.to_target, base.to_target if base is not None else None),
                    seconds_per_round=entry.seconds_per_round,
                    seconds_per_query=entry.seconds_per_query,
                    status=status,
                )
            )
        return tuple(sorted(rows, key=lambda row: -1.0 if row.aulc is None else row.aulc, reverse=True))


def open_live(plan: Plan) -> LiveView:
    """The view before anything has finished."""
    return LiveView(plan, tuple(StrategySeeds(name) for name in plan.strategies))


def reduce_live(view: LiveView, event: LiveEvent) -> LiveView:
    """The view after ``event``."""
    match event:
        case CellsFinished(cells):
            target = view.plan.specs[0].target
            mine = {entry.name: [cell for cell in cells if cell.strategy == entry.name] for entry in view.strategies}
            entries = tuple(_with(entry, mine[entry.name], target) if mine[entry.name] else entry for entry in view.strategies)
            here = view.under_way.difference((cell.seed, cell.strategy) for cell in cells)
            return replace(view, strategies=entries, done=view.done + len(cells), under_way=here)
        case CellBegun(seed, strategy):
            return replace(view, under_way=view.under_way | {(seed, strategy)})
        case CellPutBack(seed, strategy):
            return replace(view, under_way=view.under_way - {(seed, strategy)})
        case Summarised(comparison):
            return replace(view, comparison=comparison)
        case Noted(text):
            return replace(view, notes=(*view.notes, text))
        case TriedAgain(cells):
            entries = tuple(replace(entry, errors=()) if entry.errors else entry for entry in view.strategies)
            left = view.done - cells
            return replace(view, strategies=entries, done=left, recalled=left, comparison=None, stopped=False)
        case Recalled():
            return replace(view, recalled=view.done)
        case Stopped(text):
            return replace(view, notes=(*view.notes, text), stopped=True, under_way=frozenset())


def _with(entry: StrategySeeds, cells: Sequence[Cell], target: float) -> StrategySeeds:
    outcomes = [_outcome(cell, target) for cell in cells if cell.error is None]
    errors = [(cell.seed, cell.error) for cell in cells if cell.error is not None]
    return StrategySeeds(
        entry.name,
        tuple(sorted((*entry.outcomes, *outcomes), key=attrgetter("seed"))),
        tuple(sorted((*entry.errors, *errors))),
        entry.rounds + sum(cell.rounds for cell in cells),
        entry.fit_seconds + sum(cell.fit_seconds for cell in cells),
        entry.query_seconds + sum(cell.query_seconds for cell in cells),
    )


def _outcome(cell: Cell, target: float) -> Outcome:
    hit = held_hit(cell.curve, target)
    return Outcome(cell.seed, cell.curve, aulc(cell.curve), hit, cell.spec.budget if hit is None else hit)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
