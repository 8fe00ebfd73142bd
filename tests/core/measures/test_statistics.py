"""Statistics against SciPy, published worked examples, and cases that can be worked out by hand."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from al_core.measures import statistics as tests
from al_core.measures.curves import aulc, exact_aulc
from al_core.measures.estimates import Estimate

# Demšar 2006, table 6: AUC of C4.5 with m and cf tuned on 14 data sets; section 3.2 works the tests out.
DEMSAR = {
    "C4.5": [0.763, 0.599, 0.954, 0.628, 0.882, 0.936, 0.661, 0.583, 0.775, 1.0, 0.940, 0.619, 0.972, 0.957],
    "C4.5+m": [0.768, 0.591, 0.971, 0.661, 0.888, 0.931, 0.668, 0.583, 0.838, 1.0, 0.962, 0.666, 0.981, 0.978],
    "C4.5+cf": [0.771, 0.590, 0.968, 0.654, 0.886, 0.916, 0.609, 0.563, 0.866, 1.0, 0.965, 0.614, 0.9751, 0.946],
    "C4.5+m+cf": [0.798, 0.569, 0.967, 0.657, 0.898, 0.931, 0.685, 0.625, 0.875, 1.0, 0.962, 0.669, 0.975, 0.970],
}


def test_friedman_on_the_worked_example_of_demsar() -> None:
    found = tests.friedman(DEMSAR, "C4.5")
    assert found is not None
    assert [round(rank, 3) for rank in found.ranks.values()] == [3.143, 2.000, 2.893, 1.964]
    assert found.f == pytest.approx(3.69, abs=0.005)
    assert found.critical_difference == pytest.approx(1.25, abs=0.005)
    assert (found.chi2, found.p_value) == pytest.approx(tuple(stats.friedmanchisquare(*DEMSAR.values())))
    # The paper's p-values against C4.5 are .016, .019 and .607; Holm multiplies by 3, 2 and 1.
    assert found.p_holm["C4.5+m+cf"] == pytest.approx(3 * 0.016, abs=0.002)
    assert found.p_holm["C4.5+m"] == pytest.approx(2 * 0.019, abs=0.012)
    assert found.p_holm["C4.5+m"] >= found.p_holm["C4.5+m+cf"]
    assert found.p_holm["C4.5+cf"] == pytest.approx(0.607, abs=0.002)
    assert found.groups == (("C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5"),)


@pytest.mark.parametrize(("k", "q"), [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (10, 3.164)])
def test_critical_differences_of_demsars_table_5(k: int, q: float) -> None:
    assert tests.critical_difference(k, 14) == pytest.approx(q * math.sqrt(k * (k + 1) / (6 * 14)), abs=0.001)


def test_groups_are_the_longest_runs_within_the_distance() -> None:
    ranks = {"a": 1.0, "b": 1.8, "c": 2.4, "d": 4.0}
    assert tests.not_told_apart(ranks, 1.0) == (("a", "b"), ("b", "c"))
    assert tests.not_told_apart(ranks, 1.5) == (("a", "b", "c"),)
    assert tests.not_told_apart(ranks, 0.1) == ()


def test_friedman_needs_three_strategies_and_two_data_sets() -> None:
    assert tests.friedman({"a": [1, 2], "b": [2, 1]}, "a") is None
    assert tests.friedman({"a": [1], "b": [2], "c": [3]}, "a") is None
    even = tests.friedman({"a": [1, 1], "b": [1, 1], "c": [1, 1]}, "a")
    assert even is not None
    assert (even.p_value, even.p_holm) == (1.0, {"b": 1.0, "c": 1.0})


def test_mean_ranks_share_ties() -> None:
    assert tests.mean_ranks([[0.9, 0.8, 0.8], [0.7, 0.9, 0.8]]).tolist() == [2.0, 1.75, 2.25]


def test_holm_by_hand() -> None:
    # Holm 1979: sorted p-values times m, m − 1, …, made monotone, at most 1.
    assert tests.holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == pytest.approx(
        {"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06}
    )
    assert tests.holm({"a": 0.6, "b": 0.9}) == {"a": 1.0, "b": 1.0}
    assert tests.holm({}) == {}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_the_order(p_values: list[float]) -> None:
    given_p = {str(index): p for index, p in enumerate(p_values)}
    adjusted = tests.holm(given_p)
    order = sorted(given_p, key=lambda name: given_p[name])
    assert all(p <= adjusted[name] <= 1 for name, p in given_p.items())
    assert [adjusted[name] for name in order] == sorted(adjusted.values())


def test_wilcoxon_equals_scipy_and_its_effect_size_the_rank_sums() -> None:
    # Heights of cross- and self-fertilised corn, Darwin 1876: SciPy's own example, W = 24, p = .041.
    difference = [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75]
    found = tests.wilcoxon([value / 1000 for value in difference], [0.0] * 15)
    assert found is not None
    assert found[0] == pytest.approx(0.041259765625)
    assert found[1] == pytest.approx((96 - 24) / 120)
    assert tests.wilcoxon([0.5, 0.5], [0.5, 0.5]) == (1.0, 0.0)
    assert tests.wilcoxon([0.5], [0.4]) is None


def test_mean_interval_is_scipys_bca_and_repeats() -> None:
    values = [0.91, 0.93, 0.90, 0.92, 0.95, 0.89, 0.93, 0.94]
    found = tests.mean_interval(values, name="x")
    again = tests.mean_interval(values, name="x")
    assert found == again
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    peer = stats.bootstrap((values,), np.mean, n_resamples=20_000, rng=np.random.default_rng(5)).confidence_interval
    assert (found.low, found.high) == pytest.approx((peer.low, peer.high), abs=0.001)


def saved(strategy: list[float], baseline: list[float]) -> Estimate:
    found = tests.saving(strategy, baseline)
    assert found is not None
    return found.interval()


def test_saved_interval_is_paired() -> None:
    baseline = [100.0, 150.0, 120.0, 180.0, 90.0, 140.0]
    half = [value / 2 for value in baseline]
    found = saved(half, baseline)
    # On every seed exactly half: seeds differ much, but pairs do not, so there is nothing to be unsure about.
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))
    shuffled = saved(half[1:] + half[:1], baseline)
    assert shuffled.low is not None
    assert shuffled.high is not None
    assert shuffled.low < 0.45 < 0.55 < shuffled.high


def test_saved_interval_covers_the_truth() -> None:
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(60):
        common = rng.normal(120, 20, 30)
        ours, theirs = 0.8 * common + rng.normal(0, 10, 30), common + rng.normal(0, 10, 30)
        found = saved(ours.tolist(), theirs.tolist())
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0.2 <= found.high
    assert inside >= 51  # 95 % of 60 is 57; fewer than 51 happens once in some 500 tries


def test_one_seed_has_no_interval_and_none_has_no_estimate() -> None:
    assert saved([80.0], [100.0]) == Estimate(pytest.approx(0.2))
    assert tests.saving([], []) is None
    assert tests.mean_interval([]) is None


def test_censored_runs_count_as_the_whole_budget() -> None:
    assert tests.restricted([100, None, 320], 320) == [100.0, 320.0, 320.0]


def test_an_interval_excludes_zero_just_when_the_p_value_says_so() -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        found = tests.saving(rng.normal(90, 20, 12).tolist(), rng.normal(100, 20, 12).tolist())
        assert found is not None
        for level in (0.8, 0.95, 0.997):
            bounds = found.interval(level).bounds
            assert bounds is not None
            assert found.p_value is not None
            assert (found.p_value <= 1 - level) == (bounds[0] > 0 or bounds[1] < 0)


def test_the_error_of_a_saving_is_that_of_the_logarithm_of_the_ratio() -> None:
    """By the formula written out: s² = (s_a² / ā² + s_b² / b̄² − 2 s_ab / ā b̄) / n."""
    rng = np.random.default_rng(5)
    b = rng.normal(100, 15, 25)
    a = 0.7 * b + rng.normal(0, 12, 25)
    r, spread = a.mean() / b.mean(), np.cov(a, b)
    relative = spread / np.outer([a.mean(), b.mean()], [a.mean(), b.mean()])
    error = math.sqrt((relative[0, 0] + relative[1, 1] - 2 * relative[0, 1]) / 25)
    found = tests.saving(a.tolist(), b.tolist())
    assert found is not None
    assert (found.estimate, found.error) == pytest.approx((1 - r, error))
    reach = math.exp(stats.t.ppf(0.975, 24) * error)
    assert found.interval() == Estimate(pytest.approx(1 - r), pytest.approx(1 - r * reach), pytest.approx(1 - r / reach))
    # To save and to cost are mirror images: the roles changed, the ratio is turned over and as sure.
    turned = tests.saving(b.tolist(), a.tolist())
    assert turned is not None
    assert (turned.p_value, turned.ratio) == pytest.approx((found.p_value, 1 / r))
    nothing, half = tests.saving(b.tolist(), b.tolist()), tests.saving((b / 2).tolist(), b.tolist())
    assert nothing is not None
    assert half is not None
    assert (nothing.p_value, half.p_value) == (1.0, 0.0)


def test_intervals_of_a_family_exclude_zero_just_when_holm_says_so() -> None:
    p_values = {"a": 0.001, "b": 0.0099, "c": 0.03, "d": 0.04, "e": 1.0}
    adjusted = tests.holm(p_values)
    for name, p in p_values.items():
        assert (p <= 1 - tests.family_level(p, adjusted[name], 5)) == (adjusted[name] <= 0.04), name
    assert tests.family_level(0.0, 0.0, 5) == pytest.approx(0.992)
    assert tests.family_level(0.03, 0.03, 1) == pytest.approx(0.96)


def test_areas_that_are_equal_are_equal_to_the_last_bit() -> None:
    """On wine and iris areas of few test rows tie often, and sums of floats differ in their last bit."""
    rng = np.random.default_rng(1)
    hits = rng.integers(48, 54, size=(2000, 9))
    labels = range(6, 24, 2)
    curves = [[(n, int(k) / 54) for n, k in zip(labels, row, strict=True)] for row in hits]
    whole = [int(row[0]) + int(row[-1]) + 2 * int(row[1:-1].sum()) for row in hits]
    exact = [exact_aulc(curve) for curve in curves]
    assert exact == [Fraction(area, 16 * 54) for area in whole]
    assert [aulc(curve) for curve in curves] == pytest.approx([area / (16 * 54) for area in whole])
    assert len({aulc(curve) for curve in curves}) > len(set(whole))  # in floats, equal areas differ
    assert exact_aulc([(3, 0.5)]) is None


def test_ties_are_ties_in_ranks_and_in_wilcoxons_test() -> None:
    tenth = [Fraction(1, 10), Fraction(3, 10), Fraction(2, 10)]
    assert tests.mean_ranks([tenth, [tenth[0] + tenth[2], tenth[1], Fraction(0)]]).tolist() == [2.25, 1.25, 2.5]
    ours = [Fraction(k, 540) for k in (510, 505, 500, 499, 490, 495, 470)]
    theirs = [Fraction(k, 540) for k in (500, 495, 500, 500, 480, 500, 460)]
    differences = [10, 10, 0, -1, 10, -5, 10]
    found = tests.wilcoxon(ours, theirs)
    assert found is not None
    assert found[0] == pytest.approx(stats.wilcoxon([d for d in differences if d]).pvalue)
    assert found[1] == pytest.approx((18 - 3) / 21)


def test_data_sets_on_which_scores_differ_by_rounding_only_are_ties() -> None:
    scores = {"random": [0.1 + 0.2, 0.5], "a": [0.3, 0.5], "b": [0.2, 0.6]}
    found = tests.friedman(scores, "random")
    assert found is not None
    assert found.ranks == {"random": 2.0, "a": 2.0, "b": 2.0}


def test_jaccard() -> None:
    assert tests.jaccard([1, 2, 3], [2, 3, 4]) == 0.5
    assert tests.jaccard([1], [2]) == 0.0
    assert tests.jaccard([], []) == 1.0
