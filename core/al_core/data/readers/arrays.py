"""A data set of NumPy's own files, ``.npy`` and ``.npz``."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.array_files import MOST_BYTES, Arrays, arrays_in
from al_core.data.dataset import UNKNOWN, Dataset
from al_core.data.features import LARGEST_SIDE, WORKING_SIDE, features_of, made_smaller, recipe
from al_core.data.joined import joined
from al_core.data.looks import Picture
from al_core.data.reader import ALONE, Beside, Reader
from al_core.ground.errors import UserError


@dataclass(frozen=True, slots=True)
class _Pixels(Sequence[Picture]):
    """Looks of colour pictures, made when they are asked for."""

    levels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.levels)

    def __getitem__(self, row: Any) -> Any:
        height, width, _ = self.levels.shape[1:]
        return Picture(width, height, self.levels[row].tobytes(), colour=True)


def read_arrays(path: Path, classes: Sequence[str] | None = None, features: str = "auto", beside: Beside = ALONE) -> Dataset:
    """A data set from a ``.npy`` file of items or a ``.npz`` archive with ``X``, ``images``, or both, and perhaps ``y``,
    ``classes`` and ``ids``.

    Parameters
    ----------
    path : the file.
    classes : names of the classes, in place of those in the file.
    features : what is computed of pictures where there is no ``X`` of numbers: see `al_core.data.features`.
    beside : what was given beside the file.

    Raises
    ------
    UserError
        The file is no such thing, lies about itself, or is too large for memory; the message says where, and what to do.
    """
    if beside.embeddings is not None:
        raise UserError(f"{path}: embeddings are for a folder of pictures; of an archive X is learnt from, so put them there")
    given = None if classes is None else tuple(classes)
    found, test = arrays_in(path, given), None
    if beside.test is not None:
        items = found.items
        found = joined(found, arrays_in(beside.test, given), given)
        test = range(items, found.items)
        _check_joined(found)
    X, images, ids, made = found.X, found.images, None, "as given"
    levels = None if images is None else _levels(found.name, images)
    small = None if levels is None or (X is not None and max(levels.shape[1:3]) > LARGEST_SIDE) else _working(levels)
    if X is None:
        assert levels is not None
        assert small is not None
        made = recipe(features, *small.shape[1:3])
        X = features_of(found.name, small, made, None if test is None else np.array(test))
        ids = tuple(_digest(levels.shape[1:], row) for row in levels)
    colour = levels is not None and levels.ndim == 4
    return Dataset(
        found.name,
        X,
        np.full(found.items, UNKNOWN) if found.y is None else found.y,
        found.classes,
        images=None if colour else levels,
        looks=_Pixels(levels) if colour and levels is not None else None,
        identities=ids,
        item_names=found.ids,
        recipe=made,
        test=test,
        thumbs=small,
    )


def _check_joined(found: Arrays) -> None:
    """Raise `UserError` where both files together are too much for memory."""
    for array in (found.X, found.images):
        if array is not None and array.nbytes > MOST_BYTES:
            raise UserError(f"{found.name} and what it is measured by take {array.nbytes / 1e9:,.1f} GB; give a part of them")


def _digest(shape: tuple[int, ...], row: NDArray[np.uint8]) -> str:
    return hashlib.blake2b(repr(shape).encode() + row.tobytes(), digest_size=8).hexdigest()


def _levels(name: str, images: NDArray[Any]) -> NDArray[np.uint8]:
    """Pictures in 256 levels, (items, height, width) or (items, height, width, 3); what is not is scaled as a whole."""
    if images.ndim < 3:
        raise UserError(f"{name}: images have the shape {images.shape}; give (items, height, width)")
    images = images[..., 0] if images.ndim == 4 and images.shape[3] == 1 else images
    if images.dtype == np.uint8:
        return images
    blocks = range(0, len(images), 256)
    low = min(0.0, *(float(images[begin : begin + 256].min()) for begin in blocks))
    high = max(float(images[begin : begin + 256].max()) for begin in blocks)
    if not (math.isfinite(low) and math.isfinite(high)):
        row = next(row for row, image in enumerate(images) if not np.isfinite(image).all())
        raise UserError(f"{name}: picture {row} has a level that is no number; replace or drop what is missing or infinite")
    levels = np.empty(images.shape, np.uint8)
    for begin in blocks:
        part = images[begin : begin + 256].astype(np.float64)
        levels[begin : begin + 256] = np.round((part - low) * (255 / ((high - low) or 1.0)))
    return levels


def _working(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pictures as small as features are computed of."""
    height, width = levels.shape[1:3]
    if max(height, width) <= LARGEST_SIDE:
        return levels
    down, across = min(height, WORKING_SIDE), min(width, WORKING_SIDE)
    return np.concatenate([made_smaller(levels[at : at + 64], down, across) for at in range(0, len(levels), 64)])


READER = Reader(lambda path: not path.is_dir(), read_arrays, last=True, read_with=read_arrays)
"""Whatever it is called, and so the one that says what a file should have been."""
