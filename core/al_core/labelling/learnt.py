"""The model of a session as what it is fitted from: it can speak of items that were never in the session. Numerics load here.

`al-tui predict` and `al_core.load_model` both ask it, so that what they say of an item is the same to the last bit.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from al_core.compute.one_thread import one_thread
from al_core.data.near_zero import kept_offset, with_offset
from al_core.data.origin import MOST_ASKED
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.measures.calibration import tempered

if TYPE_CHECKING:
    from al_core.data.dataset import FloatArray, IntArray
    from al_core.learners.model import Model
    from al_core.run.round import Known
    from al_core.task.split import Task


@dataclass(frozen=True, eq=False)
class Learnt:
    """What a model is fitted from. Fitted anew it is the very model, in this process or in another one.

    Parameters
    ----------
    learner, seed : its name, and the seed of the session.
    features : float array, shape (n, d).
    rows, labels : int arrays, shape (m,), the labelled rows, ascending, and their classes.
    pool : int array, rows whose features a semi-supervised learner may use.
    n_classes : classes that there are or were.
    living : int array, those that a label may still be of.
    predictions : what a model of the person's own says of every item, shape (n, n_classes); None without one.
    memo : what follows from the features alone.
    """

    learner: str
    seed: int
    features: FloatArray
    rows: IntArray
    labels: IntArray
    pool: IntArray
    n_classes: int
    living: IntArray
    predictions: FloatArray | None = None
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @classmethod
    def of(cls, task: Task, given: Known) -> Learnt:
        """What the model of a session is fitted from."""
        return cls(
            task.spec.learner,
            task.spec.seed,
            task.dataset.X,
            given.rows,
            given.labels,
            task.pool,
            task.n_classes,
            task.living,
            task.predictions,
            task.memo,
        )

    @property
    def needs_pool(self) -> bool:
        """Whether the learner may look at items without a label."""
        return not resolve_learner(self.learner).labelled_only

    def carried(self) -> Learnt:
        """The same with no more items than the model needs: those with a label, and the pool where its learner looks at it."""
        kept = np.union1d(self.pool, self.rows) if self.needs_pool else self.rows
        pool = np.searchsorted(kept, self.pool) if self.needs_pool else np.arange(len(kept))
        offset = kept_offset(self.features, self.memo)
        return replace(
            self,
            features=np.ascontiguousarray(self.features[kept], dtype=np.float64),
            rows=np.searchsorted(kept, self.rows),
            pool=pool,
            predictions=None if self.predictions is None else self.predictions[kept],
            memo=with_offset(offset),
            _turn=threading.Lock(),
        )

    @property
    def offset(self) -> FloatArray:
        """How far features are moved, see `al_core.data.near_zero`."""
        return kept_offset(self.features, self.memo)

    def raw(self, more: FloatArray, told: FloatArray | None = None) -> FloatArray:
        """What the model says of other items, shape (items, n_classes), so many at a time that memory is bounded.

        Parameters
        ----------
        more : float array, shape (items, d), their features.
        told : what a model of the person's own says of them, shape (items, n_classes).
        """
        found = [np.empty((0, self.n_classes))]
        with self._turn, one_thread():
            for begin in range(0, len(more), MOST_ASKED):
                block = more[begin : begin + MOST_ASKED]
                own = None if told is None else told[begin : begin + MOST_ASKED]
                found.append(self._said(block, own))
        return np.concatenate(found)

    def made_sure(self, probabilities: FloatArray, temperature: float) -> FloatArray:
        """What a model says, as sure as it is right; see `al_core.measures.calibration`."""
        probabilities[:, self.living] = tempered(probabilities[:, self.living], temperature)
        return probabilities

    def _said(self, more: FloatArray, told: FloatArray | None) -> FloatArray:
        """What the model says of so many items that there is room for."""
        features, predictions, model = self._with_room
        here = np.arange(len(more)) + len(self.features)
        features[here] = more
        if predictions is not None and told is not None:
            predictions[here] = told
        return model.probabilities(here)

    @cached_property
    def _with_room(self) -> tuple[FloatArray, FloatArray | None, Model]:
        """Features and predictions with room behind them, where items are put that it is asked about, and the model on these.

        What follows from features alone is found before, without the room, and the model learns nothing from what is in it.
        """
        self._fitted(self.features, self.predictions)
        room = np.zeros((MOST_ASKED, self.features.shape[1]))
        features, predictions = np.concatenate([self.features, room]), self.predictions
        if predictions is not None:
            predictions = np.concatenate([predictions, np.zeros((MOST_ASKED, self.n_classes))])
        return features, predictions, self._fitted(features, predictions)

    def _fitted(self, features: FloatArray, predictions: FloatArray | None) -> Model:
        seed = ("learner", self.seed, len(self.rows))
        training = Training(features, self.rows, self.labels, self.n_classes, self.pool, seed, self.memo, predictions)
        return resolve_learner(self.learner).fit(training)
