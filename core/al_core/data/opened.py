"""Data sets that this process has open: what was read once from files is not read again for the next question."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.data import kinds
from al_core.data.origin import Origin, short_name
from al_core.ground.errors import UserError

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

MOST_OPEN = 2
"""Data sets from files that are kept: the one in use, and the one before."""

_open: dict[Origin, Dataset] = {}
"""By what they are known as: with their fingerprint."""


def open_dataset(origin: Origin) -> Dataset:
    """The data set of a origin; without a fingerprint it is read anew, with one it is read if it is not here.

    Raises
    ------
    UserError
        It cannot be read, or is not what it must be: rows would mean other items.
    """
    if origin.bundled:
        return kinds.load_dataset(origin.word)
    if (found := _open.get(origin)) is not None:
        return found
    found = kinds.read_dataset(Path(origin.word), origin.classes, origin.features)
    if origin.fingerprint not in (None, found.fingerprint):
        name = short_name(origin.word)
        raise UserError(f"{name} is not what it was when it was opened; leave, and resume: labels follow their items")
    while len(_open) >= MOST_OPEN:
        del _open[next(iter(_open))]
    _open[replace(origin, fingerprint=found.fingerprint)] = found
    return found
