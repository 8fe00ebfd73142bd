"""From pictures to what learners compute with; fitted on the pool, no label is looked at."""

from __future__ import annotations

import hashlib
import math
import struct
from collections.abc import Callable, Iterator
from importlib import metadata
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.how_far import tell
from al_core.data.origin import FEATURES as FEATURES
from al_core.data.projection import Projection
from al_core.ground import cache
from al_core.ground.errors import UserError, unknown
from al_core.ground.versions import source_digest

LARGEST_SIDE = 48
"""Pixels of a side up to which pictures of one size are looked at as they are."""
WORKING_SIDE = 32
"""Pixels of a side of all others: they are made as large before anything is computed of them."""
MOST_NUMBERS = 1 << 27
"""Numbers that a data set may take up in memory: 1 GiB as float64."""

_LEAST_SIDE = 12  # three cells: the least that has blocks that overlap in both directions
_CELL, _BINS, _COMPONENTS = 4, 9, 50
_FITTED_ON = 5000
_BLOCK = 64
_SHAPE = struct.Struct("<3qd")


def recipe(features: str, height: int, width: int) -> str:
    """Which features pictures of a size get: ``"pixels"`` or ``"hog"``; part of a data set's fingerprint.

    Raises
    ------
    UserError
        There are no such features, or the pictures are too small for them.
    """
    if features not in FEATURES:
        raise unknown("features", features, FEATURES)
    large = min(height, width) >= _LEAST_SIDE
    if features == "hog" and not large:
        raise UserError(
            f"pictures of {width}×{height} pixels are too small for features 'hog', which take {_LEAST_SIDE}×{_LEAST_SIDE};"
            " use 'pixels'"
        )
    return "hog" if features == "hog" or (features == "auto" and large) else "pixels"


def fitted(name: str, levels: NDArray[np.uint8], kind: str, test: IntArray | None = None) -> tuple[FloatArray, Projection]:
    """Features of the pictures of a pool, shape (items, features), and what makes the same of new pictures.

    Parameters
    ----------
    name : of the data set, for messages.
    levels : of pictures of one size, shape (items, height, width), or (items, height, width, 3) where they are in colour.
    kind : ``"pixels"``, levels from 0 to 1; or ``"hog"``, histograms of oriented gradients (Dalal & Triggs 2005; cells of
        4×4 pixels, 9 unsigned directions, blocks of 2×2 cells of unit length), a colour histogram beside them where there is
        colour, and of both the first 50 principal components, fitted on at most 5,000 of the items and scaled as a whole to
        a mean variance of 1.
    test : rows that nothing is fitted on; None for none.
    """
    shape = levels.shape[1:]
    if kind == "pixels":
        if levels.size > MOST_NUMBERS:
            raise UserError(f"data set {name!r}: {levels.size:,} pixels are too many to learn from one by one; use 'hog'")
        return projected(levels, found := Projection(kind, shape)), found
    key = _key(levels, kind, test)
    if (known := _parsed(cache.kept(key), len(levels), kind, shape)) is not None:
        return known
    with cache.turn(key) as alive:
        if (known := _parsed(cache.kept(key), len(levels), kind, shape)) is not None:
            return known
        features, found = _fitted(levels, kind, alive, test)
        arrays = (features, found.components, found.centre)
        head = _SHAPE.pack(*features.shape, found.components.shape[1], found.scale)
        cache.keep(key, [head, *(np.ascontiguousarray(array, "<f8").tobytes() for array in arrays)])
    return features, found


def projected(levels: NDArray[np.uint8], projection: Projection) -> FloatArray:
    """Features of pictures as those of the pool have them on which a projection was fitted; their shape is the projection's."""
    if projection.kind == "pixels":
        return np.asarray(levels.reshape(len(levels), math.prod(levels.shape[1:])) / 255.0)
    found = [np.empty((0, len(projection.components)))]
    return np.concatenate([*found, *(_taken(block, projection) for block in _descriptions(levels, lambda: None))])


def _taken(described: FloatArray, projection: Projection) -> FloatArray:
    """As scikit-learn does it, to the last bit: the mean is taken away behind the projection."""
    return np.asarray((described @ projection.components.T - projection.centre) / projection.scale)


def _fitted(
    levels: NDArray[np.uint8], kind: str, alive: Callable[[], None], test: IntArray | None
) -> tuple[FloatArray, Projection]:
    """Histograms of oriented gradients, and of colours, as their principal components."""
    from sklearn.decomposition import PCA

    fitted_on = levels if test is None else np.delete(levels, test, axis=0)
    if len(fitted_on) > _FITTED_ON:
        fitted_on = fitted_on[np.linspace(0, len(fitted_on) - 1, _FITTED_ON).astype(np.int64)]
    described = np.concatenate(list(_descriptions(fitted_on, alive)))
    components = min(_COMPONENTS, *described.shape)
    pca = PCA(components, svd_solver="covariance_eigh" if len(described) > described.shape[1] else "full")
    with np.errstate(invalid="ignore"):  # equal pictures, or only one, have no variance to take shares of
        pca.fit(described)
    # Learners shrink their weights: they learn little from components that are small numbers.
    scale = float(np.sqrt(np.nan_to_num(pca.explained_variance_).mean())) or 1.0
    made = Projection(kind, levels.shape[1:], pca.components_, pca.mean_ @ pca.components_.T, scale)
    if fitted_on is levels:
        return _taken(described, made), made
    return np.concatenate([_taken(block, made) for block in _descriptions(levels, alive)]), made


