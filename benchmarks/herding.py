"""Herding from zero labels on digits, paired seeds, and how long one query takes beside scikit-activeml's MaxHerding.

    python benchmarks/herding.py [--seeds 50]

Accuracy: the protocol's split, nothing labelled at first, ten labels at a time up to 120, logistic regression. Every strategy
sees the same split and, round by round, a stream of its own; the difference to typiclust is that of the means over labels 10 to
120, with its bootstrap interval over seeds. Time: ten blobs in 64 dimensions, 100 labels, batch of ten, processor time on one
thread; cold builds the neighbours, warm has them from the round before. Writes results/herding.json and .md.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from query import BATCH, CLASSES, Pool
from report import write

from al_core.compute.one_thread import one_thread
from al_core.ground.seeding import stable_seed
from al_core.learners.model import Model, Training
from al_core.learners.registry import resolve_learner
from al_core.measures.statistics import mean_interval
from al_core.strategies.registry import QueryContext, resolve_strategy
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

STRATEGIES = ("herding", "herding(weight=none)", "typiclust", "margin", "random")
LABELS = range(10, 121, 10)


@dataclass(frozen=True)
class Ignorant:
    """Knows nothing: what there is before the first label."""

    n_classes: int

    def predict(self, rows: Any) -> Any:
        return np.zeros(len(rows), dtype=np.int64)

    def probabilities(self, rows: Any) -> Any:
        return np.full((len(rows), self.n_classes), 1.0 / self.n_classes)


def curve(name: str, seed: int) -> list[float]:
    """Test accuracy at 10, 20, … 120 labels."""
    spec = TaskSpec(seed=seed)
    task = make_task(spec)
    everything, X, y = np.union1d(task.pool, task.initial), task.dataset.X, task.y
    strategy, learner = resolve_strategy(name), resolve_learner(spec.learner)
    model: Model = Ignorant(task.n_classes)
    labelled, found = np.empty(0, dtype=np.int64), []
    for stream, _ in enumerate(LABELS):
        rng = np.random.default_rng(stable_seed("strategy", seed, str(strategy), stream))
        open_ = np.setdiff1d(everything, labelled)
        context = QueryContext(model, X, open_, labelled, y[labelled], task.n_classes, rng, task.memo)
        labelled = np.union1d(labelled, open_[strategy.choose(context, 10).indices])
        training = Training(X, labelled, y[labelled], task.n_classes, everything, ("learner", seed, stream), task.memo)
        model = learner.fit(training)
        found.append(float(np.mean(model.predict(task.test) == y[task.test])))
    return found


def accuracy(seeds: int) -> list[tuple[str, float, str, str]]:
    curves = {name: np.array([curve(name, seed) for seed in range(seeds)]) for name in STRATEGIES}
    rows = []
    for name, found in curves.items():
        at = ", ".join(f"{100 * found[:, place].mean():.1f}" for place in (0, 1, 2, 4, 7, 11))
        rows.append((f"{name}, mean over labels 10 to 120", 100 * found.mean(), "", f"at 10, 20, 30, 50, 80, 120: {at}"))
    for name in STRATEGIES[:2]:
        difference = 100 * (curves[name] - curves["typiclust"]).mean(axis=1)
        found_ = mean_interval(difference.tolist(), name=f"{name} - typiclust")
        assert found_ is not None
        note = f"95 % interval {found_.low:+.2f} to {found_.high:+.2f}, {seeds} seeds"
        rows.append((f"{name} − typiclust, points", found_.value, "> 0", note))
    return rows


def timed(query: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        query()
        times.append(time.process_time() - begin)
    return statistics.median(times)


def ours(pool: Pool, memo: dict[Any, Any], name: str) -> Any:
    rng = np.random.default_rng(0)
    context = QueryContext(pool.model, pool.X, pool.candidates, pool.labelled, pool.labels, CLASSES, rng, memo)
    return resolve_strategy(name).choose(context, BATCH)


def speed() -> list[tuple[str, float, str, str]]:
    from skactiveml.pool import MaxHerding

    rows = []
    pool = Pool(10_000, 100)
    kept: dict[Any, Any] = {}
    ours(pool, kept, "herding(weight=none)")
    theirs = timed(lambda: MaxHerding(normalize_samples=False, random_state=0).query(pool.X, pool.y, batch_size=BATCH), 3)
    cold = timed(lambda: ours(pool, {}, "herding(weight=none)"), 3)
    warm = timed(lambda: ours(pool, kept, "herding(weight=none)"), 5)
    weighed = timed(lambda: ours(pool, kept, "herding"), 5)
    rows.append(("10,000 items: scikit-activeml's MaxHerding, s", theirs, "", ""))
    rows.append(("ours, the first query, s", cold, "", f"{theirs / cold:.1f} times faster"))
    rows.append(("ours, each further query, s", warm, "≥ 50 times faster", f"{theirs / warm:.0f} times faster"))
    rows.append(
        ("ours with weights, each further query, s", weighed, "≥ 50 times faster", f"{theirs / weighed:.0f} times faster")
    )
    pool = Pool(100_000, 100)
    kept = {}
    rows.append(("100,000 items: ours with weights, the first query, s", timed(lambda: ours(pool, kept, "herding"), 1), "", ""))
    warm = timed(lambda: ours(pool, kept, "herding"), 5)
    rows.append(("100,000 items: ours with weights, each further query, s", warm, "", ""))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=50)
    seeds = parser.parse_args().seeds
    with one_thread():
        write("herding", [*accuracy(seeds), *speed()])


if __name__ == "__main__":
    main()
