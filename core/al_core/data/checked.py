"""Data from outside, checked once where it comes in: as the engine computes with it, or refused in one line.

Every array that is returned belongs to the caller of these functions alone; what was given is neither kept nor changed.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.facts import UNKNOWN
from al_core.ground.errors import NoLabels, UserError
from al_core.ground.safe_text import safe_text

LARGEST = 1e15
"""Largest feature: all learners still compute with it (a linear support vector machine gives up at 1e20), and beyond it a
double has no decimals left."""

_HASH = re.compile(r"[0-9a-f]{8,128}")
_BLOCK = 1 << 14
"""Rows that are looked at at a time."""


def checked_features(name: str, X: Any) -> NDArray[np.float64]:
    """Features as float64, shape (items, features), finite.

    Raises
    ------
    UserError
        They are no such thing; the message says where, and what to do.
    """
    array = _array(name, X.toarray() if hasattr(X, "toarray") else X, "features")
    numbers = array.dtype.kind in "biuf" or (array.dtype.kind == "O" and not any(isinstance(v, str) for v in array.flat))
    try:
        features = _own(array) if numbers else None
    except (TypeError, ValueError, OverflowError):
        features = None
    if features is None:
        raise _refused(name, f"features are no numbers (they are {array.dtype}); turn text and dates into numbers first")
    if features.ndim != 2:
        raise _refused(name, f"features have the shape {features.shape}, not (items, features); reshape them, one row an item")
    if not all(features.shape):
        raise _refused(name, f"there are no {'items' if not len(features) else 'features'}: the shape is {features.shape}")
    for begin in range(0, len(features), _BLOCK):
        wrong = ~(np.abs(features[begin : begin + _BLOCK]) <= LARGEST)
        if wrong.any():
            row, column = np.argwhere(wrong)[0].tolist()
            value = features[begin + row, column]
            missing = "replace or drop what is missing or infinite"
            remedy = f"features go to at most {LARGEST:g}; scale them" if np.isfinite(value) else missing
            raise _refused(name, f"row {begin + row}, column {column} is {value:g}; {remedy}")
    return features


def checked_labels(
    name: str, y: Any, classes: Any, items: int, called: Sequence[str] = ()
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Class numbers of all items, shape (items,), `UNKNOWN` where there is none, and the names of the classes.

    Parameters
    ----------
    name : of the data set, for messages.
    y : numbers or texts, one for each item. Unknown are −1, NaN, None and empty text.
    classes : names; numbers are then indices into them, and texts are names. None takes what labels there are for the classes:
        numbers in their order, texts in that of the alphabet.
    items : how many there must be.
    called : what items are called, for messages; empty where they have no names.

    Raises
    ------
    UserError
        A label is no class, or labels and classes do not say which are meant.
    """
    rows, labels, places = _different(name, y, items)
    known = [value for value in labels if value is not None]
    texts = sum(isinstance(value, str) for value in known)
    if texts not in (0, len(known)):
        raise _refused(name, "labels are numbers and text mixed; give one or the other")
    if classes is None:
        values = _values(name, rows, labels)
        names = tuple(map(str, values))
    else:
        names = checked_classes(name, classes)
        values = list(names) if texts else list(range(len(names)))
    index = {value: number for number, value in enumerate(values)}
    found = np.array([UNKNOWN if value is None else index.get(value, UNKNOWN - 1) for value in labels], dtype=np.int64)
    for at in np.flatnonzero(found < UNKNOWN)[:1].tolist():
        place = (called[rows[at]] if called else "") or f"row {rows[at]}"
        raise _refused(name, f"{place}: label {_no_class(labels[at], names)}")
    return found[places], names


