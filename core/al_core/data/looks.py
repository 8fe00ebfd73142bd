"""How items look, as screens need it: plain bytes, free of numerics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from al_core.ground.versions import Versions


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

    def pixels(self, item: int) -> bytes:
        """Grey levels of one item, row by row, 0 (paper) to 255 (ink)."""
        size = self.width * self.height
        return self.images[item * size : (item + 1) * size]


def open_deck(dataset: str) -> Deck:
    """The deck of a data set known by name."""
    from al_core.data.kinds import load_dataset
    from al_core.ground.versions import versions

    data = load_dataset(dataset)
    assert data.images is not None
    _, height, width = data.images.shape
    identity = data.fingerprint, data.item_ids, versions()
    return Deck(data.classes, data.truth, width, height, data.images.tobytes(), *identity)
