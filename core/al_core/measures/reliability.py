"""How far two or more people agree beyond chance, overall and class by class, and how sure that is. Pure Python.

Cohen's kappa where there are two people, Krippendorff's alpha for classes where there are more; items that fewer than two have
labelled say nothing. How sure they are is said by resampling the items (Efron's percentile interval), always the same for the
same labels.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

RESAMPLES = 1000
_MOST_DRAWN = 5_000_000
_FEWEST = 200
_SHARE = 0.95

Statistic = Literal["kappa", "alpha"]
STATISTICS: Mapping[Statistic, str] = {"kappa": "Cohen's kappa", "alpha": "Krippendorff's alpha"}

Pattern = tuple[int, ...]
"""The labels of an item: of two people in their order, of more in any."""


class Interval(NamedTuple):
    """A value, and between what it is with 95 % confidence; None where nothing can be said."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree.

    Parameters
    ----------
    people : who they are.
    statistic : what is measured: Cohen's kappa of two people, Krippendorff's alpha of more.
    items, alike : items that at least two of them have labelled, and those of which all say the same.
    overall : the value over all classes.
    classes : class → the value where only it and the rest are told apart, and how many of the items somebody gave it.
    resamples : how often items were drawn anew for the intervals; 0 where nothing differs, so that they can say nothing.
    """

    people: tuple[str, ...]
    statistic: Statistic
    items: int
    alike: int
    overall: Interval
    classes: Mapping[int, tuple[Interval, int]]
    resamples: int


def krippendorff_alpha(units: Mapping[Pattern, int]) -> float | None:
    """Krippendorff's alpha for classes.

    Parameters
    ----------
    units : labels of an item → how many such items there are. Items with fewer than two labels say nothing.

    Returns
    -------
    α = 1 − (n − 1) (n − Σ o_kk) / (n² − Σ n_k²), with n the labels that can be paired, n_k those of class k, and o_kk the pairs
    within k, each counted 1 / (m − 1) where an item has m labels. None where there is nothing to pair, or but one class.

    Source: Krippendorff 2011, Computing Krippendorff's alpha-reliability.
    """
    of_class: Counter[int] = Counter()
    within = 0.0
    for labels, count in units.items():
        if len(labels) < 2:
            continue
        here = Counter(labels)
        for label, times in here.items():
            of_class[label] += times * count
            within += count * times * (times - 1) / (len(labels) - 1)
    n = sum(of_class.values())
    chance = n * n - sum(times * times for times in of_class.values())
    return 1.0 - (n - 1) * (n - within) / chance if chance else None


def kappa_of(units: Mapping[Pattern, int]) -> float | None:
    """Cohen's kappa of counted pairs, as `al_core.measures.agreement.cohen_kappa` has it of pairs one by one; None without
    any, or where both use one and the same class throughout."""
    pairs = {pair: count for pair, count in units.items() if len(pair) == 2 and count}
    n = sum(pairs.values())
    left, right = Counter[int](), Counter[int]()
    for (one, other), count in pairs.items():
        left[one] += count
        right[other] += count
    chance = sum(count * right[label] for label, count in left.items())
    if n == 0 or chance == n * n:
        return None
    agreed = sum(count for (one, other), count in pairs.items() if one == other)
    return (agreed * n - chance) / (n * n - chance)


def agreement(said: Sequence[Mapping[str, int]], people: Sequence[str], resamples: int = RESAMPLES) -> Agreement:
    """How far people agree about items.

    Parameters
    ----------
    said : for each item who gave it which class.
    people : all of them; with two it is kappa, with more alpha.
    resamples : how often the items are drawn anew; fewer of very many items, and at least 200.
    """
    two = len(people) == 2
    statistic: Statistic = "kappa" if two else "alpha"
    measure: Callable[[Mapping[Pattern, int]], float | None] = kappa_of if two else krippendorff_alpha
    patterns: Counter[Pattern] = Counter()
    for item in said:
        labels = [item[name] for name in people if name in item]
        if len(labels) > 1:
            patterns[tuple(labels) if two else tuple(sorted(labels))] += 1
    items = sum(patterns.values())
    alike = sum(count for labels, count in patterns.items() if len(set(labels)) == 1)
    classes = sorted({label for labels in patterns for label in labels})
    many = 0 if alike == items else max(_FEWEST, min(resamples, _MOST_DRAWN // max(items, 1)))
    drawn = _drawn(patterns, many)
    whole = _between(measure(patterns), [measure(each) for each in drawn])
    by_class = {}
    for label in classes:
        apart = _apart(patterns, label)
        given = sum(count for labels, count in patterns.items() if label in labels)
        differs = any(len(set(labels)) > 1 for labels in apart)
        told = [measure(_apart(each, label)) for each in drawn] if differs else []
        by_class[label] = _between(measure(apart), told), given
    if alike == items and items and whole.value is None:
        whole = Interval(1.0, None, None)
    return Agreement(tuple(people), statistic, items, alike, whole, by_class, many)


def _drawn(patterns: Mapping[Pattern, int], many: int) -> list[Counter[Pattern]]:
    """The items drawn anew, with replacement, so many times."""
    luck = random.Random(f"{sorted(patterns.items())}")
    kinds, weights = sorted(patterns), [*accumulate(patterns[kind] for kind in sorted(patterns))]
    return [Counter(luck.choices(kinds, cum_weights=weights, k=weights[-1])) for _ in range(many)]


def _apart(patterns: Mapping[Pattern, int], label: int) -> Counter[Pattern]:
    """The same where only one class and the rest are told apart."""
    found: Counter[Pattern] = Counter()
    for labels, count in patterns.items():
        found[tuple(int(each == label) for each in labels)] += count
    return found


def _between(value: float | None, drawn: Sequence[float | None]) -> Interval:
    known = sorted(each for each in drawn if each is not None)
    if value is None or not known or 2 * len(known) < len(drawn):
        return Interval(value, None, None)
    edge = (1.0 - _SHARE) / 2
    return Interval(value, known[int(edge * (len(known) - 1))], known[round((1.0 - edge) * (len(known) - 1))])