def _values(name: str, rows: Sequence[int], labels: list[Any]) -> list[Any]:
    """The classes that labels without class names speak of."""
    values = sorted({value for value in labels if value is not None})
    for row, value in zip(rows, labels, strict=True):
        if isinstance(value, int) and value < 0:
            raise _refused(name, f"row {row}: label {value} is no class; {UNKNOWN} is unknown, classes start from 0")
    if len(values) < 2:
        what = f"all known labels are {str(values[0])!r}" if values else "no label is known"
        refused = _refused(name, f"{what} ({UNKNOWN} is unknown), so there is no telling what classes there are; name them")
        raise refused if values else NoLabels(str(refused))
    return values


def checked_classes(name: str, classes: Any) -> tuple[str, ...]:
    """Class names as plain text: at least one, none empty, none twice."""
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise _refused(name, f"classes are one text, {str(classes)[:40]!r}; give their names, e.g. ('cat', 'dog')")
    names = tuple(str(entry) for entry in classes)
    if not names:
        raise _refused(name, "there are no classes")
    for number, entry in enumerate(names):
        if not entry.strip():
            raise _refused(name, f"class {number} has no name")
        if entry in names[:number]:
            raise _refused(name, f"class {entry!r} is named twice")
    return names


def checked_identities(name: str, identities: Sequence[str] | None, items: int) -> tuple[str, ...] | None:
    """What items are known by: a hash in hexadecimal for each, or nothing for all."""
    if identities is None:
        return None
    found = tuple(identities)
    if len(found) != items:
        raise _refused(name, f"there are {len(found):,} identities for {items:,} items")
    for row, entry in enumerate(found):
        if not isinstance(entry, str) or not _HASH.fullmatch(entry):
            raise _refused(name, f"row {row}: {str(entry)[:40]!r} is no hash; give the identity of the item's content")
    return found


def checked_groups(name: str, groups: Any, items: int) -> NDArray[np.int64]:
    """Numbers of groups, shape (items,), in the order in which they come; an item of none has one of its own.

    Raises
    ------
    UserError
        There are not as many as items, or all are of one group, so that nothing could be kept apart.
    """
    found = np.asarray(groups).tolist() if not isinstance(groups, list | tuple) else list(groups)
    if len(found) != items:
        raise _refused(name, f"there are {len(found):,} groups for {items:,} items; give the group of each, in the same order")
    numbers: dict[Any, int] = {}
    said = [None if entry is None or entry != entry or str(entry).strip() == "" else str(entry).strip() for entry in found]
    keys = [(row,) if entry is None else entry for row, entry in enumerate(said)]
    places = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
    if len(numbers) < 2:
        raise _refused(name, f"all items are of one group, {str(said[0])[:40]!r}, so none can be kept apart to measure by")
    return places


def checked_item_names(name: str, names: Sequence[str], items: int) -> tuple[str, ...]:
    """What items are called, as plain text: a name for each, or none at all."""
    found = tuple(safe_text(str(entry)) for entry in names)
    if len(found) not in (0, items):
        raise _refused(name, f"there are {len(found):,} names for {items:,} items")
    return found


