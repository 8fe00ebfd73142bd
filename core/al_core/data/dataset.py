"""A data set: features, labels, class names, and how one item is shown."""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from al_core.data.checked import (
    checked_features,
    checked_groups,
    checked_identities,
    checked_item_names,
    checked_labels,
    checked_pictures,
    checked_test,
)
from al_core.data.facts import UNKNOWN as UNKNOWN
from al_core.data.identity import identity
from al_core.data.looks import Look
from al_core.data.projection import Fitted, Projection
from al_core.ground.errors import UserError

MOST_THUMBS = 1 << 28
"""Bytes of small pictures that are kept in memory to be compared; of more, none is."""

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def as_float(X: Any) -> FloatArray:
    """``X`` itself if it holds floating-point numbers of this machine, else as float64: squares of whole numbers wrap."""
    floating = X.dtype.kind == "f" and X.dtype.itemsize in (4, 8) and X.dtype.isnative
    return X if floating else np.asarray(X, dtype=np.float64)


def _is_mapped(array: Any) -> bool:
    while array is not None and not isinstance(array, mmap.mmap):
        array = getattr(array, "base", None)
    return array is not None


class Part(NamedTuple):
    """What a data set is a part of.

    Parameters
    ----------
    whole : how many items there are in all.
    kept : items that are in it for somebody asked for them by name, and not because they were drawn.
    """

    whole: int
    kept: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, init=False)
