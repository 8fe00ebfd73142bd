"""Numbers for people: what each kind looks like, and what it does at the ends."""

from __future__ import annotations

import doctest

import pytest

from al_core.ground import numbers
from al_core.ground.numbers import (
    Told,
    between,
    clock,
    duration,
    fixed,
    level,
    milliseconds,
    money,
    p_value,
    percent,
    rank,
    rate,
    signed,
    signed_percent,
    significant,
    storage,
    tenths,
    typed,
    whole,
)


def test_the_examples_hold() -> None:
    found = doctest.testmod(numbers)
    assert found.attempted >= 2
    assert not found.failed


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0%"),
        (0.0001, "0.1%"),
        (0.0049, "0.5%"),
        (0.01, "1%"),
        (0.126, "13%"),
        (0.99, "99%"),
        (0.9951, "99.5%"),
        (1.0, "100%"),
    ],
)
def test_a_share_is_whole_and_never_all_or_nothing_of_what_is_neither(share: float, words: str) -> None:
    assert percent(share) == words


def test_what_was_measured_has_one_digit() -> None:
    assert (rate(0.0), rate(0.9743), rate(1.0)) == ("0.0%", "97.4%", "100.0%")
    assert between(0.964, 0.989) == "96.4% to 98.9%"
    assert between(0.33, 0.42, percent) == "33% to 42%"


def test_savings_have_a_sign() -> None:
    assert [signed_percent(share) for share in (0.41, -0.3, None, -30.0)] == ["+41%", "−30%", "–", "< −999%"]
    assert between(-0.08, 0.09, signed_percent) == "−8% to +9%"
    assert [signed(value) for value in (1280, -30, 0, None)] == ["+1,280", "−30", "0", "–"]


def test_a_target_is_written_as_it_was_given() -> None:
    assert [level(share) for share in (0.9, 0.995, 0.05, 1.0)] == ["90%", "99.5%", "5%", "100%"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.9743, ".974"),
        (1.0, "1.000"),
        (0.0, ".000"),
        (-0.0612, "−.061"),
        (-1.5, "−1.500"),
        (0.9996, "1.000"),
        (None, "–"),
    ],
)
def test_an_accuracy_has_three_digits_and_no_leading_zero(value: float | None, words: str) -> None:
    assert fixed(value) == words


def test_counts_have_commas() -> None:
    assert [whole(value) for value in (70.0, 275.84, 1280, 1280.5, -4.5, None)] == [
        "70",
        "275.8",
        "1,280",
        "1,280.5",
        "−4.5",
        "–",
    ]


def test_durations_go_with_their_length() -> None:
    assert [milliseconds(seconds) for seconds in (0.0, 0.0004, 0.00994, 0.00996, 0.042, 1.5, None)] == [
        "0 ms", "0.4 ms", "9.9 ms", "10 ms", "42 ms", "1,500 ms", "–",
    ]  # fmt: skip
    assert [duration(seconds) for seconds in (0.0004, 0.042, 12.34, 185, 5400, -90)] == [
        "0.4 ms", "42 ms", "12.3 s", "3.1 min", "1.5 h", "−1.5 min",
    ]  # fmt: skip
    assert [clock(seconds) for seconds in (0, 7.9, 125, 6000)] == ["00:00", "00:07", "02:05", "100:00"]


def test_scores_and_fields_of_sentences_have_the_same_minus() -> None:
    assert [significant(value) for value in (0.12345, -12.345, 250.0)] == ["0.1235", "−12.35", "250"]
    assert f"{Told(-0.5):.2f} {Told(0.004):.0%} {Told(0.034):.2%}" == "−0.50 0.4% 3.4%"


def test_what_was_tested_has_two_or_three_digits() -> None:
    assert [p_value(value) for value in (0.032, 0.0004, 1.0, None)] == [".032", "< .001", "1.000", "–"]
    assert [rank(value) for value in (1.25, 2.0, None)] == ["1.25", "2.00", "–"]


def test_sums_sizes_and_tenths() -> None:
    assert [money(value) for value in (1280.0, -0.5, -0.001)] == ["1,280.00", "−0.50", "0.00"]
    assert [storage(octets) for octets in (3_400_000_000, 12_100_000, 500)] == ["3.4 GB", "12.1 MB", "0.5 kB"]
    assert [tenths(value) for value in (275.84, -2.0, 1280.0)] == ["275.8", "−2.0", "1,280.0"]


@pytest.mark.parametrize("score", [0.67166, 0.5, -12.3456, 0.00001234])
def test_a_score_in_a_sentence_is_the_number_that_stands_above_it(score: float) -> None:
    assert f"{Told(score)}" == significant(score)


def test_a_number_that_is_searched_for_has_the_minus_of_the_keyboard() -> None:
    assert [typed(value) for value in (-1.25, 0.123456)] == ["-1.25", "0.1235"]
    assert typed(-1.2345, 3) == "-1.23"
