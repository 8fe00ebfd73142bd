"""Which item of a map is meant: by the cell that was clicked, or by the way from one to the next."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from al_core.data.plane import SIDE, Plane

_TALL = 2
"""How many cells across are as long as one down."""
WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


class Grid:
    """The items in each cell of a map.

    Parameters
    ----------
    plane, rows : where which items lie.
    width, height : cells.
    first : rows that stand before others of their cell.
    """

    def __init__(self, plane: Plane, rows: array[int], width: int, height: int, first: Iterable[int] = ()) -> None:
        self.size = width, height
        self._across, self._down = plane.across, plane.down
        self._cells: dict[tuple[int, int], list[int]] = {}
        for row in dict.fromkeys((*first, *rows)):
            self._cells.setdefault(self.cell(row), []).append(row)

    def cell(self, row: int) -> tuple[int, int]:
        """The column and the line of the cell in which an item is."""
        width, height = self.size
        return self._across[row] * width // SIDE, self._down[row] * height // SIDE

    def at(self, x: int, y: int) -> int | None:
        """The first item of a cell, or of the nearest one that has any; None where there is none at all."""
        nearest = min(self._cells, key=lambda cell: (_far(cell[0] - x, cell[1] - y), cell), default=None)
        return None if nearest is None else self._cells[nearest][0]

    def towards(self, row: int, way: str) -> int:
        """The first item of the next cell on the way up, down, left or right; the same one where there is none."""
        (x, y), (step_x, step_y) = self.cell(row), WAYS[way]
        found = []
        for cell in self._cells:
            along = (cell[0] - x) * step_x + _TALL * (cell[1] - y) * step_y
            beside = abs((cell[0] - x) * step_y) + _TALL * abs((cell[1] - y) * step_x)
            if along > 0 and beside <= along:
                found.append((along + 2 * beside, cell))
        return self._cells[min(found)[1]][0] if found else row

    def next(self, row: int) -> int:
        """The next item of the same cell; after the last the first."""
        together = self._cells[self.cell(row)]
        return together[(together.index(row) + 1) % len(together)]

    def together(self, row: int) -> tuple[int, int]:
        """Which of the items of its cell a row is, beginning with 1, and how many these are."""
        there = self._cells[self.cell(row)]
        return there.index(row) + 1, len(there)


def _far(across: int, down: int) -> int:
    return across * across + (_TALL * down) * (_TALL * down)
