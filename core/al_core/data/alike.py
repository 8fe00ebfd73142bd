"""Pictures that look nearly the same: the rule, and who is alike to one of many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from al_core.data.dataset import Dataset, IntArray
from al_core.data.features import made_smaller

NEAR = 0.15
"""How far pictures that are alike are from each other at most, see `distances`; `benchmarks/alike.py` chooses it."""
_SIDE = 16
_LEAST_CONTRAST = 12.0
"""Levels by which a picture varies at least, or is taken to: of what is flat, noise is most of what differs."""
_CANDIDATES = 256
"""Items next to one in features among which those that are alike are looked for."""
_BLOCK = 1 << 15


def distances(pictures: NDArray[np.uint8], row: int) -> NDArray[np.float64]:
    """How far pictures look from one of them: the root mean square of what differs, but for brightness, in units of contrast.

    Parameters
    ----------
    pictures : small ones of one size, shape (items, height, width), or with three colours.
    row : of the one.

    Returns
    -------
    The root of the mean squared difference of levels, after the mean of each picture was taken away, over the mean of both
    standard deviations, which count as 12 levels at least; of pictures made smaller to 16×16.
    """
    height, width = pictures.shape[1:3]
    small = made_smaller(pictures, min(height, _SIDE), min(width, _SIDE)) if max(height, width) > _SIDE else pictures
    levels = small.reshape(len(small), -1).astype(np.float64)
    levels -= levels.mean(axis=1, keepdims=True)
    contrast = np.sqrt((levels**2).mean(axis=1))
    apart = np.sqrt(((levels - levels[row]) ** 2).mean(axis=1))
    return np.asarray(apart / np.maximum(_LEAST_CONTRAST, (contrast + contrast[row]) / 2))


def alike(data: Dataset, row: int, among: IntArray) -> tuple[int, ...]:
    """Rows ``among`` others whose pictures look nearly as that of ``row`` does, the nearest first; none without pictures."""
    if data.thumbs is None or not len(among):
        return ()
    near = np.concatenate(
        [((data.X[part] - data.X[row]) ** 2).sum(axis=1) for part in np.array_split(among, -(-len(among) // _BLOCK))]
    )
    among = among[np.argsort(near, kind="stable")[:_CANDIDATES]]
    rows = np.concatenate([[row], among[among != row]])
    found = distances(data.thumbs[rows], 0)
    order = np.argsort(found, kind="stable")
    return tuple(int(rows[at]) for at in order.tolist() if at and found[at] <= NEAR)
