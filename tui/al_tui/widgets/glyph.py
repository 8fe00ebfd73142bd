"""Pictures of items in text: half blocks in grey levels, or shade characters where there is no colour."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from al_tui.palette import SHADES, Palette

if TYPE_CHECKING:
    from al_core.worker import Deck


def small(deck: Deck, item: int, colours: Palette) -> list[Text]:
    """Half-size picture: two pixel rows per line, one pixel per column; 8×8 pixels give 4 lines of 8 columns."""
    pixels, width = deck.pixels(item), deck.width
    lines = []
    for y in range(0, deck.height, 2):
        upper = pixels[y * width : (y + 1) * width]
        lower = pixels[(y + 1) * width : (y + 2) * width] or bytes(width)
        line = Text()
        for top, bottom in zip(upper, lower, strict=True):
            if colours.shaded:
                line.append(_shade((top + bottom) // 2))
            else:
                line.append("▀", _ink(colours.grey(top), colours.grey(bottom)))
        lines.append(line)
    return lines


def large(deck: Deck, item: int, colours: Palette, zoom: int = 1) -> list[Text]:
    """Full-size picture: two columns per pixel, ``zoom`` times as large; 8×8 pixels give 8 lines of 16 columns."""
    pixels, width = deck.pixels(item), deck.width
    lines = []
    for y in range(deck.height):
        line = Text()
        for level in pixels[y * width : (y + 1) * width]:
            if colours.shaded:
                line.append(_shade(level) * (2 * zoom))
            else:
                line.append("  " * zoom, _ink(None, colours.grey(level)))
        lines.extend([line] * zoom)
    return lines


@lru_cache(4096)
def _ink(upper: str | None, lower: str) -> Style:
    return Style(color=upper, bgcolor=lower)


def _shade(level: int) -> str:
    return SHADES[min(len(SHADES) - 1, level * len(SHADES) // 256)]
