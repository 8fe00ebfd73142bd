"""Decision values of many items by one kernel are those that every machine works out by itself."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners import one_kernel
from al_core.learners.model import Training
from al_core.learners.one_kernel import MANY, OneKernel
from al_core.learners.registry import resolve_learner


def clouds(count: int, classes: int) -> tuple[FloatArray, IntArray]:
    rng = np.random.default_rng(4)
    y = np.arange(count) % classes
    return rng.normal(size=(classes, 6))[y] + rng.normal(size=(count, 6)), y


@pytest.mark.parametrize("kernel", ["rbf", "linear", "poly"])
def test_many_items_have_the_decision_values_of_each_machine(kernel: str) -> None:
    X, y = clouds(MANY + 100, 4)
    ours, theirs = (many(SVC(C=10.0, kernel=kernel)).fit(X[:60], y[:60]) for many in (OneKernel, OneVsRestClassifier))
    expected = theirs.decision_function(X)
    np.testing.assert_allclose(ours.decision_function(X), expected, rtol=0, atol=1e-9 * np.abs(expected).max())
    np.testing.assert_array_equal(ours.decision_function(X[:MANY]), expected[:MANY])


def test_the_learner_asks_every_machine_for_few_items_only(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = clouds(300, 3)
    rows = np.arange(30)
    model = resolve_learner("svm").fit(Training(X, rows, y[rows], 4, np.arange(300), (0,), {}))
    few = model.probabilities(np.arange(300))
    monkeypatch.setattr(one_kernel, "MANY", 200)
    monkeypatch.setattr(OneVsRestClassifier, "decision_function", None)
    np.testing.assert_allclose(model.probabilities(np.arange(300)), few, atol=1e-12)
    assert not few[:, 3].any(), "no label is of the fourth class"
