"""Labels as a CSV table. What a spreadsheet would take for a formula is defused, and read back as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from al_core.exchange.record import COLUMNS, LATER, About, Format, Record, are_columns, text_of
from al_core.exchange.tables import number_in, table
from al_core.ground.errors import UserError
from al_core.ground.formulas import as_given

_SEPARATORS = (",", ";", "\t")


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content; true and false are 1 and 0."""
    return table(rows)


def read(content: bytes) -> list[dict[str, Any]]:
    """The lines by column, also of a table that another program saved again: with other separators, with blank lines.

    Raises
    ------
    UserError
        It is no table, or has other columns than ours.
    """
    text = text_of(content).lstrip()
    first = next(iter(text.splitlines()), "")
    separator = max(_SEPARATORS, key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise UserError(f"this is no CSV: {error}") from None
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines or not are_columns(names := tuple(lines[0])):
        raise UserError(f"the first line must be {','.join(COLUMNS)}, and then any of {','.join(LATER)}")
    bodies = []
    for line in lines[1:]:
        if len(line) != len(names):
            raise UserError(f"a line has {len(line)} columns, not {len(names)}")
        body: dict[str, Any] = dict(zip(names, map(as_given, line), strict=True))
        body["flagged"] = {"0": False, "1": True}.get(body["flagged"])
        if "probability" in body:
            body["probability"] = number_in(body["probability"])
        bodies.append(body)
    return bodies


FORMAT = Format("csv", write, read)
