"""How sure a comparison is: intervals, paired tests, ranks over data sets. SciPy where it has the test.

Everything here is a plain function of numbers; every resampling is seeded by what it resamples, so results repeat.

References
----------
Demšar 2006, Statistical comparisons of classifiers over multiple data sets, JMLR 7: Friedman, Nemenyi, Holm against a control.
Holm 1979, A simple sequentially rejective multiple test procedure. Kerby 2014, The simple difference formula: rank-biserial
correlation. Efron 1987, Better bootstrap confidence intervals: BCa. Cochran 1977, Sampling techniques: the error of a ratio.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray
from al_core.ground.seeding import stable_seed
from al_core.measures.estimates import Estimate, FriedmanResult

RESAMPLES = 10_000
_AT_ONCE = 10_000_000
"""Numbers that a bootstrap holds in memory at a time; up to 1,000 pairs, all of them."""
LEVEL = 0.95
VERDICT_ERROR = 0.04
"""A verdict is held to this, not to 5 %, so that false alarms stay below 5 % as measured (docs/comparison.md)."""
Score = float | Fraction
_EQUAL = 12
"""Digits to which scores of data sets that are equal but for rounding are the same."""


def mean_interval(values: Sequence[float], *, name: str = "") -> Estimate | None:
    """Mean of independent values with its bootstrap interval; None without values.

    Parameters
    ----------
    values : shape (n,), one per seed.
    name : what is resampled; together with the values it seeds the resampling.
    """
    if not values:
        return None
    sample = np.asarray(values, dtype=float)
    return _bootstrap((sample,), lambda x, axis=-1: np.mean(x, axis=axis), name)


@dataclass(frozen=True, slots=True)
class Saving:
    """Share of labels saved, with its uncertainty over paired seeds.

    Parameters
    ----------
    ratio : mean labels of the strategy / mean labels of the baseline.
    error : standard error of its logarithm, by the delta method; None with fewer than two seeds.
    freedom : degrees of freedom of Student's t.
    """

    ratio: float
    error: float | None
    freedom: int

    @property
    def estimate(self) -> float:
        """Share of labels saved."""
        return 1.0 - self.ratio

    def interval(self, level: float = LEVEL) -> Estimate:
        """The estimate with its interval: 1 − ``ratio`` · exp(± t · ``error``)."""
        from scipy.special import stdtrit

        if self.error is None:
            return Estimate(self.estimate)
        reach = math.exp(float(stdtrit(self.freedom, (1 + level) / 2)) * self.error)
        return Estimate(self.estimate, 1.0 - self.ratio * reach, 1.0 - self.ratio / reach)

    @property
    def p_value(self) -> float | None:
        """Of the hypothesis that nothing is saved, two-sided; at or below 1 − level where that interval excludes zero."""
        from scipy.special import stdtr

        if self.error is None:
            return None
        if self.error == 0:
            return 1.0 if self.ratio == 1 else 0.0
        return float(2 * stdtr(self.freedom, -abs(math.log(self.ratio)) / self.error))


def saving(strategy: Sequence[float], baseline: Sequence[float]) -> Saving | None:
    """Share of labels saved, 1 − mean(strategy) / mean(baseline), over pairs.

    The ratio of the means, not the mean of the ratios: of two equal strategies the latter is below zero on average, because
    E[a/b] > 1 for independent a and b of one distribution. On the logarithm, to save and to cost are mirror images, so neither
    is found more often by chance; with t in place of the normal distribution the interval covers as often as it says also where
    many runs count as the budget, which a bootstrap's does not (docs/comparison.md).

    Parameters
    ----------
    strategy, baseline : shape (n,), labels to target on the same seeds, in the same order, above 0.
    """
    if not strategy:
        return None
    ours, theirs = np.asarray(strategy, dtype=float), np.asarray(baseline, dtype=float)
    mean, base, n = float(ours.mean()), float(theirs.mean()), len(ours)
    error = float(np.std(ours / mean - theirs / base, ddof=1)) / math.sqrt(n) if n > 1 else None
    # What is left when every pair has one and the same ratio is rounding.
    return Saving(mean / base, 0.0 if error is not None and error < 1e-12 else error, n - 1)


def family_level(p_value: float, p_holm: float, tests: int) -> float:
    """Level at which an interval excludes zero just when the Holm-adjusted p-value is at most `VERDICT_ERROR`.

    Parameters
    ----------
    p_value, p_holm : of one test, before and after `holm`.
    tests : how many there are in the family.
    """
    times = max(p_holm / p_value, 1.0) if p_value > 0 and p_holm < 1 else float(tests)
    return 1 - VERDICT_ERROR / times


def _bootstrap(samples: tuple[FloatArray, ...], statistic: Callable[..., Any], name: str) -> Estimate:
    from scipy import stats

    estimate = float(statistic(*samples))
    if len(samples[0]) < 2:
        return Estimate(estimate)
    key = stable_seed("bootstrap", name, *(sample.tolist() for sample in samples))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a sample without spread has no BCa interval, which is dealt with below
        result = stats.bootstrap(
            samples,
            statistic,
            n_resamples=RESAMPLES,
            batch=max(1, min(RESAMPLES, _AT_ONCE // len(samples[0]))),
            paired=True,
            vectorized=True,
            confidence_level=LEVEL,
            method="BCa",
            rng=np.random.default_rng(key),
        )
    low, high = (float(bound) for bound in result.confidence_interval)
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = (float(bound) for bound in np.quantile(result.bootstrap_distribution, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    return Estimate(estimate, low, high)


def restricted(hits: Sequence[int | None], horizon: int) -> list[float]:
    """Labels to target, censored runs counted at the horizon.

    A run that never got there needs more than the whole budget; how much more is not known. Counting it as the budget gives
    the labels spent *within the budget*, which every run has: nothing is dropped and nothing is guessed.
    """
    return [float(horizon if hit is None else hit) for hit in hits]


def wilcoxon(strategy: Sequence[Score], baseline: Sequence[Score]) -> tuple[float, float] | None:
    """Wilcoxon's signed-rank test of paired values, two-sided, and its effect size.

    Parameters
    ----------
    strategy, baseline : shape (n,). What is equal must be equal to the last bit, or a zero enters the test and ties do not
        share their rank: fractions are, areas computed in floats are not.

    Returns
    -------
    The p-value, and the matched-pairs rank-biserial correlation in [−1, 1]: the share of the rank sum in favour of the strategy
    minus the share against it. None with fewer than two pairs.
    """
    from scipy import stats

    differences = [Fraction(a) - Fraction(b) for a, b in zip(strategy, baseline, strict=True)]
    if len(differences) < 2:
        return None
    nonzero = [difference for difference in differences if difference]
    if not nonzero:
        return 1.0, 0.0
    sizes = {size: place for place, size in enumerate(sorted({abs(difference) for difference in nonzero}), 1)}
    signed = np.array([sizes[abs(difference)] * (1 if difference > 0 else -1) for difference in nonzero], dtype=float)
    ranks = stats.rankdata(np.abs(signed))
    effect = float(np.sum(ranks * np.sign(signed)) / np.sum(ranks))
    return float(stats.wilcoxon(signed).pvalue), effect


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Holm's step-down adjustment: p-values that may be compared with the level as they are, whatever their number."""
    adjusted: dict[str, float] = {}
    running = 0.0
    for position, (name, p) in enumerate(sorted(p_values.items(), key=lambda entry: entry[1])):
        running = max(running, min(1.0, (len(p_values) - position) * p))
        adjusted[name] = running
    return adjusted


