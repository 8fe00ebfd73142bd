"""A scikit-learn classifier for libraries that teach classes with gaps, around one that takes only 0 to k − 1."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from al_core.learners.outputs import class_columns, read_labels


@cache
def counting_classes() -> Any:
    """The class ``Counting(estimator)``: a classifier that teaches another the classes seen as 0 to k − 1 and maps back."""
    from sklearn.base import BaseEstimator, ClassifierMixin, clone
    from sklearn.utils.metaestimators import available_if

    def has(name: str) -> Any:
        return available_if(lambda self: hasattr(self.estimator, name))

    class Counting(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        def __init__(self, estimator: Any) -> None:
            self.estimator = estimator

        def fit(self, X: Any, y: Any, **more: Any) -> Counting:
            self.seen_, labels = np.unique(y, return_inverse=True)
            self.estimator_ = clone(self.estimator).fit(X, labels, **more)
            columns = class_columns(self.estimator_, len(self.seen_))
            self.classes_ = self.seen_ if columns is None else self.seen_[columns]
            return self

        def predict(self, X: Any) -> Any:
            return self.seen_[read_labels(self.estimator_, self.estimator_.predict(X), len(X), len(self.seen_))]

        @has("predict_proba")  # type: ignore[untyped-decorator]
        def predict_proba(self, X: Any) -> Any:
            return self.estimator_.predict_proba(X)

        @has("decision_function")  # type: ignore[untyped-decorator]
        def decision_function(self, X: Any) -> Any:
            return self.estimator_.decision_function(X)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_") or "estimator_" not in self.__dict__:
                raise AttributeError(name)
            return getattr(self.estimator_, name)

    return Counting
