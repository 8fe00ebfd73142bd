"""One item: as large as there is room for, the keys that label it, and what the model thinks when that may be seen."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.message import Message

from al_core.data.looks import Picture, is_read
from al_core.run.state import Pick
from al_core.sessions.scheme import Scheme
from al_tui.commands.class_keys import ClassKeys, class_keys, keys_of
from al_tui.items.view import Reading, Room, large, part
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import bars, clipped
from al_tui.widgets.drawn import Drawn
from al_tui.widgets.host import Host

if TYPE_CHECKING:
    from al_core.data.looks import Look

_UNDER = 3
"""Lines under the item that are not keys: blank, caption, blank."""
_BESIDE = 17
"""Cells beside an item in which bars can be read."""
_BARS = 10
"""Lines of probabilities under an item, where there is no room beside it."""
_COLUMN = 46
"""Cells in which words are easily read."""
_LONGEST_NAME = 18
_MORE = "{} of {} screens: {}"
"""What is said under an item that is longer than its room."""


class Place(NamedTuple):
    """Where the key of a class stands: a line of the keys, and the first cell and the one behind the last."""

    line: int
    begin: int
    end: int


class Item(Drawn):
    """One item, large, and what the model thinks of it or why that is not to be seen.

    Where keys label, those of the classes stand under it; a click on one is an answer.

    Parameters
    ----------
    keys : whether the keys are shown.
    """

    DEFAULT_CSS = "Item { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    class Chosen(Message):
        """A class was clicked."""

        def __init__(self, label: int) -> None:
            super().__init__()
            self.label = label

    def __init__(self, *, keys: bool) -> None:
        super().__init__()
        self._with_keys = keys
        self._shown: object = None
        self._look: Look | None = None
        self._names: tuple[str, ...] = ()
        self._added = 0
        self._scheme: Scheme | None = None
        self._pick: Pick | None = None
        self._answer: int | None = None
        self._caption = Text()
        self._words: tuple[str, ...] = ()
        self._places: dict[int, Place] = {}
        self._first_line = 0
        """The line of the widget on which the keys begin."""
        self._reading = Reading()
        self._lines_shown, self._lines_there = 1, 1

    def show(
        self,
        look: Look | None,
        classes: tuple[str, ...],
        pick: Pick | None,
        answer: int | None,
        caption: Text,
        words: tuple[str, ...],
        added: int = 0,
        scheme: Scheme | None = None,
    ) -> None:
        """Show an item.

        Parameters
        ----------
        look : how the item looks; None when there is none, and ``words`` say why.
        classes : class names.
        pick : what the model thinks, if it may be seen.
        answer : the label it has.
        caption : one line under the item.
        words : paragraphs said in place of the model's opinion.
        added : how many of the classes, the last ones, were added to the session.
        scheme : which of the classes there are, and what has become of the others; None where nobody does anything to them.
        """
        shown = (look, classes, pick, answer, caption, words, added, scheme)
        if shown != self._shown:
            if look != self._look:
                self._reading = self._reading._replace(first=0, zoom=1)
            self._shown = shown
            self._look, self._names, self._pick, self._answer, self._caption, self._words, self._added, self._scheme = shown
            self.redraw()

    def scroll(self, key: str) -> None:
        """Read on in an item that is longer than its room, or back: by a line, a screen, or to an end; of a picture that is
        zoomed another part is seen. ``w``, ``z`` and ``k`` are for `wrap`, `zoom` and `raise_contrast`.
        """
        if (look := {"w": self.wrap, "z": self.zoom, "k": self.raise_contrast}.get(key)) is not None:
            look()
            return
        if isinstance(self._look, Picture):
            self._reading = moved(self._reading, key)
            self.redraw()
            return
        screen, last = self._lines_shown, max(0, self._lines_there - self._lines_shown)
        far = {"up": -1, "down": 1, "pageup": -screen, "pagedown": screen, "home": -self._lines_there}
        first = min(last, max(0, self._reading.first + far.get(key, self._lines_there)))
        if first != self._reading.first:
            self._reading = self._reading._replace(first=first)
            self.redraw()

    def zoom(self) -> None:
        """See the middle of a picture twice as large, or four times, or all of it again."""
        larger = {1: 2, 2: 4}.get(self._reading.zoom, 1)
        self._reading = self._reading._replace(zoom=larger if isinstance(self._look, Picture) else 1, across=0.5, down=0.5)
        self.redraw()

    def raise_contrast(self) -> None:
        """Spread the levels of pictures, or leave them as they are; others follow."""
        self._reading = self._reading._replace(contrast=not self._reading.contrast)
        self.redraw()

    def wrap(self) -> None:
        """Break lines that are too long, or cut them where they were broken so far; this item begins anew, others follow."""
        self._reading = self._reading._replace(first=0, wrapped=not self._reading.wrapped)
        self.redraw()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll("down")

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll("up")

    def render(self) -> Text:
        if self._look is None:
            lines = self._wrapped(self.size.width - 2)
            return Text("\n" + "\n".join(f"  {line}" for line in lines), palette(self.app).dim)
        return self._above_keys(self._look) if self._with_keys else self._alone(self._look)

    def _alone(self, look: Look) -> Text:
        """The item with its caption, and the opinion beside it."""
        colours = palette(self.app)
        width, height = self.size
        drawn = large(look, Room(width - _BESIDE, height - 1), colours)
        across = drawn[0].cell_len
        caption = self._caption.copy()
        caption.truncate(across, overflow="ellipsis")
        caption.align("center", across)
        left = [*drawn, caption]
        beside = width - across - 3
        side = self._opinion(beside if self._pick is None else beside + 2, height, colours)  # behind bars some cells stay free
        lines = []
        for y in range(min(max(len(left) + 1, len(side)), height)):
            cell = left[y] if y < len(left) else Text(" " * across)
            lines.append(Text(" ").append(cell).append("  ").append(side[y] if y < len(side) else Text()))
        return Text("\n", no_wrap=True).join(lines)

    def _above_keys(self, look: Look) -> Text:
        """The item with its caption, and the keys under it; the opinion beside it, or where it is larger so, under all that."""
        colours = palette(self.app)
        width, height = self.size
        bound = self.app.bound if isinstance(self.app, Host) else None
        keys = class_keys(self._names, bound, self._added) if self._scheme is None else keys_of(self._scheme, bound)
        lines_of_keys, self._places = key_lines(keys, self._answer, width - 1, max(1, height // 4), colours)
        under = _UNDER + len(lines_of_keys)
        bars_below = min(len(keys.classes), _BARS)
        room, other = Room(width - 2, height - under - bars_below), Room(width - _BESIDE - 4, height - under)
        picture, total = part(look, room, colours, self._reading)
        narrow, total_narrow = part(look, other, colours, self._reading)
        beside = _area(narrow) >= _area(picture) if not is_read(look) else other.width >= _COLUMN
        if beside:
            picture, total, room = narrow, total_narrow, other
        across = picture[0].cell_len
        self._lines_shown, self._lines_there = max(1, room.height), total
        as_keys = self._are_keys(keys, height - _UNDER + 1 if beside else bars_below)
        place = (width - across - 3, height - (_UNDER - 1 if as_keys else under)) if beside else (across + 1, bars_below)
        opinion = self._opinion(*place, colours, keys if as_keys else None)[: max(1, place[1])]
        lines = [Text(" ").append(line) for line in picture]
        lines += [Text() for _ in range(len(opinion) - len(lines) if beside else 0)]
        caption = Text(" ").append(self._caption)
        caption.truncate(width, overflow="ellipsis")
        lines += [self._how_far(colours), caption, Text()]
        self._first_line = len(lines)
        if as_keys:
            begin, above = (across + 2, 0) if beside else (0, self._first_line)
            above -= self._first_line
            self._places = {label: Place(above + line, begin, width) for line, label in enumerate(keys.numbers)}
        else:
            lines += [Text(" ").append(line) for line in lines_of_keys]
        if beside:
            for y, line in enumerate(opinion):  # above the caption, which may be longer than the picture is wide
                lines[y].append(" " * (across + 3 - lines[y].cell_len)).append(line)
        else:
            lines += [Text(" ").append(line) for line in opinion]
        return Text("\n", no_wrap=True, overflow="ellipsis").join(lines[:height])

    def _how_far(self, colours: Palette) -> Text:
        """On which screen of an item one is that is longer than its room; of a picture, how it is seen."""
        if isinstance(self._look, Picture):
            larger = f"{self._reading.zoom}× · ↑↓ Home End move it" if self._reading.zoom > 1 else ""
            said = " · ".join(filter(None, (larger, "contrast" * self._reading.contrast)))
            if said or self._look.full is None:
                return Text(f" {said}", colours.accent) if said else Text()
            return Text(" {}×{} pixels".format(*self._look.full), colours.dim)
        if self._lines_there <= self._lines_shown:
            return Text()
        screens = -(-self._lines_there // self._lines_shown)
        now = min(screens, -(-self._reading.first // self._lines_shown) + 1)
        keys = "↓ PgDn" if not self._reading.first else "↑ PgUp" if now == screens else "↑ ↓ PgUp PgDn"
        return Text(" " + _MORE.format(now, screens, keys), colours.accent)

    def _are_keys(self, keys: ClassKeys, lines: int) -> bool:
        """Whether the model's opinion has a line for each key, so that no other list of them is needed."""
        whole = keys.numbers == tuple(range(len(self._names)))
        return self._pick is not None and whole and len(keys.numbers) <= lines

    def _opinion(self, width: int, height: int, colours: Palette, keys: ClassKeys | None = None) -> list[Text]:
        """What the model thinks, or why that is not to be seen; with the ``keys`` where it stands in their place."""
        if self._pick is None:
            return [Text(), *(Text(line, colours.dim) for line in self._wrapped(width))]
        if keys is None:
            return bars(self._names, self._pick, self._answer, width, height, colours)
        words = tuple(_word(key, name).strip() for key, name in zip(keys.keys, keys.classes, strict=True))
        return bars(words, self._pick, self._answer, width, height, colours, f"bold {colours.accent}")

    def _wrapped(self, room: int) -> list[str]:
        return [line for words in self._words for line in wrap(words, max(1, min(room, _COLUMN))) or [""]]

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        for label, place in self._places.items():
            if offset.y == self._first_line + place.line and place.begin <= offset.x - 1 < place.end:
                self.post_message(self.Chosen(label))


