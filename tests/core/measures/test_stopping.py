"""Stopping hints and Cohen's kappa."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given
from sklearn.metrics import cohen_kappa_score

from al_core.measures.agreement import cohen_kappa
from al_core.measures.stopping import budget_spent, hints, small_expected_error, stable_predictions

LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30)


@given(LABELS)
def test_kappa_is_that_of_scikit_learn(pairs):
    first, second = zip(*pairs, strict=True)
    ours = cohen_kappa(first, second)
    if len({*first, *second}) > 1:
        assert ours == pytest.approx(cohen_kappa_score(first, second))
    else:
        assert ours == 1.0


def test_kappa_without_items_and_of_different_lengths():
    assert cohen_kappa([], []) is None
    with pytest.raises(ValueError, match="2 labels against 1"):
        cohen_kappa([1, 2], [1])


@pytest.mark.parametrize(
    ("kappas", "expected"),
    [
        ([], False),
        ([1.0, 1.0], False),
        ([None, 1.0, 1.0], False),
        ([0.5, 0.99, 0.995, 1.0], True),
        ([1.0, 1.0, 0.989], False),
        ([1.0, 0.98, 1.0, 1.0, 1.0], True),
    ],
)
def test_predictions_must_be_stable_for_three_rounds(kappas, expected):
    assert (stable_predictions(kappas) is not None) == expected


def test_the_expected_error_of_the_latest_model_counts():
    assert small_expected_error([0.5, 0.02]).reason == "The model expects to be wrong on only 2.0% of the unlabelled items."
    assert small_expected_error([0.01, 0.021]) is None
    assert small_expected_error([0.01, None]) is None
    assert small_expected_error([]) is None


def test_the_budget():
    assert budget_spent(9, 10) is None
    assert budget_spent(10, None) is None
    assert budget_spent(10, 10).reason == "10 labels are given; the budget was 10."


def test_all_hints_that_hold_are_given():
    rules = [hint.rule for hint in hints([1.0] * 3, [0.01], 5, 5, batch=5)]
    assert rules == ["stable_predictions", "small_expected_error", "budget_spent"]


@pytest.mark.parametrize(("batch", "rounds"), [(1, 10), (4, 3), (3, 4), (100, 3)])
def test_small_batches_must_be_stable_for_more_rounds(batch, rounds):
    assert hints([1.0] * (rounds - 1), [], 50, None, batch) == ()
    assert [hint.rule for hint in hints([1.0] * rounds, [], 50, None, batch)] == ["stable_predictions"]
