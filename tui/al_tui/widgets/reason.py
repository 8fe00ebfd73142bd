"""Why this item: words, and the labelled items it looks most like."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from al_tui.theme.colours import palette
from al_tui.widgets.host import Host
from al_tui.widgets.strip import Cells, Entry


class Reason(Widget):
    """Words, wrapped, and under them items that they are about."""

    app: Host
    DEFAULT_CSS = "Reason { height: 1fr; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Text, tuple[Entry, ...]] = (Text(), ())

    def show(self, words: Text, neighbours: tuple[Entry, ...] = ()) -> None:
        """Show ``words``, and the labelled items nearest to the one that they are about, the nearest first."""
        if (words, neighbours) != self._shown:
            self._shown = words, neighbours
            self.refresh()

    def render(self) -> Text:
        words, neighbours = self._shown
        if not neighbours:
            return words
        colours = palette(self.app)
        cells = Cells(neighbours, max(2, min(5, self.size.height - 4)), colours)
        out = words.copy().append("\n\nMost like these, which are labelled\n", colours.dim)
        return out.append(Text("\n").join(cells.row(range(len(neighbours)), gap=2)))
