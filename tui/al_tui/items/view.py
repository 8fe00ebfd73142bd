"""Drawing one item, whatever it is: the view is chosen by the type of its look.

Widgets ask for a place of so many cells and get lines that fit into it; they know no pixels, and no kinds of data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.text import Text

from al_core.data.looks import Look, Picture
from al_tui.items import picture
from al_tui.theme.colours import Palette

Draw = Callable[[Any, int, int, Palette], Sequence[Text]]


class View(NamedTuple):
    """How looks of one type are drawn: both take a look, a width and a height in cells, and the colours."""

    small: Draw
    """To be recognised among others; no larger than it must be."""
    large: Draw
    """To be looked at; as large as the place allows."""


VIEWS: dict[type, View] = {Picture: View(picture.small, picture.large)}


def small(look: Look, width: int, height: int, colours: Palette) -> Sequence[Text]:
    """The item in a place of at most ``width`` × ``height`` cells, among others; lines of one width."""
    return VIEWS[type(look)].small(look, max(1, width), max(1, height), colours)


def large(look: Look, width: int, height: int, colours: Palette) -> Sequence[Text]:
    """The item as large as ``width`` × ``height`` cells allow; lines of one width."""
    return VIEWS[type(look)].large(look, max(1, width), max(1, height), colours)
