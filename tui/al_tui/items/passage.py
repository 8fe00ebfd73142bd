"""Texts, wrapped or as they are: as much of them as there is room for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from al_core.data.looks import Passage
from al_core.ground.safe_text import safe_text
from al_tui.items.view import Part, Reading, Room, only_joining
from al_tui.theme.colours import Palette

_KEPT = 256
"""Texts of which the beginning is kept as it was wrapped."""
_READ = 4
"""Texts that are kept whole."""
_COLUMN = 72
"""Cells in which a text is easily read."""
_TAB = 4
_MOST_PER_CELL = 8
"""Characters that may stand in one cell: a letter and its marks."""


@dataclass(frozen=True, slots=True)
class PassageView:
    """The beginning of a text; where that is not all of it, it ends in ``…``. Or any part of it."""

    look: Passage
    colours: Palette

    def small(self, room: Room) -> Sequence[Text]:
        """Its first words."""
        return self.large(room)

    def large(self, room: Room) -> Sequence[Text]:
        """As much of it as there is room for."""
        return _beginning(self.look.text, min(room.width, _COLUMN), room.height)

    def part(self, room: Room, reading: Reading) -> Part:
        """Its lines from ``reading.first`` on; what is shown beside it stands above it."""
        width = min(room.width, _COLUMN) if reading.wrapped else room.width
        above = [_fitted(f"{name}: {value}", width) for name, value in self.look.fields]
        every = _whole(self.look.text, width, reading.wrapped)
        before = len(above) + bool(above)
        total = before + len(every)
        lines = [*above, ""][:before]
        shown = [*lines[reading.first :], *every[max(0, reading.first - before) :]][: room.height] or [""]
        return Part([self._line(line, width, reading.first + at < before) for at, line in enumerate(shown)], total)

    def _line(self, line: str, width: int, beside: bool) -> Text:
        return Text(set_cell_size(line, width), self.colours.dim if beside else "")


@lru_cache(maxsize=_KEPT)
def _beginning(text: str, width: int, height: int) -> Sequence[Text]:
    lines = list(islice(_lines(text[: _MOST_PER_CELL * width * (height + 1)], width), height + 1))
    if len(lines) > height:
        lines = lines[:height]
        last = lines[-1].rstrip()
        lines[-1] = set_cell_size(last, min(cell_len(last), width - 1)).rstrip() + "…"
    widest = max(1, min(width, max(map(cell_len, lines))))
    return [Text(set_cell_size(line, widest)) for line in lines]


@lru_cache(maxsize=_READ)
def _whole(text: str, width: int, wrapped: bool) -> Sequence[str]:
    if wrapped:
        return tuple(_lines(text, width))
    return tuple(_fitted(_plain(paragraph), width) for paragraph in text.split("\n"))


def _plain(paragraph: str) -> str:
    """One line of a text with nothing in it that a terminal would obey; a tab goes on to the next of every four cells."""
    spread = paragraph.removesuffix("\r").expandtabs(_TAB)
    return only_joining(safe_text(spread, 2 * len(spread) + 8))


def _fitted(line: str, width: int) -> str:
    """A line of at most so many cells; a longer one ends in ``…``."""
    line = _plain(line)
    return line if cell_len(line) <= width else set_cell_size(line, width - 1).rstrip() + "…"


def _lines(text: str, width: int) -> Iterator[str]:
    """Lines of at most so many cells, broken between words where that is possible. Blanks stay, but where a line is broken."""
    for paragraph in text.split("\n"):
        line, blanks = "", ""
        for word in re.findall(" +|[^ ]+", _plain(paragraph)):
            if word[0] == " ":
                blanks = word
                continue
            longer = line + blanks + word
            blanks = ""
            if cell_len(longer) <= width:
                line = longer
                continue
            if line:
                yield line
            *whole, line = chop_cells(word, width) or [""]
            yield from whole
        yield line


LOOK, VIEW = Passage, PassageView
