"""Stopping hints and Cohen's kappa."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given
from scipy.stats import binomtest, poisson
from sklearn.metrics import cohen_kappa_score

from al_core.measures.agreement import cohen_kappa
from al_core.measures.shares import share_interval
from al_core.measures.stopping import budget_spent, hints, small_expected_error, stable_predictions
from al_core.measures.trust import believed, times_more_wrong

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
    assert small_expected_error([0.5, 0.02]).reason == (
        "The model expects to be wrong on only 2.0% of the unlabelled items, and was about as right as it said on labels that"
        " it did not know."
    )
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


def test_that_predictions_have_stopped_changing_is_not_said_as_if_it_were_good():
    hint = stable_predictions([1.0, 0.995, 0.993])
    assert not hint.good
    assert hint.reason.startswith("Little changes: ")
    assert hint.reason.endswith("about the unlabelled items (kappa at least .993), right or wrong.")
    assert small_expected_error([0.01]).good
    assert budget_spent(10, 10).good


@pytest.mark.parametrize(("expected", "wrong"), [(0.5, 0), (3.0, 1), (10.0, 10), (25.0, 40)])
def test_the_bound_leaves_so_few_errors_a_chance_of_5_percent(expected, wrong):
    factor = times_more_wrong(expected, wrong)
    assert poisson.cdf(wrong, factor * expected) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("expected", "wrong", "result"),
    [
        (0.0, 0, False),  # sure of everything: that nothing was wrong on a few labels is no check
        (0.1, 0, False),
        (1.4, 0, False),
        (1.6, 0, True),
        (10.0, 10, True),
        (10.0, 16, False),
        (0.3, 30, False),  # naive Bayes on digits
    ],
)
def test_a_model_is_believed_that_errs_about_as_often_as_it_says(expected, wrong, result):
    assert believed(expected, wrong) == result


@pytest.mark.parametrize(("share", "rows"), [(0.98, 540), (1.0, 45), (0.0, 10), (0.5, 1)])
def test_the_interval_of_an_accuracy_is_wilsons(share, rows):
    low, high = share_interval(share, rows)
    peer = binomtest(round(share * rows), rows).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((peer.low, peer.high)) if share * rows % 1 == 0 else low < share < high
    assert share_interval(share, 0) is None


def test_the_interval_of_98_percent_on_540_rows_is_as_wide_as_it_is():
    low, high = share_interval(0.98, 540)
    assert (high - low) / 2 == pytest.approx(0.012, abs=0.001)


@pytest.mark.parametrize(("batch", "rounds"), [(1, 10), (4, 3), (3, 4), (100, 3)])
def test_small_batches_must_be_stable_for_more_rounds(batch, rounds):
    assert hints([1.0] * (rounds - 1), [], 50, None, batch) == ()
    assert [hint.rule for hint in hints([1.0] * rounds, [], 50, None, batch)] == ["stable_predictions"]
