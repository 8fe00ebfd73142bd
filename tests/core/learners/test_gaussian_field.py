"""The Gaussian field against its definition, worked out the long way."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from al_core.comparison.in_worker import play_cell
from al_core.data.dataset import FloatArray, IntArray
from al_core.learners import gaussian_field as module
from al_core.learners.gaussian_field import GaussianField
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

CLASSES = 4


def training_of(X: FloatArray, rows: IntArray, labels: IntArray, outside: int = 0, memo: Any = None) -> Training:
    pool = np.setdiff1d(np.arange(len(X) - outside), rows)
    return Training(X, rows, labels, CLASSES, pool, ("test",), {} if memo is None else memo)


def fit(training: Training, text: str = "gaussian_field(sharpness=1)") -> GaussianField:
    model = resolve_learner(text).fit(training)
    assert isinstance(model, GaussianField)
    return model


def weights_by_definition(X: FloatArray, k: int) -> tuple[FloatArray, float]:
    distances = np.sqrt(((X[:, None] - X[None]) ** 2).sum(axis=2))
    np.fill_diagonal(distances, np.inf)
    nearest = np.argsort(distances, axis=1)[:, :k]
    scale = np.take_along_axis(distances, nearest, axis=1).mean()
    weights = np.zeros_like(distances)
    for i, row in enumerate(nearest):
        for j in row:
            for a, b in ((i, j), (j, i)):
                weights[a, b] += 0.5 * np.exp(-(distances[i, j] ** 2) / scale**2)
    return weights, scale


@pytest.fixture
def example() -> tuple[FloatArray, IntArray, IntArray]:
    rng = np.random.default_rng(5)
    return rng.normal(size=(70, 6)), np.array([3, 8, 21, 40, 41]), np.array([0, 1, 2, 0, 1])


@pytest.mark.parametrize("pull", [0.01, 0.5])
def test_is_the_harmonic_function(example: tuple[FloatArray, IntArray, IntArray], pull: float) -> None:
    X, rows, labels = example
    weights, scale = weights_by_definition(X, 7)
    free = np.setdiff1d(np.arange(70), rows)
    precision = np.diag(weights.sum(axis=1) + pull) - weights
    known = np.eye(CLASSES)[labels]
    prior = np.array([1, 1, 1, 0]) / 3
    expected = np.zeros((70, CLASSES))
    expected[rows] = known
    expected[free] = np.linalg.solve(precision[np.ix_(free, free)], weights[np.ix_(free, rows)] @ known + pull * prior)

    model = fit(training_of(X, rows, labels), f"gaussian_field(pull={pull},sharpness=1)")
    np.testing.assert_allclose(model.graph.weights.toarray(), weights, atol=1e-12)
    assert model.graph.scale == pytest.approx(scale)
    np.testing.assert_allclose(model.probabilities(np.arange(70)), expected, atol=1e-10)


def test_a_new_item_takes_the_mean_of_its_neighbours(example: tuple[FloatArray, IntArray, IntArray]) -> None:
    X, rows, labels = example
    model = fit(training_of(X, rows, labels, outside=10))
    values = model.probabilities(np.arange(60))
    for item in range(60, 70):
        distances = np.sqrt(((X[:60] - X[item]) ** 2).sum(axis=1))
        nearest = np.argsort(distances)[:7]
        weights = np.exp(-((distances[nearest] / model.graph.scale) ** 2))
        expected = weights @ values[nearest] / weights.sum()
        np.testing.assert_allclose(model.probabilities(np.array([item, 3]))[0], expected, atol=1e-12)
    np.testing.assert_array_equal(model.predict(np.arange(60, 70)), model.probabilities(np.arange(60, 70)).argmax(axis=1))


def test_an_item_far_from_everything_still_gets_its_nearest() -> None:
    X = np.concatenate([np.random.default_rng(0).normal(size=(30, 2)), [[1e6, 0.0]]])
    model = fit(training_of(X, np.array([0, 1]), np.array([0, 1]), outside=1))
    nearest = int(np.argmin(((X[:30] - X[30]) ** 2).sum(axis=1)))
    np.testing.assert_allclose(model.probabilities(np.array([30])), model.probabilities(np.array([nearest])))


def test_where_no_label_reaches_the_classes_seen_are_equally_likely() -> None:
    rng = np.random.default_rng(6)
    X = np.concatenate([rng.normal(size=(20, 2)), rng.normal(size=(20, 2)) + 1000])
    model = fit(training_of(X, np.array([0, 1, 2]), np.array([0, 0, 2])))
    np.testing.assert_allclose(model.probabilities(np.arange(20, 40)), np.tile([0.5, 0, 0.5, 0], (20, 1)), atol=1e-9)


def test_sparse_solves_agree_with_the_matrix(
    example: tuple[FloatArray, IntArray, IntArray], monkeypatch: pytest.MonkeyPatch
) -> None:
    X, rows, labels = example
    dense = fit(training_of(X, rows, labels, outside=5))
    monkeypatch.setattr(module, "DENSE_LIMIT", 0)
    sparse = fit(training_of(X, rows, labels, outside=5), "gaussian_field(sharpness=1,anchors=0)")
    assert sparse.prior is None
    everything, some = np.arange(70), np.array([1, 5, 30])
    np.testing.assert_allclose(sparse.probabilities(everything), dense.probabilities(everything), atol=1e-8)
    free = np.setdiff1d(np.arange(65), rows)
    solved: list[int] = []
    solve = module._solve
    monkeypatch.setattr(module, "_solve", lambda matrix, right: solved.append(right.shape[1]) or solve(matrix, right))
    np.testing.assert_allclose(sparse.covariance(some, free), dense.covariance(some, free), atol=1e-8)
    np.testing.assert_allclose(sparse.covariance(free, some), dense.covariance(free, some), atol=1e-8)
    assert solved == [3, 3]


def test_the_covariance_is_the_inverse_of_the_unlabelled_block(example: tuple[FloatArray, IntArray, IntArray]) -> None:
    X, rows, labels = example
    model = fit(training_of(X, rows, labels))
    free = np.setdiff1d(np.arange(70), rows)
    weights, _ = weights_by_definition(X, 7)
    precision = np.diag(weights.sum(axis=1) + 0.01) - weights
    expected = np.linalg.inv(precision[np.ix_(free, free)])
    np.testing.assert_allclose(model.covariance(free, free), expected, atol=1e-10)
    np.testing.assert_allclose(model.covariance(free[4:9], free), expected[4:9], atol=1e-10)


def test_the_memo_keeps_nothing_of_the_labels(example: tuple[FloatArray, IntArray, IntArray]) -> None:
    X, rows, labels = example
    first = training_of(X, rows, labels, outside=5)
    fit(first).predict(np.arange(65, 70))
    kept = copy.deepcopy(first.memo)
    moved = np.sort(np.append(rows, [50, 51]))
    fit(training_of(X, moved, np.zeros(7, dtype=np.int64), outside=5, memo=first.memo)).predict(np.arange(65, 70))
    assert list(first.memo) == list(kept)
    for key, value in kept.items():
        if key[-1] == "links":
            np.testing.assert_array_equal(first.memo[key][1].toarray(), value[1].toarray())
        elif "prior" in key:
            np.testing.assert_array_equal(first.memo[key][1].matrix, value[1].matrix)


def test_settings_do_not_share_what_the_memo_keeps(example: tuple[FloatArray, IntArray, IntArray]) -> None:
    X, rows, labels = example
    first = training_of(X, rows, labels)
    everything = np.arange(70)
    for text in ("gaussian_field", "gaussian_field(pull=0.5)", "gaussian_field(neighbours=4)"):
        alone = fit(training_of(X, rows, labels), text).probabilities(everything)
        np.testing.assert_array_equal(fit(first, text).probabilities(everything), alone)


def test_other_rows_outside_are_not_taken_for_those_kept(example: tuple[FloatArray, IntArray, IntArray]) -> None:
    X, rows, labels = example
    model = fit(training_of(X, rows, labels, outside=6))
    both = model.probabilities(np.arange(64, 70))
    np.testing.assert_array_equal(model.probabilities(np.arange(67, 70)), both[3:])


def test_other_items_in_the_same_rows_are_not_taken_for_those_kept(example: tuple[FloatArray, IntArray, IntArray]) -> None:
    X, rows, labels = example
    memo: dict[Any, Any] = {}
    others = X.copy()
    others[64:] = others[64:][::-1]
    first = fit(training_of(X, rows, labels, 6, memo)).probabilities(np.arange(64, 70))
    second = fit(training_of(others, rows, labels, 6, memo)).probabilities(np.arange(64, 70))
    np.testing.assert_array_equal(second, first[::-1])


@pytest.mark.scale
def test_a_hundred_thousand_items_need_no_square_matrix() -> None:
    import tracemalloc

    rng = np.random.default_rng(7)
    y = rng.integers(0, CLASSES, size=100_000)
    X = 6.0 * np.eye(CLASSES, 8)[y] + rng.normal(size=(100_000, 8))
    rows = np.arange(0, 100)
    tracemalloc.start()
    model = fit(training_of(X, rows, y[rows], outside=1000))
    accuracy = np.mean(model.predict(np.arange(99_000, 100_000)) == y[99_000:])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert accuracy > 0.95
    assert peak < 500e6


def test_the_field_of_every_label_left_out_is_that_of_a_refit(example: tuple[FloatArray, IntArray, IntArray]) -> None:
    X = example[0]
    rows, labels = np.array([1, 3, 8, 21, 40, 41, 55, 60]), np.array([0, 0, 1, 2, 0, 1, 2, 1])
    told = []
    for position, row in enumerate(rows):
        kept = np.delete(np.arange(len(rows)), position)
        left = fit(training_of(X, rows[kept], labels[kept]))
        told.append(left.field(np.array([row]))[0])
    field, truth = np.array(told), labels

    def loss(exponent: float) -> float:
        p = (field**exponent)[:, :3]
        p /= p.sum(axis=1, keepdims=True)
        surprise = -np.log(0.99 * p[np.arange(len(p)), truth] + 0.01 / 3).sum()
        return float(surprise + 4 * np.log(exponent / 2) ** 2)

    model = fit(training_of(X, rows, labels), "gaussian_field")
    exponents = np.geomspace(0.5, 8.0, 25)
    assert model.chosen_sharpness == exponents[np.argmin([loss(exponent) for exponent in exponents])]
    raw = model.field(np.arange(70)) ** model.chosen_sharpness
    np.testing.assert_allclose(model.probabilities(np.arange(70)), raw / raw.sum(axis=1, keepdims=True), atol=1e-12)


def test_a_label_that_is_alone_in_its_class_says_nothing_of_sharpness(
    example: tuple[FloatArray, IntArray, IntArray],
) -> None:
    X = example[0]
    model = fit(training_of(X, np.array([3, 8, 21]), np.array([0, 1, 2])), "gaussian_field")
    assert model.chosen_sharpness == pytest.approx(2.0)


@pytest.mark.parametrize("strategy", ["random", "margin"])
@pytest.mark.parametrize("size", [20, 65, 200])
def test_digits_are_as_sure_as_they_are_right(strategy: str, size: int) -> None:
    gaps: dict[str, list[float]] = {"gaussian_field": [], "gaussian_field(sharpness=1)": []}
    for seed in range(3):
        spec = TaskSpec(learner="gaussian_field", seed=seed, batch=15, budget=size if size > 20 else 35)
        task = make_task(spec)
        asked = [item for batch in play_cell(spec, strategy).picks for item in batch] if size > 20 else []
        rows = np.sort(np.concatenate([task.initial, np.array(asked, dtype=np.int64)]))
        y = task.dataset.y
        training = Training(task.dataset.X, rows, y[rows], 10, task.pool, ("test",), task.memo)
        for text, found in gaps.items():
            model = fit(training, text)
            p = model.probabilities(task.test)
            np.testing.assert_array_equal(p.argmax(axis=1), model.predict(task.test))
            found.append(abs(p.max(axis=1).mean() - np.mean(model.predict(task.test) == y[task.test])))
    mine, raw = (float(np.mean(found)) for found in gaps.values())
    assert mine < 0.1
    assert mine < raw / 2
