"""Features of columns: fitted on the pool alone, the same for the same row wherever it comes from, finite for any."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.trials import trials

from al_core.data.column_scaling import NormalScores
from al_core.data.table import Column
from al_core.data.table_features import fitted_columns, is_heavy
from al_core.ground.errors import UserError


def column(name: str, cells: Sequence[str]) -> Column:
    encoded = [cell.encode() for cell in cells]
    return Column(name, b"".join(encoded), np.cumsum([0, *map(len, encoded)]))


def fitted(pool: int | None = None, **cells: Sequence[str]) -> tuple[np.ndarray, object]:
    columns = [column(name, entries) for name, entries in cells.items()]
    return fitted_columns("a.csv", columns, len(columns[0]) if pool is None else pool, decimal_comma=False)


def test_numbers_have_mean_0_and_variance_1_and_the_median_where_there_is_none() -> None:
    X, found = fitted(x=["1", "2", "", "4", "9"], y=["7", "1", "3", "3", "4"])
    assert X.shape == (5, 3)
    filled = np.array([1, 2, 3, 4, 9])
    np.testing.assert_allclose(X[:, 0], (filled - filled.mean()) / filled.std())
    assert X[:, 2].tolist() == [0, 0, 1, 0, 0], "where there is none is said"
    assert found.words == "2 columns: 2 numbers"


def test_categories_have_a_column_each_up_to_a_bound() -> None:
    X, found = fitted(kind=["a", "b", "c", "b"] * 5)
    np.testing.assert_array_equal(X[:4], [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]])
    many = [f"k{number % 70}" for number in range(700)] + ["k1"] * 9
    X, found = fitted(kind=many)
    assert X.shape == (709, 50)
    assert (X.sum(axis=1) == 1).all()
    more = found.features({"kind": column("kind", ["k1", "never seen"])}.get, 2)
    assert more.sum(axis=1).tolist() == [1, 1]
    assert more[0].argmax() != more[1].argmax()


def test_what_is_not_learnt_from_is_said_with_its_reason() -> None:
    numbers = [str(number) for number in range(20)]
    texts = [f"a text of five words {number}" for number in range(20)]
    X, found = fitted(
        key=numbers, same=["x"] * 20, note=texts, day=["2024-01-01", "2024-02-01"] * 10, x=["1", "2", "7", "9"] * 5
    )
    assert X.shape == (20, 2)
    assert found.words == (
        "2 columns: 1 number, 1 date; not learnt from: key (another in every row), same (all the same),"
        " note (free text; --text-column learns from it)"
    )
    with pytest.raises(UserError, match=r"a\.csv: no column of it can be learnt from; not learnt from: key \(another in every"):
        fitted(key=numbers, same=["x"] * 20)
    with pytest.raises(UserError, match="it has none"):
        fitted_columns("a.csv", [], 0, decimal_comma=False)


def test_a_heavy_tail_is_ranked_and_a_plain_one_is_not() -> None:
    rng = np.random.default_rng(0)
    for values, heavy in (
        (rng.normal(size=4000), False),
        (rng.uniform(size=4000), False),
        (rng.exponential(size=4000), False),
        (rng.lognormal(sigma=1.5, size=4000), True),
        (rng.standard_cauchy(size=4000), True),
        (np.where(rng.random(4000) < 0.97, 0.0, rng.random(4000)), True),
        (np.array([1e300, 2e300, 3e300, -1e300]), False),
        (np.array([0.0, 0.0]), False),
        (np.array([np.nan]), False),
    ):
        assert is_heavy(values) is heavy
    X, found = fitted(x=[repr(value) for value in rng.lognormal(sigma=2, size=500).tolist()])
    assert found.words == "1 column: 1 number, 1 of them by rank"
    assert np.abs(X).max() < 4


def test_normal_scores_are_those_of_ranks_and_new_numbers_lie_between() -> None:
    made = NormalScores().fit(np.array([[10.0], [20.0], [20.0], [1000.0]]))
    scores = made.transform(np.array([[10.0], [20.0], [1000.0], [15.0], [-5.0], [9e9]]))[:, 0]
    assert scores[0] == pytest.approx(-1.1503494)  # of rank 0.5 of 4
    assert scores[1] == 0.0
    assert scores[2] == -scores[0] == scores[5]
    assert scores[3] == scores[0] / 2
    assert scores[4] == scores[0]


def test_what_is_measured_by_is_not_fitted_on() -> None:
    cells = {"x": ["1", "2", "3", "7"], "kind": ["a", "b", "a", "b"]}
    alone, _ = fitted(**cells)
    beside, found = fitted(4, x=[*cells["x"], "1000"], kind=[*cells["kind"], "c"])
    np.testing.assert_array_equal(beside[:4], alone)
    assert beside[4, 0] > 100
    assert beside[4, 1:].tolist() == [0, 0], "a category that the pool does not have"
    assert found.kept[0].values.tolist() == [1, 2, 3, 7]


def test_a_number_that_is_far_from_all_others_has_an_end() -> None:
    X, found = fitted(x=["1e-9", "2e-9", "3e-9", "7e-9"], y=["1e308", "-1e308", "1e200", "5"])
    assert np.abs(X).max() < 4
    more = found.features({"x": column("x", ["1e308", "-5"]), "y": column("y", ["2", ""])}.get, 2)
    assert more[:, 0].tolist() == [1e9, -1e9]
    assert np.isfinite(more).all()


cells = st.text(st.sampled_from("0123456789.,-+e naNA ?a\u00e9🐈"), max_size=8) | st.sampled_from(
    ["", "2024-01-31", "1e308", "-1e308", "1e-320"]
)


@given(st.lists(st.tuples(cells, cells, cells), min_size=3, max_size=30), st.lists(st.tuples(cells, cells, cells), max_size=5))
@settings(max_examples=trials(150, 5000), deadline=None)
def test_features_are_finite_and_the_same_for_new_rows(pool: list[tuple[str, ...]], new: list[tuple[str, ...]]) -> None:
    names = ("a", "b", "c")
    columns = {name: column(name, [row[place] for row in pool]) for place, name in enumerate(names)}
    try:
        X, found = fitted_columns("a.csv", list(columns.values()), len(pool), decimal_comma=True)
    except UserError:
        return
    assert np.isfinite(X).all()
    more = {name: column(name, [row[place] for row in (*pool, *new)]) for place, name in enumerate(names)}
    again = found.features(more.get, len(pool) + len(new))
    assert np.isfinite(again).all()
    np.testing.assert_array_equal(again[: len(pool)], X)
    assert math.prod(X.shape) > 0


def test_features_are_those_of_scikit_learn_to_the_last_bit() -> None:
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import MissingIndicator, SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    from al_core.data.column_scaling import fit_numbers, fit_words

    rng = np.random.default_rng(0)
    numbers = rng.lognormal(sigma=3, size=(200, 5)) * [1, 1e9, 1e-9, 3, 7]
    numbers[rng.random(numbers.shape) < [0, 0.2, 0, 0.3, 0]] = np.nan
    words = np.array([[f"k{rng.integers(0, 80)}", rng.choice(["a", "b", ""])] for _ in range(200)], dtype=object)
    new, others = numbers[:50] * 1.7, np.array([["never seen", "never seen"], ["k1", "b"]], dtype=object)
    new[0] = np.nan
    for heavy in ([], [1, 4], [0, 1, 2, 3, 4]):
        light = [place for place in range(5) if place not in heavy]
        theirs = ColumnTransformer(
            [
                ("plain", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), light),
                ("ranks", make_pipeline(SimpleImputer(strategy="median"), NormalScores(), StandardScaler()), heavy),
                ("missing", MissingIndicator(error_on_new=False), list(range(5))),
            ]
        ).fit(numbers)
        ours = fit_numbers([*numbers.T], light, heavy)
        np.testing.assert_array_equal(ours.features(numbers), theirs.transform(numbers))
        np.testing.assert_array_equal(ours.features(new), theirs.transform(new))
    encoder = OneHotEncoder(max_categories=50, handle_unknown="infrequent_if_exist", sparse_output=False).fit(words)
    coding = fit_words([*words.T])
    np.testing.assert_array_equal(coding.features([*words.T]), encoder.transform(words))
    np.testing.assert_array_equal(coding.features([*others.T]), encoder.transform(others))
    assert fit_numbers([], [], []).missing.size == 0
