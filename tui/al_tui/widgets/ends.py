"""Names at the ends of lines, moved apart so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.text import Text

from al_core.race.marks import Mark
from al_tui.widgets.bars import clipped

LONGEST = 20
_FURTHEST = 4
"""Lines by which a name may stand above or below the end of its line: further off one would not know what it belongs to."""


class End(NamedTuple):
    """Where a line ends, in cells from the upper left corner, and what stands there."""

    column: int
    row: int
    name: str
    mark: Mark
    colour: str


def gutter(names: Sequence[str], width: int) -> int:
    """Columns that stay free of lines at the right, so that names can stand there; a quarter of the width at most."""
    return min(max(map(len, names), default=0) + 3, LONGEST + 3, max(3, width // 4))


def write_ends(lines: Sequence[Text], ends: Sequence[End], width: int) -> list[Text]:
    """The lines of a picture with marks and names over them.

    Parameters
    ----------
    ends : the most important first; where there is no room for all of them, the last have their mark only, if that.
    width : cells of a line.
    """
    taken: list[set[int]] = [set() for _ in lines]
    placed: list[tuple[int, int, Text]] = []
    for end in ends:
        label = Text(f"{end.mark.sign} {clipped(end.name, max(1, width - end.column - 3))}", end.colour)
        for text in (label, Text(end.mark.sign, end.colour)):
            cells = range(end.column + 1, end.column + 1 + text.cell_len)
            near = sorted(range(len(lines)), key=lambda row: abs(row - end.row))
            row = next((at for at in near if abs(at - end.row) <= _FURTHEST and taken[at].isdisjoint(cells)), None)
            if row is not None and cells.stop <= width:
                taken[row].update(range(cells.start - 1, cells.stop + 1))
                placed.append((row, cells.start, text))
                break
    out = list(lines)
    for row, column, text in placed:
        line = out[row].copy()
        line.pad_right(max(0, column + text.cell_len - line.cell_len))
        out[row] = Text.assemble(line[:column], text, line[column + text.cell_len :])
    return out
