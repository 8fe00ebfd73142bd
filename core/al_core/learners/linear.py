"""Linear learners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.head import LinearHead, softmax_head
from al_core.learners.registry import Model, Training, learner


@dataclass(frozen=True, eq=False)
class EstimatorModel:
    """A fitted scikit-learn classifier over the rows of one feature matrix; classes it never saw have probability 0."""

    estimator: Any
    features: FloatArray
    n_classes: int

    @property
    def linear_head(self) -> LinearHead | None:
        """The estimator's linear layer, if it is a softmax over one."""
        return softmax_head(self.estimator)

    def predict(self, rows: IntArray) -> IntArray:
        return np.asarray(self.estimator.predict(self.features[rows]), dtype=np.int64)

    def probabilities(self, rows: IntArray) -> FloatArray:
        known = np.asarray(self.estimator.predict_proba(self.features[rows]), dtype=np.float64)
        if known.shape[1] == self.n_classes:
            return known
        full = np.zeros((len(rows), self.n_classes))
        full[:, np.asarray(self.estimator.classes_)] = known
        return full


@dataclass(frozen=True, eq=False)
class ConstantModel:
    """What can be learnt from one class only: that class, always."""

    label: int
    n_classes: int

    def predict(self, rows: IntArray) -> IntArray:
        return np.full(len(rows), self.label, dtype=np.int64)

    def probabilities(self, rows: IntArray) -> FloatArray:
        full = np.zeros((len(rows), self.n_classes))
        full[:, self.label] = 1.0
        return full


@learner(
    "logistic",
    summary="Multinomial logistic regression with an L2 penalty, C = 1",
    source="scikit-learn LogisticRegression(max_iter=1000)",
)
def logistic(training: Training) -> Model:
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(training.labels)) < 2:
        return ConstantModel(int(training.labels[0]), training.n_classes)
    estimator = LogisticRegression(max_iter=1000).fit(training.X, training.labels)
    return EstimatorModel(estimator, training.features, training.n_classes)
