"""One query of exact expected error reduction on the digits pool, against a plain NumPy loop over the candidates.

    python benchmarks/expected_error.py

Both start from the same fitted Gaussian field, look at every (candidate, class) pair and pick the same item; they take turns in
one process on one BLAS thread, and the medians are compared. Writes results/expected_error.json and .md beside itself.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from al_core.compute.one_thread import one_thread
from al_core.data.dataset import FloatArray
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.reports.tables import markdown
from al_core.strategies.parts.field_errors import expected_errors
from al_core.strategies.registry import QueryContext, resolve_strategy
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

LABELS = (10, 20, 40, 80, 160, 320)
REPEATS = 9
OUT = Path(__file__).parent / "results"


def plain_loop(f: FloatArray, covariance: FloatArray) -> FloatArray:
    """Expected 0/1 error after each candidate, one at a time: for each class its rank-one update, then the errors."""
    n, classes = f.shape
    errors = np.empty(n)
    for k in range(n):
        g = covariance[:, k] / covariance[k, k]
        without = f - np.outer(g, f[k])
        expected = 0.0
        for label in range(classes):
            updated = without.copy()
            updated[:, label] += g
            expected += f[k, label] * np.sum(1.0 - updated.max(axis=1))
        errors[k] = expected / n
    return errors


def batched_loop(f: FloatArray, covariance: FloatArray) -> FloatArray:
    """The same with all classes of a candidate in a few array operations: the best loop over candidates we know."""
    n = len(f)
    errors = np.empty(n)
    for k in range(n):
        g = covariance[k] / covariance[k, k]
        without = f.T - f[k][:, None] * g
        largest = np.maximum(without.max(axis=0), without + g)
        errors[k] = (n - f[k] @ largest.sum(axis=1)) / n
    return errors


def context_at(labels: int) -> tuple[GaussianField, QueryContext]:
    """The digits pool of seed 0 with ``labels`` labels: the typical starting set and random others."""
    task = make_task(TaskSpec(learner="gaussian_field", initial="typical", batch=1, budget=1000))
    extra = np.random.default_rng(0).choice(task.pool, size=labels - len(task.initial), replace=False)
    rows = np.sort(np.concatenate([task.initial, extra]))
    seed = ("benchmark",)
    classes = len(task.dataset.classes)
    training = Training(task.dataset.X, rows, task.dataset.y[rows], classes, task.pool, seed, task.memo)
    model = resolve_learner("gaussian_field").fit(training)
    assert isinstance(model, GaussianField)
    candidates = np.setdiff1d(task.pool, rows)
    rng = np.random.default_rng(0)
    return model, QueryContext(model, task.dataset.X, candidates, rows, training.labels, classes, rng, task.memo)


def measure(labels: int) -> dict[str, float]:
    model, context = context_at(labels)
    rows = context.candidates
    strategy = resolve_strategy("expected_error_reduction")

    def by(loop: Callable[[FloatArray, FloatArray], FloatArray]) -> Callable[[], int]:
        return lambda: int(loop(model.probabilities(rows), model.covariance(rows, rows)).argmin())

    ways: dict[str, Callable[[], int]] = {
        "ours": lambda: int(strategy.choose(context, 1).indices[0]),
        "plain": by(plain_loop),
        "batched": by(batched_loop),
    }
    f, covariance = model.probabilities(rows), model.covariance(rows, rows)
    ours = expected_errors(f, covariance, np.diag(covariance), f, "zero_one")
    for loop in (plain_loop, batched_loop):
        assert np.abs(loop(f, covariance) - ours).max() < 1e-12, "the loops do not agree"
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(REPEATS):
        for name, way in ways.items():
            begin = time.perf_counter()
            way()
            seconds[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    return {
        "labels": labels,
        "candidates": len(rows),
        **{f"{name}_seconds": value for name, value in medians.items()},
        "ours_over_plain": medians["ours"] / medians["plain"],
        "ours_over_batched": medians["ours"] / medians["batched"],
    }


def main() -> None:
    with one_thread():
        results = [measure(labels) for labels in LABELS]
    header = [
        "labels",
        "candidates",
        "ours",
        "plain loop",
        "loop, all classes at once",
        "ours / plain",
        "ours / batched",
    ]
    table = markdown(
        header,
        [
            [
                f"{row['labels']:.0f}",
                f"{row['candidates']:.0f}",
                *(f"{row[key] * 1000:.0f} ms" for key in ("ours_seconds", "plain_seconds", "batched_seconds")),
                f"{row['ours_over_plain']:.3f}",
                f"{row['ours_over_batched']:.3f}",
            ]
            for row in results
        ],
    )
    title = (
        f"Exact expected error reduction, one query, digits, 10 classes; medians of {REPEATS}, one BLAS thread, in turns\n\n"
    )
    OUT.mkdir(exist_ok=True)
    (OUT / "expected_error.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    (OUT / "expected_error.md").write_text(title + table, encoding="utf-8")
    print(table)


if __name__ == "__main__":
    main()
