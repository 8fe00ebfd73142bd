"""How texts are written: columns worked out by hand, what is usual says nothing, and nothing of it grows without bound."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.data.writing import COLUMNS, FARTHEST, WEIGHT, _columns, fitted_writing


def test_lengths_and_shares_by_hand() -> None:
    (found,) = _columns(["Ab 1!\n!"])  # seven characters, two lines, words Ab, 1! and !
    assert len(found) == COLUMNS
    np.testing.assert_allclose(found[:4], np.log([8, 2, 1 + 5 / 3, 1 + 7 / 2]))
    np.testing.assert_allclose(found[4:7] ** 2, [1 / 8, 1 / 8, 2 / 8])  # a capital, a digit, a blank and a line break
    marks = dict(zip(string.punctuation, found[7:] ** 2, strict=True))
    assert marks.pop("!") == pytest.approx(2 / 8)
    assert not any(marks.values())


def test_who_shouts_is_told_from_who_whispers_whatever_they_say() -> None:
    loud = [f"{word.upper()}!!" for word in ("kettle", "pot", "teapot", "lid")]
    soft = ["the handle is warm, and so on", "a spoon, a cup, and milk", "one waits, and it boils", "nobody minds, and so on"]
    said = fitted_writing([*loud, *soft]).described([*loud, *soft])
    near = said @ said.T
    assert near[:4, :4].min() > 0 > near[:4, 4:].max()


def test_what_is_the_same_in_all_says_nothing_even_of_others() -> None:
    writing = fitted_writing(["ab cd", "ef gh"])
    assert not writing.described(["ab cd", "xy zw"]).any()
    new = writing.described(["AB, 12!"])
    assert not new.any()


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8), st.text(max_size=200))
def test_each_is_as_long_as_its_weight_or_nothing(pool: list[str], new: str) -> None:
    said = fitted_writing(pool).described([*pool, new])
    lengths = np.linalg.norm(said, axis=1)
    assert np.all(np.isclose(lengths, WEIGHT) | (lengths == 0))


def test_one_odd_text_is_not_all_that_is_seen() -> None:
    pool = ["a kettle, a pot"] * 200 + ["a kettle. a pot"] * 199 + ["!" * 5000]
    writing = fitted_writing(pool)
    away = (_columns(pool[-1:]) - writing.mean) / np.where(writing.spread > 0, writing.spread, 1)
    assert np.abs(away).max() > FARTHEST
    comma, stop = writing.described(pool[:1])[0], writing.described(pool[200:201])[0]
    assert comma @ stop < 0, "what most texts differ in is seen beside it"
