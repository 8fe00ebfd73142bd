"""A random part of a data set that is too large to be asked about as a whole: by content, so that it is the same tomorrow."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from al_core.data.dataset import Dataset, IntArray, Part
from al_core.data.looks import Look
from al_core.data.said import Words, words_of


@dataclass(frozen=True, slots=True)
class _Rows(Sequence[Look]):
    """The looks of some rows."""

    looks: Sequence[Look]
    rows: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def words(self, row: int) -> Words:
        """What stands in a row."""
        said = getattr(self.looks, "words", None)
        return words_of(self.looks[self.rows[row]]) if said is None else said(self.rows[row])

    def __getitem__(self, row: Any) -> Any:
        return self.looks[self.rows[row]]


def drawn(data: Dataset, most: int, keep: Collection[str] = ()) -> Dataset:
    """The data set itself if it has no more than ``most`` items; else as many of them, and what is measured by.

    An item's identity is a hash of its content, so those with the smallest are drawn at random. The same content draws the same
    items, whatever it is called and in whatever order it comes; of what is added later, only the share that belongs in takes
    the places of others.

    Parameters
    ----------
    data : all of it.
    most : items that may be asked for; of those that models are measured by, at most as many again.
    keep : items that are wanted in any case, such as those with an answer.
    """
    if len(data.y) <= most:
        return data
    ids = data.item_ids
    rest, test = data.parted()
    first: dict[str, int] = {}
    for row in rest.tolist():
        first.setdefault(ids[row], row)
    chosen = dict.fromkeys(heapq.nsmallest(most, first))
    kept = tuple(sorted(item for item in keep if item in first and item not in chosen))
    rows = {first[item] for item in (*chosen, *kept)}
    if data.test is not None:
        rows.update(heapq.nsmallest(most, test.tolist(), key=lambda row: ids[row]))
    if len(rows) == len(data.y):
        return data
    return only(data, np.array(sorted(rows), dtype=np.int64), Part(len(data.y), kept))


def only(data: Dataset, rows: IntArray, part: Part | None) -> Dataset:
    """The items of some rows, ascending, described as they were."""
    plain = tuple(rows.tolist())
    tested = () if data.test is None else np.flatnonzero(np.isin(rows, data.test))
    return Dataset(
        data.name,
        data.X[rows],
        data.y[rows],
        data.classes,
        None if data.images is None else data.images[rows],
        None if data.looks is None else _Rows(data.looks, plain),
        None if data.identities is None else [data.identities[row] for row in plain],
        [data.item_names[row] for row in plain] if data.item_names else (),
        data.recipe,
        data.aside,
        tested if len(tested) else None,
        None if data.thumbs is None else data.thumbs[rows],
        data.projection,
        part,
        data.numbered,
        None if data.predictions is None else data.predictions[rows],
        None if data.groups is None or not np.ptp(data.groups[rows]) else data.groups[rows],
    )