def checked_test(name: str, test: Any, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows to measure by, ascending: rows that there are, each once, some with a known label, and others left to learn."""
    array = _array(name, test, "rows to measure by")
    if array.ndim != 1 or array.dtype.kind not in "iu" or (len(array) and not 0 <= array.min() <= array.max() < len(labels)):
        raise _refused(name, f"rows to measure by are numbers from 0 to {len(labels) - 1}, in a list")
    rows = np.unique(array.astype(np.int64))
    if not len(rows) or not (labels[rows] != UNKNOWN).any():
        raise _refused(name, "no label of what is to be measured by is known; give those, or measure by nothing")
    if len(rows) == len(labels):
        raise _refused(name, "all items are to be measured by, and none is left to be learnt")
    return rows


def checked_pictures(name: str, images: Any, items: int) -> NDArray[np.uint8]:
    """Grey pictures of all items, uint8, shape (items, height, width)."""
    array = _array(name, images, "pictures")
    if array.dtype != np.uint8:
        raise _refused(name, f"pictures hold {array.dtype}, not grey levels from 0 to 255 as uint8")
    if array.ndim != 3:
        raise _refused(name, f"pictures have the shape {array.shape}, not (items, height, width)")
    if len(array) != items:
        raise _refused(name, f"there are {len(array):,} pictures for {items:,} items")
    return _own(array, np.uint8)


def _own(array: NDArray[Any], dtype: type[Any] = np.float64) -> NDArray[Any]:
    """As ``dtype`` in a new array; only a memory map that nobody can write to is read where it is."""
    if isinstance(array, np.memmap) and array.mode == "r" and array.dtype == dtype and array.flags.c_contiguous:
        return array.view(np.ndarray)
    return np.array(array, dtype=dtype, order="C")


def _different(name: str, y: Any, items: int) -> tuple[list[int], list[int | str | None], NDArray[np.int64]]:
    """The labels that differ, as plain int or str, None where there is none; of each the first row, in the order of these; and
    for every row which of them it has.
    """
    # Of a list NumPy would make texts out of numbers and of NaN, if there is a text among them.
    plain = isinstance(y, Iterable) and not hasattr(y, "__array__")
    array = _array(name, np.array(list(y), dtype=object) if plain else y, "labels")
    if array.ndim == 1 and len(array) != items:
        raise _refused(name, f"there are {len(array):,} labels for {items:,} items")
    if array.shape != (items,):
        raise _refused(name, f"labels have the shape {array.shape}, not {(items,)}")
    if array.dtype.kind not in "biufUO":
        raise _refused(name, f"labels are neither numbers nor text (they are {array.dtype})")
    if array.dtype.kind in "iuU":
        _, first, places = np.unique(array, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        rows, places = first[order].tolist(), np.argsort(order, kind="stable")[places.reshape(-1)]
    else:
        rows, places = list(range(items)), np.arange(items)
    entries = array.tolist() if len(rows) == items else [array[row].item() for row in rows]
    return rows, [_plain(name, row, value) for row, value in zip(rows, entries, strict=True)], places


def _plain(name: str, row: int, value: Any) -> int | str | None:
    value = value.item() if isinstance(value, np.generic) else value
    if _missing(value) or (not isinstance(value, str) and value == UNKNOWN):
        return None
    if isinstance(value, str):
        return str(value) or None
    try:
        whole = value if isinstance(value, bool) else int(value)
        same = bool(whole == value)
    except (TypeError, ValueError, OverflowError):
        if isinstance(value, float):
            raise _refused(name, f"row {row}: label {value} is no class") from None
        raise _refused(name, f"row {row}: label {str(value)[:40]} is neither a number nor text") from None
    if not same:
        raise _refused(name, f"row {row}: label {value} is no class; classes have whole numbers, or names")
    return whole


def _missing(value: Any) -> bool:
    """None, NaN, and whatever else does not even know whether it equals itself."""
    try:
        return value is None or not bool(value == value)
    except TypeError:
        return True


def _no_class(label: Any, names: tuple[str, ...]) -> str:
    if not isinstance(label, str):
        return f"{label} is no class; the {len(names)} classes have the numbers 0 to {len(names) - 1}, and {UNKNOWN} is unknown"
    near = difflib.get_close_matches(label, names, n=1, cutoff=0.5)
    return f"{label[:40]!r} is no class; " + (f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names[:20])}")


def _array(name: str, given: Any, what: str) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.asanyarray(given)
    except (TypeError, ValueError) as error:
        raise _refused(name, f"{what} are no array: {str(error).splitlines()[0]}") from None
    if isinstance(array, np.ma.MaskedArray):
        plain = np.array(array.data, dtype=object)
        plain[np.ma.getmaskarray(array)] = None
        return plain
    return array


def _refused(name: str, what: str) -> UserError:
    return UserError(f"data set {name!r}: {what}")