def _key(levels: NDArray[np.uint8], kind: str, test: IntArray | None) -> str:
    """What features are kept under: content, recipe, and what computes them."""
    content = hashlib.blake2b(repr(levels.shape).encode())
    for block in _blocks(levels):
        content.update(block.tobytes())
    if test is not None:
        content.update(np.ascontiguousarray(test, "<i8").tobytes())
    libraries = [metadata.version(name) for name in ("numpy", "scipy", "scikit-learn")]
    return repr(("features", kind, content.hexdigest(), source_digest("data"), libraries))


def _parsed(payload: memoryview | None, items: int, kind: str, shape: tuple[int, ...]) -> tuple[FloatArray, Projection] | None:
    """The features of so many items that were kept, and what made them; None where they are not these."""
    if payload is None or len(payload) < _SHAPE.size:
        return None
    rows, columns, described, scale = _SHAPE.unpack_from(payload)
    sizes = (rows * columns, columns * described, columns)
    if rows != items or min(columns, described) < 1 or len(payload) != _SHAPE.size + 8 * sum(sizes):
        return None
    numbers = np.frombuffer(payload, "<f8", offset=_SHAPE.size).astype(np.float64)
    if not (np.isfinite(numbers).all() and scale > 0):
        return None
    features, components, centre = np.split(numbers, np.cumsum(sizes)[:-1])
    made = Projection(kind, shape, components.reshape(columns, described), centre, scale)
    return features.reshape(rows, columns), made


def made_smaller(levels: NDArray[Any], height: int, width: int) -> NDArray[np.uint8]:
    """Pictures of one size, each pixel the mean of those it stands for; a side that is no longer than wanted stays."""
    for axis, wanted in ((1, height), (2, width)):
        length = levels.shape[axis]
        if length > wanted:
            begins = np.arange(wanted) * length // wanted
            counts = np.diff([*begins.tolist(), length]).reshape([-1 if at == axis else 1 for at in range(levels.ndim)])
            levels = np.add.reduceat(levels, begins, axis=axis, dtype=np.float64) / counts
    return np.asarray(levels, dtype=np.uint8)


def _blocks(levels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    return [levels[begin : begin + _BLOCK] for begin in range(0, len(levels), _BLOCK)]


def _descriptions(levels: NDArray[np.uint8], alive: Callable[[], None]) -> Iterator[FloatArray]:
    """Histograms of block after block, telling how far that is."""
    for number, block in enumerate(_blocks(levels)):
        alive()
        tell("computing features of", "pictures", number * _BLOCK, len(levels))
        yield _described(block)


def _described(levels: NDArray[np.uint8]) -> FloatArray:
    if levels.ndim == 3:
        return _gradients(levels / 255.0)
    return np.hstack([_gradients(levels @ np.array([0.299, 0.587, 0.114]) / 255.0), _colours(levels)])


def _gradients(light: FloatArray) -> FloatArray:
    """Histograms of oriented gradients, of unit length as a whole."""
    n, height, width = light.shape
    down, across = np.gradient(light, axis=1), np.gradient(light, axis=2)
    strength = np.hypot(down, across)
    place = (np.arctan2(down, across) % np.pi) * (_BINS / np.pi) - 0.5  # between the middles of two bins
    low = np.floor(place)
    share = place - low
    rows, columns = height // _CELL, width // _CELL
    whole = (slice(None), slice(rows * _CELL), slice(columns * _CELL))  # what is left at the edges is in no cell
    low, share, strength = low[whole].astype(np.int64) % _BINS, share[whole], strength[whole]
    cell = (np.arange(rows * _CELL) // _CELL)[:, None] * columns + np.arange(columns * _CELL) // _CELL
    first = (np.arange(n)[:, None, None] * (rows * columns) + cell) * _BINS
    cells = np.zeros(n * rows * columns * _BINS)
    for number, part in ((low, strength * (1 - share)), ((low + 1) % _BINS, strength * share)):
        cells += np.bincount((first + number).ravel(), weights=part.ravel(), minlength=len(cells))
    cells = cells.reshape(n, rows, columns, _BINS)
    blocks = np.concatenate([cells[:, :-1, :-1], cells[:, :-1, 1:], cells[:, 1:, :-1], cells[:, 1:, 1:]], axis=-1)
    blocks /= np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + 1e-4)
    return np.asarray(blocks.reshape(n, -1) / np.sqrt((rows - 1) * (columns - 1)))


def _colours(levels: NDArray[np.uint8]) -> FloatArray:
    """The shares of 4×4×4 colours, as square roots: of unit length."""
    n = len(levels)
    numbers = ((levels >> 6).astype(np.int64) @ np.array([16, 4, 1])).reshape(n, -1)
    places = numbers + 64 * np.arange(n)[:, None]
    shares = np.bincount(places.ravel(), minlength=64 * n).reshape(n, 64) / numbers.shape[1]
    return np.asarray(np.sqrt(shares), dtype=np.float64)
