"""How items look, as screens need it: plain bytes and text, free of numerics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from al_core.ground.versions import Versions


@dataclass(frozen=True, slots=True)
class Picture:
    """An item that is a picture.

    Parameters
    ----------
    width, height : pixels.
    pixels : one byte a pixel, row by row: grey levels 0 (paper) to 255 (ink); or three, red, green and blue as light.
    colour : whether there are three.
    """

    width: int
    height: int
    pixels: bytes
    colour: bool = False


Look = Picture
"""How one item looks: by its type a view is found that draws it."""


@dataclass(frozen=True, slots=True)
class Deck:
    """What a screen needs of a data set: the look of every item, the class names, the true classes, and what identifies it.

    ``fingerprint`` is the data set's, ``ids`` are the content hashes of its items, ``software`` is what the worker computes
    with, ``images`` holds ``height × width`` grey bytes per item, one item after the other.
    """

    classes: tuple[str, ...]
    truth: tuple[int, ...]
    width: int
    height: int
    images: bytes
    fingerprint: str
    ids: tuple[str, ...]
    software: Versions

    def look(self, row: int) -> Look:
        """How the item of one row looks."""
        size = self.width * self.height
        return Picture(self.width, self.height, self.images[row * size : (row + 1) * size])


def open_deck(dataset: str) -> Deck:
    """The deck of a data set known by name."""
    from al_core.data.kinds import load_dataset
    from al_core.ground.versions import versions

    data = load_dataset(dataset)
    assert data.images is not None
    _, height, width = data.images.shape
    identity = data.fingerprint, data.item_ids, versions()
    return Deck(data.classes, data.truth, width, height, data.images.tobytes(), *identity)
