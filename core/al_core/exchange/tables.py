"""Tables that hold labels: CSV with our columns, and those of other programs beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from al_core.exchange.foreign import NOTHING
from al_core.exchange.record import COLUMNS, EVERY, Problem, Record, Said, columns_of, text_of
from al_core.ground.errors import UserError
from al_core.ground.formulas import as_given, defused

_FLAGS = {"0": False, "1": True}


def table(rows: Sequence[Record], first: Sequence[str] = (), called: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Records as CSV; ``first`` are the columns that come first, ``called`` what columns of ours are called there.

    True and false are 1 and 0, and what a spreadsheet would take for a formula is defused.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = list(dict.fromkeys((*first, *columns_of(rows))))
    writer.writerow([called.get(name, name) for name in names])
    writer.writerows([_cell(getattr(row, name)) for name in names] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def lines(content: bytes) -> Iterator[tuple[str, dict[str, str] | None]]:
    """The rows of a table by column, each with its place; None in place of one with other columns than the first line names.

    Raises
    ------
    UserError
        It is no CSV.
    """
    source = csv.reader(io.StringIO(text_of(content), newline=""), strict=True)
    try:
        names = next(source, [])
        for cells in source:
            if any(cells):
                yield f"line {source.line_num}", dict(zip(names, cells, strict=True)) if len(cells) == len(names) else None
    except csv.Error as error:
        raise UserError(f"this is no CSV: {error}") from None


def columns_in(content: bytes) -> list[str]:
    """What the first line of a table names; nothing where it is no table."""
    try:
        return next(csv.reader(io.StringIO(text_of(content[: 1 << 16]), newline="")), [])
    except csv.Error:
        return []


def ours(row: dict[str, str], called: dict[str, str]) -> dict[str, Any] | None:
    """The record that stands in a row; None where its columns are not ours."""
    back = {theirs: name for name, theirs in called.items()}
    found: dict[str, Any] = {back.get(name, name): as_given(cell) for name, cell in row.items()}
    if not set(COLUMNS) <= found.keys() <= set(EVERY):
        return None
    found["flagged"] = _FLAGS.get(found["flagged"], found["flagged"])
    if "probability" in found:
        found["probability"] = number_in(found["probability"])
    return found


def read_table(
    content: bytes, called: dict[str, str], theirs: Callable[[dict[str, str], str], Said | Problem]
) -> list[Said | Problem]:
    """What a table says: rows of ours as they were, others as ``theirs`` reads them, which is given a row and its place."""
    found: list[Said | Problem] = []
    for place, row in lines(content):
        if row is None:
            found.append(Problem("another number of cells than of columns", place))
        elif (record := ours(row, called)) is not None:
            found.append(Said(record, place))
        else:
            found.append(theirs(row, place))
    return found


def known(said: dict[str, Any], place: str, text: str | None, path: str | None) -> Said | Problem:
    """What a row says of the item that is known by its hash, its text or its path."""
    return Said(said, place, text, path) if said["item"] or text or path else Problem(NOTHING, place)


def _cell(value: str | bool | float | None) -> str | int | float:
    if isinstance(value, str):
        return defused(value)
    return "" if value is None else int(value) if isinstance(value, bool) else value


def number_in(cell: str) -> float | str | None:
    """The number in a cell; what is none stays what it is, for whoever checks the types."""
    try:
        return float(cell) if cell.strip() else None
    except ValueError:
        return cell
