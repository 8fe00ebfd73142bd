"""The linear layer of a learner that has one, so that a strategy can score a pool without its probability matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np

from al_core.data.dataset import FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class LinearHead:
    """A softmax over linear scores: P(classes[j] | x) ∝ exp(coef[j]·x + intercept[j]).

    Parameters
    ----------
    coef : float array, shape (K, d).
    intercept : float array, shape (K,).
    classes : int array, shape (K,), class indices; a class that is not among them has probability 0.
    """

    coef: FloatArray
    intercept: FloatArray
    classes: IntArray

    def logits(self, X: FloatArray) -> FloatArray:
        """Linear scores of the rows of ``X``, shape (m, d), a column each: shape (K, m), float64 whatever ``X`` holds."""
        z = self.coef @ np.asarray(X, dtype=np.float64).T
        z += self.intercept[:, None]
        return z


@runtime_checkable
class HasLinearHead(Protocol):
    """A model that may be a softmax over linear scores of the features as they are; None says that it is not."""

    @property
    def linear_head(self) -> LinearHead | None: ...


def linear_head(model: object) -> LinearHead | None:
    """The model's linear layer, or None when it has none."""
    return model.linear_head if isinstance(model, HasLinearHead) else None


def softmax_head(estimator: Any) -> LinearHead | None:
    """The linear layer of a fitted scikit-learn ``LogisticRegression``; None for anything else.

    One-versus-rest fits are no softmax, except over two classes, where the sigmoid is one with logits (0, z).
    """
    from sklearn.linear_model import LogisticRegression

    if type(estimator) is not LogisticRegression:
        return None
    classes = np.asarray(estimator.classes_, dtype=np.int64)
    coef, intercept = np.asarray(estimator.coef_, dtype=np.float64), np.asarray(estimator.intercept_, dtype=np.float64)
    one_versus_rest = estimator.solver == "liblinear" or getattr(estimator, "multi_class", None) == "ovr"
    if len(coef) == 1:
        if getattr(estimator, "multi_class", None) == "multinomial":
            return None
        return LinearHead(np.vstack([np.zeros_like(coef), coef]), np.concatenate([[0.0], intercept]), classes)
    return None if one_versus_rest else LinearHead(coef, intercept, classes)
