"""Why this item: words, and the labelled items it looks most like."""

from __future__ import annotations

from rich.containers import Lines
from rich.text import Text
from textual.widget import Widget

from al_tui.theme.colours import palette
from al_tui.widgets.host import Host
from al_tui.widgets.strip import Cells, Entry

_LEAST_ROWS, _MOST_ROWS = 2, 5
"""Of a picture."""


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
        """The words, as many as there is room for, and below them the items where they have room as well."""
        words, neighbours = self._shown
        width, height = self.size
        lines = words.wrap(self.app.console, max(1, width)) if words else Lines()
        if len(lines) > height > 0:
            last = lines[height - 1]
            last.rstrip()
            last.truncate(width - 2)
            return Text("\n").join([*lines[: height - 1], last.append(" …")])
        rows = min(_MOST_ROWS, height - len(lines) - 2)
        if not neighbours or rows < _LEAST_ROWS:
            return words
        colours = palette(self.app)
        cells = Cells(neighbours, rows, colours)
        out = words.copy().append("\n\nMost like these, which are labelled\n", colours.dim)
        return out.append(Text("\n").join(cells.row(range(len(neighbours)), gap=2)))
