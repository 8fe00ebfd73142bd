"""What of a frame has to leave: cells that differ from those the terminal shows already, in as few bytes as they take.

Textual sends a line from the first cell of a widget to the last one that was drawn anew, each style in full and taken back
behind every piece of text. Over a slow line that is what one waits for: most of those cells are there already, and of two
neighbours in a picture often one colour is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

from al_tui.shell.only_text import NARROW

_SENT = re.compile(
    r"\x1b\[(?:(\d+(?:;\d+)*?)(?:;|m))??"
    r"(?:(3[0-79]|9[0-7]|38;5;\d+|38;2;\d+;\d+;\d+)(?:;|m))?(?:(4[0-79]|10[0-7]|48;5;\d+|48;2;\d+;\d+;\d+)m)?x"
)
"""A terminal's command for a look: attributes, ink, paper."""
_SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})
"""Attributes that show where there is no ink: lines, and colours changed for each other."""
_STEPS = (0, 95, 135, 175, 215, 255)
_NUMBERED = {
    **{
        (red, green, blue): 16 + number
        for number, (red, green, blue) in enumerate((r, g, b) for r in _STEPS for g in _STEPS for b in _STEPS)
    },
    **{(level, level, level): 232 + number for number, level in enumerate(range(8, 239, 10))},
}
"""Colours of xterm's table of 256 behind the first sixteen, which are everyone's own."""
_BRIDGE = 6
"""Cells that are there already and are sent again because going past them takes as many bytes."""


class Look(NamedTuple):
    """How a cell is drawn: parameters of the terminal's command for it, each empty where it is as at the start."""

    attributes: str = ""
    ink: str = ""
    paper: str = ""


_START = Look()

Cell = tuple[str, Look]
"""A character and its look; of a blank, what can be seen of that."""


class OnScreen:
    """What a terminal shows, as far as this program knows."""

    def __init__(self) -> None:
        self._lines: list[list[Cell | None]] = []

    def sparing(self, update: RenderableType | None) -> RenderableType | None:
        """A frame of Textual's, to be sent sparingly; what is no frame is as it was.

        A frame that is the whole screen is sent whole: Textual makes one where it cannot know what the terminal shows.
        """
        return Sparing(update, self) if isinstance(update, (ChopsUpdate, LayoutUpdate)) else update

    def all_of(self, update: LayoutUpdate, console: Console) -> str:
        """The bytes of a frame that begins anew."""
        self.forget()
        pen = _Pen(console)
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                self._piece(pen, x, y, strip)
                x += strip.cell_length
        return pen.written()

    def part_of(self, update: ChopsUpdate, console: Console) -> str:
        """The bytes of a frame that changes some places."""
        pen = _Pen(console)
        for y, begin, end in update.spans:
            for until, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x < end and until > begin:
                    self._piece(pen, x, y, strip.crop(0, min(until, end) - x))
        return pen.written()

    def forget(self) -> None:
        """Know nothing of the terminal: whatever is drawn next is sent."""
        self._lines = []

    def _piece(self, pen: _Pen, x: int, y: int, strip: Strip) -> None:
        line = self._line(y, x + strip.cell_length)
        there = line[x : x + strip.cell_length]
        cells = pen.cells(strip)
        if cells is None:
            pen.write_as_it_is(x, y, strip)
            line[x : x + strip.cell_length] = [None] * strip.cell_length
            return
        if any(there):
            for first, last in _runs(there, cells):
                pen.write(x + first, y, cells[first:last])
        else:  # nothing is known of what is there, as in a first frame
            pen.write(x, y, cells)
        line[x : x + len(cells)] = cells

    def _line(self, y: int, width: int) -> list[Cell | None]:
        """A line of the screen with at least so many cells."""
        while len(self._lines) <= y:
            self._lines.append([])
        line = self._lines[y]
        line.extend([None] * (width - len(line)))
        return line


class Sparing(CompositorUpdate):
    """A frame that is put together when it is sent, and changes what is known of the terminal then."""

    def __init__(self, update: ChopsUpdate | LayoutUpdate, on_screen: OnScreen) -> None:
        self._update, self._on_screen = update, on_screen

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self._update

    def render_segments(self, console: Console) -> str:
        """The bytes to send; where they cannot be put together, nothing is known of the terminal any more."""
        try:
            if isinstance(self._update, LayoutUpdate):
                return self._on_screen.all_of(self._update, console)
            return self._on_screen.part_of(self._update, console)
        except Exception:
            self._on_screen.forget()
            raise


