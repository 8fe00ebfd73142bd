"""Agreement of two and more people, against published examples."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.measures.agreement import cohen_kappa
from al_core.measures.reliability import agreement, kappa_of, krippendorff_alpha

OBSERVERS = {
    "A": "123321412...",
    "B": "1233224125.3",
    "C": ".3332342251.",
    "D": "12332441251.",
}
"""Krippendorff 2011, example C: four observers, twelve units, values missing; α for nominal data is 0.743."""

DIAGNOSES = {(0, 0): 75, (0, 1): 1, (0, 2): 4, (1, 0): 5, (1, 1): 4, (1, 2): 1, (2, 2): 10}
"""Fleiss, Levin & Paik 2003, section 18.1: two raters, 100 subjects; psychotic, neurotic, organic."""


def said(observers: dict[str, str]) -> list[dict[str, int]]:
    units = zip(*observers.values(), strict=True)
    return [{name: int(value) for name, value in zip(observers, unit, strict=True) if value != "."} for unit in units]


def pairs(table: dict[tuple[int, int], int]) -> list[dict[str, int]]:
    return [{"ann": one, "ben": other} for (one, other), count in table.items() for _ in range(count)]


def test_alpha_of_four_observers_with_missing_values() -> None:
    found = agreement(said(OBSERVERS), list(OBSERVERS))
    assert found.statistic == "alpha"
    assert found.items == 11, "the last unit has one value and says nothing"
    assert found.overall.value == pytest.approx(0.743, abs=5e-4)
    assert found.overall.low < 0.743 < found.overall.high


def test_alpha_of_two_observers_and_five_classes() -> None:
    """Krippendorff 2011, example B; there it is 0.692."""
    units = Counter(zip("aabbdcccedda", "babbbcccedd" + "d", strict=True))
    numbered = {(ord(one), ord(other)): count for (one, other), count in units.items()}
    assert krippendorff_alpha(numbered) == pytest.approx(0.692, abs=5e-4)


def test_kappa_overall_and_class_by_class_with_its_interval() -> None:
    found = agreement(pairs(DIAGNOSES), ("ann", "ben"))
    assert (found.statistic, found.items, found.alike) == ("kappa", 100, 89)
    assert found.overall.value == pytest.approx(0.676, abs=5e-4)
    assert [found.classes[label][0].value for label in range(3)] == pytest.approx([0.69, 0.50, 0.77], abs=5e-3)
    assert [found.classes[label][1] for label in range(3)] == [85, 11, 15]
    # The book's standard error is 0.087, so that its interval is 0.676 ± 0.171.
    assert found.overall.low == pytest.approx(0.676 - 0.171, abs=0.04)
    assert found.overall.high == pytest.approx(0.676 + 0.171, abs=0.04)


def test_the_textbook_of_fifty_proposals() -> None:
    assert kappa_of({(1, 1): 20, (1, 0): 5, (0, 1): 10, (0, 0): 15}) == pytest.approx(0.4)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_counted_pairs_have_the_kappa_of_pairs(found: list[tuple[int, int]]) -> None:
    counted = kappa_of(Counter(found))
    plain = cohen_kappa([one for one, _ in found], [other for _, other in found])
    assert counted == pytest.approx(plain) if counted is not None else plain == 1.0


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), min_size=1), max_size=25), st.randoms())
def test_neither_the_order_of_items_nor_that_of_people_matters(found: list[dict[str, int]], luck: object) -> None:
    mixed = list(found)
    luck.shuffle(mixed)  # type: ignore[attr-defined]
    one, other = agreement(found, "abc", 50), agreement(mixed, "bca", 50)
    assert one.overall == other.overall
    assert one.classes == other.classes


def test_where_all_agree_an_interval_says_nothing() -> None:
    found = agreement([{"ann": 1, "ben": 1}] * 5, ("ann", "ben"))
    assert found.overall == (1.0, None, None)
    assert found.resamples == 0
    one = agreement([{"ann": 0, "ben": 1}, {"ann": 1, "ben": 0}] + [{"ann": 2, "ben": 2}] * 9, ("ann", "ben"))
    assert one.classes[2][0] == (1.0, None, None), "nor where all agree about a class"
    assert one.classes[0][0].low is not None
    assert agreement([], ("ann", "ben")).overall == (None, None, None)
    assert agreement([{"ann": 1}], ("ann", "ben")).items == 0


def test_the_interval_covers_what_it_says_about_as_often() -> None:
    """Two people who agree by a known rule on samples of 80 items: 95 of 100 intervals hold the value, less a few."""
    import random

    luck, holds, rounds = random.Random(5), 0, 120
    shares = {(0, 0): 0.45, (1, 1): 0.35, (0, 1): 0.12, (1, 0): 0.08}
    truth = kappa_of({pair: round(1000 * share) for pair, share in shares.items()})
    for _ in range(rounds):
        drawn = luck.choices(list(shares), list(shares.values()), k=80)
        found = agreement([{"ann": one, "ben": other} for one, other in drawn], ("ann", "ben"), 200)
        holds += found.overall.low <= truth <= found.overall.high
    assert 0.88 <= holds / rounds <= 0.99


def test_many_items_take_no_longer_than_one_waits() -> None:
    found = agreement(pairs({pair: 1000 * count for pair, count in DIAGNOSES.items()}), ("ann", "ben"))
    assert found.resamples == 200
    assert math.isclose(found.overall.value, 0.676, abs_tol=5e-4)
