"""The base of widgets that are drawn while others wait: a line is made once, and only lines that differ go to the terminal."""

from __future__ import annotations

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from al_tui.palette import Palette, palette


class Drawn(Widget):
    """Shows the lines of the text that `render` gives, cut at the right edge.

    Textual would turn the text into its own kind, wrap it, and style each cell of it again so that it can be selected with the
    mouse. For pictures, curves and tables that is most of the time of a paint, and the event loop waits for it.
    """

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Strip] = []
        self._drawn_for: tuple[Size, Palette] | None = None

    def render(self) -> Text:
        """The text to show; called when it may have changed."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw what may have changed."""
        if self._drawn_for is None or not self.size:
            self.refresh()
            return
        old, size = self._lines, self.size
        self._draw()
        if len(old) != len(self._lines):
            self.refresh()
        elif changed := [y for y, (one, other) in enumerate(zip(old, self._lines, strict=True)) if one != other]:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        if self._drawn_for is None or self._drawn_for[0] != self.size or self._drawn_for[1] is not palette(self.app):
            self._draw()
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.visual_style.rich_style)

    def on_resize(self, event: events.Resize) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the drawing: it wears the old style."""
        self._drawn_for = None
        super().notify_style_update()

    def _draw(self) -> None:
        size, console, text = self.size, self.app.console, self.render()
        self._drawn_for = size, palette(self.app)
        if text.overflow == "ellipsis" and "\n" not in text.plain:
            text.truncate(size.width)
        style = self.visual_style.rich_style + console.get_style(text.style)
        segments = Segment.apply_style(text.render(console), style)
        lines = Segment.split_and_crop_lines(segments, size.width, pad=False, include_new_lines=False)
        self._lines = [Strip(line) for line in lines][: size.height]


def entitle(widget: Widget, title: str) -> None:
    """Write ``title`` into the border of ``widget``; writing the same one again would draw all of it again."""
    if widget.border_title != title:
        widget.border_title = title
