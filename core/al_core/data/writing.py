"""How a text is written, whatever its words are: how long it and its lines are, and how much of it is no small letter."""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FARTHEST = 3.0
"""Standard deviations from the mean; what is farther out counts as that far."""
WEIGHT = 0.5
"""Length of what is said of the writing, where that of words and that of parts of words have length 1; see docs/data.md."""
COLUMNS = 7 + len(string.punctuation)


@dataclass(frozen=True, eq=False, slots=True)
class Writing:
    """What is usual in a pool.

    Parameters
    ----------
    mean, spread : of every column, shape (`COLUMNS`,); one that is the same in all texts has the spread 0 and says nothing.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    def described(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Texts as vectors of length `WEIGHT`, shape (texts, `COLUMNS`); one that is usual in everything is 0."""
        away = np.divide(_columns(texts) - self.mean, self.spread, where=self.spread > 0, out=np.zeros((len(texts), COLUMNS)))
        away = np.clip(away, -FARTHEST, FARTHEST)
        lengths = np.sqrt((away**2).sum(axis=1, keepdims=True))
        return np.asarray(WEIGHT * away / np.where(lengths > 1e-12, lengths, 1.0))


def fitted_writing(texts: Sequence[str]) -> Writing:
    """What is usual in these texts, at least one."""
    columns = _columns(texts)
    spread = columns.std(axis=0)
    return Writing(columns.mean(axis=0), np.where(spread > 1e-9, spread, 0.0))


def _columns(texts: Sequence[str]) -> NDArray[np.float64]:
    """Logarithms of lengths, and square roots of shares of characters: so that neither is all in a few long or odd texts."""
    out = np.empty((len(texts), COLUMNS))
    for row, text in enumerate(texts):
        length, lines, words = len(text) + 1, text.count("\n") + 1, text.split()
        found = Counter(text)
        capitals = sum(count for character, count in found.items() if character.isupper())
        digits = sum(count for character, count in found.items() if character.isdigit())
        blanks = sum(count for character, count in found.items() if character.isspace())
        shares = (capitals, digits, blanks, *(found[mark] for mark in string.punctuation))
        out[row, :4] = np.log((length, lines, 1 + sum(map(len, words)) / max(1, len(words)), 1 + len(text) / lines))
        out[row, 4:] = np.sqrt(np.array(shares) / length)
    return out
