"""Features of texts: fitted on the pool alone, of unit length, the same for the same text wherever it comes from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trials import trials

from al_core.data.text_features import LEARNT, fitted_texts
from al_core.data.writing import COLUMNS
from al_core.ground.errors import UserError

NOUNS, VERBS, PEOPLE = ("kettle", "lid", "pot"), ("leaks", "fits", "broke"), "abcd"
TEXTS = [f"the {noun} {verb} again, said {who}" for noun in NOUNS for verb in VERBS for who in PEOPLE]


def test_words_and_parts_of_words_are_each_of_unit_length() -> None:
    X, found = fitted_texts("a.csv", TEXTS, len(TEXTS))
    assert len(found.halves) == 2
    for half in found.halves:
        described = half.described(TEXTS)
        np.testing.assert_allclose(np.linalg.norm(described, axis=1), 1)
    parts = [*(half.described(TEXTS) for half in found.halves), found.writing.described(TEXTS)]
    np.testing.assert_array_equal(X, np.hstack(parts))
    near = X @ X.T
    same, other = TEXTS.index("the kettle leaks again, said a"), TEXTS.index("the lid fits again, said d")
    assert near[0, same] > near[0, other]


def test_at_most_a_hundred_components_of_each() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{number}" for number in rng.integers(0, 300, 30)) for _ in range(250)]
    X, _ = fitted_texts("a.csv", texts, 250)
    assert X.shape == (250, 200 + COLUMNS)


def test_new_texts_are_projected_and_what_is_measured_by_is_not_fitted_on() -> None:
    new = ["a saucepan boils", "the kettle leaks", "", "???", "壺が壊れた"]
    alone, found = fitted_texts("a.csv", TEXTS, len(TEXTS))
    beside, _ = fitted_texts("a.csv", [*TEXTS, *new], len(TEXTS))
    np.testing.assert_array_equal(beside[: len(TEXTS)], alone)
    np.testing.assert_array_equal(beside[len(TEXTS) :], found.features(new, 5))
    assert not found.features(["???"], 1)[:, :-COLUMNS].any()
    assert found.features([], 0).shape == (0, alone.shape[1])


def test_the_end_of_a_text_that_is_too_long_is_not_learnt_from() -> None:
    _, found = fitted_texts("a.csv", TEXTS, len(TEXTS))
    begin = "kettle " * (LEARNT // 7 + 1)
    one, other = found.features([begin, begin + "lid fits " * 5000], 2)
    np.testing.assert_array_equal(one, other)


FEW = [["one two"], ["one", "two"], ["one two three", "four"], ["a b c d e f g", "a"], ["壺", "皿", "壺"]]


@pytest.mark.parametrize("texts", FEW)
def test_few_and_short_texts_are_learnt_from(texts: list[str]) -> None:
    X, found = fitted_texts("a.csv", texts, len(texts))
    assert X.shape[1] > 0
    assert np.isfinite(X).all()
    np.testing.assert_array_equal(found.features(texts, len(texts)), X)


def test_texts_without_a_word_are_refused() -> None:
    with pytest.raises(UserError, match="there is not a word in its texts"):
        fitted_texts("a.csv", ["", " ", "  "], 3)


@given(st.lists(st.text(max_size=40), min_size=1, max_size=12), st.lists(st.text(max_size=40), max_size=4))
@settings(max_examples=trials(100, 3000), deadline=None)
def test_features_of_any_texts_are_finite(pool: list[str], new: list[str]) -> None:
    try:
        X, found = fitted_texts("a.csv", pool, len(pool))
    except UserError:
        return
    assert np.isfinite(X).all()
    assert np.isfinite(found.features(new, len(new))).all()
    assert (np.linalg.norm(X, axis=1) < 1.51).all()
