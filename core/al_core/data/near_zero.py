"""Features moved towards zero, so that differences between them keep their digits.

Distances by matrix products, ‖x‖² − 2 x·y + ‖y‖², lose twice as many digits as there are between a feature's size and its
spread, and single precision, which clusters and trees compute in, has few to lose. What moves every item alike moves no
distance.

A feature moves by a multiple of a power of two some sixteen times its spread. So one that lies near zero does not move at all,
and of one that does no bit is lost: pixels and counts stay as even as they are, and items equally far apart stay so.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray

_ROWS = 1024
"""Rows that a pool is judged by: a few spreads more or less do not matter."""
_SPREADS = 16.0
_KEY = "offset"


def offset_of(features: FloatArray) -> FloatArray:
    """How far every feature is to be moved, shape (d,); 0 where it lies near zero. Depends on some of the rows only."""
    X = np.asarray(features[:: max(1, len(features) // _ROWS)], dtype=np.float64)
    mean = X.mean(axis=0)
    spread = np.abs(X - mean).mean(axis=0)  # without squares, of which the smallest vanish
    constant = (X[:1] == X).all(axis=0)
    step = np.exp2(np.ceil(np.log2(np.where(constant, 1.0, _SPREADS * spread))))
    # One that never varies adds nothing to a distance, but its size does to the rounding of all the others.
    heavy = np.abs(X[0]) > _SPREADS / 2 * np.where(constant, 0.0, spread).mean()
    return np.where(constant, np.where(heavy, X[0], 0.0), np.round(mean / step) * step)


def kept_offset(features: FloatArray, memo: dict[Hashable, Any]) -> FloatArray:
    """`offset_of` the features that ``memo`` is about, found once."""
    if _KEY not in memo:
        memo[_KEY] = offset_of(features)
    found: FloatArray = memo[_KEY]
    return found


def with_offset(offset: FloatArray) -> dict[Hashable, Any]:
    """A memo of features of which not all are here, and the offset is known."""
    return {_KEY: offset}


def moved(X: FloatArray, offset: FloatArray) -> FloatArray:
    """``X`` without the offset, shape (m, d); the very same array where there is none."""
    return np.asarray(X - offset) if offset.any() else X


def near_zero(X: FloatArray) -> FloatArray:
    """``X`` moved by its own offset."""
    return moved(X, offset_of(X))
