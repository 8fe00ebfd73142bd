"""Labels in time and money: as sums say by hand, pauses cut, and nothing where nobody knows."""

from __future__ import annotations

import numpy as np
import pytest

from al_core.ground.numbers import duration
from al_core.measures.worth import FEWEST_TIMES, NOTHING_KNOWN, Price, Times


def test_the_example_of_the_issue() -> None:
    assert Price(15.5).worth(12, (8, 16)) == "3.1 min (2.1 to 4.1)"
    assert Price(15.5, 60, "EUR").worth(12, (8, 16)) == "3.1 min (2.1 to 4.1), 3.10 (2.07 to 4.13) EUR"
    assert Price(15.5, 60).worth(-12, (-16, 8)) == "−3.1 min (−4.1 to 2.1), −3.10 (−4.13 to 2.07)"
    assert Price(15.5, 60, "EUR").words == "15.5 s a label, 60.00 EUR an hour"
    assert Price(15.5).words == "15.5 s a label"


@pytest.mark.parametrize("price", [NOTHING_KNOWN, Price(None, 30.0, "EUR")])
def test_where_nobody_knows_how_long_a_label_takes_nothing_is_said(price: Price) -> None:
    assert price.worth(12, (8, 16)) == price.words == ""
    assert price.hours(12) is None


@pytest.mark.parametrize(
    ("seconds", "span", "words"),
    [
        (12.0, None, "12.0 s"),
        (0.0142, None, "14 ms"),
        (59.0, (50.0, 61.0), "1.0 min (0.8 to 1.0)"),
        (3600.0, None, "1.0 h"),
        (-90.0, (-3600.0, 30.0), "0.0 h (−1.0 to 0.0)"),
    ],
)
def test_a_time_is_in_the_unit_of_the_longest(seconds: float, span: tuple[float, float] | None, words: str) -> None:
    assert duration(seconds, span) == words


def test_a_pause_counts_as_the_median_and_no_answer_is_taken_for_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        times = np.sort(rng.lognormal(1.0, 0.4, 200))
        with_pauses = np.sort([*times, 900.0, 3600.0, 40_000.0])
        assert Times(times).usual == pytest.approx(np.median(times))
        spent, paused = Times(times).spent, Times(with_pauses).spent
        assert spent is not None
        assert paused is not None
        assert spent == pytest.approx(times.sum(), rel=0.05)
        assert 0 < paused - spent < 10 * np.median(times), "three pauses of twelve hours are three answers or little more"
    clockwork = Times([2.0] * 9 + [5.0, 7.0]).spent
    assert clockwork == pytest.approx(18 + 5 + 2), "of answers like clockwork three times as long is one"


def test_of_few_answers_there_is_no_usual_time() -> None:
    few = Times([1.0] * (FEWEST_TIMES - 1))
    assert (few.usual, few.spent) == (None, None)
    assert Times([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).usual == 3.5


def test_times_one_by_one_are_times_at_once_and_nobody_typed_the_shortest() -> None:
    rng = np.random.default_rng(1)
    given = [*rng.lognormal(1.0, 0.9, 400), 0.001, 0.0, 86_400.0]
    one_by_one = Times()
    for seconds in given:
        one_by_one.add(seconds)
    at_once = Times(given)
    assert len(one_by_one) == len(at_once) == 401
    assert one_by_one.usual == at_once.usual
    assert one_by_one.spent == pytest.approx(at_once.spent)
