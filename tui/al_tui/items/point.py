"""Points of the plane in text: all of them as a cloud of braille dots, and the one that is meant as a ring."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.text import Text

from al_core.data.looks import Point
from al_tui.items.view import Room
from al_tui.theme.colours import Palette

MARK = "◎"
_SIDE = 1 << 16
"""Places go from 0 to this, which is beyond the last."""
_DOTS = (0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80)
"""The dots of a braille character, two by two from the top."""
_BRAILLE = 0x2800
_WIDE = 2.5
"""Columns for a line of the plane at most: a cell is about twice as high as it is wide."""
_SMALL = Room(16, 7)


@dataclass(frozen=True, slots=True)
class PointView:
    """The plane, and under it the numbers of the point where there is room for them."""

    look: Point
    colours: Palette

    def small(self, room: Room) -> Sequence[Text]:
        """The plane alone, no larger than one sees at a glance where the point lies."""
        return self._plane(min(room.width, _SMALL.width), min(room.height, _SMALL.height))

    def large(self, room: Room) -> Sequence[Text]:
        """The plane as large as the room allows, and its numbers."""
        numbers = ", ".join(value for _, value in self.look.fields)
        with_numbers = bool(numbers) and room.height >= 4
        height = room.height - with_numbers
        lines = self._plane(min(room.width, max(4, int(_WIDE * height))), height)
        if with_numbers:
            line = Text(f"({numbers})", self.colours.dim)
            line.truncate(lines[0].cell_len, overflow="ellipsis", pad=True)
            lines.append(line)
        return lines

    def _plane(self, width: int, height: int) -> list[Text]:
        look, dots = self.look, _cloud(self.look.others, width, height)
        at = look.down * height // _SIDE * width + look.across * width // _SIDE
        lines = []
        for begin in range(0, width * height, width):
            line = Text(
                "".join(chr(_BRAILLE + byte) if byte else " " for byte in dots[begin : begin + width]), self.colours.dim
            )
            if begin <= at < begin + width:
                before, _, after = line.divide([at - begin, at - begin + 1])
                line = before.append(MARK, f"bold {self.colours.accent}").append(after)
            lines.append(line)
        return lines


@lru_cache(maxsize=16)
def _cloud(others: bytes, width: int, height: int) -> bytes:
    """The dots of a cell in each byte, line by line."""
    places = array("H")
    places.frombytes(others)
    cells = bytearray(width * height)
    for across, down in zip(places[::2], places[1::2], strict=True):
        x, y = across * 2 * width // _SIDE, down * 4 * height // _SIDE
        cells[y // 4 * width + x // 2] |= _DOTS[y % 4 * 2 + x % 2]
    return bytes(cells)


LOOK, VIEW = Point, PointView
"""What is drawn here, and how."""
