"""Widgets full of pictures: each line becomes what the terminal gets without the detour of a text that could be wrapped."""

from __future__ import annotations

from typing import Any, Self

from rich.style import Style
from rich.text import Text
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class Rows(Widget):
    """A widget that is made of lines. A picture has a colour for every cell, and wrapping such a text takes most of a paint."""

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._strips: list[Strip] | None = None
        self._strips_size = Size()

    def rows(self) -> list[Text]:
        """The lines, from the top."""
        raise NotImplementedError

    def render(self) -> Text:
        return Text("\n", no_wrap=True).join(self.rows())

    def refresh(self, *regions: Region, **options: Any) -> Self:
        self._strips = None
        return super().refresh(*regions, **options)

    def render_line(self, y: int) -> Strip:
        style = self.visual_style.rich_style
        if self._strips is None or self._strips_size != self.size:
            self._strips, self._strips_size = [self._strip(row, style) for row in self.rows()], self.size
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, style)

    def _strip(self, row: Text, style: Style) -> Strip:
        console = self.app.console
        row.truncate(self.size.width, overflow="ellipsis")
        return Strip(row.render(console, end="")).apply_style(style + console.get_style(row.style))
