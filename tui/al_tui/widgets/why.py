"""Why this item: where it comes from, the strategy's reason, and the labelled items it looks most like."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.widget import Widget

from al_core.data.looks import Look
from al_tui.theme.colours import palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.strip import Cells


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A labelled item near the one in question, and the name of its class."""

    look: Look
    label: str


class Why(Widget):
    """Words, and under them the nearest labelled items."""

    DEFAULT_CSS = "Why { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._words = Text()
        self._neighbours: tuple[Neighbour, ...] = ()
        self.border_title = "Why this item"

    def show(self, words: Text, neighbours: tuple[Neighbour, ...]) -> None:
        """Explain an item by ``words`` and by its nearest labelled items, the nearest first."""
        self._words, self._neighbours = words, neighbours
        self.refresh()

    def render(self) -> Text:
        colours = palette(self.app)
        out = self._words.copy()
        if not self._neighbours:
            return out
        room = max(2, min(5, self.size.height - 4))
        cells = Cells([near.look for near in self._neighbours], room, colours)
        out.append("\n\nMost like these, which are labelled\n", colours.dim)
        captions = [Text(f"= {clipped(near.label, cells.width - 2)}", colours.good) for near in self._neighbours]
        return out.append(Text("\n").join(cells.row(0, captions, gap=2)))
