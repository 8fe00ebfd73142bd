"""From numbers and categories in columns to features: fitted by scikit-learn, and from then on plain arrays and words, which
can be written down. Loaded where there are columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from al_core.data.column_kinds import MOST_CATEGORIES

_KNOTS = 1000


class NormalScores(BaseEstimator, TransformerMixin):  # type: ignore[misc]
    """Numbers by what normally distributed numbers of their rank would be; equal numbers share the middle of their ranks.

    scikit-learn's quantile transformer puts the least and the largest of any column 5.2 standard deviations out, which would
    make outliers of them.
    """

    def fit(self, X: NDArray[np.float64], y: object = None) -> NormalScores:
        from scipy.stats import norm

        self.knots_ = []
        for column in X.T:
            values, counts = np.unique(column, return_counts=True)
            scores = norm.ppf((np.cumsum(counts) - counts / 2) / len(column))
            if len(values) > _KNOTS:
                kept = np.unique(np.linspace(0, len(values) - 1, _KNOTS).round().astype(np.int64))
                values, scores = values[kept], scores[kept]
            self.knots_.append((values, scores))
        return self

    def transform(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        return scores_of(X, self.knots_)


@dataclass(frozen=True, eq=False, slots=True)
class Filled:
    """Columns of numbers, what stands for one that is missing, and what they are moved and divided by; shape (columns,) each.

    Parameters
    ----------
    columns : their places among the numbers.
    usual, mean, scale : the median of what is known; mean and standard deviation of what is learnt from.
    """

    columns: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    usual: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    mean: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    scale: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def of(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """These columns, with nothing missing."""
        mine = numbers[:, self.columns]
        return np.where(np.isnan(mine), self.usual, mine)


@dataclass(frozen=True, eq=False, slots=True)
class Scaling:
    """What makes features of columns of numbers.

    Parameters
    ----------
    plain, ranked : columns that are learnt from as they are, and by what their ranks would be.
    knots : of each that is ranked, values and their `NormalScores`.
    missing : places of those in which a number was missing: a feature says where.
    """

    plain: Filled = field(default_factory=Filled)
    ranked: Filled = field(default_factory=Filled)
    knots: tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...] = ()
    missing: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def features(self, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Features of rows of numbers, NaN where there is none: to the last bit those that scikit-learn would give."""
        parts = [(self.plain.of(numbers) - self.plain.mean) / self.plain.scale]
        if self.knots:
            scores = scores_of(self.ranked.of(numbers), self.knots)
            parts.append((scores - self.ranked.mean) / self.ranked.scale)
        return np.hstack([*parts, np.isnan(numbers[:, self.missing])])


def scores_of(
    columns: NDArray[np.float64], knots: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]
) -> NDArray[np.float64]:
    """Normal scores of numbers, shape (rows, columns), by those that are known; what lies between two is between theirs."""
    return np.column_stack([np.interp(column, *known) for column, known in zip(columns.T, knots, strict=True)])


def fit_numbers(numbers: Sequence[NDArray[np.float64]], light: list[int], heavy: list[int]) -> Scaling:
    """What makes features of columns of numbers: those at ``light`` as they are, those at ``heavy`` by their ranks."""
    if not numbers:
        return Scaling()
    made = ColumnTransformer(
        [
            ("plain", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), light),
            ("ranks", make_pipeline(SimpleImputer(strategy="median"), NormalScores(), StandardScaler()), heavy),
            ("missing", MissingIndicator(error_on_new=False), list(range(len(numbers)))),
        ]
    )
    found = made.fit(np.column_stack(numbers)).named_transformers_
    knots = tuple(found["ranks"][1].knots_) if heavy else ()
    missing = np.asarray(found["missing"].features_, dtype=np.int64)
    return Scaling(_filled(found["plain"], light), _filled(found["ranks"], heavy), knots, missing)


def _filled(pipeline: Any, columns: list[int]) -> Filled:
    if not columns:
        return Filled()
    scaler = pipeline[-1]
    return Filled(np.array(columns, dtype=np.int64), pipeline[0].statistics_, scaler.mean_, scaler.scale_)


@dataclass(frozen=True, slots=True)
class Coding:
    """What makes features of columns of categories: for each the words that have a feature of their own, in the order of these,
    and whether all others have one together.
    """

    words: tuple[tuple[str, ...], ...] = ()
    others: tuple[bool, ...] = ()

    def features(self, columns: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
        """A feature of 0 and 1 for each word, and one for all others where these have one, else nothing."""
        parts = []
        for cells, words, others in zip(columns, self.words, self.others, strict=True):
            place = {word: number for number, word in enumerate(words)}
            found = np.array([place.get(cell, len(words)) for cell in cells.tolist()], dtype=np.int64)
            part = np.zeros((len(found), len(words) + 1))
            part[np.arange(len(found)), found] = 1.0
            parts.append(part if others else part[:, :-1])
        return np.hstack(parts)


def fit_words(words: list[NDArray[Any]]) -> Coding:
    """What makes features of columns of categories."""
    if not words:
        return Coding()
    made = OneHotEncoder(max_categories=MOST_CATEGORIES, handle_unknown="infrequent_if_exist", sparse_output=False)
    made.fit(np.column_stack(words))
    rare = [frozenset() if left is None else frozenset(left.tolist()) for left in made.infrequent_categories_]
    kept = [
        tuple(str(word) for word in found.tolist() if word not in left)
        for found, left in zip(made.categories_, rare, strict=True)
    ]
    return Coding(tuple(kept), tuple(map(bool, rare)))
