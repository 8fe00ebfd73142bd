"""Rows of tables in text: a line a column, its name and what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from al_core.data.looks import Card
from al_core.ground.safe_text import safe_text
from al_tui.items.view import Part, Reading, Room, only_joining
from al_tui.theme.colours import Palette

_SHORTEST = 4
"""Cells from which on what is left of a name says something."""
_NOTE = 24
"""Cells of a note."""
_LEAST = 20
"""Cells that names and values have at least beside notes."""
_ODD = 0.9
"""How unusual a value is of which the note is marked."""


@dataclass(frozen=True, slots=True)
class CardView:
    """Names at the left, values beside them, and how unusual they are at the right; what has no room is counted on the last
    line. Where there is more than fits, what is unusual comes first.
    """

    look: Card
    colours: Palette

    def small(self, room: Room) -> Sequence[Text]:
        """As many columns of the table as there are lines."""
        return self.large(room)

    def large(self, room: Room) -> Sequence[Text]:
        """As many columns of the table as there are lines."""
        fields = [self.look.fields[at] for at in self._order(room.height)]
        shown = fields if len(fields) <= room.height else fields[: room.height - 1]
        pairs = [(_clean(name, room.width), _clean(value, room.width)) for name, value in shown]
        names, values = _columns(pairs, room.width)
        lines = [self._line(name, value, names, values) for name, value in pairs]
        if len(shown) < len(fields):
            lines.append(Text(_fitted(f"+{len(fields) - len(shown)} more", room.width), self.colours.dim))
        width = max((line.cell_len for line in lines), default=1)
        return [_padded(line, width) for line in lines] or [Text(" ")]

    def part(self, room: Room, reading: Reading) -> Part:
        """Its lines from ``reading.first`` on, with notes where there is room for them."""
        width, order = room.width, self._order(room.height)
        pairs = [(_clean(name, width), _clean(value, width)) for name, value in self.look.fields]
        notes = [_clean(note, _NOTE) for note in self.look.notes or ("",) * len(pairs)]
        beside = max(map(cell_len, notes), default=0)
        if not beside or width - beside - 2 < _LEAST:
            beside = 0
        names, values = _columns(pairs, width - (beside + 2 if beside else 0))
        lines = []
        for at in order[reading.first : reading.first + room.height]:
            line = self._line(*pairs[at], names, values)
            if beside:
                line.append(" " * (width - beside - line.cell_len))
                line.append(set_cell_size(_fitted(notes[at], beside), beside), self._style(at))
            lines.append(_padded(line, width))
        return Part(lines or [Text(" ")], len(order))

    def _order(self, height: int) -> Sequence[int]:
        """Places of the columns: as they are in the table, or where that is more than fits the most unusual first."""
        unusual, places = self.look.unusual, range(len(self.look.fields))
        if len(places) <= height or len(unusual) != len(places):
            return places
        return sorted(places, key=lambda at: -unusual[at])

    def _style(self, at: int) -> str:
        return self.colours.accent if _ODD <= self.look.unusual[at] <= 1.0 else self.colours.dim

    def _line(self, name: str, value: str, names: int, values: int) -> Text:
        line = Text()
        if names:
            line.append(set_cell_size(_fitted(name, names), names), self.colours.dim).append(" ")
        return line.append(_fitted(value, values))


def _columns(pairs: Sequence[tuple[str, str]], width: int) -> tuple[int, int]:
    """Cells for names and for values. What one does not need the other has; in a narrow room there are no names."""
    longest_name = max((cell_len(name) for name, _ in pairs), default=0)
    longest_value = max((cell_len(value) for _, value in pairs), default=0)
    names = min(longest_name, max(width // 2, width - 1 - longest_value))
    if names < max(1, min(longest_name, _SHORTEST)) or names > width - 2:
        return 0, width
    return names, width - names - 1


def _clean(text: str, width: int) -> str:
    return only_joining(safe_text(text, 8 * width + 8))


def _fitted(text: str, cells: int) -> str:
    """A text of at most so many cells; a longer one ends in ``…``."""
    return text if cell_len(text) <= cells else set_cell_size(text, cells - 1).rstrip() + "…"


def _padded(line: Text, width: int) -> Text:
    line.append(" " * (width - line.cell_len))
    return line


LOOK, VIEW = Card, CardView
