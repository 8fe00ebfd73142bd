"""What a learner says of every label without having learnt it: the evidence by which one member of a stack is believed.

A model may know it in closed form, or have learnt without each label anyway; then it has a method ``held_out``. Any other
learner is fitted again without each fold, in the same task: a semi-supervised one sees the very same items.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.seeding import stable_seed
from al_core.learners.model import Learner, Model, Training


@runtime_checkable
class TellsHeldOut(Protocol):
    """A model that knows what it would say of its labels had it not learnt them."""

    def held_out(self, folds: IntArray) -> FloatArray | None:
        """Probabilities of every labelled item by what was learnt without its fold, shape (m, n_classes), in the order of the
        labels; rows of NaN where nothing is said; None where it does not know."""
        ...


def folds_of(training: Training, count: int) -> IntArray:
    """The fold of each label, shape (m,): every class is dealt out in turn, in an order that the training's seed fixes."""
    rng = np.random.default_rng(stable_seed("folds", *training.seed))
    fold = np.empty(len(training.rows), dtype=np.int64)
    begin = 0
    for label in np.unique(training.labels):
        members = rng.permutation(np.flatnonzero(training.labels == label))
        fold[members] = (begin + np.arange(len(members))) % count
        begin += len(members)
    return fold


def held_out(learner: Learner, model: Model, training: Training, folds: IntArray) -> FloatArray:
    """Probabilities of every labelled item by a model that did not learn its fold, shape (m, n_classes); NaN where none can."""
    if isinstance(model, TellsHeldOut) and (known := model.held_out(folds)) is not None:
        return known
    told = np.full((len(training.rows), training.n_classes), np.nan)
    everything = np.union1d(training.pool, training.rows)
    for fold in np.unique(folds):
        out = np.flatnonzero(folds == fold)
        kept = np.flatnonzero(folds != fold)
        if not len(kept):
            continue
        less = replace(training, rows=training.rows[kept], labels=training.labels[kept], pool=everything)
        told[out] = learner.fit(less).probabilities(training.rows[out])
    return told
