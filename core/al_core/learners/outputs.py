"""What a classifier answered, read as class probabilities or refused: shape, range, and which column is which class.

A classifier here has learnt the classes 0 to k − 1. Whatever it returns is somebody else's code's word: it is checked before it
counts as a number, and every complaint is one line that names the classifier, the method and what was wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.errors import UserError
from al_core.ground.numbers import percent, significant

_OFF = 1e-3
"""How far probabilities may add up to something else than 1: single precision and rounding, not another scale."""
_EXACT = 1e-9
_AGREE = 0.9
"""Share of items on which the largest decision value must be the predicted class. It is 1 for most classifiers and was at least
.96 for support vector machines, whose predictions break ties of votes in another way; wrong readings are mostly below .7."""
_MOST = 0.5
"""The same for probabilities: a prediction may follow costs or thresholds and not the largest one."""

Reading = Callable[[FloatArray], FloatArray]
"""Decision values as they come, to one column for each class."""


def class_columns(estimator: Any, k: int) -> IntArray | None:
    """Which of the classes 0 to k − 1 each column is about, shape (columns,); None when the classifier does not say."""
    named = getattr(estimator, "classes_", None)
    if named is None:
        return None
    columns = np.asarray(named)
    if columns.ndim != 1 or not set(columns.tolist()) <= set(range(k)) or len(set(columns.tolist())) < len(columns):
        raise _wrong(estimator, f"was taught the classes 0 to {k - 1}, but its classes_ are {_shown(columns)}")
    return columns.astype(np.int64)


def read_labels(estimator: Any, answer: Any, items: int, k: int) -> IntArray:
    """What ``predict`` returned, as classes 0 to k − 1, shape (items,)."""
    labels = np.asarray(answer)
    if labels.shape != (items,):
        raise _wrong(estimator, f"predict returned an array of shape {labels.shape} for {items:,} items")
    known = np.arange(k)
    if labels.dtype.kind not in "biufO" or not all(label in known for label in np.unique(labels).tolist()):
        raise _wrong(estimator, f"predict returned {_shown(np.unique(labels.astype(str)))}, not only classes from 0 to {k - 1}")
    return labels.astype(np.int64)


def read_probabilities(estimator: Any, answer: Any, items: int, columns: int) -> FloatArray:
    """What ``predict_proba`` returned, shape (items, columns), each row adding up to 1."""
    p = _numbers(estimator, "predict_proba", answer)
    if p.shape != (items, columns):
        shape = f"predict_proba returned an array of shape {p.shape}"
        raise _wrong(estimator, f"{shape} for {items:,} items and {columns} classes, not {(items, columns)}")
    if p.min(initial=0.0) < -_OFF or p.max(initial=1.0) > 1.0 + _OFF:
        raise _wrong(estimator, f"predict_proba returned {significant(_farthest(p))}, which is outside 0 to 1")
    total = p.sum(axis=1)
    off = np.abs(total - 1.0).max(initial=0.0)
    if off > _OFF:
        raise _wrong(
            estimator,
            f"predict_proba returned probabilities that add up to {significant(_farthest(total))} for an item, not to 1",
        )
    if off > _EXACT or p.min(initial=0.0) < 0.0:
        p = np.maximum(p, 0.0)
        p /= p.sum(axis=1, keepdims=True)
    return p


def read_decision(estimator: Any, answer: Any, items: int, reading: Reading) -> FloatArray:
    """What ``decision_function`` returned, as one value for each class, shape (items, k)."""
    values = _numbers(estimator, "decision_function", answer)
    if len(values) != items:
        raise _wrong(estimator, f"decision_function returned an array of shape {values.shape} for {items:,} items")
    return reading(values)


def reading_of(estimator: Any, X: FloatArray, k: int) -> Reading:
    """How the values of a classifier's ``decision_function`` are to be read, judged by what it predicts for ``X``.

    There may be one value for each class, one for each pair of classes, or, for two classes, one that is positive for the
    second. Three classes have three pairs, so the shape alone does not tell: the values have to agree with ``predict``.

    Raises
    ------
    UserError
        No reading agrees with it.
    """
    values = _numbers(estimator, "decision_function", estimator.decision_function(X))
    columns = class_columns(estimator, k)
    k = k if columns is None else len(columns)
    names = np.arange(k) if columns is None else columns
    readings = _readings(values.shape, len(X), k)
    if not readings:
        raise _wrong(
            estimator,
            f"decision_function returned an array of shape {values.shape} for {len(X):,} items; {k} classes need a column each,"
            " or one for each pair of them",
        )
    predicted = read_labels(estimator, estimator.predict(X), len(X), int(names.max()) + 1)
    chosen = names == predicted[:, None]
    shares = [_share_led(reading(values), chosen) for reading in readings]
    best = max(shares)
    if best < _AGREE:
        raise _wrong(
            estimator, f"decision_function's largest value is not what predict says for {percent(1 - best)} of the items"
        )
    if shares.count(best) > 1 and _says_pairs(estimator):
        return per_class
    return readings[shares.index(best)]


def _share_led(values: FloatArray, chosen: NDArray[np.bool_]) -> float:
    """Share of items whose chosen class has the largest value, alone or with others: who breaks a tie how is their affair."""
    return float(np.mean(np.where(chosen, values, -np.inf).max(axis=1) >= values.max(axis=1)))


def check_order(estimator: Any, X: FloatArray, k: int) -> None:
    """Refuse probabilities in an order that nobody knows: without ``classes_`` they must agree with ``predict``."""
    p = read_probabilities(estimator, estimator.predict_proba(X), len(X), k)
    predicted = read_labels(estimator, estimator.predict(X), len(X), k)
    if np.mean(p.argmax(axis=1) == predicted) <= _MOST:
        raise _wrong(
            estimator,
            "has no classes_, and predict_proba is not what predict says: nobody can know which column belongs to which class",
        )


def per_class(pairs: FloatArray) -> FloatArray:
    """One value for each class from one for each pair, the first of which a positive value speaks for: shape (n, k).

    Votes decide, and among equal votes the sum of the values, squeezed into less than half a vote, as scikit-learn does it.
    """
    n, width = pairs.shape
    k = round((1 + np.sqrt(1 + 8 * width)) / 2)
    votes, confidence = np.zeros((n, k)), np.zeros((n, k))
    for column, (first, second) in zip(pairs.T, combinations(range(k), 2), strict=True):
        votes[:, first] += column >= 0
        votes[:, second] += column < 0
        confidence[:, first] += column
        confidence[:, second] -= column
    return np.asarray(votes + confidence / (3.0 * (np.abs(confidence) + 1.0)))


def softmax_of(decision: FloatArray) -> FloatArray:
    """Probabilities that order items as decision values do, shape (n, k); they are not calibrated."""
    odds = np.exp(decision - decision.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def second_of_two(values: FloatArray) -> FloatArray:
    """Two columns from the one value of a classifier of two classes, shape (n,) or (n, 1)."""
    flat = values.reshape(-1)
    return np.column_stack([np.zeros(len(flat)), flat])


def as_it_is(values: FloatArray) -> FloatArray:
    """One value for each class already."""
    return values


def _readings(shape: tuple[int, ...], items: int, k: int) -> list[Reading]:
    found: list[Reading] = []
    if k == 2 and shape in ((items,), (items, 1)):
        found.append(second_of_two)
    if shape == (items, k):
        found.append(as_it_is)
    if k > 2 and shape == (items, k * (k - 1) // 2):
        found.append(per_class)
    return found


def _says_pairs(estimator: Any) -> bool:
    """Whether a parameter asks for one-against-one values, in scikit-learn's words."""
    parameters = estimator.get_params() if hasattr(estimator, "get_params") else {}
    return any(key.endswith("decision_function_shape") and value == "ovo" for key, value in parameters.items())


def _numbers(estimator: Any, method: str, answer: Any) -> FloatArray:
    try:
        values = np.asarray(answer, dtype=np.float64)
    except (TypeError, ValueError):
        raise _wrong(estimator, f"{method} returned {type(answer).__name__}, which holds no numbers, or none in rows") from None
    if values.ndim == 0:
        raise _wrong(estimator, f"{method} returned {type(answer).__name__}, no array")
    if not np.isfinite(values).all():
        bad = values[~np.isfinite(values)]
        raise _wrong(estimator, f"{method} returned {bad[0]}, which is not a number to go by, {len(bad)} times")
    return values


def _farthest(values: FloatArray) -> float:
    flat = values.reshape(-1)
    return float(flat[np.abs(flat - 0.5).argmax()])


def _shown(values: Any) -> str:
    shown = [str(value)[:20] for value in np.asarray(values).reshape(-1)[:4].tolist()]
    return ", ".join(shown) + ("…" if np.size(values) > 4 else "")


def _wrong(estimator: Any, what: str) -> UserError:
    return UserError(f"learner {type(estimator).__name__}: {what}")
