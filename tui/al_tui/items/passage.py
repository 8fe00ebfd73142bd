"""Texts, wrapped: as much of them as there is room for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.text import Text

from al_core.data.looks import Passage
from al_core.ground.safe_text import safe_text
from al_tui.items.view import Room, only_joining
from al_tui.theme.colours import Palette

_KEPT = 256
"""Texts kept as they were wrapped."""
_COLUMN = 72
"""Cells in which a text is easily read."""
_MOST_PER_CELL = 8
"""Characters that may stand in one cell: a letter and its marks."""


@dataclass(frozen=True, slots=True)
class PassageView:
    """The beginning of a text; where that is not all of it, it ends in ``…``."""

    look: Passage
    colours: Palette

    def small(self, room: Room) -> Sequence[Text]:
        """Its first words."""
        return self.large(room)

    def large(self, room: Room) -> Sequence[Text]:
        """As much of it as there is room for."""
        return _beginning(self.look.text, min(room.width, _COLUMN), room.height)


@lru_cache(maxsize=_KEPT)
def _beginning(text: str, width: int, height: int) -> Sequence[Text]:
    lines = list(islice(_lines(text[: _MOST_PER_CELL * width * (height + 1)], width), height + 1))
    if len(lines) > height:
        lines = lines[:height]
        last = lines[-1].rstrip()
        lines[-1] = set_cell_size(last, min(cell_len(last), width - 1)).rstrip() + "…"
    widest = max(1, min(width, max(map(cell_len, lines))))
    return [Text(set_cell_size(line, widest)) for line in lines]


def _lines(text: str, width: int) -> Iterator[str]:
    """Lines of at most so many cells, broken between words where that is possible."""
    for paragraph in text.split("\n"):
        line = ""
        for word in only_joining(safe_text(paragraph, 2 * len(paragraph) + 8)).split(" "):
            longer = f"{line} {word}" if line else word
            if cell_len(longer) <= width:
                line = longer
                continue
            if line:
                yield line
            *whole, line = chop_cells(word, width) or [""]
            yield from whole
        yield line


LOOK, VIEW = Passage, PassageView
