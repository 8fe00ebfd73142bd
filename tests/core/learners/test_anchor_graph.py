"""The field on anchors against the reduced system solved the long way, and against the exact field."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.readers.bundled import load_digits
from al_core.learners import gaussian_field as module
from al_core.learners.anchor_graph import NOISE, AnchorGraph, build_anchors, reduced_precision
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner

CLASSES = 4


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Anchors from the first item on."""
    monkeypatch.setattr(module, "DENSE_LIMIT", 0)


def example(n: int = 200, outside: int = 0, memo: Any = None, seed: tuple[Any, ...] = ("test",)) -> Training:
    rng = np.random.default_rng(5)
    y = rng.integers(0, 3, n)
    X = 1.5 * np.eye(3, 6)[y] + rng.normal(size=(n, 6))
    rows = np.sort(rng.choice(n - outside, 12, replace=False))
    return Training(X, rows, y[rows], CLASSES, np.setdiff1d(np.arange(n - outside), rows), seed, {} if memo is None else memo)


def fit(training: Training, text: str = "gaussian_field(sharpness=1,anchors=25)") -> GaussianField:
    model = resolve_learner(text).fit(training)
    assert isinstance(model, GaussianField)
    return model


def shares_by_definition(X: FloatArray, centres: FloatArray) -> FloatArray:
    squared = ((X[:, None] - centres[None]) ** 2).sum(axis=2)
    nearest = np.argsort(squared, axis=1)[:, :3]
    scale = np.sqrt(np.take_along_axis(squared, nearest, axis=1)).mean()
    shares = np.zeros_like(squared)
    for i, row in enumerate(nearest):
        shares[i, row] = np.exp(-squared[i, row] / scale**2)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def test_is_the_solution_of_the_reduced_system() -> None:
    training = example()
    model, pull = fit(training), 0.01
    graph = model.graph
    assert isinstance(graph, AnchorGraph)
    Z = shares_by_definition(training.features, graph.searcher._fit_X)
    np.testing.assert_allclose(graph.shares.toarray(), Z, atol=1e-9)
    mass = Z.sum(axis=0)
    items = np.eye(200) - Z / mass @ Z.T  # the Laplacian of all items, whose degrees are 1
    precision = Z.T @ items @ Z + pull * np.diag(mass)
    np.testing.assert_allclose(reduced_precision(graph, pull), precision, atol=1e-9)
    known, targets, mean = Z[training.rows], np.eye(CLASSES)[training.labels], np.array([1, 1, 1, 0]) / 3
    a = mean + np.linalg.solve(known.T @ known + NOISE * precision, known.T @ (targets - mean))
    assert model.at_anchors is not None
    np.testing.assert_allclose(model.at_anchors, a, atol=1e-8)
    expected = np.maximum(Z @ a, 0)
    expected[training.rows] = targets
    expected /= expected.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(model.field(np.arange(200)), expected, atol=1e-8)


def test_the_covariance_is_that_of_the_items_given_the_labels() -> None:
    training = example()
    model = fit(training)
    graph = model.graph
    assert isinstance(graph, AnchorGraph)
    Z = graph.shares.toarray()
    whole = Z @ np.linalg.inv(reduced_precision(graph, 0.01)) @ Z.T + NOISE * np.eye(200)
    known, free = training.rows, np.setdiff1d(np.arange(200), training.rows)
    expected = whole - whole[:, known] @ np.linalg.solve(whole[np.ix_(known, known)], whole[known])
    np.testing.assert_allclose(model.covariance(free, free), expected[np.ix_(free, free)], atol=1e-8)
    np.testing.assert_allclose(model.covariance(free[3:7], free), expected[np.ix_(free[3:7], free)], atol=1e-8)


def test_labels_left_out_are_those_of_a_refit() -> None:
    training = example()
    model, folds = fit(training), np.arange(12) % 3
    told = model.held_out(folds)
    assert told is not None
    without = model._without(folds)
    graph = model.graph
    assert isinstance(graph, AnchorGraph)
    Z, targets = graph.shares.toarray()[training.rows], np.eye(CLASSES)[training.labels]
    mean, precision = np.array([1, 1, 1, 0]) / 3, reduced_precision(graph, 0.01)
    for fold in range(3):
        kept, out = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        a = mean + np.linalg.solve(Z[kept].T @ Z[kept] + NOISE * precision, Z[kept].T @ (targets[kept] - mean))
        expected = np.maximum(Z[out] @ a, 0)
        expected[:, 3] = 0
        np.testing.assert_allclose(without[out], expected, atol=1e-7)


