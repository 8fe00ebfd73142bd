"""The digits protocol: sizes, disjoint parts, pairing, and checks of what a person may ask for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from al_core.data.dataset import Dataset
from al_core.data.facts import describe_dataset
from al_core.data.kinds import load_dataset
from al_core.ground.errors import UserError
from al_core.task.spec import TaskSpec, check_spec
from al_core.task.split import make_task, split


def test_the_catalogue_tells_the_true_sizes() -> None:
    info, task = describe_dataset("digits"), make_task(TaskSpec())
    assert (info.test, info.start("random_per_class"), info.pool("random_per_class")) == (540, 20, 1237)
    assert (len(task.test), len(task.initial), len(task.pool)) == (540, 20, 1237)
    assert info.items == len(task.dataset.X)
    assert info.classes == len(task.dataset.classes)


def test_what_a_model_of_ones_own_says_follows_the_classes() -> None:
    told = np.array([[0.5, 0.3, 0.2], [0.0, 0.0, 1.0]])
    task = make_task(TaskSpec(dataset="iris"))
    assert task.told(told) == pytest.approx(told)
    merged = replace(task, follows=(0, 0, 2, 3), added=1)
    assert merged.told(told) == pytest.approx(np.array([[0.8, 0.0, 0.2, 0.0], [0.0, 0.0, 1.0, 0.0]]))
    split = replace(task, follows=(0, 1, -1, 3, 4), added=2)
    assert split.told(told) == pytest.approx(np.array([[0.625, 0.375, 0, 0, 0], [0.25, 0.25, 0, 0.25, 0.25]]))
    assert split.living.tolist() == [0, 1, 3, 4]


@pytest.mark.parametrize("seed", [0, 1, 17])
def test_parts_are_disjoint_complete_and_stratified(seed: int) -> None:
    task = make_task(TaskSpec(seed=seed))
    rows = np.concatenate([task.test, task.pool, task.initial])
    assert np.array_equal(np.sort(rows), np.arange(1797))
    assert np.bincount(task.dataset.y[task.initial]).tolist() == [2] * 10
    share = np.bincount(task.dataset.y[task.test]) / np.bincount(task.dataset.y)
    assert np.all(np.abs(share - 0.3) < 0.01)


def test_seeds_differ_and_repeat() -> None:
    first, again, other = (make_task(TaskSpec(seed=seed)) for seed in (3, 3, 4))
    assert np.array_equal(first.initial, again.initial)
    assert not np.array_equal(first.initial, other.initial)
    assert not np.array_equal(first.test, other.test)


def test_features_are_scaled_and_read_only() -> None:
    data = load_dataset("digits")
    assert (data.X.min(), data.X.max()) == (0.0, 1.0)
    with pytest.raises(ValueError, match="read-only"):
        data.X[0, 0] = 1.0
    assert len(data.item_ids) == 1797
    assert data.fingerprint == load_dataset("digits").fingerprint


def test_thirty_rounds_spend_the_default_budget() -> None:
    assert TaskSpec().rounds == 30
    assert TaskSpec(budget=25).rounds == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"batch": 0}, "--batch is 0"),
        ({"target": 1.5}, "--target is 1.5"),
        ({"target": 0.0}, "--target is 0"),
        ({"budget": 20}, "must exceed the 20 labels"),
        ({"budget": 1258}, "only 1,257 labels"),
        ({"seed": -1}, "--seed is -1"),
        ({"dataset": "digit"}, "did you mean 'digits'"),
    ],
)
def test_what_cannot_be_run_is_refused_with_a_reason(change: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        check_spec(replace(TaskSpec(), **change))


def test_the_whole_pool_may_be_asked_for() -> None:
    assert check_spec(TaskSpec(budget=1257)).rounds == 124


def test_a_class_with_one_label_is_named_where_it_cannot_be_on_both_sides() -> None:
    pots = Dataset("pots", np.arange(24.0).reshape(12, 2), [0] * 6 + [1] + [2] * 5, ("bowl", "jug", "vase"))
    with pytest.raises(UserError, match="only one label of jug; give two of each class") as refused:
        split(pots, TaskSpec())
    assert "\n" not in str(refused.value)
