"""Colours by meaning, for dark, light and ANSI themes and for no colour at all."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from rich.style import Style
from textual.app import App
from textual.color import Color

from al_core.race.marks import DARK, DARK_GREY, GREY, HUES, LIGHT, LIGHT_GREY, Mark

_ANSI, _ANSI_QUIET = (12, 11, 10, 13, 14, 9), (4, 3, 2, 5, 6, 1)
_ANSI_GREY = 7, 8
SHADES = " ░▒▓█"
_TINT = 90
"""Of 255: as much of a hue as the ground can have beneath text that is still to be read."""


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

    def run(self, mark: Mark, *, bright: bool = True) -> str:
        """The colour of a strategy, as Rich writes it."""
        if self.ansi and mark.hue == GREY:
            return f"color({_ANSI_GREY[not bright]})"
        return self.hue(mark.hue, bright=bright)

    def hue(self, number: int, *, bright: bool = True) -> str:
        """One of some colours that are told apart, of strategies or of classes; `GREY` is one of them."""
        if self.ansi:
            return f"color({(_ANSI if bright else _ANSI_QUIET)[number % len(_ANSI)]})"
        return _hue(number, self.dark, self.ground, bright)

    def grey(self, level: int) -> str:
        """The colour of a picture's pixel, from 0 (paper) to 255 (ink)."""
        return _mix(*(("#101418", "#f4f1e8") if self.dark else ("#fbf8ef", "#16181d")), level)

    def step(self, level: int) -> str:
        """Nearly the same, among the greys that a terminal has a number for, which are sent in fewer bytes: 23 of them."""
        number = round(level * 22 / 255)
        if not self.dark and not number:
            return "#ffffff"
        shade = 18 + 10 * (number if self.dark else 22 - number)
        return f"#{shade:02x}{shade:02x}{shade:02x}"

    def tint(self, number: int, strength: float) -> str:
        """The ground with something of a hue in it, from 0 for nothing to 1; not for those who have 16 colours."""
        return _mix(self.ground, self.hue(number), round(_TINT * strength))

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
def _hue(number: int, dark: bool, ground: str, bright: bool) -> str:
    hues, grey = (DARK, DARK_GREY) if dark else (LIGHT, LIGHT_GREY)
    full = grey if number == GREY else hues[number % HUES]
    return full if bright else _mix(ground, full, 115)


@cache
def _mix(low: str, high: str, level: int) -> str:
    return Color.parse(low).blend(Color.parse(high), level / 255, alpha=1.0).hex6
