"""The unit of a comparison: one strategy on one task of one seed, played to its end. Small, picklable, free of numerics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from al_core.run.play import Timing
from al_core.run.state import PersonsAnswers, RunState
from al_core.task.spec import LEAST_SAVING, TaskSpec

ALL_LABELS = "#all-labels"
"""Stands where a strategy's name does for the reference that learns from every pool label; no strategy can be called so."""

ORACLE = "#oracle"
"""The reference that sees the labels it must not see; see `al_core.comparison.references.greedy_oracle`."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How one run ended.

    Parameters
    ----------
    spec : the task; its seed is the cell's.
    strategy : the strategy's name, or `ALL_LABELS` or `ORACLE`.
    curve : (labels, what the task measures), labels strictly increasing.
    picks : rows asked for, round by round, in the strategy's order.
    fit_seconds, query_seconds : time spent fitting; and measuring, scoring and choosing.
    rounds : rounds that were played.
    error : what went wrong; None for a cell that finished.
    """

    spec: TaskSpec
    strategy: str
    curve: tuple[tuple[int, float], ...] = ()
    picks: tuple[tuple[int, ...], ...] = ()
    fit_seconds: float = 0.0
    query_seconds: float = 0.0
    rounds: int = 0
    error: str | None = None

    @property
    def seed(self) -> int:
        """The seed of the task."""
        return self.spec.seed

    @property
    def seconds(self) -> float:
        """Time of all rounds."""
        return self.fit_seconds + self.query_seconds


def cell_of(spec: TaskSpec, state: RunState, timings: Sequence[Timing] = ()) -> Cell:
    """The cell of a run that is done, or as far as it has come."""
    queries = [entry.query for entry in state.rounds] + ([state.query] if state.query else [])
    return Cell(
        spec,
        state.strategy,
        state.curve,
        tuple(tuple(pick.row for pick in query.picks) for query in queries if query.picks),
        sum(timing.fit for timing in timings),
        sum(timing.query for timing in timings),
        len(timings),
    )


@dataclass(frozen=True, slots=True)
class BenchResult:
    """The cells of one data set and one learner, as far as they are there.

    Parameters
    ----------
    spec : the protocol; its seed is the first.
    seeds : the seeds that were fixed at the start; while cells are missing, nothing is concluded.
    strategies : names, references included, in the order they are shown.
    cells : strategy by strategy, seeds ascending.
    targets : what the task measures, that labels-to-target counts to; the first decides verdicts.
    by_person : what a person answered in the runs that they had a hand in, by strategy; such a run is said to save nothing.
    least_saving : the smallest share of labels, saved or lost, that gets a verdict.
    """

    spec: TaskSpec
    seeds: tuple[int, ...]
    strategies: tuple[str, ...]
    cells: tuple[Cell, ...]
    targets: tuple[float, ...] = ()
    by_person: Mapping[str, PersonsAnswers] = field(default_factory=dict)
    least_saving: float = LEAST_SAVING

    def of(self, strategy: str) -> tuple[Cell, ...]:
        """The cells of one strategy, seeds ascending."""
        return tuple(cell for cell in self.cells if cell.strategy == strategy)

    @property
    def failed(self) -> tuple[Cell, ...]:
        """Cells that ended in an error."""
        return tuple(cell for cell in self.cells if cell.error is not None)
