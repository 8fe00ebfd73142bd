"""Where features lie, and what kind of numbers they are, changes nothing that a formula does not say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from al_core.data.dataset import Dataset, FloatArray, IntArray
from al_core.data.near_zero import near_zero, offset_of
from al_core.data.readers.bundled import load_digits, load_table
from al_core.learners.model import Model, Training
from al_core.learners.registry import learners, resolve_learner
from al_core.run.round import advance
from al_core.run.state import RunState
from al_core.strategies.gradient import GradientEmbedding
from al_core.strategies.parts.clusters import kmeans_clusters
from al_core.strategies.parts.committees import committee_members
from al_core.strategies.parts.neighbours import nearest_distances
from al_core.strategies.registry import QueryContext, resolve_strategy, strategies
from al_core.task.spec import TaskSpec
from al_core.task.split import Task
from al_core.task.starts import typical

FAR = 2.0**23
"""Some 8 million, of which a grid of 1/1024 is still exact in double precision, and 1 is not in single precision."""

FROM_THE_ORIGIN = {"expected_gradient_length", "badge", "information_density"}
"""Their formulas have ‖x‖ or the angle between items in them: seen from elsewhere they say something else."""
NAMES = [found.info.name for found in strategies() if found.info.name not in FROM_THE_ORIGIN] + [
    "information_density(density=gaussian)", "information_density(density=knn)",
    "vote_entropy(committee=forest)", "vote_entropy(committee=hard)", "probcover(delta=1.5)",
]  # fmt: skip
LEARNERS = [found.name for found in learners() if not found.takes_learners] + ["svm(kernel=linear)", "svm(kernel=poly)"]


def blobs(n: int = 120, d: int = 20, seed: int = 0) -> tuple[FloatArray, IntArray]:
    """Three clouds on a grid of 1/1024; so many features that scikit-learn measures distances by products."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    X = 1.5 * rng.normal(size=(3, d))[y] + rng.normal(size=(n, d))
    return np.round(X * 1024) / 1024, y


def task_of(X: Any, y: IntArray, learner: str = "logistic") -> Task:
    rows = np.arange(len(X))
    data = Dataset("test", X, y, ("a", "b", "c"))
    return Task(TaskSpec(learner=learner, batch=10, budget=10**6), data, rows[:20], rows[40:], rows[20:40])


def picks(task: Task, name: str) -> list[int]:
    query = advance(task, RunState(name)).query
    assert query is not None
    return [pick.row for pick in query.picks]


@pytest.mark.parametrize("name", NAMES)
def test_the_same_is_asked_eight_million_away(name: str) -> None:
    X, y = blobs()
    learner = "gaussian_field" if name == "expected_error_reduction" else "logistic"
    assert picks(task_of(X + FAR, y, learner), name) == picks(task_of(X, y, learner), name)


@pytest.mark.parametrize("name", LEARNERS)
def test_the_same_is_learnt_eight_million_away(name: str) -> None:
    X, y = blobs()
    near, far = (fitted(name, X + move, y) for move in (0.0, FAR))
    rows = np.arange(len(X))
    # What moves is a grid's step, or the mean: a forest's thresholds and a network's start then differ in the last digits.
    np.testing.assert_allclose(far.probabilities(rows), near.probabilities(rows), atol=1e-4)
    assert np.mean(far.predict(rows) == near.predict(rows)) == 1.0
    assert np.mean(near.predict(rows) == y) > 0.9


def fitted(name: str, X: FloatArray, y: IntArray) -> Model:
    rows = np.arange(60)
    return resolve_learner(name).fit(Training(X, rows, y[rows], 3, np.arange(60, 110), ("test",), {}))


def exact_distances(X: FloatArray) -> FloatArray:
    wide = X.astype(np.longdouble)
    return np.sqrt(((wide[:, None] - wide) ** 2).sum(axis=2)).astype(np.float64)


def test_distances_to_neighbours_are_exact_far_from_zero() -> None:
    X, _ = blobs(60)
    X[10:20] = X[:10]
    exact = np.sort(exact_distances(X + FAR), axis=1)[:, 1:6]
    np.testing.assert_allclose(nearest_distances(X + FAR, 5), exact, rtol=1e-9, atol=1e-9)


