"""Items side by side, each with a caption under it, in cells of one size."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from al_core.data.looks import Look
from al_tui.items.view import Room, small
from al_tui.theme.colours import Palette

WIDEST, NARROWEST = 24, 8
"""Columns of a cell: what an item may have, and what a caption needs."""


class Cells:
    """Items, in cells of one size.

    Parameters
    ----------
    looks : how the items look.
    height : lines there are for a cell, its caption included.
    """

    def __init__(self, looks: Sequence[Look], height: int, colours: Palette) -> None:
        self._pictures = [small(look, Room(WIDEST, height - 1), colours) for look in looks]
        self.width = max([NARROWEST, *(picture[0].cell_len for picture in self._pictures)])
        self.height = max((len(picture) for picture in self._pictures), default=0) + 1
        """Lines of a cell, its caption included."""

    def row(self, first: int, captions: Sequence[Text], gap: int = 1) -> list[Text]:
        """One row of cells, from item number ``first`` on, as many as there are captions, ``gap`` columns apart."""
        pictures = [self._boxed(picture) for picture in self._pictures[first : first + len(captions)]]
        between = Text(" " * gap)
        lines = [between.join(picture[y] for picture in pictures) for y in range(self.height - 1)]
        return [*lines, between.join(self.fitted(caption) for caption in captions)]

    def fitted(self, caption: Text) -> Text:
        """A caption as wide as a cell, in its middle."""
        out = caption.copy()
        out.truncate(self.width)
        out.align("center", self.width)
        return out

    def _boxed(self, picture: Sequence[Text]) -> list[Text]:
        """A picture in the middle of its cell."""
        spare = self.width - picture[0].cell_len
        left, right = " " * (spare // 2), " " * (spare - spare // 2)
        lines = [Text(left).append(line).append(right) if spare else line for line in picture]
        above = (self.height - 1 - len(lines)) // 2
        blank = Text(" " * self.width)
        return [*([blank] * above), *lines, *([blank] * (self.height - 1 - len(lines) - above))]
