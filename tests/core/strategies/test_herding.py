"""Herding: what it covers, against brute force, against itself without its shortcuts, and from zero labels."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as draw
from sklearn.metrics import pairwise_distances

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.readers.bundled import load_digits
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.strategies.parts import coverage
from al_core.strategies.parts.coverage import Kernel, cover, doubts, sparse_kernel
from al_core.strategies.registry import QueryContext, resolve_strategy


def context_of(X: FloatArray, y: IntArray, labelled: IntArray, seed: int = 0) -> QueryContext:
    """A context over ``X`` with the model that the labels give, or one that knows nothing."""
    classes = int(y.max()) + 1
    rows = labelled if len(labelled) else np.array([0])
    training = Training(X, rows, y[rows], classes, np.arange(len(X)), (0,))
    return QueryContext(
        resolve_learner("logistic").fit(training),
        X,
        np.setdiff1d(np.arange(len(X)), labelled),
        labelled,
        y[labelled],
        classes,
        np.random.default_rng(seed),
    )


def digits(rows: int, labelled: int = 40) -> QueryContext:
    data = load_digits()
    return context_of(data.X[:rows], data.y[:rows], np.arange(labelled))


def dense(kernel: Kernel) -> FloatArray:
    n = len(kernel.starts) - 1
    matrix = np.zeros((n, n))
    for position in range(n):
        columns, values = kernel.row(position)
        matrix[position, columns] = values
    return matrix


def plain_greedy(K: FloatArray, weights: FloatArray, labelled: IntArray, k: int) -> tuple[list[int], list[float]]:
    """Every gain anew for every pick."""
    covered = K[labelled].max(axis=0, initial=0.0)
    taken, worth = labelled.tolist(), []
    for _ in range(k):
        gain = (weights * np.maximum(K - covered, 0.0)).sum(axis=1)
        gain[taken] = -1.0
        taken.append(int(gain.argmax()))
        worth.append(float(gain[taken[-1]]))
        covered = np.maximum(covered, K[taken[-1]])
    return taken[len(labelled) :], worth


def test_the_kernel_is_a_gaussian_as_wide_as_items_are_apart_symmetric_and_one_on_its_diagonal() -> None:
    X = np.random.default_rng(0).normal(size=(60, 3))
    squared = pairwise_distances(X) ** 2
    width = np.median(np.sort(squared, axis=1)[:, 1:21])
    whole = dense(sparse_kernel(X, 59, 1.0))
    np.testing.assert_allclose(whole, np.exp(-squared / (2 * width)), rtol=1e-9)
    few = dense(sparse_kernel(X, 5, 1.0))
    width = np.median(np.sort(squared, axis=1)[:, 1:6])
    among = squared <= np.sort(squared, axis=1)[:, 5:6]
    np.testing.assert_allclose(few, np.where(among | among.T, np.exp(-squared / (2 * width)), 0.0), rtol=1e-9)


@pytest.mark.parametrize("weight", ["none", "uncertainty"])
@pytest.mark.parametrize("labelled", [0, 40])
def test_sparse_and_lazy_picks_are_those_of_the_dense_kernel_without_shortcuts(labelled: int, weight: str) -> None:
    made = digits(1500, labelled)
    near = made.features
    squared = pairwise_distances(near) ** 2
    width = np.median(np.sort(squared, axis=1)[:, 1:21])
    K = np.exp(-squared / (2 * width))
    weights = np.ones(1500) if weight == "none" else doubts(made)
    expected, worth = plain_greedy(K, weights, made.labelled, 10)
    choice = resolve_strategy(f"herding(weight={weight},neighbors=1500)").choose(made, 10)
    assert made.candidates[choice.indices].tolist() == expected
    np.testing.assert_allclose(choice.scores, worth, rtol=1e-6)


def test_lazy_picks_are_greedy_picks_of_the_sparse_kernel_over_many_rounds() -> None:
    made = digits(800)
    kernel = sparse_kernel(made.features, 15, 1.0)
    weights = doubts(made)
    indices, scores = cover(made, kernel, weights, 200)
    expected, worth = plain_greedy(dense(kernel), weights, made.labelled, 200)
    assert made.candidates[indices].tolist() == expected
    np.testing.assert_allclose(scores, worth, rtol=1e-9, atol=1e-12)


def test_the_first_pick_without_weights_and_labels_is_the_largest_sum_of_the_kernel() -> None:
    made = digits(600, 0)
    (first,) = resolve_strategy("herding(weight=none)").choose(made, 1).indices
    sums = dense(sparse_kernel(made.features, 50, 1.0)).sum(axis=0)
    assert sums[first] == pytest.approx(sums.max(), rel=1e-12)
    assert np.count_nonzero(sums > sums.max() * (1 - 1e-9)) == 1


def test_a_model_that_doubts_everything_alike_weighs_nothing() -> None:
    """Of no labels, and of one class, nothing is known: the picks with weights are those without."""
    for labels in (np.empty(0, dtype=np.int64), np.flatnonzero(load_digits().y[:600] == 3)[:5]):
        made = context_of(load_digits().X[:600], load_digits().y[:600], labels)
        weighed, plain = (
            resolve_strategy(f"herding(weight={weight})").choose(made, 20).indices.tolist()
            for weight in ("uncertainty", "none")
        )
        assert weighed == plain
    assert resolve_strategy("herding").choose(digits(600), 20).indices.tolist() != (
        resolve_strategy("herding(weight=none)").choose(digits(600), 20).indices.tolist()
    ), "and with labels they are others"


@settings(max_examples=60)
@given(data=draw.data())
def test_a_greedy_cover_is_worth_at_least_1_minus_1_over_e_of_the_best(data: draw.DataObject) -> None:
    n, k = data.draw(draw.integers(2, 12), label="n"), data.draw(draw.integers(1, 3), label="k")
    rng = np.random.default_rng(data.draw(draw.integers(0, 10**6), label="seed"))
    made = context_of(rng.normal(size=(n, 2)), np.arange(n) % 2, np.empty(0, dtype=np.int64))
    weights = rng.random(n)
    kernel = sparse_kernel(made.features, data.draw(draw.integers(1, n), label="neighbours"), 1.0)
    K = dense(kernel)
    k = min(k, n)

    def worth(items: tuple[int, ...]) -> float:
        return float((weights * K[list(items)].max(axis=0)).sum())

    best = max(worth(items) for items in combinations(range(n), k))
    indices, scores = cover(made, kernel, weights, k)
    assert worth(tuple(indices.tolist())) == pytest.approx(scores.sum(), rel=1e-9)
    assert scores.sum() >= (1 - 1 / np.e) * best - 1e-12


def test_equal_items_have_equal_chances() -> None:
    X = np.repeat(np.random.default_rng(2).normal(size=(30, 2)), 4, axis=0)
    kernel = sparse_kernel(X, 119, 1.0)
    nothing = np.empty(0, dtype=np.int64)
    contexts = (context_of(X, np.arange(120) % 2, nothing, seed) for seed in range(60))
    first = {int(cover(made, kernel, np.ones(120), 1)[0][0]) for made in contexts}
    assert len(first) > 1, "copies of one item tie, and a tie is drawn"
    assert len({item // 4 for item in first}) == 1


def test_ten_picks_among_a_hundred_thousand_look_at_few_items_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a round costs beside the gains of all: a few hundred gains of some hundred neighbours each."""
    rng = np.random.default_rng(0)
    n, count = 100_000, 0
    X = rng.normal(size=(n, 2))
    made = context_of(X, np.arange(n) % 2, np.arange(20))
    kernel = sparse_kernel(X, 50, 1.0)
    plain = coverage._gain

    def counted(*given: object) -> float:
        nonlocal count
        count += 1
        return plain(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(coverage, "_gain", counted)
    indices, _ = cover(made, kernel, np.ones(n), 10)
    assert len(set(indices.tolist())) == 10
    assert count < 2000
