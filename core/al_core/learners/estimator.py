"""Scikit-learn classifiers as models over the rows of one feature matrix."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved
from al_core.learners.linear_head import LinearHead, softmax_head
from al_core.learners.model import Model, Training
from al_core.learners.outputs import (
    Reading,
    check_order,
    class_columns,
    read_decision,
    read_labels,
    read_probabilities,
    reading_of,
    softmax_of,
)

_SOME = 256
"""Items of the pool that a classifier from elsewhere is tried on, beside the labelled ones."""


@dataclass(frozen=True, eq=False)
class EstimatorModel:
    """A fitted scikit-learn classifier over the rows of one feature matrix; classes it never saw have probability 0.

    Where the classifier has no ``predict_proba``, its probabilities are the softmax of its decision values: they rank items
    well, but are not calibrated.

    Parameters
    ----------
    estimator : fitted on the labels 0 to k − 1.
    features : float array, shape (n, d), of every item.
    n_classes : classes there are.
    classes : int array, shape (k,), the class that each of these labels stands for; None when they are the classes.
    offset : float array, shape (d,), what features were moved by before it learnt them; None when they were not.
    reading : how its decision values are read; None finds out on what it is asked about.
    learnt : int array, shape (m,), rows that it was fitted on.
    """

    estimator: Any
    features: FloatArray
    n_classes: int
    classes: IntArray | None = None
    offset: FloatArray | None = None
    reading: Reading | None = None
    learnt: IntArray | None = None

    @cached_property
    def linear_head(self) -> LinearHead | None:
        """The estimator's linear layer, if it is a softmax over one of the features as they are."""
        head = softmax_head(self.estimator) if self.offset is None else None
        return None if head is None else replace(head, classes=self._seen[head.classes])

    def predict(self, rows: IntArray) -> IntArray:
        X = self.X(rows)
        return np.asarray(self._seen[read_labels(self.estimator, self.estimator.predict(X), len(X), len(self._seen))])

    def probabilities(self, rows: IntArray) -> FloatArray:
        X = self.X(rows)
        if hasattr(self.estimator, "predict_proba"):
            known = read_probabilities(self.estimator, self.estimator.predict_proba(X), len(X), len(self._columns))
        else:
            reading = self.reading or reading_of(self.estimator, X, len(self._seen))
            known = softmax_of(read_decision(self.estimator, self.estimator.decision_function(X), len(X), reading))
        if np.array_equal(self._columns, np.arange(self.n_classes)):
            return known
        full = np.zeros((len(rows), self.n_classes))
        full[:, self._columns] = known
        return full

    def held_out(self, folds: IntArray) -> FloatArray | None:
        """What the trees of a forest say of every label, each by those that did not draw it, shape (m, n_classes): they have
        learnt without it already. Rows of NaN where all drew it; None of other classifiers, also of bagged ones, whose members
        may see some features or classes only."""
        if self.learnt is None or not getattr(self.estimator, "bootstrap", False) or not _is_forest(self.estimator):
            return None
        trees, drawn = self.estimator.estimators_, self.estimator.estimators_samples_
        X, sums, votes = self.X(self.learnt), np.zeros((len(self.learnt), len(self._seen))), np.zeros(len(self.learnt))
        X = np.asarray(X, dtype=np.float32)
        for tree, sample in zip(trees, drawn, strict=True):
            out = np.setdiff1d(np.arange(len(X)), sample)
            sums[out] += tree.predict_proba(X[out]) if len(out) else 0.0
            votes[out] += 1
        full = np.zeros((len(X), self.n_classes))
        with np.errstate(invalid="ignore"):
            full[:, self._seen] = sums / votes[:, None]
        full[votes == 0] = np.nan
        return full

    def X(self, rows: IntArray) -> FloatArray:
        """Features of some rows as the estimator sees them."""
        return self.features[rows] if self.offset is None else moved(self.features[rows], self.offset)

    @cached_property
    def _seen(self) -> IntArray:
        return np.arange(self.n_classes) if self.classes is None else self.classes

    @cached_property
    def _columns(self) -> IntArray:
        """The class of each of the estimator's columns."""
        columns = class_columns(self.estimator, len(self._seen))
        return self._seen if columns is None else self._seen[columns]


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


def _is_forest(estimator: Any) -> bool:
    from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

    return isinstance(estimator, (ExtraTreesClassifier, RandomForestClassifier))


def fit_estimator(training: Training, estimator: Any, *, as_they_are: bool = False) -> Model:
    """Fit a scikit-learn classifier on the labelled items; one class only gives a `ConstantModel`.

    It is taught the classes that were seen as 0 to k − 1, for not every classifier takes labels with gaps, and what it answers
    is mapped back. A solver that stops at its limit of iterations is no news in a loop that fits hundreds of times: such
    warnings are dropped.

    Parameters
    ----------
    training : what it learns.
    estimator : not fitted yet.
    as_they_are : hand it the very features. Otherwise those that lie far from zero are moved near it first: distances, and
        the single precision of trees, would lose their digits.

    Raises
    ------
    UserError
        What the classifier returns cannot be read as probabilities of classes; see `al_core.learners.outputs`.
    """
    from sklearn.exceptions import ConvergenceWarning

    classes, labels = training.seen
    offset = training.offset if not as_they_are and training.offset.any() else None
    if len(classes) < 2:
        return ConstantModel(int(classes[0]), training.n_classes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(training.X if offset is None else moved(training.X, offset), labels)
    model = EstimatorModel(estimator, training.features, training.n_classes, classes, offset, learnt=training.rows)
    return replace(model, reading=_reading(training, model, len(classes)))


def _reading(training: Training, model: EstimatorModel, k: int) -> Reading | None:
    """How decision values are read, found out on labelled items and some others: one model reads all items alike."""
    estimator = model.estimator
    probable = hasattr(estimator, "predict_proba")
    if probable and class_columns(estimator, k) is not None:
        return None
    X = model.X(np.union1d(training.rows, training.pool[:_SOME]))
    if probable:
        check_order(estimator, X, k)
        return None
    return reading_of(estimator, X, k)
