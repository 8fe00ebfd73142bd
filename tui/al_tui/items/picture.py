"""Pictures of items in text: half blocks in grey levels or colours, or shade characters where there is no colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.style import Style
from rich.text import Text

from al_core.data.looks import Picture
from al_tui.items.view import Part, Reading, Room
from al_tui.theme.colours import SHADES, Palette

_FEW = 20
"""Levels that are told apart in steps of the greys that a terminal has numbers for."""
_ASIDE = 0.02
"""Share of levels at either end that are not told apart where contrast is raised."""
_KEPT = 256
"""Pictures kept: those of all batches that one looks at by turns."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """Pixels; a picture that is larger than its room is made smaller as a whole, never stretched."""

    look: Picture
    colours: Palette

    def small(self, room: Room) -> Sequence[Text]:
        """Two pixel rows a line, one pixel a column: 8×8 pixels give 4 lines of 8 columns, or where there is room 8 of 16."""
        look, height = self.look, 2 * room.height
        times = min(room.width // look.width, height // look.height)
        return _halves(_repeated(look, times) if times > 1 else _fitted(look, room.width, height), self.colours)

    def large(self, room: Room) -> Sequence[Text]:
        """Two columns per pixel and more; one, with half lines, where that is all there is room for."""
        zoom = min(room.width // (2 * self.look.width), room.height // self.look.height)
        return _blocks(self.look, self.colours, zoom) if zoom >= 1 else self.small(room)

    def part(self, room: Room, reading: Reading) -> Part:
        """The picture, or a part of it that is larger so, with its levels as they are or spread."""
        look = self.look
        if reading.zoom > 1:
            look = _cut(look, reading.zoom, reading.across, reading.down)
            look = _repeated(look, min(room.width // look.width, 2 * room.height // look.height))
        lines = PictureView(_spread(look) if reading.contrast else look, self.colours).large(room)
        return Part(lines, len(lines))


@lru_cache(maxsize=_KEPT)
def _cut(look: Picture, zoom: int, across: float, down: float) -> Picture:
    """A part of a picture, ``zoom`` times less wide and high; ``across`` and ``down`` say where, from 0 to 1."""
    width, height = max(1, look.width // zoom), max(1, look.height // zoom)
    left, top = round(across * (look.width - width)), round(down * (look.height - height))
    depth = 3 if look.colour else 1
    rows = (depth * (y * look.width + left) for y in range(top, top + height))
    return Picture(width, height, b"".join(look.pixels[begin : begin + depth * width] for begin in rows), look.colour)


@lru_cache(maxsize=_KEPT)
def _repeated(look: Picture, times: int) -> Picture:
    """The picture with each pixel so many times beside and below itself, if that is more than once."""
    if times <= 1:
        return look
    rows = (b"".join(bytes(_bytes(pixel)) * times for pixel in _row(look, y)) * times for y in range(look.height))
    return Picture(look.width * times, look.height * times, b"".join(rows), look.colour)


def _bytes(pixel: Pixel) -> tuple[int, ...]:
    return (pixel,) if isinstance(pixel, int) else pixel


@lru_cache(maxsize=_KEPT)
def _spread(look: Picture) -> Picture:
    """The picture with its levels spread over all there are: two in a hundred become the darkest, and the lightest."""
    counts = Counter(look.pixels)
    aside = len(look.pixels) * _ASIDE
    low, high = _beyond(sorted(counts.items()), aside), _beyond(sorted(counts.items(), reverse=True), aside)
    if low >= high:
        return look
    table = bytes(min(255, max(0, round((level - low) * 255 / (high - low)))) for level in range(256))
    return Picture(look.width, look.height, look.pixels.translate(table), look.colour)


def _beyond(counts: Sequence[tuple[int, int]], aside: float) -> int:
    """The first level, in the order of ``counts``, up to which there are more than so many."""
    seen = 0
    for level, count in counts:
        seen += count
        if seen > aside:
            return level
    return counts[-1][0]


@lru_cache(maxsize=_KEPT)
def _fitted(look: Picture, width: int, height: int) -> Picture:
    """The picture, each pixel the mean of those it stands for, so that it is at most ``width`` × ``height`` pixels."""
    width, height = max(1, width), max(1, height)
    if look.width <= width and look.height <= height:
        return look
    share = min(width / look.width, height / look.height)
    across, down = max(1, int(look.width * share)), max(1, int(look.height * share))
    depth = 3 if look.colour else 1
    columns = [_part(x, across, look.width) for x in range(across)]
    out = bytearray()
    for y in range(down):
        rows = _part(y, down, look.height)
        sums = [[0] * look.width for _ in range(depth)]
        for row in rows:
            line = look.pixels[row * look.width * depth : (row + 1) * look.width * depth]
            for channel in range(depth):
                sums[channel] = [a + b for a, b in zip(sums[channel], line[channel::depth], strict=True)]
        for part in columns:
            count = len(part) * len(rows)
            out.extend(sum(sums[channel][part.start : part.stop]) // count for channel in range(depth))
    return Picture(across, down, bytes(out), look.colour)


def _part(at: int, parts: int, length: int) -> range:
    """Which of ``length`` pixels the one at place ``at`` of ``parts`` stands for; at least one."""
    begin = at * length // parts
    return range(begin, max((at + 1) * length // parts, begin + 1))


@lru_cache(maxsize=_KEPT)
def _halves(look: Picture, colours: Palette) -> Sequence[Text]:
    lines = []
    few = not look.colour and len(set(look.pixels)) <= _FEW
    for y in range(0, look.height, 2):
        upper = _row(look, y)
        lower = _row(look, y + 1) if y + 1 < look.height else [None] * look.width  # what is behind the picture
        line = Text()
        for top, bottom in zip(upper, lower, strict=True):
            if colours.shaded:
                line.append(_shade((_ink(top) + (0 if bottom is None else _ink(bottom))) // 2))
            else:
                line.append("▀", _two(top, bottom, colours, few))
        lines.append(line)
    return lines


@lru_cache(maxsize=_KEPT)
def _blocks(look: Picture, colours: Palette, zoom: int) -> Sequence[Text]:
    lines = []
    for y in range(look.height):
        line = Text()
        for pixel in _row(look, y):
            if colours.shaded:
                line.append(_shade(_ink(pixel)) * (2 * zoom))
            else:
                line.append("  " * zoom, Style(bgcolor=_colour(pixel, colours)))
        lines.extend([line] * zoom)
    return lines


Pixel = int | tuple[int, int, int]
"""A grey level of ink, or red, green and blue of light."""


def _row(look: Picture, y: int) -> list[Pixel]:
    if not look.colour:
        return list(look.pixels[y * look.width : (y + 1) * look.width])
    line = look.pixels[3 * y * look.width : 3 * (y + 1) * look.width]
    return list(zip(line[::3], line[1::3], line[2::3], strict=True))


def _ink(pixel: Pixel) -> int:
    """How dark a pixel is, 0 (paper) to 255 (ink)."""
    if isinstance(pixel, int):
        return pixel
    red, green, blue = pixel
    return 255 - (299 * red + 587 * green + 114 * blue) // 1000


def _colour(pixel: Pixel, colours: Palette) -> str:
    return colours.grey(pixel) if isinstance(pixel, int) else "#{:02x}{:02x}{:02x}".format(*pixel)


@lru_cache(maxsize=4096)
def _two(top: Pixel, bottom: Pixel | None, colours: Palette, few: bool) -> Style:
    """The look of two pixels above each other; of a picture with ``few`` levels, in colours that are sent in few bytes."""
    each = [colours.step(pixel) if few and isinstance(pixel, int) else _colour(pixel, colours) for pixel in (top, bottom or 0)]
    return Style(color=each[0], bgcolor=None if bottom is None else each[1])


def _shade(level: int) -> str:
    return SHADES[min(len(SHADES) - 1, level * len(SHADES) // 256)]


LOOK, VIEW = Picture, PictureView
