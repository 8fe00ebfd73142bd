"""Labels as a CSV table."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from al_core.exchange.record import COLUMNS, About, Format, Record
from al_core.ground.errors import UserError


def write(rows: Sequence[Record], about: About) -> bytes:
    """The file's content; true and false are 1 and 0."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([int(cell) if isinstance(cell, bool) else cell for cell in asdict(row).values()] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def read(content: bytes) -> list[dict[str, Any]]:
    """The lines by column; raises `UserError` for other columns than ours."""
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""), strict=True))
    except csv.Error as error:
        raise UserError(f"this is no CSV: {error}") from None
    if not lines or tuple(lines[0]) != COLUMNS:
        raise UserError(f"the first line must be {','.join(COLUMNS)}")
    bodies = []
    for line in lines[1:]:
        if len(line) != len(COLUMNS):
            raise UserError(f"a line has {len(line)} columns, not {len(COLUMNS)}")
        body: dict[str, Any] = dict(zip(COLUMNS, line, strict=True))
        body["flagged"] = {"0": False, "1": True}.get(body["flagged"])
        bodies.append(body)
    return bodies


FORMAT = Format("csv", write, read)