def test_core_set_takes_the_farthest_ten_million_away() -> None:
    X, y = blobs()
    X = X + 1e7
    task = task_of(X, y)
    nearest = exact_distances(X)[:, task.initial].min(axis=1)
    expected = []
    for _ in range(10):
        nearest[task.test] = -1
        expected.append(int(nearest.argmax()))
        nearest = np.minimum(nearest, exact_distances(X)[:, expected[-1]])
    assert picks(task, "coreset") == expected


def test_clusters_and_typical_items_do_not_hang_on_the_scale_or_the_place() -> None:
    X, y = blobs()
    rows = np.arange(len(X))
    expected = kmeans_clusters(X, rows, 5, {})
    start = typical(Dataset("test", X, y, ("a", "b", "c")), rows, 0)
    for moved in (X + FAR, X + 2.0**30, X * 2.0**40, X * 2.0**-80, (X + FAR) * 2.0**20):
        np.testing.assert_array_equal(kmeans_clusters(moved, rows, 5, {}), expected)
        np.testing.assert_array_equal(typical(Dataset("test", moved, y, ("a", "b", "c")), rows, 0), start)


def test_gradients_are_those_of_the_formula_far_from_the_origin() -> None:
    X, y = blobs()
    task = task_of(X + FAR, y)
    context = context_of(task)
    p, wide = context.probabilities.astype(np.longdouble), context.X.astype(np.longdouble)
    lengths = np.sqrt(1 + (wide**2).sum(axis=1))
    expected = (p * np.sqrt(((p[:, None] - np.eye(3)) ** 2).sum(axis=2))).sum(axis=1) * lengths
    np.testing.assert_allclose(resolve_strategy("expected_gradient_length").scores(context), expected.astype(float), rtol=1e-9)

    residual = p - np.eye(3)[p.argmax(axis=1)]
    whole = (residual[:, :, None] * wide[:, None, :]).reshape(len(p), -1)
    embedding = GradientEmbedding(context)
    for position in (0, 17):
        squared = ((whole - whole[position]) ** 2).sum(axis=1).astype(float)
        np.testing.assert_allclose(embedding.squared_distances(position), squared, rtol=1e-6, atol=1e-9 * squared.max())


def context_of(task: Task) -> QueryContext:
    rows = task.initial
    y = task.dataset.y[rows]
    model = resolve_learner("logistic").fit(Training(task.dataset.X, rows, y, 3, task.pool, ("test",), {}))
    return QueryContext(model, task.dataset.X, task.pool, rows, y, 3, np.random.default_rng(0))


# Where nothing is far away, nothing moves: the histories of the data sets that are here stay what they are to the last bit.


def test_what_lies_near_zero_stays_where_it_is() -> None:
    for data in (load_digits(), *map(load_table, ("iris", "wine", "breast_cancer"))):
        assert not offset_of(data.X).any()
        assert near_zero(data.X) is data.X


@pytest.mark.parametrize("scale", [1.0, 1e-9, 1e12])
def test_what_is_far_comes_near_by_a_step_that_loses_nothing(scale: float) -> None:
    X, _ = blobs()
    for move in (FAR, -FAR, 40.0, 1000 * np.arange(20.0)):
        there = X * scale + np.asarray(move) * scale
        offset = offset_of(there)
        assert offset.any()
        here = there - offset
        np.testing.assert_array_equal(here + offset, there)
        assert (np.abs(here.mean(axis=0)) <= 16 * X.std(axis=0) * scale).all()
        np.testing.assert_array_equal(near_zero(there), here)


def test_a_feature_that_never_varies_is_no_distance() -> None:
    X, _ = blobs()
    constant = np.c_[X, np.full(len(X), 3e5), np.full(len(X), 0.5), np.zeros(len(X))]
    offset = offset_of(constant)
    assert offset[20:].tolist() == [3e5, 0.0, 0.0]
    assert offset_of(np.full((30, 2), 3e5)).tolist() == [3e5, 3e5]
    assert offset_of(np.zeros((30, 2))).tolist() == [0.0, 0.0]
    assert offset_of(np.ones((1, 2))).tolist() == [1.0, 1.0]
    assert offset_of(np.full((3, 2), -1e100)).tolist() == [-1e100, -1e100]


def test_a_large_pool_is_judged_by_some_of_its_rows(tmp_path: Any) -> None:
    X = np.random.default_rng(0).normal(size=(30_000, 4)) + np.array([0, 1e6, 0, -1e9])
    offset = offset_of(X)
    assert offset[[0, 2]].tolist() == [0, 0]
    assert np.abs((X - offset).mean(axis=0)).max() < 16
    np.save(tmp_path / "X.npy", X)
    np.testing.assert_array_equal(offset_of(np.load(tmp_path / "X.npy", mmap_mode="r")), offset)


