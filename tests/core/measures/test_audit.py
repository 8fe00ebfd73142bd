"""The interval of an audit: the worked example, what must hold of any, and how often it covers where one looks all the time."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import betabinom, hypergeom

from al_core.measures.audit import ALPHA, PRIOR, audit_interval
from al_core.measures.shares import share_interval

LOOKS, SESSIONS, POOL = range(10, 201), 2000, 1500


@st.composite
def asked_of(draw: st.DrawFn, most: int = 60) -> tuple[int, int, int]:
    pool = draw(st.integers(1, most))
    asked = draw(st.integers(0, pool))
    return draw(st.integers(0, asked)), asked, pool


@pytest.mark.parametrize(("prior", "least", "most"), [((1.0, 1.0), 1205, 1494), ((9.0, 1.0), 1251, 1490)])
def test_the_worked_example(prior: tuple[float, float], least: int, most: int) -> None:
    assert audit_interval(57, 60, 1500, prior=prior) == (least / 1500, most / 1500)


def test_what_is_said_by_default() -> None:
    assert (ALPHA, PRIOR) == (0.05, (9.0, 1.0))
    assert audit_interval(57, 60, 1500) == pytest.approx((0.8340, 0.9933), abs=5e-5)
    assert audit_interval(95, 100, 1500) == pytest.approx((0.865, 0.989), abs=5e-4)


@given(asked_of(), st.sampled_from([(1.0, 1.0), (9.0, 1.0)]))
def test_it_is_what_the_whole_grid_says(case: tuple[int, int, int], prior: tuple[float, float]) -> None:
    right, asked, pool = case
    grid = range(right, pool - asked + right + 1)
    bound = ALPHA * betabinom.pmf(right, asked, *prior)
    inside = [count for count, p in zip(grid, hypergeom.pmf(right, pool, grid, asked), strict=True) if p > bound]
    assert len(inside) == inside[-1] - inside[0] + 1
    assert audit_interval(right, asked, pool, prior=prior) == (inside[0] / pool, inside[-1] / pool)


@given(asked_of(most=10**6))
def test_it_holds_what_was_seen(case: tuple[int, int, int]) -> None:
    right, asked, pool = case
    least, most = audit_interval(right, asked, pool)
    assert right / pool <= least <= most <= (pool - asked + right) / pool
    if asked:
        assert least <= right / asked + 1 / pool
        assert most >= right / asked - 1 / pool


@given(st.integers(1, 10**5), st.data())
def test_all_right_may_mean_that_everything_is(pool: int, data: st.DataObject) -> None:
    asked = data.draw(st.integers(0, pool))
    assert audit_interval(asked, asked, pool)[1] == 1.0


@given(st.integers(1, 3000), st.data())
def test_who_has_asked_everything_knows(pool: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, pool))
    assert audit_interval(right, pool, pool) == (right / pool, right / pool)


@given(st.integers(1, 10**5), st.data())
def test_more_that_are_right_are_no_worse(pool: int, data: st.DataObject) -> None:
    asked = data.draw(st.integers(1, min(pool, 60)))
    ends = [audit_interval(right, asked, pool) for right in range(asked + 1)]
    assert all(one[0] <= other[0] and one[1] <= other[1] for one, other in pairwise(ends))


@given(asked_of(), st.data())
def test_what_nobody_knows_is_wrong_below_and_right_above(case: tuple[int, int, int], data: st.DataObject) -> None:
    right, asked, pool = case
    unknown = data.draw(st.integers(0, asked - right))
    least, most = audit_interval(right, asked, pool, unknown=unknown)
    assert least == audit_interval(right, asked, pool)[0]
    assert most == audit_interval(right + unknown, asked, pool)[1]


@pytest.mark.parametrize(
    ("right", "asked", "pool", "unknown"), [(5, 4, 9, 0), (3, 4, 9, 2), (4, 10, 9, 0), (-1, 4, 9, 0), (1, 2, 9, -1)]
)
def test_parts_are_no_more_than_the_whole(right: int, asked: int, pool: int, unknown: int) -> None:
    with pytest.raises(ValueError, match="asked of"):
        audit_interval(right, asked, pool, unknown=unknown)


def test_nothing_asked_says_nothing() -> None:
    assert audit_interval(0, 0, 1500) == (0.0, 1.0)
    assert audit_interval(0, 0, 0) == (0.0, 1.0)


Interval = Callable[[int, int], tuple[float, float]]


def _ratio(right: int, asked: int) -> tuple[float, float]:
    return audit_interval(right, asked, POOL)


def _wilson(right: int, asked: int) -> tuple[float, float]:
    found = share_interval(right / asked, asked)
    assert found is not None
    return found


def _covering(interval: Interval, share: float) -> int:
    """In how many sessions the interval holds the truth at each look."""
    rng, known = random.Random(15), {}
    right_ones, covering = round(share * POOL), 0
    for _ in range(SESSIONS):
        drawn = rng.sample(range(POOL), LOOKS[-1])
        right, covers = 0, True
        for asked, item in enumerate(drawn, start=1):
            right += item < right_ones
            if asked in LOOKS:
                if (right, asked) not in known:
                    least, most = interval(right, asked)
                    known[right, asked] = least - 1e-12 <= share <= most + 1e-12
                covers = covers and known[right, asked]
        covering += covers
    return covering


@pytest.mark.parametrize("share", [0.8, 0.9, 0.95, 0.98])
def test_it_covers_at_every_look_in_19_of_20_sessions(share: float) -> None:
    assert _covering(_ratio, share) >= 0.95 * SESSIONS


@pytest.mark.parametrize("share", [0.8, 0.9, 0.95, 0.98])
def test_the_interval_for_one_look_fails_that_trial(share: float) -> None:
    assert _covering(_wilson, share) < 0.85 * SESSIONS


def _ever_missing(interval: Interval, share: float) -> float:
    """How probable it is that a session misses the truth at any look: exact, over all sessions."""
    right_ones = round(share * POOL)
    holding, missing = {0: 1.0}, 0.0
    for asked in range(1, LOOKS[-1] + 1):
        ahead: dict[int, float] = {}
        for right, p in holding.items():
            next_right = (right_ones - right) / (POOL - asked + 1)
            ahead[right + 1] = ahead.get(right + 1, 0.0) + p * next_right
            ahead[right] = ahead.get(right, 0.0) + p * (1 - next_right)
        if asked in LOOKS:
            held = {k: interval(k, asked) for k in ahead}
            gone = [k for k, (least, most) in held.items() if not least - 1e-12 <= share <= most + 1e-12]
            missing += sum(ahead.pop(k) for k in gone)
        holding = ahead
    return missing


@pytest.mark.parametrize("share", [0.8, 0.9, 0.95, 0.98])
def test_so_it_is_over_all_sessions(share: float) -> None:
    assert _ever_missing(_ratio, share) <= ALPHA
    assert _ever_missing(_wilson, share) > 4 * ALPHA


def test_a_claim_at_the_bar_is_false_in_1_session_of_20_at_most() -> None:
    """The lower end never passes what is true, whoever stops the moment it does."""

    def claims(interval: Interval) -> Interval:
        return lambda right, asked: (interval(right, asked)[0], 1.0)

    assert _ever_missing(claims(_ratio), 0.9) <= ALPHA
    assert _ever_missing(claims(_wilson), 0.9) > ALPHA
