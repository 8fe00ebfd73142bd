"""Drawing one item, whatever it is: the view is chosen by the type of its look.

Widgets ask for a room of so many cells and get lines that fit into it; they know no pixels, and no kinds of data. A module of
this package that draws a look says which by ``LOOK``, and how by ``VIEW``, a `View` that is made of the look and the colours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from rich.text import Text

from al_tui.theme.colours import Palette

if TYPE_CHECKING:
    from al_core.data.looks import Look


class Room(NamedTuple):
    """A place for an item: columns and lines, at least one of each."""

    width: int
    height: int


class Reading(NamedTuple):
    """How one looks at an item.

    ``first`` is the first line that is shown of what is longer than its room; where it is not ``wrapped``, lines that are too
    long are cut. Of a picture a part is seen, ``zoom`` times as large, which lies so far ``across`` and ``down`` from 0 to 1;
    and its levels are spread where there is to be ``contrast``.
    """

    first: int = 0
    wrapped: bool = True
    zoom: int = 1
    across: float = 0.5
    down: float = 0.5
    contrast: bool = False


class Part(NamedTuple):
    """Lines of an item, and how many all of it would take."""

    lines: Sequence[Text]
    total: int


class View(Protocol):
    """How one item is drawn: lines of one width, no wider and no more of them than there is room for."""

    def small(self, room: Room) -> Sequence[Text]:
        """To be recognised among others; no larger than it must be."""
        ...

    def large(self, room: Room) -> Sequence[Text]:
        """To be looked at; as large as the room allows."""
        ...


@cache
def views() -> Mapping[type, Callable[[Any, Palette], View]]:
    """What draws the looks of each type."""
    from al_core.ground.modules import modules_of

    modules = modules_of(__package__ or "")
    return {module.LOOK: module.VIEW for module in modules if hasattr(module, "LOOK")}


def small(look: Look, room: Room, colours: Palette) -> Sequence[Text]:
    """The item among others."""
    return views()[type(look)](look, colours).small(_real(room))


def large(look: Look, room: Room, colours: Palette) -> Sequence[Text]:
    """The item as large as the room allows."""
    return views()[type(look)](look, colours).large(_real(room))


def part(look: Look, room: Room, colours: Palette, reading: Reading) -> Part:
    """The item as large as the room allows, from where one has read to: a look that is longer than its room has a view with
    ``part``, which is called as this is.
    """
    view = views()[type(look)](look, colours)
    if (read := getattr(view, "part", None)) is not None:
        found: Part = read(_real(room), reading)
        return found
    lines = view.large(_real(room))
    return Part(lines, len(lines))


def only_joining(text: str) -> str:
    """The text without joiners (U+200D) that stand at its ends or beside a space: measured, they would swallow that space."""
    return re.sub("(?<!\\S)\u200d+|\u200d+(?!\\S)", "", text)


def _real(room: Room) -> Room:
    return Room(max(1, room.width), max(1, room.height))
