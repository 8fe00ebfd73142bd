"""What a labelling session knows of its data without loading any numerics."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from al_core.data.origin import Origin
from al_core.ground.errors import UserError


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
    tested : hashes of the items that models are measured by, where data or person say which.
    measured_on : how many of what models are measured by, in words; empty where there are none, or nobody need be told.
    features : what is learnt from, in a word or two; empty where nobody need be told.
    made : what is learnt from of items that are no pictures, and what is not, at length; empty of others.
    since : what has changed in the data since the session was last open, in words; empty where nothing has.
    withheld : items of rows that may be asked for otherwise, but are not, for a session is measured by them.
    apart : items that others are asked about, and not the person.
    others : how many more there are in the data, of which the items here are a random part.
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
    tested: tuple[str, ...] = ()
    measured_on: str = ""
    features: str = ""
    made: str = ""
    since: str = ""
    withheld: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()
    others: int = 0

    def without(self, tested: Iterable[str]) -> Items:
        """The same, but for items that a session is measured by, which are not asked for wherever they are found."""
        withheld = tuple(item for item in tested if item in self.row_of)
        if not withheld:
            return self
        held = frozenset(withheld)
        start, pool = (tuple(row for row in rows if self.ids[row] not in held) for rows in (self.start, self.pool))
        return replace(self, start=start, pool=pool, withheld=withheld)

    def only(self, wanted: Iterable[str]) -> Items:
        """The same, of which only these items are asked; what else there is a model knows all the same."""
        held = frozenset(wanted)
        apart = tuple(self.ids[row] for row in self.pool if self.ids[row] not in held)
        start, pool = (tuple(row for row in rows if self.ids[row] in held) for rows in (self.start, self.pool))
        return replace(self, start=start, pool=pool, apart=(*self.apart, *apart))

    def begun_as(self, others: Items) -> Items:
        """The same, with the start of ``others`` as far as that is here."""
        begun = (others.ids[row] for row in others.start)
        return replace(self, start=tuple(self.row_of[item] for item in begun if item in self.row_of))

    @cached_property
    def row_of(self) -> dict[str, int]:
        """Content hash → the row that stands for the item, for everything that may be asked for."""
        return {self.ids[row]: row for row in self.pool}

    def row(self, item: str) -> int:
        """The row that stands for an item; raises `UserError` for one that is not among these."""
        if (row := self.row_of.get(item)) is None:
            raise UserError(f"item {item} is not among those to be labelled")
        return row

    @property
    def drawn(self) -> str:
        """What is to be said where these are only some of all items; empty where they are all."""
        if self.apart:
            return f"{len(self.pool):,} items are asked from, a part of {len(self.pool) + len(self.apart) + self.others:,}"
        if not self.others:
            return ""
        return f"{len(self.pool):,} items are asked from, drawn at random from {len(self.ids) + self.others:,}"

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
