"""Measures of doubt in a model's probabilities, which several families of strategies are made of.

Each has two forms. One works on probabilities. The other works on the logits of a softmax and needs neither the division by the
sum nor a second look at the data: with e = exp(z − max z) and s = Σ e, the largest probability is 1/s.
"""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray
from al_core.strategies.context import QueryContext


def doubt(context: QueryContext) -> FloatArray:
    """One minus the probability of the most probable class, shape (n,)."""
    return context.score_columns(lambda p: 1.0 - p.max(axis=0), _doubt_of_logits)


def gap(context: QueryContext) -> FloatArray:
    """Gap between the two most probable classes, shape (n,); 1 where there is only one class."""
    return context.score_columns(_gap, _gap_of_logits)


def spread(context: QueryContext) -> FloatArray:
    """Shannon entropy of the class probabilities in nats, shape (n,), with 0·log 0 = 0."""
    return context.score_columns(entropy_of, _entropy_of_logits)


def _doubt_of_logits(z: FloatArray) -> FloatArray:
    z -= z.max(axis=0)
    return np.asarray(1.0 - 1.0 / np.exp(z, out=z).sum(axis=0))


def _gap(p: FloatArray) -> FloatArray:
    if len(p) < 2:
        return np.ones(p.shape[1])
    first, second = two_largest(p)
    return first - second


def _gap_of_logits(z: FloatArray) -> FloatArray:
    first, second = two_largest(z)
    z -= first
    return np.asarray(-np.expm1(second - first) / np.exp(z, out=z).sum(axis=0))


def two_largest(columns: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The largest and the second largest value of every column, each of shape (m,); at least two rows."""
    first, second = np.maximum(columns[0], columns[1]), np.minimum(columns[0], columns[1])
    lower = np.empty_like(first)
    for row in columns[2:]:
        np.minimum(first, row, out=lower)
        np.maximum(second, lower, out=second)
        np.maximum(first, row, out=first)
    return first, second


def entropy_of(p: FloatArray) -> FloatArray:
    """Shannon entropy in nats of every column of probabilities, (C, m) → (m,); any leading axes are kept."""
    return np.asarray(-np.sum(p * np.log(np.where(p > 0, p, 1.0)), axis=-2))


def _entropy_of_logits(z: FloatArray) -> FloatArray:
    z -= z.max(axis=0)
    e = np.exp(z)
    total = e.sum(axis=0)
    z *= e
    return np.asarray(np.log(total) - z.sum(axis=0) / total)
