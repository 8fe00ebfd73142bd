"""The k best of a stream of scores, ties broken at random, in memory that does not grow with the stream."""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray, IntArray

_BLOCK = 1 << 16


class Best:
    """Keeps the ``k`` best scores that were added, each with its position.

    Every score that might still be among the best gets a random key, and the best are those that come first by score and then
    by key: so equal scores have equal chances, wherever in the stream they stand.

    Parameters
    ----------
    k : how many to keep.
    rng : source of the keys.
    largest : whether large scores are better, or small ones.
    """

    def __init__(self, k: int, rng: np.random.Generator, *, largest: bool = True) -> None:
        self._k = k
        self._rng = rng
        self._sign = 1.0 if largest else -1.0
        self._utility: FloatArray = np.empty(0)
        self._key: FloatArray = np.empty(0)
        self._position: IntArray = np.empty(0, dtype=np.int64)

    @property
    def positions(self) -> IntArray:
        """Positions of the best, the very best first."""
        return self._position

    @property
    def scores(self) -> FloatArray:
        """Their scores, as they were added."""
        return self._utility if self._sign > 0 else -self._utility

    @property
    def ranks(self) -> IntArray:
        """1 for the very best; equal scores share a rank."""
        worse_first = -self._utility
        return 1 + np.searchsorted(worse_first, worse_first, side="left")

    def add(self, scores: FloatArray, offset: int = 0) -> None:
        """Add scores, shape (m,), whose positions are ``offset``, ``offset + 1``, …."""
        for begin in range(0, len(scores), _BLOCK):
            self._add_block(scores[begin : begin + _BLOCK], offset + begin)

    def _add_block(self, scores: FloatArray, offset: int) -> None:
        utility = scores if self._sign > 0 else -scores
        position: IntArray | None = None
        if len(self._utility) == self._k:
            position = np.flatnonzero(utility >= self._utility[-1])
            utility = utility[position]
        if len(utility) > self._k:
            threshold = np.partition(utility, len(utility) - self._k)[len(utility) - self._k]
            keep = np.flatnonzero(utility >= threshold)
            utility, position = utility[keep], keep if position is None else position[keep]
        if position is None:
            position = np.arange(len(utility))
        key = self._rng.random(len(position))
        if offset:
            position = position + offset
        if len(self._utility):
            utility = np.concatenate([self._utility, utility])
            key = np.concatenate([self._key, key])
            position = np.concatenate([self._position, position])
        order = np.lexsort((key, -utility))[: self._k]
        self._utility, self._key, self._position = utility[order], key[order], position[order]


def top(scores: FloatArray, k: int, rng: np.random.Generator) -> IntArray:
    """Positions of the ``k`` largest values, largest first, ties broken at random; linear in the number of values."""
    best = Best(k, rng)
    best.add(scores)
    return best.positions


def argbest(utility: FloatArray, rng: np.random.Generator) -> int:
    """Position of the largest value, ties broken at random."""
    return int(rng.choice(np.flatnonzero(utility == utility.max())))
