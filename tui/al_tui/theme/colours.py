"""Colours by meaning, for dark, light and ANSI themes and for no colour at all."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from rich.style import Style
from textual.app import App
from textual.color import Color

_DARK = ("#8fb8ff", "#ffb454", "#7ee787", "#ff7b9c", "#d2a8ff", "#5ee0d8", "#ffe066", "#ff9e80", "#b5e853", "#9aa5ce")
_LIGHT = ("#1f5fbf", "#a85a00", "#1a7f37", "#c2255c", "#7a3fc4", "#0b7a75", "#8a6d00", "#b3471d", "#4d7c0f", "#4b5675")
_ANSI = (12, 11, 10, 13, 14, 9, 4, 3, 2, 5)
SHADES = " ░▒▓█"


class Palette(NamedTuple):
    """The colours of one theme.

    Parameters
    ----------
    dark : light ink on a dark ground, or the reverse.
    ansi : use only the terminal's own 16 colours.
    colour : false when the terminal, or the person, wants none.
    ground, ink : background and foreground as hex colours.
    """

    dark: bool
    ansi: bool
    colour: bool
    ground: str
    ink: str

    @property
    def shaded(self) -> bool:
        """True when pictures are drawn with shade characters instead of colours."""
        return self.ansi or not self.colour

    def run(self, index: int, *, bright: bool = True) -> str:
        """The colour of a run, as Rich writes it; the same for the same place in the race."""
        if self.ansi:
            return f"color({_ANSI[index % len(_ANSI)]})" if bright else "color(8)"
        return _run_colour(index, self.dark, self.ground, bright)

    def grey(self, level: int) -> str:
        """The colour of a picture's pixel, from 0 (paper) to 255 (ink)."""
        return _mix(*(("#101418", "#f4f1e8") if self.dark else ("#fbf8ef", "#16181d")), level)

    @property
    def dim(self) -> str:
        """Text that may be overlooked."""
        return "bright_black" if self.ansi else _mix(self.ground, self.ink, 150)

    @property
    def good(self) -> str:
        return "green" if self.ansi else "#56d364" if self.dark else "#1a7f37"

    @property
    def bad(self) -> str:
        return "red" if self.ansi else "#ff7b72" if self.dark else "#c62828"

    @property
    def accent(self) -> str:
        return "yellow" if self.ansi else "#ffd866" if self.dark else "#9a5b00"

    @property
    def selected(self) -> Style:
        """The style of the highlighted row or item."""
        if self.shaded:
            return Style(reverse=True)
        return Style(bgcolor=_mix(self.ground, self.ink, 40), bold=True)


def palette(app: App[Any]) -> Palette:
    """The palette of the app's current theme: the same object as long as the theme is the same."""
    theme = app.current_theme
    ansi = app.native_ansi_color
    ground = (theme.background or ("#121212" if theme.dark else "#e0e0e0")) if not ansi else "#000000"
    ink = (theme.foreground or ("#e0e0e0" if theme.dark else "#1e1e1e")) if not ansi else "#ffffff"
    return _palette(theme.dark, ansi, not app.no_color, ground, ink)


_palette = cache(Palette)


@cache
def _run_colour(index: int, dark: bool, ground: str, bright: bool) -> str:
    full = (_DARK if dark else _LIGHT)[index % len(_DARK)]
    return full if bright else _mix(ground, full, 115)


@cache
def _mix(low: str, high: str, level: int) -> str:
    return Color.parse(low).blend(Color.parse(high), level / 255, alpha=1.0).hex6
