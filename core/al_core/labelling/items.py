"""What a labelling session knows of its data without loading any numerics."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from al_core.data.origin import Origin


@dataclass(frozen=True)
class Items:
    """The items of one task. Rows are row numbers of the data set; ids are content hashes, and equal rows share one.

    Parameters
    ----------
    dataset, fingerprint, classes : of the data set.
    ids : content hash of every row.
    start : rows asked first, in order.
    pool : rows that may be asked for, the start included, ascending; of rows with equal content only the first.
    truth : true class of every row, `UNKNOWN` where nobody knows it; None where there is no ground truth.
    names : what the item of every row is called where it comes from; empty where items have no names.
    aside : what is to be said of files that are no items; empty where there are none.
    origin : what they were read from; None for the data set that is called so.
    """

    dataset: str
    fingerprint: str
    classes: tuple[str, ...]
    ids: tuple[str, ...]
    start: tuple[int, ...]
    pool: tuple[int, ...]
    truth: tuple[int, ...] | None
    names: tuple[str, ...] = ()
    aside: str = ""
    origin: Origin | None = None

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Content hash → the row that stands for the item, for everything that may be asked for."""
        return {self.ids[row]: row for row in self.pool}

    def name_of(self, item: str) -> str:
        """What an item is called; empty when it is not here, or has no name."""
        row = self.row_of.get(item) if self.names else None
        return "" if row is None else self.names[row]

    def place_of(self, item: str) -> str:
        """The path of an item that is a file of a folder; of any other one its name, see `name_of`."""
        name = self.name_of(item)
        there = Path(self.dataset) / name
        return str(there.absolute()) if name and self.origin is not None and there.exists() else name

    def shuffled(self, seed: int) -> tuple[str, ...]:
        """All items of the pool in a random order that depends on ``seed`` and their content only."""

        def key(item: str) -> bytes:
            return hashlib.blake2b(f"{seed} {item}".encode(), digest_size=8).digest()

        return tuple(sorted(self.row_of, key=key))
