"""Pictures of any sizes, grey and in colours, in one array: as large, and as grey, as features are computed of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from al_core.data.decoded import coloured, resized
from al_core.data.features import WORKING_SIDE

_NOTICEABLE = 16
"""Levels by which channels differ in a picture that is not grey."""


def one_size(small: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """All pictures in one array: as they are where they are of one size, in colour where one of them is."""
    if len({levels.shape[:2] for levels in small}) > 1:
        wanted = (WORKING_SIDE, WORKING_SIDE)
        small = [levels if levels.shape[:2] == wanted else resized(levels) for levels in small]
    if all(levels.ndim == 2 for levels in small):
        return np.stack(small)
    levels = np.stack([coloured(levels) for levels in small])
    grey = all(_is_grey(levels[begin : begin + 256]) for begin in range(0, len(levels), 256))
    return np.ascontiguousarray(levels[..., 1]) if grey else levels


def as_those(small: list[NDArray[np.uint8]], shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """All pictures in one array of pictures of a shape: what is in colour becomes grey where the shape knows no colour."""
    height, width = shape[:2]
    small = [levels if levels.shape[:2] == (height, width) else resized(levels, height, width) for levels in small]
    if len(shape) == 3:
        return np.stack([coloured(levels) for levels in small])
    return np.stack([levels if levels.ndim == 2 else _light(levels) for levels in small])


def _light(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if _is_grey(levels):
        return levels[..., 1]  # as in a pool of grey pictures
    return np.asarray(np.round(levels @ np.array([0.299, 0.587, 0.114])), dtype=np.uint8)


def _is_grey(levels: NDArray[np.uint8]) -> bool:
    red, green, blue = levels[..., 0], levels[..., 1], levels[..., 2]
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return int(spread.max()) < _NOTICEABLE