class _Pen:
    """Writes cells, and knows where it is and how it writes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._system = console._color_system or ColorSystem.TRUECOLOR
        self._parts: list[str] = []
        self._now = _START
        self._place: tuple[int, int] | None = None

    def cells(self, strip: Strip) -> list[Cell] | None:
        """The cells of a piece of a line; None where it holds what one does not know the width of, or a link."""
        out: list[Cell] = []
        for segment in strip:
            text, style = segment.text, segment.style
            if (style is not None and style.link) or segment.cell_length != len(text) or not NARROW.fullmatch(text):
                return None
            look = _look(style, self._system)
            if " " in text:
                blank = (" ", _on_blanks(look))
                out += [blank if character == " " else (character, look) for character in text]
            else:
                out += [(character, look) for character in text]
        return out

    def write(self, x: int, y: int, cells: Sequence[Cell]) -> None:
        """Write cells side by side."""
        self._go(x, y)
        parts, now, last = self._parts, self._now, None
        for cell in cells:
            character, look = cell
            if cell is not last and look is not now:
                codes, now = _dip(now, look) if character != " " else _dip_for_blanks(now, look)
                parts.append(codes)
            parts.append(character)
            last = cell
        self._now, self._place = now, (x + len(cells), y)

    def write_as_it_is(self, x: int, y: int, strip: Strip) -> None:
        """Write a piece of a line as Textual does, which leaves the look of the start; where that ends is not known."""
        self._go(x, y)
        self._lift()
        self._parts.append(strip.render(self._console))
        self._place = None

    def written(self) -> str:
        """All that was written, and the look of the start behind it."""
        self._lift()
        return "".join(self._parts)

    def _go(self, x: int, y: int) -> None:
        if self._place != (x, y):
            self._parts.append(f"\x1b[{y + 1};{x + 1}H")

    def _lift(self) -> None:
        codes, self._now = _dip(self._now, _START)
        self._parts.append(codes)


def _dip(now: Look, look: Look) -> tuple[str, Look]:
    """What brings a terminal from one look to another, and that one."""
    if look == now:
        return "", now
    if look == _START:
        return "\x1b[m", look
    if look.attributes != now.attributes:
        return f"\x1b[{';'.join(('0', *filter(None, look)))}m", look
    ink = look.ink or "39"
    paper = look.paper or "49"
    if look.ink == now.ink:
        return f"\x1b[{paper}m", look
    return f"\x1b[{ink}m" if look.paper == now.paper else f"\x1b[{ink};{paper}m", look


def _dip_for_blanks(now: Look, look: Look) -> tuple[str, Look]:
    """The same for a blank: only as far as one sees it."""
    if look.attributes or _on_blanks(now).attributes:
        return _dip(now, look)
    return ("", now) if look.paper == now.paper else _dip(now, now._replace(paper=look.paper))


def _runs(there: list[Cell | None], cells: list[Cell]) -> Iterator[tuple[int, int]]:
    """Where cells differ from those that are there: the first of each run and the one behind its last."""
    if there == cells:
        return
    differ = [place for place, (old, new) in enumerate(zip(there, cells, strict=True)) if old != new]
    first = last = differ[0]
    for place in differ[1:]:
        if place > last + 1:
            look = cells[last][1]
            if place > last + 1 + _BRIDGE or any(between != look for _, between in cells[last + 1 : place]):
                yield first, last + 1
                first = place
        last = place
    yield first, last + 1


@lru_cache(maxsize=8192)
def _look(style: Style | None, system: ColorSystem) -> Look:
    """How a style is drawn, taken from what Textual would send for it."""
    if style is None:
        return _START
    sent = Strip.render_style(style, "x", system)
    if (found := _SENT.match(sent)) is None:  # no more than the text
        return _START
    attributes, ink, paper = (part or "" for part in found.groups())
    return Look(attributes, _brief(ink), _brief(paper))


def _brief(colour: str) -> str:
    """The same colour by its number, where it is one of those that have one in every terminal: in half as many bytes."""
    kind, *levels = colour.split(";")
    if levels[:1] != ["2"] or (number := _NUMBERED.get((int(levels[1]), int(levels[2]), int(levels[3])))) is None:
        return colour
    return f"{kind};5;{number}"


@lru_cache(maxsize=8192)
def _on_blanks(look: Look) -> Look:
    """What can be seen of a look on a blank."""
    if not look.attributes or _SEEN_ON_BLANKS.isdisjoint(look.attributes.split(";")):
        return Look(paper=look.paper)
    return look
