"""Labels judged by models that did not know them. Runs in a worker process; numerics load when a function is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from al_core.data.dataset import FloatArray, IntArray
    from al_core.learners.model import Model
    from al_core.run.round import Known
    from al_core.task.split import Task

FOLDS = 5
CHOSEN_COUNTS = 0.25
"""How much a label that was chosen says of how sure to be, beside one that was drawn at random: hard items are asked about."""


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


def temperature_by(
    task: Task, given: Known, model: Model, drawn: IntArray, said: IntArray | None
) -> tuple[float, tuple[int, int]]:
    """How sure to be, and how many labels that goes by: drawn to measure by, and others.

    ``said`` are the labels of the rows that were drawn; None where the model has learnt them, so that they are judged in folds.
    """
    import numpy as np

    from al_core.measures.calibration import chosen_temperature

    parts = [
        (labels, told, np.where(np.isin(rows, drawn), 1.0, CHOSEN_COUNTS))
        for rows, labels, told in judged(task, given.rows, given.labels)
    ]
    if said is not None and len(said):
        parts.append((said, model.probabilities(drawn), np.ones(len(said))))
    if not parts:
        return 1.0, (0, 0)
    weights = np.concatenate([part[2] for part in parts])
    random = int((weights == 1.0).sum())
    labels, told = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
    told, labels = told[:, task.living], np.searchsorted(task.living, labels)
    return chosen_temperature(told, labels, weights), (random, len(labels) - random)
