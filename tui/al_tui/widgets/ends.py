"""Names at the ends of lines, moved apart so that none hides another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from al_core.race.marks import Mark
from al_tui.widgets.bars import clipped

LONGEST = 20
_FURTHEST = 4
"""Lines by which a name may stand above or below the end of its line: further off one would not know what it belongs to."""


class End(NamedTuple):
    """Where a line ends, in cells from the upper left corner, what stands there, and how high it is, for what is in one row."""

    column: int
    row: int
    name: str
    mark: Mark
    colour: str
    level: float = 0.0


class _Placed(NamedTuple):
    row: int
    cells: range
    text: Text
    end: End


def gutter(names: Sequence[str], width: int) -> int:
    """Columns that stay free of lines at the right, so that names can stand there; a quarter of the width at most."""
    return min(max(map(len, names), default=0) + 3, LONGEST + 3, max(3, width // 4))


def write_ends(lines: Sequence[Text], ends: Sequence[End], width: int, rows: int | None = None) -> list[Text]:
    """The lines of a picture with marks and names over them: a name is above another where its line ends above the other's.

    Parameters
    ----------
    ends : the most important first; where there is no room for all of them, the last have their mark only, if that.
    width : cells of a line.
    rows : lines that names may stand in, from the first on; None for all.
    """
    taken: list[set[int]] = [set() for _ in lines]
    placed: list[_Placed] = []
    for end in ends:
        label = Text(f"{end.mark.sign} {clipped(end.name, max(1, width - end.column - 3))}", end.colour)
        for text in (label, Text(end.mark.sign, end.colour)):
            cells = range(end.column + 1, end.column + 1 + text.cell_len)
            near = sorted(range(len(lines) if rows is None else rows), key=lambda row: abs(row - end.row))
            row = next((at for at in near if abs(at - end.row) <= _FURTHEST and taken[at].isdisjoint(cells)), None)
            if row is not None and cells.stop <= width:
                taken[row].update(range(cells.start - 1, cells.stop + 1))
                placed.append(_Placed(row, cells, text, end))
                break
    out = list(lines)
    for row, cells, text, _ in _in_order(placed):
        column = cells.start
        line = out[row].copy()
        line.pad_right(max(0, column + text.cell_len - line.cell_len))
        out[row] = Text.assemble(line[:column], text, line[column + text.cell_len :])
    return out


def _in_order(placed: Sequence[_Placed]) -> list[_Placed]:
    """The same in the same rows, but names one below the other, each alone in its row, by how high their lines end."""
    rows = Counter(one.row for one in placed)
    alone = [one for one in placed if rows[one.row] == 1 and one.text.cell_len > 1]
    moved = [one for one in alone if one.cells.start < alone[0].cells.stop and alone[0].cells.start < one.cells.stop]
    by_level = sorted(moved, key=lambda one: (-one.end.level, one.row))
    found = [one._replace(row=row) for one, row in zip(by_level, sorted(one.row for one in moved), strict=True)]
    return [*(one for one in placed if one not in moved), *found]
