"""Labels judged by models that did not know them. Runs in a worker process; numerics load when a function is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from al_core.data.dataset import FloatArray, IntArray
    from al_core.task.split import Task

FOLDS = 5


def judged(task: Task, rows: IntArray, labels: IntArray, folds: int = FOLDS) -> Iterator[tuple[IntArray, IntArray, FloatArray]]:
    """Rows, their labels, and the probabilities a model gives that learnt the labels of the other folds.

    Labels are divided into folds class by class. A label whose class the other folds do not have cannot be judged and is left
    out.
    """
    import numpy as np

    from al_core.ground.seeding import stable_seed
    from al_core.run.round import fit

    rng = np.random.default_rng(stable_seed("review", task.spec.seed, len(rows)))
    fold = np.empty(len(rows), dtype=np.int64)
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        fold[members] = (np.arange(len(members)) + rng.integers(folds)) % folds
    for part in range(folds):
        kept = fold != part
        judgeable = (fold == part) & np.isin(labels, labels[kept])
        if judgeable.any():
            yield (
                rows[judgeable],
                labels[judgeable],
                fit(task, rows[kept], labels[kept], int(kept.sum())).probabilities(rows[judgeable]),
            )


def believed(task: Task, rows: IntArray, labels: IntArray) -> bool:
    """Whether the learner's probabilities may be believed: on labels it did not know it errs about as often as it says."""
    from al_core.measures import trust

    expected, wrong = 0.0, 0
    for _, truth, probabilities in judged(task, rows, labels):
        expected += float((1.0 - probabilities.max(axis=1)).sum())
        wrong += int((probabilities.argmax(axis=1) != truth).sum())
    return trust.believed(expected, wrong)
