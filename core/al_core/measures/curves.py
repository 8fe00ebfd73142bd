"""What a learning curve says: labels to target, area under the curve, labels saved. Pure Python.

A curve is a sequence of (labels, accuracy) points, labels strictly increasing; accuracy here is whatever was measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

Curve = Sequence[tuple[int, float]]

HELD_ROUNDS = 3


def first_hit(curve: Curve, target: float) -> int | None:
    """Labels at the first point at or above ``target``; None when there is none."""
    return next((labels for labels, accuracy in curve if accuracy >= target), None)


def held_hit(curve: Curve, target: float, rounds: int = HELD_ROUNDS) -> int | None:
    """Labels at the first of ``rounds`` consecutive points that are all at or above ``target``; None when there is none."""
    run = 0
    for position, (_, accuracy) in enumerate(curve):
        run = run + 1 if accuracy >= target else 0
        if run == rounds:
            return curve[position - rounds + 1][0]
    return None


def aulc(curve: Curve) -> float | None:
    """Area under the learning curve: trapezoids, divided by the range of labels; None with fewer than two points."""
    if len(curve) < 2:
        return None
    return _area(curve)


def exact_aulc(curve: Curve) -> Fraction | None:
    """`aulc` without rounding, so that areas that are equal compare as equal: accuracies are shares of test rows.

    Other metrics are means of shares: the nearest share to a trillionth stands for each.
    """
    if len(curve) < 2:
        return None
    shares = [(labels, _share(accuracy)) for labels, accuracy in curve]
    rows = math.lcm(*{share.denominator for _, share in shares})
    hits = [(labels, share.numerator * (rows // share.denominator)) for labels, share in shares]
    doubled = sum((b - a) * (low + high) for (a, low), (b, high) in pairwise(hits))
    return Fraction(doubled, 2 * rows * (curve[-1][0] - curve[0][0]))


@lru_cache(maxsize=10_000)
def _share(accuracy: float) -> Fraction:
    """The share that a float stands for: so many of at most a million rows."""
    return Fraction(accuracy).limit_denominator(1_000_000)


def saved(labels: float | None, baseline: float | None) -> float | None:
    """Share of labels saved against the baseline on the same seed, 1 − labels / baseline; None when one never got there."""
    if labels is None or baseline is None:
        return None
    return 1.0 - labels / baseline


def accuracy_at(curve: Curve, labels: float) -> float:
    """Accuracy at a number of labels within the curve's range, by linear interpolation."""
    for (a, low), (b, high) in pairwise(curve):
        if a <= labels <= b:
            return low + (high - low) * (labels - a) / (b - a)
    raise ValueError(f"{labels:,} labels lie outside the curve")


def until(curve: Curve, labels: int) -> Curve:
    """The part of a curve up to a number of labels, read between two points where it has none there; empty where the curve does
    not reach that far."""
    if not curve or not curve[0][0] <= labels <= curve[-1][0]:
        return ()
    before = tuple(point for point in curve if point[0] < labels)
    there = dict(curve).get(labels)
    return (*before, (labels, accuracy_at(curve, labels) if there is None else there))


def lead(curve: Curve, baseline: Curve, labels: int) -> int | None:
    """How many labels a curve is ahead of another one at ``labels``; negative where it is behind.

    Whichever is the more accurate there was as accurate so many labels before as the other one is now. Where both are level,
    whichever was so accurate first was it by so many labels.

    Returns
    -------
    None where one of them has no point there.
    """
    ours, theirs = dict(curve).get(labels), dict(baseline).get(labels)
    if ours is None or theirs is None:
        return None
    if ours == theirs:
        return (first_hit(baseline, ours) or labels) - (first_hit(curve, ours) or labels)
    if ours > theirs:
        return labels - (first_hit(curve, theirs) or labels)
    return (first_hit(baseline, ours) or labels) - labels


def halves(curve: Curve) -> tuple[float, float] | None:
    """AULC of the first and of the second half of the range of labels; None with fewer than two points."""
    if len(curve) < 2:
        return None
    middle = (curve[0][0] + curve[-1][0]) / 2
    joint = (middle, accuracy_at(curve, middle))
    early = [*(point for point in curve if point[0] < middle), joint]
    late = [joint, *(point for point in curve if point[0] > middle)]
    return _area(early), _area(late)


def _area(points: Sequence[tuple[float, float]]) -> float:
    area = sum((b - a) * (low + high) / 2 for (a, low), (b, high) in pairwise(points))
    return area / (points[-1][0] - points[0][0])


def deficiency(curve: Curve, baseline: Curve, ceiling: float) -> float | None:
    """Area between the ceiling and the curve, divided by the area between the ceiling and the baseline; below 1 is better.

    Parameters
    ----------
    curve, baseline : curves over the same labels.
    ceiling : accuracy with all pool labels.

    Returns
    -------
    None where the baseline leaves no room below the ceiling.

    Source: Baram, El-Yaniv & Luz 2004, Online choice of active learning algorithms.
    """
    ours, theirs = aulc(curve), aulc(baseline)
    if ours is None or theirs is None or ceiling <= theirs:
        return None
    return (ceiling - ours) / (ceiling - theirs)


def data_utilisation(curve: Curve, baseline: Curve) -> float | None:
    """Labels the strategy needs to get where the baseline ends, divided by the labels the baseline needs; below 1 is better.

    Parameters
    ----------
    curve, baseline : curves over the same labels, means over seeds.

    Returns
    -------
    None where the strategy never gets there.

    Source: Culver, Kun & Scott 2006, Active learning to maximize area under the ROC curve.
    """
    if not curve or not baseline:
        return None
    ours, theirs = (first_hit(points, baseline[-1][1]) for points in (curve, baseline))
    return None if ours is None or theirs is None else ours / theirs


def naulc(area: float, baseline: float, ceiling: float) -> float | None:
    """Normalised AULC, (AULC − random) / (all labels − random): 0 is random, 1 is everything known from the start."""
    return None if ceiling <= baseline else (area - baseline) / (ceiling - baseline)
