"""What has happened in the race that one watches, and when: kept for as long as it is watched."""

from __future__ import annotations

from typing import NamedTuple

from al_core.race.story import happened
from al_core.race.view import RaceView

KEPT = 20


class Happening(NamedTuple):
    """A sentence, and at what second of the race it came true."""

    seconds: float
    words: str


class Story:
    """Looks at one view of a race after the other."""

    def __init__(self) -> None:
        self.told: tuple[Happening, ...] = ()
        """The latest first."""
        self._seen: RaceView | None = None

    def look(self, view: RaceView, seconds: float) -> None:
        """See the race as it is now; what was so when one began to look is no news."""
        before, self._seen = self._seen, view
        if before is None or before.spec != view.spec or len(before.runs) != len(view.runs):
            self.told = ()
        elif before is not view:
            new = tuple(Happening(seconds, words) for words in reversed(happened(before, view)))
            self.told = (*new, *self.told)[:KEPT]
