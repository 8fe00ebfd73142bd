"""The arithmetic of a run and nothing else: its fits, predictions, scores and choices as a plain loop over given batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from al_core.comparison.cell import ALL_LABELS
from al_core.compute.one_thread import one_thread
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

SCORES: dict[str, Callable[[Any], Any]] = {
    "least_confidence": lambda p: 1 - p.max(axis=1),
    "margin": lambda p: -np.diff(np.partition(p, -2, axis=1)[:, -2:], axis=1)[:, 0],
    "entropy": lambda p: -np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1),
}


def bare_seconds(spec: TaskSpec, strategy: str, batches: Sequence[Sequence[int]]) -> float:
    """CPU seconds of one run's arithmetic with the spec's own learner; what is labelled is given, so the fits are the same.

    The reference `ALL_LABELS` is one fit on the starting set and the whole pool.
    """
    task = make_task(spec)
    X, y = task.dataset.X, task.dataset.y
    learner = resolve_learner(spec.learner)
    work = []
    labelled = np.concatenate([task.initial, task.pool]) if strategy == ALL_LABELS else task.initial
    for batch in (*batches, ()):
        rows = np.sort(labelled)
        work.append((rows, y[rows], np.setdiff1d(task.pool, rows), len(batch)))
        labelled = np.concatenate([labelled, np.array(batch, dtype=np.int64)])
    with one_thread():
        begin = time.process_time()
        for rows, labels, rest, k in work:
            seed = ("learner", spec.seed)
            model = learner.fit(Training(X, rows, labels, len(task.dataset.classes), task.pool, seed, {}))
            np.mean(model.predict(task.test) == y[task.test])
            if k and strategy in SCORES:
                chosen = np.argpartition(-SCORES[strategy](model.probabilities(rest)), k)[:k]
                model.probabilities(rest[chosen])
        return time.process_time() - begin
