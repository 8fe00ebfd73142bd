"""Scikit-learn classifiers as models over the rows of one feature matrix."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.linear_head import LinearHead, softmax_head
from al_core.learners.model import Model, Training


@dataclass(frozen=True, eq=False)
class EstimatorModel:
    """A fitted scikit-learn classifier over the rows of one feature matrix; classes it never saw have probability 0.

    Where the classifier has no ``predict_proba``, its probabilities are the softmax of its decision values: they rank items
    well, but are not calibrated.
    """

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
        X = self.features[rows]
        if hasattr(self.estimator, "predict_proba"):
            known = np.asarray(self.estimator.predict_proba(X), dtype=np.float64)
        else:
            known = _softmax(np.asarray(self.estimator.decision_function(X), dtype=np.float64))
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


def fit_estimator(training: Training, estimator: Any) -> Model:
    """Fit a scikit-learn classifier on the labelled items; one class only gives a `ConstantModel`.

    A solver that stops at its limit of iterations is no news in a loop that fits hundreds of times: such warnings are dropped.
    """
    from sklearn.exceptions import ConvergenceWarning

    if len(np.unique(training.labels)) < 2:
        return ConstantModel(int(training.labels[0]), training.n_classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(training.X, training.labels)
    return EstimatorModel(estimator, training.features, training.n_classes)


def _softmax(decision: FloatArray) -> FloatArray:
    if decision.ndim == 1:
        decision = np.column_stack([np.zeros(len(decision)), decision])
    odds = np.exp(decision - decision.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
