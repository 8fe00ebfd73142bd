"""What must hold for every learner; a learner that is registered is tested here by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.model import Model, Training
from al_core.learners.registry import learners, resolve_learner

TEXTS = [f"{found.name}(logistic,gaussian_field)" if found.takes_learners else found.name for found in learners()]
TEXTS += ["sklearn.ensemble:ExtraTreesClassifier(n_estimators=5)", "sklearn.linear_model:RidgeClassifier"]
CLASSES = 4

every_learner = pytest.mark.parametrize("text", TEXTS)


def training_of(X: FloatArray, rows: list[int], labels: list[int], outside: int = 0) -> Training:
    """``rows`` labelled, the last ``outside`` rows of X held out, the rest in the pool."""
    inside = np.arange(len(X) - outside)
    pool = np.setdiff1d(inside, rows)
    return Training(X, np.array(rows), np.array(labels), CLASSES, pool, ("test",), {})


def assert_probabilities(model: Model, rows: IntArray, seen: set[int]) -> None:
    p = model.probabilities(rows)
    assert p.shape == (len(rows), CLASSES)
    assert p.min() >= 0
    np.testing.assert_allclose(p.sum(axis=1), 1.0, atol=1e-9)
    unseen = sorted(set(range(CLASSES)) - seen)
    assert not p[:, unseen].any()
    guess = model.predict(rows)
    assert guess.shape == (len(rows),)
    assert guess.dtype == np.int64
    assert set(guess.tolist()) <= seen


@every_learner
@settings(max_examples=6, derandomize=True)
@given(data=st.data())
def test_gives_probabilities_of_seen_classes_only(text: str, data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    n, m = data.draw(st.integers(6, 30)), data.draw(st.integers(2, 5))
    labels = data.draw(st.lists(st.integers(0, CLASSES - 1), min_size=m, max_size=m))
    X = rng.normal(size=(n, 3))
    training = training_of(X, sorted(rng.choice(n - 1, m, replace=False).tolist()), labels, outside=1)
    assert_probabilities(resolve_learner(text).fit(training), np.arange(n), set(labels))


@every_learner
def test_is_the_same_for_the_same_seed_whatever_the_memo_holds(text: str) -> None:
    X = np.random.default_rng(1).normal(size=(40, 5))
    rows = np.arange(40)
    first = training_of(X, [0, 3, 7, 11, 20], [0, 1, 2, 1, 0], outside=5)
    fresh = resolve_learner(text).fit(first).probabilities(rows)
    used = training_of(X, [1, 2, 7], [2, 2, 3], outside=5)
    resolve_learner(text).fit(used).probabilities(rows)
    again = Training(X, first.rows, first.labels, CLASSES, first.pool, ("test",), used.memo)
    np.testing.assert_array_equal(resolve_learner(text).fit(again).probabilities(rows), fresh)


@every_learner
def test_learns_what_is_easy(text: str) -> None:
    rng = np.random.default_rng(2)
    y = np.repeat(np.arange(CLASSES), 20)
    X = 8.0 * np.eye(CLASSES)[y] + rng.normal(size=(80, CLASSES))
    rows = [int(row) for label in range(CLASSES) for row in np.flatnonzero(y == label)[:4]]
    model = resolve_learner(text).fit(training_of(X, rows, y[rows].tolist(), outside=4))
    assert np.mean(model.predict(np.arange(80)) == y) > 0.9


@every_learner
def test_one_class_is_all_it_says(text: str) -> None:
    X = np.random.default_rng(3).normal(size=(12, 2))
    model = resolve_learner(text).fit(training_of(X, [2, 5], [3, 3], outside=2))
    np.testing.assert_allclose(model.probabilities(np.arange(12))[:, 3], 1.0)
    assert (model.predict(np.arange(12)) == 3).all()


@every_learner
@pytest.mark.parametrize("rows", [[0], [0, 1]])
def test_two_items(text: str, rows: list[int]) -> None:
    X = np.array([[0.0, 1.0], [1.0, 0.0]])
    model = resolve_learner(text).fit(training_of(X, rows, rows))
    assert_probabilities(model, np.arange(2), set(rows))


@every_learner
@pytest.mark.parametrize(
    "X", [np.ones((20, 3)), np.repeat([[0.0, 0.0], [1.0, 1.0]], 10, axis=0)], ids=["constant", "duplicates"]
)
def test_constant_features_and_duplicates(text: str, X: FloatArray) -> None:
    model = resolve_learner(text).fit(training_of(X, [0, 1, 11, 12], [0, 1, 2, 2], outside=3))
    assert_probabilities(model, np.arange(20), {0, 1, 2})


@every_learner
def test_everything_labelled(text: str) -> None:
    X = np.random.default_rng(4).normal(size=(9, 2))
    model = resolve_learner(text).fit(training_of(X, list(range(8)), [0, 1, 2, 3] * 2, outside=1))
    assert_probabilities(model, np.arange(9), {0, 1, 2, 3})
