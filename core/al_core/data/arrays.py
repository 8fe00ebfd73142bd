"""A data set of NumPy's own files, ``.npy`` and ``.npz``."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.array_files import FIRST, MOST_BYTES, Arrays, arrays_in, many_in, some_in
from al_core.data.dataset import UNKNOWN, Dataset, Part
from al_core.data.features import LARGEST_SIDE, WORKING_SIDE, fitted, made_smaller, projected, recipe
from al_core.data.how_far import tell
from al_core.data.joined import joined
from al_core.data.looks import Picture
from al_core.data.projection import Fitted
from al_core.data.reader import ALONE, Beside
from al_core.ground.errors import UserError
from al_core.ground.numbers import storage

_MAGIC = b"\x93NUMPY"


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
    ``classes``, ``ids`` and ``groups``.

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
    given, test, count = None if classes is None else tuple(classes), None, None
    if beside.first is not None:
        found, count = some_in(path, beside.first)
        found = replace(found, classes=given)
    else:
        if beside == ALONE and (many := many_in(path)):
            tell("reading", "items", 0, many, FIRST)
        found = arrays_in(path, given)
    if beside.test is not None:
        items = found.items
        found = joined(found, arrays_in(beside.test, given), given)
        test = range(items, found.items)
        _check_joined(found)
    X, images, ids, made, projection = found.X, found.images, None, "as given", None
    levels = None if images is None else _levels(found.name, images, scaled := _scaled(found.name, images))
    small = None if levels is None or (X is not None and max(levels.shape[1:3]) > LARGEST_SIDE) else _working(levels)
    if X is None:
        assert levels is not None
        assert small is not None
        made = recipe(features, *small.shape[1:3])
        X, projection = fitted(found.name, small, made, None if test is None else np.array(test))
        projection = replace(projection, scaled=scaled)
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
        projection=projection,
        part=None if count is None else Part(count),
        groups=found.groups,
    )


def more_arrays(path: Path, pool: Dataset) -> Dataset:
    """The items in a file, described as those of the pool are: the same numbers, or pictures by what was fitted on those.

    Raises
    ------
    UserError
        As in `read_arrays`, or the items are of another kind or size than those of the pool.
    """
    return more_of(arrays_in(path, pool.classes), pool)


def more_of(found: Arrays, pool: Dataset) -> Dataset:
    """The same of arrays that are there already."""
    name, X, images, projection, ids = found.name, found.X, found.images, pool.projection, None
    assert not isinstance(projection, Fitted)
    if projection is None:
        if X is None:
            raise UserError(f"{name} holds pictures, and numbers were labelled; give X with {pool.X.shape[1]} features")
        if X.shape[1] != pool.X.shape[1]:
            raise UserError(f"{name}: X has {X.shape[1]} features; what was labelled has {pool.X.shape[1]}")
    elif X is not None or images is None or projection.scaled is None:
        where = "in files of pictures" if projection.scaled is None else "in an array of them"
        raise UserError(f"{name}: pictures were labelled, {where}; give new ones in the same way")
    else:
        levels = _levels(name, images, projection.scaled)
        small = _working(levels)
        if small.shape[1:] != projection.shape:
            theirs, ours = ("×".join(map(str, shape)) for shape in (small.shape[1:], projection.shape))
            raise UserError(f"{name}: pictures come to the shape {theirs}, those that were labelled to {ours}; give their size")
        X, ids = projected(small, projection), tuple(_digest(levels.shape[1:], row) for row in levels)
    y = np.full(len(X), UNKNOWN)
    return Dataset(name, X, y, pool.classes, identities=ids, item_names=found.ids, recipe=pool.recipe, projection=projection)


def _check_joined(found: Arrays) -> None:
    """Raise `UserError` where both files together are too much for memory."""
    for array in (found.X, found.images):
        if array is not None and array.nbytes > MOST_BYTES:
            raise UserError(f"{found.name} and what it is measured by take {storage(array.nbytes)}; give a part of them")


def _digest(shape: tuple[int, ...], row: NDArray[np.uint8]) -> str:
    return hashlib.blake2b(repr(shape).encode() + row.tobytes(), digest_size=8).hexdigest()


def _scaled(name: str, images: NDArray[Any]) -> tuple[float, float]:
    """The numbers that become the levels 0 and 255."""
    if images.ndim < 3:
        raise UserError(f"{name}: images have the shape {images.shape}; give (items, height, width)")
    if images.dtype == np.uint8:
        return 0.0, 255.0
    blocks = range(0, len(images), 256)
    low = min(0.0, *(float(images[begin : begin + 256].min()) for begin in blocks))
    high = max(float(images[begin : begin + 256].max()) for begin in blocks)
    _check_finite(name, images, low + high)
    return low, high


def _check_finite(name: str, images: NDArray[Any], total: float) -> None:
    if not math.isfinite(total):
        row = next(row for row, image in enumerate(images) if not np.isfinite(image).all())
        raise UserError(f"{name}: picture {row} has a level that is no number; replace or drop what is missing or infinite")


def _levels(name: str, images: NDArray[Any], scaled: tuple[float, float]) -> NDArray[np.uint8]:
    """Pictures in 256 levels, (items, height, width) or (items, height, width, 3); what is not is scaled as a whole."""
    images = images[..., 0] if images.ndim == 4 and images.shape[3] == 1 else images
    if images.dtype == np.uint8 and scaled == (0.0, 255.0):
        return images
    low, high = scaled
    levels = np.empty(images.shape, np.uint8)
    for begin in range(0, len(images), 256):
        part = images[begin : begin + 256].astype(np.float64)
        if not np.isfinite(part).all():
            _check_finite(name, images, math.nan)
        levels[begin : begin + 256] = np.clip(np.round((part - low) * (255 / ((high - low) or 1.0))), 0, 255)
    return levels


def _working(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pictures as small as features are computed of."""
    height, width = levels.shape[1:3]
    if max(height, width) <= LARGEST_SIDE:
        return levels
    down, across = min(height, WORKING_SIDE), min(width, WORKING_SIDE)
    return np.concatenate([made_smaller(levels[at : at + 64], down, across) for at in range(0, len(levels), 64)])


def is_of_arrays(path: Path) -> bool:
    """Whether a file is NumPy's, by how its name ends or by how it begins."""
    if path.suffix.lower() in (".npy", ".npz"):
        return True
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False
