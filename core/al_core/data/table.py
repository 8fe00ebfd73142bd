"""A table in memory: columns of texts as they were read, packed; and which of them is what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.how_far import tell
from al_core.data.table_rows import Rows, is_number, open_rows, row_identity, row_name
from al_core.ground.errors import UserError

_BLOCK = 4096


@dataclass(frozen=True, eq=False, slots=True)
class Column(Sequence[str]):
    """The cells of one column, packed: their bytes one behind the other, and where each ends."""

    name: str
    content: bytes
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, row: Any) -> Any:
        return self.content[self.ends[row] : self.ends[row + 1]].decode()

    def followed_by(self, other: Column) -> Column:
        """Both in one, the cells of the other behind these."""
        ends = np.concatenate([self.ends, self.ends[-1] + other.ends[1:]])
        return Column(self.name, self.content + other.content, ends)

    def __iter__(self) -> Iterator[str]:
        content, ends = self.content, self.ends.tolist()
        return (content[begin:end].decode() for begin, end in pairwise(ends))


@dataclass
class _Packing:
    """A column while rows come."""

    blocks: list[bytes] = field(default_factory=list)
    lengths: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, cells: Sequence[str]) -> None:
        encoded = [cell.encode() for cell in cells]
        self.blocks.append(b"".join(encoded))
        self.lengths.append(np.fromiter(map(len, encoded), np.int64, len(encoded)))

    def packed(self, name: str) -> Column:
        lengths = np.concatenate([np.zeros(1, np.int64), *self.lengths])
        return Column(name, b"".join(self.blocks), np.cumsum(lengths))


@dataclass(frozen=True, eq=False, slots=True)
class Table:
    """The usable rows of a file.

    Parameters
    ----------
    path : the file.
    columns : by name, in their order.
    numbers : of the rows, from 1, as the file counts them.
    aside : rows that cannot be used, and why.
    decimal_comma : whether a comma in a number may be a decimal point: where it does not part cells.
    """

    path: Path
    columns: dict[str, Column]
    numbers: NDArray[np.int64]
    aside: list[tuple[str, str]]
    decimal_comma: bool

    def __len__(self) -> int:
        return len(self.numbers)

    def of(self, kept: Sequence[int]) -> Table:
        """Some of the rows."""
        columns = {name: packed(name, [column[row] for row in kept]) for name, column in self.columns.items()}
        return Table(self.path, columns, self.numbers[list(kept)], self.aside, self.decimal_comma)

    def with_texts(self, name: str) -> Table:
        """The rows that have a text in the column of that name; the others are set aside."""
        there = [bool(text.strip()) for text in self.columns[name]]
        if all(there):
            return self
        kept = [row for row, any_text in enumerate(there) if any_text]
        lost = [row_name(number) for number, any_text in zip(self.numbers.tolist(), there, strict=True) if not any_text]
        if not kept:
            raise UserError(f"{self.path}: column {name!r} has no text; name the one that has: --text-column")
        found = self.of(kept)
        found.aside.extend((row, "it has no text") for row in lost)
        return found

    def called(self, ids: str | None) -> list[str]:
        """What the rows are called: as the column of that name says, else by their number."""
        if ids is None:
            return [row_name(number) for number in self.numbers.tolist()]
        return [cell or row_name(number) for cell, number in zip(self.columns[ids], self.numbers.tolist(), strict=True)]

    def identities(self, names: Sequence[str]) -> list[str]:
        """What the rows are known by: what stands in the columns of these names, as far as they are there."""
        columns = [self.columns[name] for name in names if name in self.columns]
        called = [column.name for column in columns]
        return [row_identity(called, cells, ()) for cells in zip(*columns, strict=True)]


def packed(name: str, cells: Sequence[str]) -> Column:
    """A column of these cells."""
    packing = _Packing()
    packing.add(cells)
    return packing.packed(name)


def read_table(path: Path) -> Table:
    """All usable rows of a file that is a table.

    Raises
    ------
    UserError
        It cannot be read, or no row of it can be used.
    """
    with open_rows(path) as rows:
        packing: list[_Packing] = []
        numbers: list[NDArray[np.int64]] = []
        done = 0
        for block in _blocks(rows):
            tell("reading", "rows", done)
            _pack(packing, [cells for _, cells in block], done, len(rows.names))
            numbers.append(np.array([number for number, _ in block], dtype=np.int64))
            done += len(block)
        if not done:
            first = f" ({rows.aside[0][0]}: {rows.aside[0][1]})" if rows.aside else ""
            raise UserError(f"{path}: there is no row in it that can be used{first}; write rows below the names of columns")
        columns = {name: column.packed(name) for name, column in zip(rows.names, packing, strict=True)}
        return Table(path, columns, np.concatenate(numbers), rows.aside, rows.separator not in ("", ","))


def _blocks(rows: Rows) -> Iterator[list[tuple[int, list[str]]]]:
    block: list[tuple[int, list[str]]] = []
    for record in rows:
        block.append(record)
        if len(block) == _BLOCK:
            yield block
            block = []
    if block:
        yield block


def _pack(packing: list[_Packing], block: list[list[str]], before: int, names: int) -> None:
    """Add rows to the columns; a column that has only now come has nothing in the rows ``before``."""
    while len(packing) < names:
        packing.append(new := _Packing())
        if before:
            new.lengths.append(np.zeros(before, np.int64))
    short = any(len(cells) < names for cells in block)
    whole = [cells + [""] * (names - len(cells)) for cells in block] if short else block
    for column, cells in zip(packing, zip(*whole, strict=True), strict=True):
        column.add(cells)


def in_order(words: Iterable[str]) -> tuple[str, ...]:
    """Words in their order: by value where all are numbers, else that of the alphabet."""
    found = sorted(words)
    return tuple(sorted(found, key=float)) if all(map(is_number, found)) else tuple(found)
