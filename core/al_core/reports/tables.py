"""Small tables as Markdown, CSV, or aligned columns. Whatever stands in a cell, it is one line without control codes."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from al_core.ground.formulas import defused
from al_core.ground.safe_text import safe_text

Rows = Sequence[Sequence[str]]

LONGEST_CELL = 200
"""Characters of a cell that people read."""


def markdown(header: Sequence[str], rows: Rows) -> str:
    """A GitHub-flavoured Markdown table; pipes in cells are escaped."""
    lines = [_clean(header), ["---"] * len(header), *map(_clean, rows)]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def comma_separated(header: Sequence[str], rows: Rows) -> str:
    """CSV as in RFC 4180, with plain line feeds; what a spreadsheet would compute is `defused`."""
    out = io.StringIO()
    lines = ([defused(cell) for cell in _clean(line, 10 * LONGEST_CELL)] for line in (header, *rows))
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue()


def aligned(header: Sequence[str], rows: Rows) -> str:
    """Columns for a terminal: the first to the left, the others to the right, two blanks between them."""
    table = [_clean(line) for line in (header, *rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(header))]
    lines = []
    for line in table:
        cells = [
            line[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def _clean(line: Sequence[str], limit: int = LONGEST_CELL) -> list[str]:
    return [safe_text(cell, limit) for cell in line]
