"""The history strip: the items answered last as small pictures, each with its label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.message import Message

from al_tui.items.picture import small
from al_tui.theme.colours import palette
from al_tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from al_core.data.looks import Deck

CELL = 9


@dataclass(frozen=True, slots=True)
class Past:
    """An answered item: its row, what is written under it, and in which style."""

    row: int
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
        self._deck: Deck | None = None
        self._entries: tuple[Past, ...] = ()
        self._first = 1
        self._back = 0

    @property
    def room(self) -> int:
        """How many pictures there is room for."""
        return max(1, (self.size.width - 1) // CELL)

    def show(self, deck: Deck | None, entries: tuple[Past, ...], first: int, back: int) -> None:
        """Show ``entries``, the newest first; the first of them is number ``first`` from the end; ``back`` is highlighted."""
        self._deck, self._entries, self._first, self._back = deck, entries, first, back
        self.redraw()

    def render(self) -> Text:
        colours = palette(self.app)
        if self._deck is None or not self._entries:
            return Text("\n  What you have answered appears here; ← goes back to it.", colours.dim)
        shown = list(reversed(self._entries[: self.room]))
        pictures = [small(self._deck, entry.row, colours) for entry in shown]
        lines = [Text(" ").append(Text(" ").join(picture[y] for picture in pictures)) for y in range(len(pictures[0]))]
        captions = []
        for position, entry in enumerate(shown):
            caption = Text(entry.caption, entry.style)
            caption.truncate(CELL - 1)
            caption.align("center", CELL - 1)
            if self._first + len(shown) - 1 - position == self._back:
                (caption.stylize if colours.shaded else caption.stylize_before)(colours.selected)
            captions.append(caption)
        lines.append(Text(" ").append(Text(" ").join(captions)))
        return Text("\n", no_wrap=True).join(lines)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        count = min(self.room, len(self._entries))
        if offset is not None and 0 <= (position := (offset.x - 1) // CELL) < count:
            self.post_message(self.Chosen(self._first + count - 1 - position))
