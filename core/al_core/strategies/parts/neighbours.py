"""Distances between items, in blocks: no n × n matrix is ever held."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved, offset_of

_ROWS = 256


def rows_key(rows: IntArray) -> bytes:
    """A short digest of a set of rows, to keep what is derived from exactly these in a memo."""
    return hashlib.blake2b(np.ascontiguousarray(rows).tobytes(), digest_size=16).digest()


def mean_distances(features: FloatArray, rows: IntArray, k: int, memo: dict[Hashable, Any]) -> FloatArray:
    """Mean Euclidean distance of each row to its ``k`` nearest others among ``rows``, shape (n,).

    Only the answer for the last set of rows is kept in ``memo``; fewer than ``k`` others are taken as they are, and an item
    that is alone has distance 0.
    """
    key, print_ = ("mean_distances", k), rows_key(rows)
    if memo.get(key, (None,))[0] != print_:
        memo[key] = (print_, nearest_distances(np.asarray(features[rows]), k).mean(axis=1))
    found: FloatArray = memo[key][1]
    return found


def nearest_distances(X: FloatArray, k: int, offset: FloatArray | None = None) -> FloatArray:
    """Euclidean distances of every row to its ``k`` nearest others, ascending, shape (n, min(k, n − 1)).

    An item that is alone has one neighbour, itself. ``offset`` is what moves the pool near zero; by default that of ``X``.
    """
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(X) - 1)
    if k < 1:
        return np.zeros((len(X), 1))
    near = moved(X, offset_of(X) if offset is None else offset)
    return np.asarray(NearestNeighbors(n_neighbors=k, algorithm="brute").fit(near).kneighbors()[0], dtype=np.float64)


class Distances:
    """Squared Euclidean distances between items, block by block, each block one matrix product.

    [−2x, 1, ‖x‖²] · [y, ‖y‖², 1] = ‖x − y‖², so no block is touched twice; features are centred first, which keeps digits.

    Parameters
    ----------
    X : float array, shape (n, d).
    """

    def __init__(self, X: FloatArray) -> None:
        X = np.asarray(X, dtype=np.float64)
        X = X - X.mean(axis=0)
        norms, one = np.einsum("ij,ij->i", X, X)[:, None], np.ones((len(X), 1))
        self._left = np.hstack([-2.0 * X, one, norms])
        self._right = np.hstack([X, norms, one])
        self.rounding = 1e-14 * float(norms.max(initial=0.0))

    def blocks(self, A: IntArray, B: IntArray | None = None) -> Iterator[tuple[slice, slice, FloatArray]]:
        """Blocks of the distances from items ``A`` to items ``B``.

        Parameters
        ----------
        A, B : int arrays of positions. Without ``B``, distances within ``A``: only blocks on and above the diagonal.

        Yields
        ------
        Slice of ``A``, slice of ``B``, and the block, float array, shape (rows, columns), rounding errors of either sign in it;
        it may be overwritten.
        """
        for top in range(0, len(A), _ROWS):
            left = self._left[A[top : top + _ROWS]]
            for begin in range(top if B is None else 0, len(A if B is None else B), _ROWS):
                right = self._right[(A if B is None else B)[begin : begin + _ROWS]]
                yield slice(top, top + len(left)), slice(begin, begin + len(right)), left @ right.T


def ball_sizes(distances: Distances, centers: IntArray, items: IntArray | None, radius: float) -> FloatArray:
    """How many of ``items`` lie within ``radius`` of each centre, shape (m,); without ``items``, how many of the centres."""
    sizes = np.zeros(len(centers))
    limit = radius * radius + distances.rounding
    for here, there, block in distances.blocks(centers, items):
        inside = (block <= limit).view(np.uint8)
        sizes[here] += inside.sum(axis=1, dtype=np.uint16)
        if items is None and here != there:
            sizes[there] += inside.sum(axis=0, dtype=np.uint16)
    return sizes
