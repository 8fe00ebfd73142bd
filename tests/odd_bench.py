"""A bench as odd as can be: runs that failed, that are not there yet, that never reach a target or lose it again."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np

from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell
from al_core.comparison.summary import summary
from al_core.measures import statistics
from al_core.task.spec import TaskSpec

SEEDS = tuple(range(3, 13))
SLOW = "information_density(base=margin,beta=2)"
"""It learns slowly, and its name needs quotes in a table."""
NAMES = ("random", "margin", "entropy", SLOW, "random#2")
TARGETS = (0.8, 0.9)
BUDGET, BATCH = 100, 10
LABELS = tuple(range(20, BUDGET + 1, BATCH))
GONE = {
    ("random", 7): "oh",
    ("margin", 4): "no memory",
    ("entropy", 5): None,
    (SLOW, 6): 'too slow, "again"',
    (ORACLE, 8): "dark",
}
"""Runs that failed, by their errors; those with None are not there yet."""
GAIN = {"random": 0.36, "margin": 0.41, "entropy": 0.385, SLOW: 0.2, "random#2": 0.36, ORACLE: 0.5}

Curve = tuple[tuple[int, float], ...]


def made_up(name: str, seed: int) -> Cell:
    """A run whose accuracies are shares of 90 test items, not all of them rising."""
    spec = TaskSpec(seed=seed, batch=BATCH, budget=BUDGET)
    if name == ALL_LABELS:
        return Cell(spec, name, ((1257, round(90 * 0.97) / 90),), (), 1.0, 0.0, 1)
    dice = np.random.default_rng([seed, sorted(GAIN).index(name)])
    shares = 0.55 + GAIN[name] * (1 - np.exp(-(np.array(LABELS) - 20) / 30)) + dice.normal(0, 0.03, len(LABELS))
    curve = tuple((labels, round(90 * min(0.99, share)) / 90) for labels, share in zip(LABELS, shares.tolist(), strict=True))
    picks = tuple(tuple(dice.choice(40, 5, replace=False).tolist()) for _ in range(2))
    return Cell(spec, name, curve, picks, *dice.uniform(1, 2, 2).tolist(), len(LABELS))


CELLS = {
    (name, seed): cell if (error := GONE.get((name, seed), "")) == "" else Cell(cell.spec, name, (), (), 0.5, 0.25, 3, error)
    for name, seed in itertools.product((*NAMES, ALL_LABELS, ORACLE), SEEDS)
    if GONE.get((name, seed), "") is not None
    for cell in [made_up(name, seed)]
}
RESULT = BenchResult(TaskSpec(batch=BATCH, budget=BUDGET), SEEDS, NAMES, tuple(CELLS.values()), TARGETS)


@cache
def document() -> dict[str, Any]:
    """What is said of it, with bootstraps of few samples."""
    before = statistics.RESAMPLES
    statistics.RESAMPLES = 300
    try:
        return summary(RESULT)
    finally:
        statistics.RESAMPLES = before


def curves(name: str) -> dict[int, Curve]:
    """The runs that finished, by seed."""
    found = {seed: CELLS[name, seed] for seed in SEEDS if (name, seed) in CELLS}
    return {seed: cell.curve for seed, cell in found.items() if cell.error is None}


def accuracies(name: str) -> dict[int, np.ndarray]:
    return {seed: np.array([share for _, share in curve]) for seed, curve in curves(name).items()}


def hit(curve: Curve, target: float, rounds: int) -> int | None:
    """Labels from which the target was there for so many rounds in a row."""
    above = [share >= target for _, share in curve]
    starts = [place for place in range(len(above) - rounds + 1) if all(above[place : place + rounds])]
    return curve[starts[0]][0] if starts else None
