"""One line of text that stands between what is labelled and the keys: what has just happened, what there is to know."""

from __future__ import annotations

from rich.text import Text

from al_tui.widgets.drawn import Drawn


class Line(Drawn):
    """Shows the parts it is given, as far as they fit."""

    DEFAULT_CSS = "Line { height: 1; }"

    def __init__(self, name: str = "") -> None:
        super().__init__()
        if name:
            self.id = name
        self._text = Text()

    def show(self, text: Text) -> None:
        """Show ``text``."""
        self._text = text
        self.redraw()

    def render(self) -> Text:
        line = Text(" ", no_wrap=True, overflow="ellipsis")
        return line.append(self._text)
