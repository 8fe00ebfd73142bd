"""From numbers and categories in columns to features, by scikit-learn. Loaded where there are columns."""

from __future__ import annotations

from collections.abc import Sequence
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
        return np.column_stack([np.interp(column, *knots) for column, knots in zip(X.T, self.knots_, strict=True)])


def fit_numbers(numbers: Sequence[NDArray[np.float64]], light: list[int], heavy: list[int]) -> Any:
    """What makes features of columns of numbers: those at ``light`` as they are, those at ``heavy`` by their ranks."""
    made = ColumnTransformer(
        [
            ("plain", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), light),
            ("ranks", make_pipeline(SimpleImputer(strategy="median"), NormalScores(), StandardScaler()), heavy),
            ("missing", MissingIndicator(error_on_new=False), list(range(len(numbers)))),
        ]
    )
    return made.fit(np.column_stack(numbers)) if numbers else made


def fit_words(words: list[NDArray[Any]]) -> Any:
    """What makes features of columns of categories."""
    made = OneHotEncoder(max_categories=MOST_CATEGORIES, handle_unknown="infrequent_if_exist", sparse_output=False)
    return made.fit(np.column_stack(words)) if words else made
