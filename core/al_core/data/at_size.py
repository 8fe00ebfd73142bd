"""How an item of a data set looks at a size: what is larger than anybody can see is made smaller where it is loaded."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.dataset import Dataset
from al_core.data.looks import Card, Look, Passage, Picture, Size
from al_core.ground.numbers import typed

MOST_FIELDS = 2000
"""Columns of a card; more are read by nobody."""
LONGEST_PASSAGE = 100_000
"""Characters of a text that are sent to a screen."""


def look_at(data: Dataset, row: int, size: Size) -> Look:
    """How the item of a row looks: as the data set says, or as its picture, or as a card of its numbers."""
    if data.looks is not None:
        return fitted(data.looks[row], size)
    if data.images is not None:
        height, width = data.images[row].shape
        return fitted(Picture(width, height, data.images[row].tobytes()), size)
    numbers = data.X[row, :MOST_FIELDS].tolist()
    return Card(tuple((f"x{number}", typed(value)) for number, value in enumerate(numbers, 1)))


def fitted(look: Look, size: Size) -> Look:
    """The look with nothing in it that nobody could see on a screen of ``size``."""
    match look:
        case Card(fields=fields, notes=notes, unusual=unusual):
            return Card(tuple(fields[:MOST_FIELDS]), tuple(notes[:MOST_FIELDS]), tuple(unusual[:MOST_FIELDS]))
        case Passage(text=text, fields=fields) if len(text) > LONGEST_PASSAGE:
            return Passage(text[: LONGEST_PASSAGE - 1] + "…", fields)
        case Picture(width=width, height=height) if width > size.width or height > size.height:
            share = min(size.width / width, size.height / height)
            across, down = max(1, int(width * share)), max(1, int(height * share))
            depth = 3 if look.colour else 1
            levels = np.frombuffer(look.pixels, dtype=np.uint8).reshape(height, width, depth)
            seen = _means(_means(levels, down, 0), across, 1).astype(np.uint8)
            return Picture(across, down, seen.tobytes(), look.colour, look.full)
        case _:
            return look


def _means(levels: NDArray[Any], parts: int, axis: int) -> NDArray[np.float64]:
    """Means of ``parts`` parts along an axis, which has no fewer entries."""
    length = levels.shape[axis]
    begins = np.arange(parts) * length // parts
    counts = np.diff([*begins.tolist(), length])
    shape = [1, 1, 1]
    shape[axis] = parts
    sums: NDArray[np.float64] = np.add.reduceat(levels.astype(np.float64), begins, axis=axis)
    return sums / counts.reshape(shape)