# Whole numbers


DTYPES = ["uint8", "float16", "bool"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [found.info.name for found in strategies()])
def test_the_same_is_asked_whatever_kind_of_numbers_features_are(name: str, dtype: str) -> None:
    """Through the door of a data set, and through that of a strategy, where unsigned bytes used to wrap."""
    rng = np.random.default_rng(0)
    X, y = rng.integers(0, 2 if dtype == "bool" else 120, size=(60, 6)), np.arange(60) % 3
    plain, other = task_of(X.astype(float), y), task_of(X.astype(dtype), y)
    name = "expected_error_reduction(tries=2)" if name == "expected_error_reduction" else name
    assert picks(other, name) == picks(plain, name)

    context = context_of(plain)
    refit = {"refit": lambda rows, labels: context.model}
    asked = [
        resolve_strategy(name).choose(
            replace(context, features=X.astype(kind), rng=np.random.default_rng(1), memo={}, round_memo={}, **refit), 5
        )
        for kind in ("float64", dtype)
    ]
    assert asked[1].indices.tolist() == asked[0].indices.tolist()


@pytest.mark.parametrize("name", LEARNERS)
def test_the_same_is_learnt_from_unsigned_bytes(name: str) -> None:
    X, y = np.random.default_rng(0).integers(0, 255, size=(120, 6)), np.arange(120) % 3
    rows = np.arange(len(X))
    given = Training(X.astype(np.uint8), rows, y, 3, rows[:0], ("test",))
    assert given.features.dtype == given.X.dtype == np.float64
    whole, plain = (fitted(name, X.astype(kind), y).probabilities(rows) for kind in (np.uint8, np.float64))
    np.testing.assert_array_equal(whole, plain)


# Solvers that would never come back


HARD_CASES = {
    "all rows equal": lambda X: np.full_like(X, 3e5),
    "two rows far apart": lambda X: np.where(X > 0, 3e5, 0.0),
    "scales a million million apart": lambda X: X * np.array([1e6, 1e6, 1e-6, 1e-6]),
    "large": lambda X: X * 1e8,
    "larger": lambda X: X * 1e14,
    "small": lambda X: X * 1e-14,
    "a hundred million away": lambda X: X + 1e8,
    "one outlier": lambda X: np.where(np.arange(len(X))[:, None] == 25, 1e9, X),
}
SOLVERS = [
    ("logistic", "vote_entropy(committee=hard)"), ("logistic", "vote_entropy"), ("logistic", "vote_entropy(committee=forest)"),
    *((learner, "margin") for learner in LEARNERS),
]  # fmt: skip


@pytest.mark.parametrize("case", HARD_CASES)
@pytest.mark.parametrize(("learner", "name"), SOLVERS)
def test_every_solver_comes_back(case: str, learner: str, name: str) -> None:
    """Without a limit on iterations some of these ran for ever; others raised."""
    X, y = blobs(90, 4)
    assert len(set(picks(task_of(HARD_CASES[case](X), y, learner), name))) == 10


@pytest.mark.parametrize("name", ["svm", "svm(kernel=linear)", "svm(kernel=poly)"])
def test_a_limit_on_iterations_is_beyond_what_they_need(name: str) -> None:
    """On digits and the tables nothing stops at the limit: their models are what they were without one."""
    for data in (load_digits(), *map(load_table, ("iris", "wine", "breast_cancer"))):
        rows = np.sort(np.random.default_rng(0).choice(len(data.X), 100, replace=False))
        training = Training(data.X, rows, data.y[rows], len(data.classes), np.arange(0), ("test",), {})
        estimator: Any = resolve_learner(name).fit(training).estimator  # type: ignore[attr-defined]
        machines = getattr(estimator, "estimators_", [estimator])
        assert 0 < max(machine.n_iter_.max() for machine in machines) < 10_000
        assert all(machine.max_iter > 0 for machine in machines)


def test_every_machine_of_the_hard_committee_has_a_limit() -> None:
    X, y = blobs(40, 4)
    members = committee_members(context_of(task_of(X, y)), "hard")
    limits = [member.estimator.max_iter for member in members if hasattr(member.estimator, "max_iter")]
    assert len(limits) == 4
    assert min(limits) > 0
