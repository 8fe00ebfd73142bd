"""A model's field under a map's dots and signs: its classes as tints, as strong as it is sure, and lines where they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style

from al_tui.theme.colours import Palette

if TYPE_CHECKING:
    from al_core.run.field import Field

RIGHT, UNDER, CORNER = "▕", "▁", "▗"
"""Lines at the edges of a cell: what is beside it, what is under it, or both, is of another class."""
UNSURE = "░"
"""Where there are no tints: the model is not sure."""
_UNSURE = 85
"""Certainty below which it is not."""
MEMBERS = "¹²³⁴⁵⁶⁷"
"""What stands at the border of each member of a committee."""
_STEPS = 5
"""How many strengths a tint has: few, so that cells beside each other are one run of text."""


class FieldCells:
    """What is in a cell of a map where no item is, and behind what is.

    Parameters
    ----------
    field, before : of this round and of the one before; None where there is none.
    """

    def __init__(self, field: Field, before: Field | None, colours: Palette) -> None:
        self._colours = colours
        self._field = field
        self._lines = edges(field.classes, field.width)
        self._members: dict[int, int] = {}
        """The first member whose border is in a cell."""
        for number, (_, said) in enumerate(field.members):
            for at in edges(said, field.width):
                # Where several borders meet, cells take turns, so that each of them is seen.
                if at not in self._members or (at + at // field.width) % (number + 1) == 0:
                    self._members[at] = number
        old = (
            {}
            if before is None or (before.width, before.height) != (field.width, field.height)
            else edges(before.classes, before.width)
        )
        self._old = {at: line for at, line in old.items() if at not in self._lines}
        self._styles: dict[tuple[str, int, int], Style] = {}

    def line(self, at: int) -> tuple[str, str]:
        """What stands in an empty cell, and in which colour."""
        if (line := self._lines.get(at)) is not None:
            return line, f"bold {self._colours.ink}" if not self._colours.shaded else "bold"
        if (number := self._members.get(at)) is not None:
            return MEMBERS[number], "" if self._colours.shaded else self._colours.hue(number + 2)
        if (line := self._old.get(at)) is not None:
            return line, self._colours.dim
        if self._colours.shaded and self._field.certainty[at] < _UNSURE:
            return UNSURE, self._colours.dim
        return " ", self._colours.dim

    def style(self, at: int, colour: str | Style) -> str | Style:
        """How what stands in a cell is drawn on the tint of its class."""
        if self._colours.shaded or isinstance(colour, Style):
            return colour
        label, step = self._field.classes[at], self._field.certainty[at] * _STEPS // 256
        key = colour, label, step
        if key not in self._styles:
            self._styles[key] = Style.parse(f"{colour} on {self._colours.tint(label, (step + 1) / _STEPS)}")
        return self._styles[key]


def edges(classes: bytes, width: int) -> dict[int, str]:
    """The cells of lines of ``width`` at whose right or lower edge the class is another, and the line that is there."""
    found = {}
    for at, label in enumerate(classes):
        beside = (at + 1) % width != 0 and classes[at + 1] != label
        under = at + width < len(classes) and classes[at + width] != label
        if beside or under:
            found[at] = CORNER if beside and under else RIGHT if beside else UNDER
    return found
