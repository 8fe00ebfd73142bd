"""Widgets that hold others and draw nothing themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style

if TYPE_CHECKING:
    from textual.widget import Widget

    _Widget = Widget
else:
    _Widget = object  # a widget has the styles of its first base only that is one


class Paper(_Widget):
    """A widget that is its background, and has neither border nor padding: a line is made once, and is all of its lines.

    Textual would make each of them, and most are below what it holds.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """So many equal lines."""
        below, background = self.background_colors
        line = Strip.blank(crop.width, Style(background=below + background).rich_style)
        for line_filter in self.get_line_filters():
            line = line.apply_filter(line_filter, background)
        return [line] * crop.height


class Row(Paper, Horizontal):
    """What it holds stands side by side."""


class Column(Paper, Vertical):
    """What it holds stands one below the other."""
