"""Which part of the items one of several people is asked about: by their content, so that it is the same on every machine."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import NamedTuple

from al_core.ground.errors import BadOption
from al_core.labelling.items import Items
from al_core.sessions.settings import Settings

MOST_PEOPLE = 1000
USUAL_OVERLAP = 0.1
_WHOLE = 2**64


class Share(NamedTuple):
    """The part ``part`` of ``of``, from 1, of what is not asked of everybody; that is a share ``overlap`` of all."""

    part: int
    of: int
    overlap: float

    def holds(self, item: str) -> bool:
        """Whether an item is asked of this person. Parts are disjoint but for what is asked of everybody, and random.

        Examples
        --------
        >>> [Share(part, 2, 0.0).holds("90ce838c4487edbd") for part in (1, 2)]
        [True, False]
        """
        place = _place(item)
        if place < self.overlap:
            return True
        rest = (place - self.overlap) / (1.0 - self.overlap)
        return min(int(rest * self.of), self.of - 1) == self.part - 1

    def common(self, items: Iterable[str]) -> tuple[str, ...]:
        """Those of the items that are asked of everybody, in a random order that is everybody's."""
        placed = sorted((place, item) for item in items if (place := _place(item)) < self.overlap)
        return tuple(item for _, item in placed)


def _place(item: str) -> float:
    """Where an item lies between 0 and 1, as at random, by its content."""
    digest = hashlib.blake2b(f"share {item}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / _WHOLE


def share_of(settings: Settings) -> Share | None:
    """The part that a session asks about; None where that is everything.

    Raises
    ------
    BadOption
        It is no part, or an overlap without one.
    """
    if settings.share is None:
        if settings.overlap is not None:
            raise BadOption("--overlap is about the parts of several people; say which is yours: --share 1/2", "overlap")
        return None
    found = re.fullmatch(r"([1-9]\d{0,3})/([1-9]\d{0,3})", settings.share)
    part, of = (int(number) for number in found.groups()) if found else (0, 0)
    if not 1 <= part <= of <= MOST_PEOPLE:
        raise BadOption(
            f"--share is {settings.share!r}; give your number and how many you are, e.g. 1/2, at most {MOST_PEOPLE}", "share"
        )
    return Share(part, of, USUAL_OVERLAP if settings.overlap is None else settings.overlap)


def of_share(items: Items, settings: Settings) -> Items:
    """The items, of which only those of the person's part are asked; a model learns from all what they are like."""
    share = share_of(settings)
    if share is None:
        return items
    return items.only(items.ids[row] for row in items.pool if share.holds(items.ids[row]))
