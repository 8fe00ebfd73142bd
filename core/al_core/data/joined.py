"""Arrays to be labelled and arrays to measure by, made one: of the same kind, and with labels that mean the same in both."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.array_files import Arrays
from al_core.data.checked import checked_labels
from al_core.data.facts import UNKNOWN
from al_core.ground.errors import UserError


def joined(pool: Arrays, test: Arrays, classes: tuple[str, ...] | None) -> Arrays:
    """Both in one, the items to measure by behind the others.

    Parameters
    ----------
    pool, test : what is labelled, and what is measured by.
    classes : names of the classes where the person gave them.

    Raises
    ------
    UserError
        They are not of one kind, or nothing could be measured.
    """
    y, names = _texts(pool, needed=False)
    other, theirs = _texts(test, needed=True)
    ids = (*(pool.ids or [""] * pool.items), *(test.ids or [""] * test.items)) if pool.ids or test.ids else ()
    X, images = _one("X", pool, test, pool.X, test.X), _one("images", pool, test, pool.images, test.images)
    return Arrays(pool.name, X, images, [*y, *other], classes or tuple(dict.fromkeys((*names, *theirs))), ids)


def _texts(found: Arrays, *, needed: bool) -> tuple[list[str | None], tuple[str, ...]]:
    """Labels as the names of their classes, None where there is none, and all names."""
    numbers, names = (np.full(found.items, UNKNOWN), found.classes or ())
    if found.y is not None and (needed or found.classes is not None or any(label is not None for label in _known(found.y))):
        numbers, names = checked_labels(found.name, found.y, found.classes, found.items)
    if needed and not (numbers != UNKNOWN).any():
        raise UserError(f"{found.name}: no label in it is known, so nothing can be measured by it; give it as y")
    return [None if number == UNKNOWN else names[number] for number in numbers.tolist()], names


def _known(y: Any) -> list[Any]:
    """Labels without those that stand for none."""
    return [None if label in (UNKNOWN, "") or label != label else label for label in np.asarray(y).tolist()]


def _one(what: str, pool: Arrays, test: Arrays, first: NDArray[Any] | None, second: NDArray[Any] | None) -> NDArray[Any] | None:
    if first is None and second is None:
        return None
    if first is None or second is None:
        has, lacks = (pool, test) if second is None else (test, pool)
        raise UserError(f"{test.name}: {what} is in {has.name} and not in {lacks.name}; give the same arrays in both")
    same = (first.dtype == np.uint8) == (second.dtype == np.uint8) or first.ndim == 2
    if first.shape[1:] != second.shape[1:] or not same:
        theirs = f"{second.shape} of {second.dtype}"
        raise UserError(f"{test.name}: {what} is {theirs}, and in {pool.name} {first.shape} of {first.dtype}; make them alike")
    return np.concatenate([first, second])
