"""Starting sets: what they hold, and that every count that depends on them follows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from al_core.comparison.campaign import bench
from al_core.comparison.summary import summary
from al_core.compute.inline import Inline
from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.facts import INITIAL_METHODS, describe_dataset
from al_core.data.readers.bundled import load_digits
from al_core.ground.errors import UserError
from al_core.task import starts
from al_core.task.spec import TaskSpec, check_spec
from al_core.task.split import split
from al_core.task.starts import typical


@pytest.mark.parametrize("initial", list(INITIAL_METHODS))
def test_has_the_size_the_catalog_says_and_leaves_the_rest_to_the_pool(initial: str) -> None:
    info = describe_dataset("digits")
    task = split(load_digits(), TaskSpec(initial=initial, seed=3))
    assert len(task.initial) == info.start(initial)
    assert len(task.pool) == info.pool(initial)
    everything = np.concatenate([task.test, task.pool, task.initial])
    np.testing.assert_array_equal(np.sort(everything), np.arange(1797))


def test_random_per_class_has_two_of_each() -> None:
    task = split(load_digits(), TaskSpec())
    assert np.bincount(task.dataset.y[task.initial]).tolist() == [2] * 10


@pytest.mark.parametrize("initial", list(INITIAL_METHODS))
def test_follows_from_the_seed(initial: str) -> None:
    first, again, other = (split(load_digits(), TaskSpec(initial=initial, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.initial, again.initial)
    assert first.initial.tolist() != other.initial.tolist()


def test_both_starts_share_the_test_rows() -> None:
    tasks = [split(load_digits(), TaskSpec(initial=initial)) for initial in INITIAL_METHODS]
    np.testing.assert_array_equal(tasks[0].test, tasks[1].test)


def test_typical_needs_no_label() -> None:
    digits = load_digits()
    rest = np.arange(0, 1797, 2)
    poisoned = Dataset("poisoned", digits.X, np.full(1797, UNKNOWN), digits.classes)
    np.testing.assert_array_equal(typical(poisoned, rest, 0), typical(digits, rest, 0))


def test_of_many_rows_typical_ones_are_looked_for_among_some(monkeypatch: pytest.MonkeyPatch) -> None:
    digits = load_digits()
    rest = np.arange(0, 1797, 2)
    whole = typical(digits, rest, 0)
    monkeypatch.setattr(starts, "TYPICAL_AMONG", len(rest))
    np.testing.assert_array_equal(typical(digits, rest, 0), whole)
    monkeypatch.setattr(starts, "TYPICAL_AMONG", 100)
    some = [typical(digits, rest, seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(some[0], some[1])
    assert set(some[0]) != set(some[2])
    assert set(some[0]) <= set(rest)
    assert len(set(some[0])) == 10


def test_typical_takes_the_centre_of_every_cluster() -> None:
    rng = np.random.default_rng(0)
    centres = 50.0 * np.eye(4)
    ring = rng.normal(size=(4, 30, 4))
    ring *= 5 / np.linalg.norm(ring, axis=2, keepdims=True)
    blobs = [
        np.concatenate([centre + 0.1 * rng.normal(size=(25, 4)), centre + around])
        for centre, around in zip(centres, ring, strict=True)
    ]
    data = Dataset("blobs", np.concatenate(blobs), np.repeat(np.arange(4), 55), ("a", "b", "c", "d"))
    chosen = np.sort(typical(data, np.arange(220), seed=0))
    assert (chosen // 55).tolist() == [0, 1, 2, 3]
    assert (chosen % 55 < 25).all()


@pytest.mark.filterwarnings("ignore:Number of distinct clusters")
@pytest.mark.parametrize("X", [np.zeros((3, 2)), np.ones((30, 2)), np.repeat([[0.0, 0.0], [1.0, 1.0]], 20, axis=0)])
def test_typical_copes_with_few_and_equal_items(X: np.ndarray) -> None:
    data = Dataset("few", X.astype(float), np.zeros(len(X), dtype=np.int64), tuple("abcde"))
    chosen = typical(data, np.arange(len(X)), seed=0)
    assert 1 <= len(chosen) <= 5
    assert len(set(chosen.tolist())) == len(chosen)


def test_counts_follow_the_start() -> None:
    spec = TaskSpec(initial="typical", batch=1, budget=65)
    assert spec.rounds == 55
    assert replace(spec, initial="random_per_class").rounds == 45
    check_spec(replace(spec, budget=11))
    check_spec(replace(spec, budget=1257))
    with pytest.raises(UserError, match="--budget is 10; it must exceed the 10 labels a run starts with"):
        check_spec(replace(spec, budget=10))
    with pytest.raises(UserError, match=r"only 1,257 labels to give \(10 at the start, 1,247 in the pool\)"):
        check_spec(replace(spec, budget=1258))


def test_an_unknown_start_is_refused() -> None:
    for check in (check_spec, lambda spec: split(load_digits(), spec)):
        with pytest.raises(UserError, match="no starting set 'typicl'; did you mean 'typical'"):
            check(TaskSpec(initial="typicl"))


def test_the_bench_says_how_it_started() -> None:
    spec = TaskSpec(learner="knn", initial="typical", budget=20)
    protocol = summary(bench(spec, ["random"], Inline()))["protocol"]
    assert (protocol["initial"], protocol["initial_method"], protocol["pool"], protocol["test"]) == (10, "typical", 1247, 540)
