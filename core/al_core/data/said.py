"""What stands in an item, in words, so that it can be searched and named in a line; no picture is opened for that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from al_core.data.looks import Card, Look, Passage, Point

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

Words = Sequence[tuple[str, str]]
"""Names of columns, and what stands there; a text that is the item itself has no name."""


def words_of(look: Look) -> Words:
    """What stands in a look; nothing in a picture."""
    match look:
        case Card(fields=fields) | Point(fields=fields):
            return fields
        case Passage(text=text, fields=fields):
            return (("", text), *fields)
        case _:
            return ()


def words_in(data: Dataset, row: int) -> Words:
    """What stands in a row of a data set. Looks that are made when they are asked for may have ``words``, which makes less."""
    if data.looks is None:
        return () if data.images is not None else _numbers(data, row)
    if (said := getattr(data.looks, "words", None)) is not None:
        found: Words = said(row)
        return found
    return words_of(data.looks[row])


def _numbers(data: Dataset, row: int) -> Words:
    from al_core.data.at_size import look_at
    from al_core.data.looks import Size

    return words_of(look_at(data, row, Size(1, 1)))
