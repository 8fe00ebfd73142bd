"""The logistic learner is the minimum of scikit-learn's objective: an independent solver of it, run to convergence, agrees."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.errors import UserError
from al_core.learners import softmax
from al_core.learners.linear import LinearModel
from al_core.learners.model import Model, Training
from al_core.learners.registry import resolve_learner
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

RNG = np.random.default_rng(7)


def fitted(X: FloatArray, rows: IntArray, labels: IntArray, n_classes: int) -> Model:
    pool = np.setdiff1d(np.arange(len(X)), rows)
    return resolve_learner("logistic").fit(Training(X, rows, labels, n_classes, pool, (0,)))


def converged(X: FloatArray, y: IntArray) -> LogisticRegression:
    return LogisticRegression(solver="newton-cg", tol=1e-9, max_iter=100_000).fit(X, y)


@pytest.mark.parametrize("size", [20, 30, 64, 65, 120, 320])
@pytest.mark.parametrize("seed", [0, 1])
def test_digits_have_the_probabilities_of_scikit_learn_at_convergence(size: int, seed: int) -> None:
    task = make_task(TaskSpec(seed=seed))
    X, y = task.dataset.X, task.dataset.y
    more = np.random.default_rng(seed).choice(task.pool, size - 20, replace=False)
    rows = np.sort(np.concatenate([task.initial, more]))
    model, reference = fitted(X, rows, y[rows], 10), converged(X[rows], y[rows])
    everything = np.arange(len(X))
    np.testing.assert_allclose(model.probabilities(everything), reference.predict_proba(X), rtol=0, atol=1e-7)
    np.testing.assert_array_equal(model.predict(everything), reference.predict(X))


CASES = {
    "two classes": (RNG.normal(size=(30, 5)), np.arange(30) % 2),
    "two separable classes": (np.r_[RNG.normal(size=(10, 3)) - 9, RNG.normal(size=(10, 3)) + 9], np.arange(20) // 10),
    "three of five classes": (RNG.normal(size=(25, 4)), np.arange(25) % 3 + 1),
    "one item of a class": (RNG.normal(size=(12, 4)), np.array([0] * 8 + [1] * 3 + [2])),
    "constant features": (np.ones((18, 3)), np.arange(18) % 3),
    "more features than items": (RNG.normal(size=(15, 200)), np.arange(15) % 4),
    "duplicates": (np.repeat(RNG.normal(size=(4, 3)), 5, axis=0), np.arange(20) % 3),
    "large features": (1e3 * RNG.normal(size=(60, 4)), RNG.integers(0, 3, 60)),
    "small features": (1e-5 * RNG.normal(size=(60, 4)), RNG.integers(0, 3, 60)),
    "far from zero": (500 + RNG.normal(size=(60, 4)), RNG.integers(0, 3, 60)),
}


@pytest.mark.parametrize("name", CASES)
def test_every_shape_of_data_agrees(name: str) -> None:
    X, y = CASES[name]
    model = fitted(X, np.arange(len(X)), y, 5)
    seen = np.unique(y)
    p = model.probabilities(np.arange(len(X)))
    np.testing.assert_allclose(p[:, seen], converged(X, y).predict_proba(X), rtol=0, atol=2e-6)
    assert not np.delete(p, seen, axis=1).any()


@settings(max_examples=30, derandomize=True)
@given(seed=st.integers(0, 10_000), n=st.integers(4, 80), d=st.integers(1, 90), scale=st.sampled_from([1e-3, 1.0, 1e4]))
def test_the_gradient_vanishes(seed: int, n: int, d: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    X, y = scale * rng.normal(size=(n, d)), np.arange(n) % 4
    weights, intercepts = softmax.fit_softmax(X, y, 4)
    z = X @ weights.T + intercepts
    e = np.exp(z - z.max(axis=1, keepdims=True))
    wrong = e / e.sum(axis=1, keepdims=True) - np.eye(4)[y]
    np.testing.assert_allclose(wrong.sum(axis=0), 0.0, atol=1e-5)
    np.testing.assert_allclose((wrong.T @ X + weights) / max(scale, 1.0), 0.0, atol=1e-5)
    np.testing.assert_allclose(weights.sum(axis=0), 0.0, atol=1e-9 * max(1.0, float(abs(weights).max())))


def test_beyond_the_size_of_a_factor_the_answer_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = RNG.normal(size=(90, 12)), RNG.integers(0, 3, 90)
    exact = softmax.fit_softmax(X, y, 3)
    monkeypatch.setattr(softmax, "_FACTORED", 5)
    np.testing.assert_allclose(softmax.fit_softmax(X, y, 3)[0], exact[0], atol=1e-6)


def test_a_matrix_that_rounding_made_indefinite_is_survived() -> None:
    rng = np.random.default_rng(0)
    X = 1e9 * np.outer(rng.normal(size=40), rng.normal(size=6))
    model = fitted(X, np.arange(40), np.arange(40) % 3, 3)
    p = model.probabilities(np.arange(40))
    assert np.isfinite(p).all()


def test_single_precision_is_learnt_in_double() -> None:
    X = RNG.normal(size=(30, 6)).astype(np.float32)
    rows, y = np.arange(20), np.arange(20) % 3
    single, double = (fitted(features, rows, y, 3).probabilities(np.arange(30)) for features in (X, X.astype(np.float64)))
    np.testing.assert_array_equal(single, double)


def test_it_has_a_linear_layer_and_says_what_it_cannot_learn_from() -> None:
    X, y = CASES["two classes"]
    model = fitted(X, np.arange(30), y, 2)
    assert isinstance(model, LinearModel)
    assert model.linear_head.coef.shape == (2, 5)
    broken = X.copy()
    for value in (np.nan, np.inf, -np.inf, 1e200):
        broken[3, 2] = value
        with pytest.raises(UserError, match="missing or infinite, or too large"):
            fitted(broken, np.arange(30), y, 2)


_PRINT = """
import numpy as np
from al_core.compute.one_thread import one_thread
with one_thread():
    from al_core.data.readers.bundled import load_digits
    from al_core.learners.softmax import fit_softmax
    d = load_digits()
    print([fit_softmax(d.X[:n], d.y[:n], 10)[0].tobytes().hex()[:4000] for n in (40, 200)])
"""


def test_another_process_finds_the_same_bits() -> None:
    first, second = (
        subprocess.run([sys.executable, "-c", _PRINT], capture_output=True, text=True, check=True).stdout for _ in range(2)
    )
    assert first == second
    assert len(first) > 4000