def mean_ranks(blocks: Sequence[Sequence[Score]]) -> FloatArray:
    """Mean rank of every strategy over the blocks, 1 = largest, ties sharing their mean rank.

    Parameters
    ----------
    blocks : shape (blocks, k), larger is better; a block is a seed or a data set. What is equal must be so to the last bit.

    Returns
    -------
    Shape (k,).
    """
    from scipy import stats

    exact = [[Fraction(score) for score in block] for block in blocks]
    places = [[sorted(set(block)).index(score) for score in block] for block in exact]
    return np.asarray(stats.rankdata(-np.asarray(places, dtype=float), axis=1).mean(axis=0))


def friedman(scores: Mapping[str, Sequence[float]], control: str) -> FriedmanResult | None:
    """Compare strategies over data sets.

    Parameters
    ----------
    scores : for each strategy one score per data set, larger is better.
    control : the strategy the others are compared with.

    Returns
    -------
    None with fewer than three strategies or two data sets, where there is no such test.
    """
    from scipy import stats

    names = list(scores)
    matrix = np.array([[round(score, _EQUAL) for score in scores[name]] for name in names], dtype=float).T
    k = len(names)
    if k < 3 or len(matrix) < 2:
        return None
    n = len(matrix)
    ranks = mean_ranks(matrix.tolist())
    tied_everywhere = bool(np.all(matrix == matrix[:, :1]))
    chi2, p_value = (0.0, 1.0) if tied_everywhere else (float(x) for x in stats.friedmanchisquare(*matrix.T))
    plain = 12 * n / (k * (k + 1)) * (float(np.sum(ranks**2)) - k * (k + 1) ** 2 / 4)
    rest = n * (k - 1) - plain
    f = (n - 1) * plain / rest if rest > 1e-12 else None
    f_p = None if f is None else float(stats.f.sf(f, k - 1, (k - 1) * (n - 1)))
    error = math.sqrt(k * (k + 1) / (6 * n))
    mine = names.index(control)
    p_plain = {
        name: float(2 * stats.norm.sf(abs(ranks[position] - ranks[mine]) / error))
        for position, name in enumerate(names)
        if position != mine
    }
    table = dict(zip(names, ranks.tolist(), strict=True))
    distance = critical_difference(k, n)
    return FriedmanResult(n, table, chi2, p_value, f, f_p, distance, holm(p_plain), not_told_apart(table, distance))


def critical_difference(strategies: int, blocks: int, level: float = 1 - LEVEL) -> float:
    """Nemenyi's critical difference of mean ranks: q · √(k (k + 1) / 6 N), q from the studentized range."""
    from scipy import stats

    q = float(stats.studentized_range.ppf(1 - level, strategies, np.inf)) / math.sqrt(2)
    return q * math.sqrt(strategies * (strategies + 1) / (6 * blocks))


def not_told_apart(ranks: Mapping[str, float], distance: float) -> tuple[tuple[str, ...], ...]:
    """The longest runs of neighbours by rank, at least two long, whose ranks lie within ``distance`` of each other."""
    names = sorted(ranks, key=lambda name: ranks[name])
    groups: list[tuple[str, ...]] = []
    covered = 0
    for begin in range(len(names)):
        end = begin
        while end + 1 < len(names) and ranks[names[end + 1]] - ranks[names[begin]] < distance:
            end += 1
        if end > begin and end + 1 > covered:
            groups.append(tuple(names[begin : end + 1]))
            covered = end + 1
    return tuple(groups)


def jaccard(first: Sequence[int], second: Sequence[int]) -> float:
    """Share of items that two runs have in common among those that either asked for; 1 when both asked for nothing."""
    either = set(first) | set(second)
    return len(set(first) & set(second)) / len(either) if either else 1.0
