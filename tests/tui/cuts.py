"""What is asked of each widget of a picture: nothing is cut off at an edge without a sign that there is more."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.text import Text
from textual.app import App
from textual.widget import Widget
from textual.widgets import Static

from al_tui.widgets.drawn import Drawn


def check_cuts(app: App[Any], scene: str) -> None:
    """No line of a widget goes on beyond its right edge or below its lowest row: what has no room ends in ``…``, or is scrolled
    or left out by the widget itself, which then says so."""
    found = [f"{type(widget).__name__}: {what}" for widget in seen(app) for what in cut_off(widget)]
    assert found == [], scene


def seen(app: App[Any]) -> list[Widget]:
    """The widgets that are on the screen."""
    return [widget for widget in app.screen.walk_children(Widget) if widget.is_on_screen and widget.size]


def cut_off(widget: Widget) -> Iterator[str]:
    """What of a widget has no room."""
    if isinstance(widget, Drawn):
        yield from _of_lines(widget.render(), widget)
    elif isinstance(widget, Static):
        lines = widget.get_content_height(widget.app.size, widget.app.size, widget.size.width)
        can_scroll = any(isinstance(above, Widget) and above.allow_vertical_scroll for above in widget.ancestors)
        if lines > widget.size.height and not can_scroll:
            yield f"{lines} lines in {widget.size.height}: {widget.render()}"


def _of_lines(text: Text, widget: Drawn) -> Iterator[str]:
    lines = [Text(line.plain.rstrip()) for line in text.split("\n", allow_blank=True)]
    gets_a_sign = text.overflow == "ellipsis" and len(lines) == 1
    if not gets_a_sign:
        yield from (f"{line.plain!r} in {widget.size.width} cells" for line in lines if line.cell_len > widget.size.width)
    yield from (f"{line.plain!r} below row {widget.size.height}" for line in lines[widget.size.height :] if line.plain)
