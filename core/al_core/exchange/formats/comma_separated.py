"""Labels as a CSV table. What a spreadsheet would take for a formula is defused, and read back as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from al_core.exchange.record import COLUMNS, About, Format, Record, text_of
from al_core.ground.errors import UserError
from al_core.ground.formulas import as_given, defused

_SEPARATORS = (",", ";", "\t")


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content; true and false are 1 and 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([int(cell) if isinstance(cell, bool) else defused(cell) for cell in asdict(row).values()] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def read(content: bytes) -> list[dict[str, Any]]:
    """The lines by column, also of a table that another program saved again: with other separators, with blank lines.

    Raises
    ------
    UserError
        It is no table, or has other columns than ours.
    """
    text = text_of(content).lstrip()
    first = next(iter(text.splitlines()), "")
    separator = next((mark for mark in _SEPARATORS if len(first.split(mark)) == len(COLUMNS)), ",")
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise UserError(f"this is no CSV: {error}") from None
    lines = [line for line in lines if any(cell.strip() for cell in line)]
    if not lines or tuple(lines[0]) != COLUMNS:
        raise UserError(f"the first line must be {','.join(COLUMNS)}")
    bodies = []
    for line in lines[1:]:
        if len(line) != len(COLUMNS):
            raise UserError(f"a line has {len(line)} columns, not {len(COLUMNS)}")
        body: dict[str, Any] = dict(zip(COLUMNS, map(as_given, line), strict=True))
        body["flagged"] = {"0": False, "1": True}.get(body["flagged"])
        bodies.append(body)
    return bodies


FORMAT = Format("csv", write, read)
