"""Distances between items, in blocks: no n × n matrix is ever held."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray

_ROWS = 512
_COLUMNS = 2048


def fingerprint(rows: IntArray) -> bytes:
    """A short digest of a set of rows, to keep what is derived from exactly these in a memo."""
    return hashlib.blake2b(np.ascontiguousarray(rows).tobytes(), digest_size=16).digest()


def mean_distances(features: FloatArray, rows: IntArray, k: int, memo: dict[Hashable, Any]) -> FloatArray:
    """Mean Euclidean distance of each row to its ``k`` nearest others among ``rows``, shape (n,).

    Only the answer for the last set of rows is kept in ``memo``; fewer than ``k`` others are taken as they are, and an item
    that is alone has distance 0.
    """
    key, print_ = ("mean_distances", k), fingerprint(rows)
    if memo.get(key, (None,))[0] != print_:
        memo[key] = (print_, nearest_distances(np.asarray(features[rows]), k).mean(axis=1))
    found: FloatArray = memo[key][1]
    return found


def nearest_distances(X: FloatArray, k: int) -> FloatArray:
    """Euclidean distances of every row to its ``k`` nearest others, ascending, shape (n, min(k, n − 1)).

    An item that is alone has one neighbour, itself.
    """
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(X) - 1)
    if k < 1:
        return np.zeros((len(X), 1))
    return np.asarray(NearestNeighbors(n_neighbors=k, algorithm="brute").fit(X).kneighbors()[0], dtype=np.float64)


def squared_distance_blocks(A: FloatArray, B: FloatArray) -> Iterator[tuple[slice, slice, FloatArray]]:
    """Squared Euclidean distances between all rows of ``A`` and all rows of ``B``, block by block.

    Yields
    ------
    Slice of ``A``, slice of ``B``, and the block's float array, shape (rows, columns), which may be overwritten.
    """
    norms_a, norms_b = np.einsum("ij,ij->i", A, A), np.einsum("ij,ij->i", B, B)
    for top in range(0, len(A), _ROWS):
        here = slice(top, min(top + _ROWS, len(A)))
        for left in range(0, len(B), _COLUMNS):
            there = slice(left, min(left + _COLUMNS, len(B)))
            block = A[here] @ (-2.0 * B[there]).T
            block += norms_a[here, None]
            block += norms_b[there]
            yield here, there, np.maximum(block, 0.0, out=block)