_STEP = 0.25
"""How far a part of a picture is moved by a key, of the way from one edge to the other."""


def moved(reading: Reading, key: str) -> Reading:
    """Another part of a picture: further up or down, or with Home and End to the left or right; PgUp and PgDn to the edges."""
    across = {"home": -_STEP, "end": _STEP}.get(key, 0.0)
    down = {"up": -_STEP, "down": _STEP, "pageup": -1.0, "pagedown": 1.0}.get(key, 0.0)
    return reading._replace(across=min(1.0, max(0.0, reading.across + across)), down=min(1.0, max(0.0, reading.down + down)))


def _area(lines: Sequence[Text]) -> int:
    """Cells of an item as it is drawn: the more, the more there is to see of it."""
    return len(lines) * lines[0].cell_len


def key_lines(
    keys: ClassKeys, answer: int | None, width: int, height: int, colours: Palette
) -> tuple[list[Text], dict[int, Place]]:
    """The keys with their classes, wrapped, and where each stands. Classes that find no place are counted at the end.

    Parameters
    ----------
    answer : the class that the item has; it stands in brackets.
    width, height : cells and lines there are.
    """
    words = [_word(key, name) for key, name in zip(keys.keys, keys.classes, strict=True)]
    rows = _rows(words, width, height, 0)
    if sum(map(len, rows)) < len(words):
        rows = _rows(words, width, height, cell_len(_more(len(words))))
    lines, places, at = [], {}, 0
    for number, row in enumerate(rows):
        line = Text()
        for word in row:
            begin = line.cell_len
            label = keys.numbers[at]
            chosen = label == answer
            line.append(f"[{word[1:-1]}]" if chosen else word, f"bold {colours.good if chosen else colours.accent}")
            places[label] = Place(number, begin, line.cell_len)
            at += 1
        lines.append(line)
    if at < len(words):
        lines[-1].append(_more(len(words) - at), colours.dim)
    return lines, places


def _word(key: str, name: str) -> str:
    shown = clipped(name, _LONGEST_NAME)
    return f" {shown} " if key == name or not key else f" {key} {shown} "


def _more(count: int) -> str:
    return f" +{count} more: Tab"


def _rows(words: Sequence[str], width: int, height: int, reserved: int) -> list[list[str]]:
    """Words one after the other, wrapped; on the last of ``height`` lines so many cells stay free."""
    rows: list[list[str]] = [[]]
    for word in words:
        room = width - (reserved if len(rows) == height else 0)
        if rows[-1] and cell_len("".join(rows[-1])) + cell_len(word) > room:
            if len(rows) == height:
                break
            rows.append([])
        rows[-1].append(word)
    return rows
