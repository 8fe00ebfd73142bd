"""Why this item: where it comes from, the strategy's reason, and the labelled items it looks most like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text
from textual.widget import Widget

from al_tui.items.picture import small
from al_tui.theme.colours import palette

if TYPE_CHECKING:
    from al_core.data.looks import Deck

CELL = 9


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled item near the one in question, and the name of its class."""

    row: int
    label: str


class Why(Widget):
    """Words, and under them the nearest labelled items."""

    DEFAULT_CSS = "Why { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._deck: Deck | None = None
        self._words = Text()
        self._neighbours: tuple[Neighbour, ...] = ()
        self.border_title = "Why this item"

    def show(self, deck: Deck | None, words: Text, neighbours: tuple[Neighbour, ...]) -> None:
        """Explain an item by ``words`` and by its nearest labelled items, the nearest first."""
        self._deck, self._words, self._neighbours = deck, words, neighbours
        self.refresh()

    def render(self) -> Text:
        colours = palette(self.app)
        out = self._words.copy()
        if self._deck is None or not self._neighbours:
            return out
        pictures = [small(self._deck, near.row, colours) for near in self._neighbours]
        out.append("\n\nMost like these, which are labelled\n", colours.dim)
        for y in range(len(pictures[0])):
            out.append(Text("  ").join(picture[y] for picture in pictures)).append("\n")
        captions = []
        for near in self._neighbours:
            caption = Text(f"= {near.label}", colours.good)
            caption.align("center", CELL - 1)
            captions.append(caption)
        return out.append(Text("  ").join(captions))
