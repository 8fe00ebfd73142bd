"""What a learning curve says: labels to target, area under the curve, labels saved. Pure Python.

A curve is a sequence of (labels, accuracy) points, labels strictly increasing.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    area = sum((b - a) * (low + high) / 2 for (a, low), (b, high) in pairwise(curve))
    return area / (curve[-1][0] - curve[0][0])


def saved(labels: int | None, baseline: int | None) -> float | None:
    """Share of labels saved against the baseline on the same seed, 1 − labels / baseline; None when one never got there."""
    if labels is None or baseline is None:
        return None
    return 1.0 - labels / baseline
