"""Covering anchors: against the definition, the bound of every greedy cover, and what is kept from round to round."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.readers.bundled import load_digits
from al_core.learners.anchor_graph import build_anchors
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.strategies.parts import anchored, coverage
from al_core.strategies.parts.anchored import AnchorKernel, anchor_kernel
from al_core.strategies.parts.coverage import cover, doubts, kernel_of
from al_core.strategies.registry import QueryContext, resolve_strategy

N, LABELLED = 700, np.arange(40)


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pool is a large one, with 100 anchors."""
    monkeypatch.setattr(coverage, "EXACT", 0)
    monkeypatch.setattr(anchored, "ANCHORS", 100)


def context(candidates: IntArray, learner: str = "logistic") -> QueryContext:
    """Digits, of which these may be asked for and the first 40 have a label."""
    data = load_digits()
    X, y = data.X[:N], data.y[:N]
    training = Training(X, LABELLED, y[LABELLED], 10, np.arange(40, N), ("test",), {})
    model, rng = resolve_learner(learner).fit(training), np.random.default_rng(0)
    return QueryContext(model, X, candidates, LABELLED, y[LABELLED], 10, rng, training.memo, pool=np.arange(40, N))


def by_definition(X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shares and kernel between all items and all anchors, shape (n, anchors) each."""
    graph = build_anchors(X, np.arange(len(X)), 100)
    squared = ((X[:, None] - graph.searcher._fit_X[None]) ** 2).sum(axis=2)
    order = np.argsort(squared, axis=1)
    near = np.take_along_axis(squared, order[:, :3], axis=1)
    K = np.zeros_like(squared)
    for item, anchors in enumerate(order[:, :20]):
        K[item, anchors] = np.exp(-squared[item, anchors] / (2 * np.median(near)))
    return graph.shares.toarray(), K


@pytest.mark.parametrize("weight", ["none", "uncertainty"])
def test_picks_are_those_of_the_definition_whatever_is_put_aside(weight: str) -> None:
    made = context(np.arange(60, N))
    Z, K = by_definition(made.features)
    weights = np.zeros(N)
    weights[made.rows] = np.ones(len(made.rows)) if weight == "none" else doubts(made)
    hanging, covered = Z.T @ weights, K[LABELLED].max(axis=0)
    expected, worth = [], []
    for _ in range(12):
        gain = np.maximum(K - covered, 0.0) @ hanging
        gain[[*range(60), *expected]] = -1.0
        expected.append(int(gain.argmax()))
        worth.append(gain[expected[-1]])
        covered = np.maximum(covered, K[expected[-1]])
    choice = resolve_strategy(f"herding(weight={weight})").choose(made, 12)
    assert made.candidates[choice.indices].tolist() == expected
    np.testing.assert_allclose(choice.scores, worth, rtol=1e-9)


def test_a_greedy_cover_of_anchors_is_worth_at_least_1_minus_1_over_e_of_the_best() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        X, weights = rng.normal(size=(30, 2)), rng.random(30)
        kernel = anchor_kernel(build_anchors(X, np.arange(30), 8), X, 1.0)
        nothing = np.empty(0, dtype=np.int64)
        model = resolve_learner("logistic").fit(Training(X, np.array([0, 1]), np.array([0, 1]), 2, np.arange(30), (0,)))
        made = QueryContext(model, X, np.arange(30), nothing, nothing, 2, rng)

        def worth(items: tuple[int, ...], kernel: AnchorKernel = kernel, weights: FloatArray = weights) -> float:
            covered = np.zeros(kernel.count)
            for item in items:
                kernel.add(item, covered)
            return float(weights @ kernel.of_rows(covered))

        indices, scores = cover(made, kernel, weights, 3)
        assert scores.sum() == pytest.approx(worth(tuple(indices.tolist())), rel=1e-9)
        assert scores.sum() >= (1 - 1 / np.e) * max(map(worth, combinations(range(30), 3)))


def test_the_anchors_are_those_of_the_field_and_are_kept_when_items_are_put_aside() -> None:
    made = context(np.arange(40, N), "gaussian_field")
    first = kernel_of(made, 50, 1.0)
    kept = dict(made.memo)
    again = kernel_of(context_of(made, np.arange(45, N)), 50, 1.0)
    assert isinstance(first, AnchorKernel)
    assert isinstance(again, AnchorKernel)
    assert made.memo.keys() == kept.keys()
    np.testing.assert_array_equal(again.nearest, np.delete(first.nearest, range(40, 45), axis=0))
    np.testing.assert_array_equal(again.values, np.delete(first.values, range(40, 45), axis=0))


def context_of(made: QueryContext, candidates: IntArray) -> QueryContext:
    return QueryContext(
        made.model, made.features, candidates, made.labelled, made.labels, 10, made.rng, made.memo, pool=made.pool
    )


def test_equal_items_have_equal_chances() -> None:
    X = np.zeros((50, 2))
    kernel = anchor_kernel(build_anchors(X, np.arange(50), 10), X, 1.0)
    assert kernel.count == 1
    np.testing.assert_array_equal(kernel.gains(np.ones(50), np.zeros(1)), 50.0)


def test_a_rare_class_is_looked_for_near_its_labels() -> None:
    """Of digits without most of the eights, those that are left."""
    data = load_digits()
    rows = np.sort(np.concatenate([np.flatnonzero(data.y != 8)[:600], np.flatnonzero(data.y == 8)[:20]]))
    X, y = data.X[rows], data.y[rows]
    labelled = np.sort(np.concatenate([np.flatnonzero(y == label)[:4] for label in range(8)] + [np.flatnonzero(y == 8)[:1]]))
    training = Training(X, labelled, y[labelled], 10, np.arange(len(X)), ("test",), {})
    model = resolve_learner("logistic").fit(training)
    candidates = np.setdiff1d(np.arange(len(X)), labelled)
    made = QueryContext(model, X, candidates, labelled, y[labelled], 10, np.random.default_rng(0))
    found = y[candidates[resolve_strategy("rare_class(base=margin)").choose(made, 20).indices]] == 8
    assert found.sum() >= 8, "of 19 among 619"
