"""The history strip: the items answered last as small pictures, each with its label."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.message import Message

from al_core.data.looks import Look
from al_tui.theme.colours import palette
from al_tui.widgets.drawn import Drawn
from al_tui.widgets.strip import NARROWEST, Cells

CELL = NARROWEST + 1
"""Columns of the narrowest picture and the gap beside it."""


@dataclass(frozen=True, slots=True)
class Past:
    """An answered item: how it looks, what is written under it, and in which style."""

    look: Look
    caption: str
    style: str


class Answered(Drawn):
    """Pictures from the oldest to the newest, the newest at the right; a click goes back to one."""

    DEFAULT_CSS = "Answered { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    class Chosen(Message):
        """An item was clicked; ``back`` is 1 for the newest."""

        def __init__(self, back: int) -> None:
            super().__init__()
            self.back = back

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Past, ...] = ()
        self._first = 1
        self._back = 0
        self._step, self._count = CELL, 0

    @property
    def room(self) -> int:
        """How many pictures there is room for, if they are no wider than they must be."""
        return max(1, (self.size.width - 1) // CELL)

    def show(self, entries: tuple[Past, ...], first: int, back: int) -> None:
        """Show ``entries``, the newest first; the first of them is number ``first`` from the end; ``back`` is highlighted."""
        self._entries, self._first, self._back = entries, first, back
        self.redraw()

    def render(self) -> Text:
        colours = palette(self.app)
        if not self._entries:
            return Text("\n  What you have answered appears here; ← goes back to it.", colours.dim)
        shown = list(reversed(self._entries[: self.room]))
        cells = Cells([entry.look for entry in shown], self.size.height, colours)
        if len(shown) * (cells.width + 1) > self.size.width:  # they turn out to be wider than what there was room for
            fit = max(1, (self.size.width - 1) // (cells.width + 1))
            shown = shown[-fit:]
            cells = Cells([entry.look for entry in shown], self.size.height, colours)
        self._step, self._count = cells.width + 1, len(shown)
        captions = []
        for position, entry in enumerate(shown):
            caption = cells.fitted(Text(entry.caption, entry.style))
            if self._first + len(shown) - 1 - position == self._back:
                (caption.stylize if colours.shaded else caption.stylize_before)(colours.selected)
            captions.append(caption)
        return Text("\n", no_wrap=True).join(Text(" ").append(line) for line in cells.row(0, captions))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and 0 <= (position := (offset.x - 1) // self._step) < self._count:
            self.post_message(self.Chosen(self._first + self._count - 1 - position))