class Dataset:
    """Items and, where they are known, their labels. Arrays are read-only, and nobody else's.

    Parameters
    ----------
    name : what it is called.
    X : numbers, shape (n, d): an array of any kind, a table of pandas, a sparse array, lists. Kept as float64.
    y : labels, shape (n,): class numbers from 0, or class names; unknown ones are −1 (`UNKNOWN`), NaN, None or empty text.
    classes : class names, as shown to a person. Without them the labels say what classes there are: numbers in their order,
        names in that of the alphabet.
    images : uint8 array, shape (n, height, width), grey levels 0 (paper) to 255 (ink), or None when an item is no picture.
    looks : how each item looks (`Picture`, `Card`, `Passage`), in the order of the rows, where it is no grey picture. Without
        pictures and looks an item is shown as a card of its numbers.
    identities : what each item is known by, the `identity` of its raw content. Without them a row of ``X`` is the content, as
        in the bundled sets, whose numbers are all there is.
    item_names : what each item is called where it comes from, such as the path of its file; empty where it has no name.
    recipe : how ``X`` was made, where the data set was read from files: what is in them identifies it then, and not its name.
    aside : what was there and is no item, and why: pairs of a name and a reason.
    thumbs : small pictures of all items, of one size, to find those that look nearly the same; None where nothing is found.
    test : rows that models are measured by and never learn, where the data says which; None leaves that to a split.
    projection : what was fitted to make ``X``, so that the same can be made of new items.
    part : how many there are in all, where these items are only some of them.
    numbered : whether names say only where items stand, and are others when items come or go.
    predictions : what a model of the person's own says of every item, shape (n, classes); None where nothing is known of it.
    groups : which group each item is of, one value an item; those of a group are measured by or learnt, all of them. None and
        empty text: of none but its own. Kept as numbers, shape (n,).

    Attributes
    ----------
    y : int array, shape (n,), indices into ``classes``; `UNKNOWN` where nobody knows.

    Raises
    ------
    UserError
        Something in it cannot be meant; the message says what, where, and what to do.

    Examples
    --------
    >>> Dataset("pets", [[0.5, 1.0], [2.0, 0.0], [1.0, 1.0]], ["dog", "cat", None]).y.tolist()
    [1, 0, -1]
    """

    name: str
    X: FloatArray
    y: IntArray
    classes: tuple[str, ...]
    images: NDArray[np.uint8] | None = None
    looks: Sequence[Look] | None = None
    identities: Sequence[str] | None = None
    item_names: Sequence[str] = ()
    recipe: str | None = None
    aside: Sequence[tuple[str, str]] = ()
    test: IntArray | None = None
    thumbs: NDArray[np.uint8] | None = None
    projection: Projection | Fitted | None = None
    part: Part | None = None
    numbered: bool = False
    predictions: FloatArray | None = None
    groups: IntArray | None = None

    def __init__(
        self,
        name: str,
        X: Any,
        y: Any,
        classes: Sequence[str] | None = None,
        images: NDArray[np.uint8] | None = None,
        looks: Sequence[Look] | None = None,
        identities: Sequence[str] | None = None,
        item_names: Sequence[str] = (),
        recipe: str | None = None,
        aside: Sequence[tuple[str, str]] = (),
        test: Sequence[int] | IntArray | None = None,
        thumbs: NDArray[np.uint8] | None = None,
        projection: Projection | Fitted | None = None,
        part: Part | None = None,
        numbered: bool = False,
        predictions: FloatArray | None = None,
        groups: Any = None,
    ) -> None:
        features = checked_features(name, X)
        called = checked_item_names(name, item_names, len(features))
        labels, class_names = checked_labels(name, y, classes, len(features), called)
        pictures = None if images is None else checked_pictures(name, images, len(features))
        held = None if test is None else checked_test(name, test, labels)
        together = None if groups is None else checked_groups(name, groups, len(features))
        for array in (features, labels, pictures, held, predictions, together):
            if array is not None:
                array.setflags(write=False)
        if looks is not None and len(looks) != len(features):
            raise UserError(f"data set {name!r}: there are {len(looks):,} looks for {len(features):,} items")
        known = checked_identities(name, identities, len(features))
        if thumbs is not None and len(thumbs) != len(features):
            raise UserError(f"data set {name!r}: there are {len(thumbs):,} small pictures for {len(features):,} items")
        if thumbs is not None and thumbs.nbytes > MOST_THUMBS:
            thumbs = None
        fields: dict[str, Any] = {
            "name": str(name),
            "X": features,
            "y": labels,
            "classes": class_names,
            "images": pictures,
            "looks": looks,
        }
        fields |= {"identities": known, "item_names": called, "recipe": recipe, "aside": aside, "test": held, "thumbs": thumbs}
        fields |= {"projection": projection, "part": part, "numbered": numbered, "predictions": predictions}
        fields["groups"] = together
        for field, value in fields.items():
            object.__setattr__(self, field, value)

    @property
    def mapped(self) -> bool:
        """Whether any of it is read from a file where it lies, whenever it is looked at."""
        return any(map(_is_mapped, (self.X, self.images, self.thumbs, getattr(self.looks, "levels", None))))

    def described_by(self, X: Any, recipe: str, identities: Sequence[str], aside: Sequence[tuple[str, str]]) -> Dataset:
        """The same items with other features, which say nothing of new ones; known by what they were known by."""
        return Dataset(
            self.name,
            X,
            self.y,
            self.classes,
            self.images,
            self.looks,
            identities,
            self.item_names,
            recipe,
            aside,
            self.test,
            self.thumbs,
            None,
            self.part,
            self.numbered,
            self.predictions,
            self.groups,
        )

    def told_by(self, predictions: FloatArray) -> Dataset:
        """The same items with what a model of the person's own says of them."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return Dataset(**fields | {"predictions": predictions})

    @cached_property
    def known(self) -> IntArray:
        """Rows whose label is known, ascending."""
        return np.flatnonzero(self.y != UNKNOWN)

    def parted(self) -> tuple[IntArray, IntArray]:
        """Rows that may be learnt, and those with a known label that models are measured by, where the data says which.

        What is among both, by its content, is measured by and not learnt.
        """
        rows = np.arange(len(self.y))
        if self.test is None:
            return rows, np.empty(0, dtype=np.int64)
        ids = self.item_ids
        held = {ids[row] for row in self.test.tolist()}
        rest = np.array([row for row in rows.tolist() if ids[row] not in held], dtype=np.int64)
        return rest, np.asarray(self.test[self.y[self.test] != UNKNOWN])

    @cached_property
    def fingerprint(self) -> str:
        """Hex digest of names, features and labels: two data sets with the same digest hold the same items.

        One that was read from files may be called anything, and lie anywhere.
        """
        digest = hashlib.blake2b(digest_size=16)
        if self.test is not None:
            digest.update(np.ascontiguousarray(self.test, dtype="<i8").tobytes())
        if self.predictions is not None:
            digest.update(np.ascontiguousarray(self.predictions, dtype="<f8").tobytes())
        if self.groups is not None:
            digest.update(b"groups" + np.ascontiguousarray(self.groups, dtype="<i8").tobytes())
        if self.recipe is not None:
            digest.update(repr(("content", self.recipe, self.classes, self.item_ids)).encode())
            digest.update(np.ascontiguousarray(self.y, dtype="<i8").tobytes())
            return digest.hexdigest()
        digest.update(repr((self.name, self.classes, self.X.shape)).encode())
        digest.update(np.ascontiguousarray(self.X, dtype="<f8").tobytes())
        digest.update(np.ascontiguousarray(self.y, dtype="<i8").tobytes())
        return digest.hexdigest()

    @cached_property
    def truth(self) -> tuple[int, ...]:
        """The labels as plain numbers, by row; `UNKNOWN` where nobody knows."""
        return tuple(self.y.tolist())

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """Content hash of every item; equal items share one. Row numbers are never an item's identity on disk."""
        if self.identities is not None:
            return tuple(self.identities)
        rows = np.ascontiguousarray(self.X, dtype="<f8")
        return tuple(identity(row.tobytes()) for row in rows)
