"""The race without a screen, repeated over paired seeds, and what it says as one JSON document."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

from al_core import __version__
from al_core.curves import aulc, first_hit, held_hit, saved
from al_core.data.catalog import describe_dataset
from al_core.errors import UserError
from al_core.race import Event, Race, RoundPlayed, RunFailed
from al_core.state import RunState
from al_core.task import TaskSpec, check_spec


@dataclass(frozen=True, slots=True)
class Cell:
    """One strategy on one seed: how it ended, what its rounds took, and what went wrong, if anything."""

    strategy: str
    seed: int
    state: RunState
    seconds: float
    rounds: int
    error: str | None = None


@dataclass(frozen=True, slots=True)
class BenchResult:
    """All cells of a bench, strategy by strategy, seeds ascending."""

    spec: TaskSpec
    seeds: tuple[int, ...]
    strategies: tuple[str, ...]
    cells: tuple[Cell, ...]

    def of(self, strategy: str) -> tuple[Cell, ...]:
        """The cells of one strategy, seeds ascending."""
        return tuple(cell for cell in self.cells if cell.strategy == strategy)

    @property
    def failed(self) -> tuple[Cell, ...]:
        """Cells that ended in an error."""
        return tuple(cell for cell in self.cells if cell.error is not None)


def bench(
    spec: TaskSpec,
    strategies: Sequence[str],
    executor: Executor,
    *,
    seeds: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> BenchResult:
    """Run every strategy on ``seeds`` paired tasks, the seeds being ``spec.seed``, ``spec.seed + 1``, ….

    Parameters
    ----------
    spec : the protocol; its seed is the first.
    strategies : names, with parameters if any.
    executor : where runs are computed, a whole run at a time.
    seeds : how many, at least 1.
    progress : called with (runs finished, runs in all).

    Returns
    -------
    Every cell, the failed ones with their error. The numbers do not depend on the executor.

    Raises
    ------
    UserError
        The spec or a name cannot be run; nothing was started.
    """
    from al_core.learners.registry import resolve_learner
    from al_core.strategies.registry import resolve_strategy

    check_spec(spec)
    if seeds < 1:
        raise UserError(f"--seeds is {seeds}; at least 1 is needed")
    resolve_learner(spec.learner)
    names = tuple(str(resolve_strategy(name)) for name in strategies)
    chosen = tuple(range(spec.seed, spec.seed + seeds))
    keys = [(seed, name) for seed in chosen for name in names]
    seconds: dict[int, tuple[float, int]] = {}
    errors: dict[int, str] = {}

    def note(event: Event) -> None:
        match event:
            case RoundPlayed(run, _, timings):
                seconds[run] = (sum(timing.fit + timing.query for timing in timings), len(timings))
            case RunFailed(run, error):
                errors[run] = error
            case _:
                return
        progress(len(seconds) + len(errors), len(keys))

    async def play_all() -> tuple[RunState, ...]:
        runs = [(replace(spec, seed=seed), RunState(name)) for seed, name in keys]
        return await Race(runs, executor, emit=note, rounds=0, deaths=1).finish()

    states = asyncio.run(play_all())
    cells = [
        Cell(name, seed, states[index], *seconds.get(index, (0.0, 0)), errors.get(index))
        for index, (seed, name) in enumerate(keys)
    ]
    order = {name: position for position, name in enumerate(names)}
    return BenchResult(spec, chosen, names, tuple(sorted(cells, key=lambda cell: (order[cell.strategy], cell.seed))))


def summary(result: BenchResult) -> dict[str, Any]:
    """The result as the JSON document of ``al-tui bench --json``; times are the only values that differ between runs.

    A seed whose run failed has null in every ``per_seed`` list and is left out of the means; ``errors`` names it.
    """
    spec, info = result.spec, describe_dataset(result.spec.dataset)
    return {
        "version": __version__,
        "protocol": {
            "dataset": spec.dataset,
            "learner": spec.learner,
            "seeds": list(result.seeds),
            "initial": info.start(spec.initial),
            "initial_method": spec.initial,
            "pool": info.pool(spec.initial),
            "test": info.test,
            "batch": spec.batch,
            "budget": spec.budget,
            "target": spec.target,
        },
        "strategies": [_strategy(result, name) for name in result.strategies],
    }


def _strategy(result: BenchResult, name: str) -> dict[str, Any]:
    target = result.spec.target
    cells = result.of(name)
    curves = [cell.state.curve if cell.error is None else () for cell in cells]
    hits = [first_hit(curve, target) for curve in curves]
    baseline = [first_hit(cell.state.curve, target) if cell.error is None else None for cell in result.of("random")]
    savings = [value for pair in zip(hits, baseline, strict=False) if (value := saved(*pair)) is not None]
    areas = [aulc(curve) for curve in curves]
    finals = [curve[-1][1] if curve else None for curve in curves]
    complete = [dict(curve) for curve in curves if curve]
    shared = sorted(set.intersection(*(set(curve) for curve in complete))) if complete else []
    rounds = sum(cell.rounds for cell in cells)
    row: dict[str, Any] = {
        "name": name,
        "labels_to_target": _labels(hits),
        "labels_to_target_held": _labels([held_hit(curve, target) for curve in curves]),
        "saved_vs_random": {"estimate": _mean(savings)},
        "aulc": {"mean": _mean(areas), "per_seed": areas},
        "final_accuracy": {"mean": _mean(finals), "per_seed": finals},
        "curve": {
            "labels": shared,
            "accuracy": [statistics.fmean(curve[labels] for curve in complete) for labels in shared],
        },
        "seconds_per_round": sum(cell.seconds for cell in cells) / rounds if rounds else None,
    }
    if errors := {str(cell.seed): cell.error for cell in cells if cell.error is not None}:
        row["errors"] = errors
    return row


def _labels(hits: Sequence[int | None]) -> dict[str, Any]:
    reached = [hit for hit in hits if hit is not None]
    return {
        "mean": _mean(reached),
        "median": statistics.median(reached) if reached else None,
        "reached": len(reached),
        "per_seed": list(hits),
    }


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.fmean(known) if known else None
