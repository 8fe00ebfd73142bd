"""Items side by side, each with a caption under it, in cells of one size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from al_core.data.looks import Picture
from al_tui.items.view import Room, small
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn, entitle

if TYPE_CHECKING:
    from al_core.data.looks import Look

WIDEST, NARROWEST = 24, 8
"""Columns of a cell: what an item may have, and what a caption needs."""
_TWO_ROWS = 5
"""Lines a row of items needs at least, so that there are two of them."""


_KEPT = 3
"""One place in so many keeps its item when the others make room."""


class Caption(NamedTuple):
    """What stands under an item: a name, which gives way where there is little room, and what is before and after it."""

    name: str
    before: str = ""
    after: str = ""
    style: str = ""

    def fitted(self, width: int) -> Text:
        """The caption as wide as a cell, in its middle."""
        name = clipped(self.name, max(1, width - cell_len(self.before) - cell_len(self.after)))
        text = Text(f"{self.before}{name}{self.after}", self.style)
        text.truncate(width)
        text.align("center", width)
        return text


class Entry(NamedTuple):
    """One item of a strip: how it looks, and its caption."""

    look: Look
    caption: Caption


class Cells:
    """Items, in cells of one size.

    Parameters
    ----------
    entries : the items.
    height : lines there are for a cell, its caption included.
    """

    def __init__(self, entries: Sequence[Entry], height: int, colours: Palette) -> None:
        self._entries = entries
        self._drawn = [small(entry.look, Room(WIDEST, height - 1), colours) for entry in entries]
        self.width = max([NARROWEST, *(lines[0].cell_len for lines in self._drawn)])
        self.height = max((len(lines) for lines in self._drawn), default=0) + 1
        """Lines of a cell, its caption included."""

    def row(
        self, part: range, highlighted: int = -1, style: str | Style = "", *, gap: int = 1, over: bool = False
    ) -> list[Text]:
        """A row of cells, ``gap`` columns apart.

        Parameters
        ----------
        part : numbers of the items.
        highlighted, style : the item whose caption wears this style as well, under or ``over`` its own.
        """
        drawn = [self._boxed(self._drawn[number]) for number in part]
        between = Text(" " * gap)
        lines = [between.join(cell[y] for cell in drawn) for y in range(self.height - 1)]
        captions = []
        for number in part:
            caption = self._entries[number].caption.fitted(self.width)
            if number == highlighted:
                (caption.stylize if over else caption.stylize_before)(style)
            captions.append(caption)
        return [*lines, between.join(captions)]

    def _boxed(self, lines: Sequence[Text]) -> list[Text]:
        """An item in the middle of its cell."""
        spare = self.width - lines[0].cell_len
        left, right = " " * (spare // 2), " " * (spare - spare // 2)
        boxed = [Text(left).append(line).append(right) if spare else line for line in lines]
        above = (self.height - 1 - len(boxed)) // 2
        blank = Text(" " * self.width)
        return [*([blank] * above), *boxed, *([blank] * (self.height - 1 - len(boxed) - above))]


def _gone(old: tuple[Entry, ...], new: tuple[Entry, ...]) -> int:
    """How many items went at the front, or came there where it is less than nothing, since ``old`` was shown."""
    for gone in (0, 1, -1):
        before, after = old[max(0, gone) :], new[max(0, -gone) :]
        both = min(len(before), len(after))
        if both and before[:both] == after[:both]:
            return gone
    return 0


def _is_tiny(look: Look) -> bool:
    """Whether it is a picture that has room in the smallest cell."""
    return isinstance(look, Picture) and look.width <= NARROWEST and look.height <= 2 * (_TWO_ROWS - 1)


class Strip(Drawn):
    """Items with one of them highlighted, in one row or two; a click chooses one.

    Parameters
    ----------
    margin : columns that stay free at the left.
    empty : what is said where there are none.
    first : whether those at the beginning are shown where not all have room and none is highlighted; else the last.
    """

    DEFAULT_CSS = "Strip { height: auto; }"

    class Chosen(Message):
        """An item was clicked; ``position`` is its place among those shown."""

        def __init__(self, strip: Strip, position: int) -> None:
            super().__init__()
            self.strip = strip
            self.position = position

        @property
        def control(self) -> Strip:
            """The strip it is in."""
            return self.strip

    def __init__(self, *, margin: int = 0, empty: str = "", first: bool = False, id: str | None = None) -> None:  # noqa: A002
        super().__init__()
        if id is not None:
            self.id = id
        self._margin = margin
        self._empty = empty
        self._first = first
        self._shown: tuple[tuple[Entry, ...], int] | None = None
        self._begin, self._places, self._across, self._step, self._tall = 0, 0, 1, 1, 1

    @property
    def room(self) -> int:
        """How many items stand side by side, if they are no wider than they must be."""
        return max(1, (self.size.width - self._margin) // (NARROWEST + 1))

    def entitle(self, words: str, panel: Widget | None = None) -> None:
        """Write ``words`` into the title, of ``panel`` where it is that which has one, and which of the items are to be seen
        where not all have room. That is known when they are drawn."""
        panel = panel or self
        entitle(panel, words + self._part)
        self.call_after_refresh(lambda: entitle(panel, words + self._part))

    @property
    def _part(self) -> str:
        count = len((self._shown or ((), -1))[0])
        if not self._places or self._places >= count:
            return ""
        return f" · {self._begin + 1:,}–{min(count, self._begin + self._places):,}"

    def show(self, entries: tuple[Entry, ...], highlighted: int) -> None:
        """Show items, one of them highlighted; −1 for none. Where not all have room, those around it are shown, or the last.

        Who adds an item at the end finds the others where they were, until there is no place left: then most of them make room
        at once. Pictures that moved on by one with every answer would be sent anew with every answer.
        """
        if (entries, highlighted) != self._shown:
            self._begin -= _gone((self._shown or ((), -1))[0], entries)
            self._shown = entries, highlighted
            self.redraw()

    def render(self) -> Text:
        colours = palette(self.app)
        entries, highlighted = self._shown or ((), -1)
        if not entries:
            return Text(f"\n  {self._empty}" if self._empty else "", colours.dim)
        cells = self._cells(entries, self._height, colours)
        if not self._first and self._places_for(cells) < len(entries) and all(_is_tiny(entry.look) for entry in entries):
            cells = self._cells(entries, min(self._height, _TWO_ROWS), colours)  # enlarged only where all have room
        self._place(entries, highlighted, self._places_for(cells))
        margin, lines = Text(" " * self._margin), []
        end = min(len(entries), self._begin + self._places)
        for start in range(self._begin, end, self._across):
            part = range(start, min(start + self._across, end))
            row = cells.row(part, highlighted, colours.selected, over=colours.shaded)
            lines += [margin + line for line in row] if self._margin else row
        return Text("\n", no_wrap=True).join(lines)

    def _cells(self, entries: tuple[Entry, ...], height: int, colours: Palette) -> Cells:
        cells = Cells(entries, height, colours)
        self._step, self._tall = cells.width + 1, cells.height
        self._across = max(1, (self.size.width - self._margin) // self._step)
        return cells

    def _places_for(self, cells: Cells) -> int:
        """How many items have room in cells of this size."""
        return max(1, self.size.height // cells.height) * self._across

    def _place(self, entries: tuple[Entry, ...], highlighted: int, places: int) -> None:
        """Choose the first item to be shown; as it was, where what is to be seen is seen so."""
        if self._first and highlighted < 0:
            self._begin, self._places = 0, places
            return
        there = highlighted if highlighted >= 0 else len(entries) - 1
        if places == self._places and 0 <= self._begin <= there < self._begin + places:
            return
        if highlighted < 0 and places == self._places and there == self._begin + places:
            self._begin = there - places // _KEPT
        else:
            self._begin = max(0, min(there - places // 2, len(entries) - places))
        self._places = places

    @property
    def _height(self) -> int:
        """Lines for a row of items: two rows where they fit."""
        return self.size.height // 2 if self.size.height >= 2 * _TWO_ROWS else self.size.height

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.x < self._margin:
            return
        position = self._begin + offset.y // self._tall * self._across + (offset.x - self._margin) // self._step
        if position < min(len((self._shown or ((), -1))[0]), self._begin + self._places):
            self.post_message(self.Chosen(self, position))
