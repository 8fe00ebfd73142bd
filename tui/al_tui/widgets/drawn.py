"""The base of widgets that are drawn while others wait: a line is made once, and only lines that differ go to the terminal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator
from textwrap import wrap

from rich.segment import Segment
from rich.text import Text
from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from al_tui.theme.colours import Palette, palette

Parts = Generator[None, None, Text]
"""A drawing in the making: it stops at every point where something else may come between, and returns the text."""

AT_ONCE = 0.002
"""Seconds of drawing in one go; a single part may take longer."""
BETWEEN = 0.002
"""Seconds for what else is due, before drawing goes on."""


class Overtaken(Exception):
    """Another drawing has taken what this one was being made with; it has to be made anew."""


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
        self._present: Palette | None = None

    def render(self) -> Text:
        """The text to show; called when it may have changed."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw what may have changed."""
        if self._is_away():
            self.refresh()
        else:
            self._renew(self.render)

    def _is_away(self) -> bool:
        """Whether nothing of it is on the screen; what it was, it is not any more when it comes back, of whatever size."""
        if not self.size:
            self._drawn_for = None
        return self._drawn_for is None

    def _renew(self, render: Callable[[], Text]) -> None:
        """Show another text, of the present size and theme."""
        old, size = self._lines, self.size
        self._take(render)
        if len(old) != len(self._lines):
            self.refresh()
        elif changed := [y for y, (one, other) in enumerate(zip(old, self._lines, strict=True)) if one != other]:
            self.refresh(*(Region(0, y, size.width, 1) for y in changed))

    def render_lines(self, crop: Region) -> list[Strip]:
        """Some lines of the drawing; the theme is looked up once for all of them."""
        self._present = palette(self.app)
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """One line of the drawing."""
        if self._drawn_for is None or self._drawn_for[0] != self.size or self._drawn_for[1] is not self._present:
            self._take(self.render)
        return self._lines[y] if y < len(self._lines) else Strip.blank(self.size.width, self.visual_style.rich_style)

    def on_resize(self, event: events.Resize) -> None:
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the drawing: it wears the old style."""
        self._drawn_for = None
        super().notify_style_update()

    def _take(self, render: Callable[[], Text]) -> None:
        """Make the lines of a text of the present size and theme; where that fails, it costs this widget only."""
        self._drawn_for = self.size, palette(self.app)
        try:
            self._lines = self._made(render())
        except Exception as error:
            self._failed(error)

    def _failed(self, error: Exception) -> None:
        self._lines = [Strip([Segment(" could not be drawn", self.visual_style.rich_style)])]
        self.app._handle_exception(error)

    def _made(self, text: Text) -> list[Strip]:
        size, console = self.size, self.app.console
        if text.overflow == "ellipsis" and "\n" not in text.plain:
            text.truncate(size.width)
        style = self.visual_style.rich_style + console.get_style(text.style)
        segments = Segment.apply_style(text.render(console), style)
        lines = Segment.split_and_crop_lines(segments, size.width, pad=False, include_new_lines=False)
        return [Strip(line) for line in lines][: size.height]


class DrawnInParts(Drawn):
    """A drawing that takes longer than a key should wait. When it changes it is made in parts, with everything else that is due
    between them; only where there is nothing to show meanwhile (first paint, new size, new theme) is it made in one go."""

    def __init__(self) -> None:
        super().__init__()
        self._making = False
        self._again = False

    def parts(self) -> Parts:
        """Make the text to show, from what is to be shown at the first step."""
        raise NotImplementedError

    def render(self) -> Text:
        return whole(self.parts())

    def redraw(self) -> None:
        """Draw what may have changed, a little later."""
        self._again = self._making  # what is being made is no longer what was asked for last
        if self._is_away():
            self.refresh()
        elif not self._making:
            self._making = True
            self.run_worker(self._make(), group="drawing")

    async def _make(self) -> None:
        """Draw until what is shown is what was asked for last."""
        try:
            while True:
                self._again = False
                wanted, before = (self.size, palette(self.app)), self._lines
                try:
                    text = await _unhurried(self.parts())
                except Overtaken:
                    continue
                except Exception as error:
                    self._failed(error)
                    self.refresh()
                    return
                if self._lines is before:  # else `render_line` has drawn in one go, and later, what this drawing is of
                    if wanted == self._drawn_for and wanted[0] == self.size:
                        self._renew(lambda text=text: text)  # type: ignore[misc]
                    else:
                        self.refresh()
                if not self._again:
                    return
        finally:
            self._making = False


def in_its_place(words: str, width: int, style: str) -> Text:
    """What is said where there is no drawing yet: below a blank line, two cells in, in as many lines as it takes."""
    return Text("".join(f"\n  {line}" for line in wrap(words, max(1, width - 3))), style)


def whole(parts: Parts) -> Text:
    """The text of a drawing that nothing comes between."""
    while (text := _go_on(parts)) is None:
        pass
    return text


async def _unhurried(parts: Parts) -> Text:
    pause = time.monotonic() + AT_ONCE
    while (text := _go_on(parts)) is None:
        if time.monotonic() >= pause:
            await asyncio.sleep(BETWEEN)
            pause = time.monotonic() + AT_ONCE
    return text


def _go_on(parts: Parts) -> Text | None:
    """Make one more part; the text when that was the last."""
    try:
        next(parts)
    except StopIteration as made:
        text: Text = made.value
        return text
    return None


def entitle(widget: Widget, title: str | Content) -> None:
    """Write ``title`` into the border of ``widget``, as text and not as markup; the same again would draw all of it again."""
    content = Content(title) if isinstance(title, str) else title
    if widget.border_title != content.markup:
        widget.border_title = content
