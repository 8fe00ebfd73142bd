"""Pictures of items in text: half blocks in grey levels, or shade characters where there is no colour."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from al_tui.theme.colours import SHADES, Palette

if TYPE_CHECKING:
    from al_core.data.looks import Deck

_KEPT = 256
"""Pictures kept: those of all batches that one looks at by turns."""


def small(deck: Deck, item: int, colours: Palette) -> Sequence[Text]:
    """Half-size picture: two pixel rows per line, one pixel per column; 8×8 pixels give 4 lines of 8 columns."""
    return _small(deck.pixels(item), deck.width, colours)


def large(deck: Deck, item: int, colours: Palette, zoom: int = 1) -> Sequence[Text]:
    """Full-size picture: two columns per pixel, ``zoom`` times as large; 8×8 pixels give 8 lines of 16 columns."""
    return _large(deck.pixels(item), deck.width, colours, zoom)


@lru_cache(maxsize=_KEPT)
def _small(pixels: bytes, width: int, colours: Palette) -> Sequence[Text]:
    lines = []
    for y in range(0, len(pixels), 2 * width):
        upper = pixels[y : y + width]
        lower = pixels[y + width : y + 2 * width] or bytes(width)
        line = Text()
        for top, bottom in zip(upper, lower, strict=True):
            if colours.shaded:
                line.append(_shade((top + bottom) // 2))
            else:
                line.append("▀", _halves(top, bottom, colours))
        lines.append(line)
    return lines


@lru_cache(maxsize=_KEPT)
def _large(pixels: bytes, width: int, colours: Palette, zoom: int) -> Sequence[Text]:
    lines = []
    for y in range(0, len(pixels), width):
        line = Text()
        for level in pixels[y : y + width]:
            if colours.shaded:
                line.append(_shade(level) * (2 * zoom))
            else:
                line.append("  " * zoom, Style(bgcolor=colours.grey(level)))
        lines.extend([line] * zoom)
    return lines


@lru_cache(maxsize=4096)
def _halves(top: int, bottom: int, colours: Palette) -> Style:
    return Style(color=colours.grey(top), bgcolor=colours.grey(bottom))


def _shade(level: int) -> str:
    return SHADES[min(len(SHADES) - 1, level * len(SHADES) // 256)]