def test_a_new_item_is_a_mix_of_its_anchors() -> None:
    training = example(outside=20)
    model = fit(training)
    graph = model.graph
    assert isinstance(graph, AnchorGraph)
    squared = ((training.features[180:, None] - graph.searcher._fit_X[None]) ** 2).sum(axis=2)
    for row, distances in enumerate(squared):
        nearest = np.argsort(distances)[:3]
        weights = np.exp(-distances[nearest] / graph.scale**2)
        assert model.at_anchors is not None
        expected = np.maximum(weights @ model.at_anchors[nearest] / weights.sum(), 0)
        np.testing.assert_allclose(model.field(np.array([180 + row]))[0], expected / expected.sum(), atol=1e-9)


def test_anchors_follow_from_features_alone() -> None:
    everything = np.arange(200)
    first, memo = example(), {}
    again = fit(example(memo=memo, seed=("another", 7))).field(everything)
    np.testing.assert_array_equal(fit(first).field(everything), again)
    kept = len(memo)
    fit(example(memo=memo))
    assert len(memo) == kept
    fit(example(memo=memo), "gaussian_field(anchors=10)")
    assert len(memo) > kept


@pytest.mark.parametrize("same", [200, 190])
def test_items_that_are_all_alike_are_one_anchor(same: int) -> None:
    X = np.random.default_rng(0).normal(size=(200, 3))
    X[:same] = X[0]
    rows = np.array([0, 1, 2, 199])
    training = Training(X, rows, np.array([0, 0, 1, 1]), 2, np.setdiff1d(np.arange(200), rows), ("test",), {})
    p = fit(training).probabilities(np.arange(200))
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert p[50, 0] > 0.5


def test_digits_are_learnt_almost_as_well_as_exactly() -> None:
    data = load_digits()
    rng = np.random.default_rng(1)
    rows = np.sort(rng.choice(1500, 100, replace=False))
    training = Training(data.X, rows, data.y[rows], 10, np.setdiff1d(np.arange(1500), rows), ("test",), {})
    right = float(np.mean(fit(training, "gaussian_field(anchors=400)").predict(np.arange(1500, 1797)) == data.y[1500:]))
    assert right > 0.9


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(20))
def test_of_a_table_with_few_different_rows_each_is_one_anchor(seed: int) -> None:
    """k-means has them many times over, up to rounding; the rest of a row may be anything."""
    rng = np.random.default_rng(seed)
    n, d = 1200, int(rng.integers(2, 5))
    X = rng.integers(0, 3, (n, d)) * rng.uniform(0.1, 5, d)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    X = np.where(rng.random((n, 1)) < 0.97, X[rng.integers(0, 4, n)], X)  # some rows are rare
    graph = build_anchors(X, np.arange(n), 400)
    assert graph.mass.min() >= 1e-6
    assert len(graph.mass) <= len(np.unique(X, axis=0))
    rows = np.arange(30)
    y = (X[:, 0] > 0).astype(np.int64)
    training = Training(X, rows, y[rows], 2, np.arange(30, n), ("test",), {})
    model = fit(training, "gaussian_field(anchors=400)")
    p = model.probabilities(np.arange(n))
    assert np.isfinite(p).all()
    np.testing.assert_allclose(p.sum(axis=1), 1)
    assert float(np.mean(model.predict(np.arange(n)) == y)) > 0.9


@pytest.mark.parametrize("rows", [1, 3])
def test_fewer_items_than_anchors(rows: int) -> None:
    X = np.random.default_rng(0).normal(size=(rows, 2))
    graph = build_anchors(X, np.arange(rows), 1000)
    np.testing.assert_allclose(graph.shares.sum(axis=1), 1)
    assert graph.mass.sum() == pytest.approx(rows)


def test_a_further_model_costs_little_beside_the_first() -> None:
    rng = np.random.default_rng(3)
    y: IntArray = rng.integers(0, CLASSES, 6000)
    X = 4.0 * np.eye(CLASSES, 8)[y] + rng.normal(size=(6000, 8))
    rows = np.arange(60)
    training = Training(X, rows, y[rows], CLASSES, np.arange(60, 6000), ("test",), {})
    took = []
    for _ in range(2):
        begin = time.process_time()
        model = fit(training, "gaussian_field(anchors=300)")
        took.append(time.process_time() - begin)
    assert np.mean(model.predict(np.arange(6000)) == y) > 0.95
    assert took[1] < took[0]
