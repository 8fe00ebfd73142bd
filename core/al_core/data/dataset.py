"""A data set: features, labels, class names, and how one item is shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Items and, where they are known, their labels. Arrays are read-only.

    Parameters
    ----------
    name : what it is called.
    X : float array, shape (n, d).
    y : int array, shape (n,), class indices into ``classes``.
    classes : class names, as shown to a person.
    images : uint8 array, shape (n, height, width), grey levels 0 (paper) to 255 (ink), or None when an item is no picture.
    """

    name: str
    X: FloatArray
    y: IntArray
    classes: tuple[str, ...]
    images: NDArray[np.uint8] | None = None

    def __post_init__(self) -> None:
        for array in (self.X, self.y, self.images):
            if array is not None:
                array.setflags(write=False)

    @cached_property
    def fingerprint(self) -> str:
        """Hex digest of names, features and labels: two data sets with the same digest hold the same items."""
        digest = hashlib.blake2b(digest_size=16)
        digest.update(repr((self.name, self.classes, self.X.shape)).encode())
        digest.update(np.ascontiguousarray(self.X, dtype="<f8").tobytes())
        digest.update(np.ascontiguousarray(self.y, dtype="<i8").tobytes())
        return digest.hexdigest()

    @cached_property
    def truth(self) -> tuple[int, ...]:
        """The labels as plain numbers, by row."""
        return tuple(self.y.tolist())

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """Content hash of every item; equal items share one. Row numbers are never an item's identity on disk."""
        rows = np.ascontiguousarray(self.X, dtype="<f8")
        return tuple(hashlib.blake2b(row.tobytes(), digest_size=8).hexdigest() for row in rows)
