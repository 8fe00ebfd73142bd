"""What a screen asks of a data set; it is loaded in a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from al_core.data.looks import Look, Size
from al_core.data.origin import Origin

if TYPE_CHECKING:
    from al_core.ground.versions import Versions


@dataclass(frozen=True, slots=True)
class Contents:
    """All but the looks of items: the class names, the true classes, and what identifies a data set.

    ``fingerprint`` is the data set's, ``ids`` are the content hashes of its items, ``software`` is what the worker computes
    with.
    """

    classes: tuple[str, ...]
    truth: tuple[int, ...]
    fingerprint: str
    ids: tuple[str, ...]
    software: Versions


def open_contents(dataset: str) -> Contents:
    """The contents of a data set known by name."""
    from al_core.data.kinds import load_dataset
    from al_core.ground.versions import versions

    data = load_dataset(dataset)
    return Contents(data.classes, data.truth, data.fingerprint, data.item_ids, versions())


def open_looks(data: str | Origin, rows: tuple[int, ...] | None, size: Size) -> tuple[Look, ...]:
    """The looks of these rows of a data set, of all rows for None; no picture larger than ``size``."""
    from al_core.data.at_size import look_at
    from al_core.data.opened import open_dataset

    found = open_dataset(data if isinstance(data, Origin) else Origin(data))
    return tuple(look_at(found, row, size) for row in (range(len(found.X)) if rows is None else rows))
