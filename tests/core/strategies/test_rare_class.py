"""Looking for a class that has few labels: how far it is behind, what is asked then, and that nobody is behind without need."""

from __future__ import annotations

import numpy as np
import pytest

from al_core.data.dataset import IntArray
from al_core.ground.errors import UserError
from al_core.learners.model import Training
from al_core.learners.registry import resolve_learner
from al_core.strategies.rare_class import most_behind
from al_core.strategies.registry import QueryContext, resolve_strategy

N = 600


def clouds(labelled: IntArray, rare: int = 20) -> tuple[QueryContext, IntArray]:
    """Three clouds that overlap, the last of so few items."""
    rng = np.random.default_rng(0)
    y = np.arange(N) % 2
    y[N - rare :] = 2
    X = np.array([[0.0, 0.0], [3.0, 0.0], [1.5, 4.0]])[y] + rng.normal(size=(N, 2))
    training = Training(X, labelled, y[labelled], 3, np.setdiff1d(np.arange(N), labelled), ("test",), {})
    model = resolve_learner("logistic").fit(training)
    return QueryContext(model, X, training.pool, labelled, y[labelled], 3, np.random.default_rng(1)), y


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ([], (0, 0.0)),
        ([1, 1, 1], (0, 0.0)),
        ([0, 1, 2], (0, 0.0)),
        ([0, 0, 0, 2], (2, 0.5)),
        ([0] * 8 + [1] * 7 + [2], (2, 1 - 3 / 16)),
    ],
)
def test_how_far_a_class_is_behind(labels: list[int], expected: tuple[int, float]) -> None:
    rare, behind = most_behind(np.array(labels, dtype=np.int64), 4)
    assert (rare, behind) == (expected[0], pytest.approx(expected[1]))


def test_one_label_of_a_rare_class_finds_more_than_margin_and_than_chance() -> None:
    made, y = clouds(np.array([*range(30), N - 1]))
    found = {
        name: int((y[made.candidates[resolve_strategy(name).choose(made, 20).indices]] == 2).sum())
        for name in ("rare_class(base=margin)", "margin", "random")
    }
    assert found["rare_class(base=margin)"] >= 8
    assert found["rare_class(base=margin)"] > max(found["margin"], found["random"])


def test_where_no_class_is_behind_all_is_asked_by_the_base() -> None:
    made, y = clouds(np.array([0, 1, 2, 3, N - 1, N - 2]))
    assert np.bincount(y[made.labelled]).tolist() == [2, 2, 2]
    asked = resolve_strategy("rare_class(base=margin)").choose(made, 15)
    assert asked.indices.tolist() == resolve_strategy("margin").choose(made, 15).indices.tolist()


def test_a_share_of_nothing_is_the_base_and_the_rest_of_a_batch_is_too() -> None:
    made, _ = clouds(np.array([*range(30), N - 1]))
    base = resolve_strategy("margin").choose(made, 20).indices.tolist()
    assert resolve_strategy("rare_class(base=margin,share=0)").choose(made, 20).indices.tolist() == base
    half = resolve_strategy("rare_class(base=margin,share=0.5)").choose(made, 20).indices.tolist()
    by_base = [position for position in half if position in base]
    assert len(set(half)) == 20
    assert by_base[-8:] == half[-8:], "what is not looked for is the best of the base, in its order"


def test_a_base_that_is_itself_is_refused() -> None:
    with pytest.raises(UserError, match="rare_class itself"):
        resolve_strategy("rare_class(base=rare_class)")
