"""A list of lines, however long: only those that are seen are made."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual import events
from textual.message import Message

from al_tui.theme.colours import palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn


class Rows(Drawn):
    """Lines with one of them highlighted; a click chooses one."""

    DEFAULT_CSS = "Rows { height: 1fr; }"

    class Chosen(Message):
        """A line was clicked."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        """The line that is highlighted."""
        self._count = 0
        self._line: Callable[[int], str] = str
        self._top = 0

    @property
    def count(self) -> int:
        """How many lines there are."""
        return self._count

    def show(self, count: int, line: Callable[[int], str]) -> None:
        """Show so many lines, from the first on; ``line`` makes one when it is seen."""
        self._count, self._line, self.at, self._top = count, line, 0, 0
        self.redraw()

    def move(self, key: str) -> None:
        """Highlight another line: by a line, a screen, or to an end."""
        screen = max(1, self.size.height - 1)
        steps = {"up": -1, "down": 1, "pageup": -screen, "pagedown": screen, "home": -self._count, "end": self._count}
        self.at = max(0, min(self._count - 1, self.at + steps[key]))
        self.redraw()

    def render(self) -> Text:
        colours, (width, height) = palette(self.app), self.size
        self._top = max(0, min(max(self._top, self.at - height + 1), self.at, self._count - height))
        out = Text(no_wrap=True, overflow="crop")
        for number in range(self._top, min(self._count, self._top + height)):
            line = Text(f" {clipped(self._line(number), max(1, width - 2))}")
            if number == self.at:
                line.pad_right(max(0, width - line.cell_len))
                line.stylize(colours.selected)
            out.append(line).append("\n")
        return out

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and self._top + offset.y < self._count:
            self.post_message(self.Chosen(self._top + offset.y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.post_message(Rows.Moved("down"))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.post_message(Rows.Moved("up"))

    class Moved(Message):
        """The wheel was turned."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key
