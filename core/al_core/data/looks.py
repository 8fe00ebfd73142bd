"""How one item looks, at one size: plain bytes and text that cross borders, free of numerics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Size(NamedTuple):
    """Pixels that there is a use for: a picture that has more is made smaller before it crosses a border."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """An item that is a picture.

    Parameters
    ----------
    width, height : pixels.
    pixels : one byte a pixel, row by row: grey levels 0 (paper) to 255 (ink); or three, red, green and blue as light.
    colour : whether there are three.
    full : pixels across and down that it has in its file, where that is to be told.
    """

    width: int
    height: int
    pixels: bytes
    colour: bool = False
    full: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """An item that is a row of a table.

    Parameters
    ----------
    fields : names of columns and what stands there, in order.
    notes : of each in a few words how unusual that is; empty where nothing is known of it, or nothing of any.
    unusual : the same as numbers: what has no room gives way to what has a larger one. Empty where nothing is known.
    """

    fields: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()
    unusual: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Passage:
    """An item that is a text; line feeds part its paragraphs.

    Parameters
    ----------
    text : all of it.
    fields : names and values that are shown with it.
    """

    text: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """An item that is a point in the plane.

    Parameters
    ----------
    across, down : where it lies, from the left and from the top, from 0 up to 65,535.
    others : the places of it and its fellows, two unsigned 16-bit numbers each, across and down.
    fields : its numbers, by name.
    """

    across: int
    down: int
    others: bytes
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Coming:
    """Stands for a look that is on its way."""


Look = Picture | Card | Passage | Point | Coming
"""How one item looks: by its type a view is found that draws it."""

COMING = Coming()


def is_read(look: Look) -> bool:
    """Whether it is words, which take room to be read in."""
    return isinstance(look, Card | Passage)


def weight(look: Look) -> int:
    """About how many bytes a look takes."""
    match look:
        case Picture(pixels=pixels):
            return len(pixels)
        case Card(fields=fields, notes=notes):
            return sum(len(name) + len(value) for name, value in fields) + sum(map(len, notes))
        case Passage(text=text, fields=fields):
            return len(text) + sum(len(name) + len(value) for name, value in fields)
        case Point(others=others):  # which all of a data set share
            return len(others) // 16
        case _:
            return 0
