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
    """Looks at one view of a race after the other.

    Parameters
    ----------
    again : whether what failed can be tried again.
    """

    def __init__(self, *, again: bool = True) -> None:
        self._again = again
        self._until = 0.0
        self.told: tuple[Happening, ...] = ()
        """The latest first."""
        self._seen: RaceView | None = None

    def look(self, view: RaceView, seconds: float) -> None:
        """See the race as it is now; what was so when one began to look is no news, and what is still to come is not told."""
        before, self._seen = self._seen, view
        back, self._until = seconds < self._until, seconds
        if before is not None and before.runs and len(view.runs) > len(before.runs):
            new_runs = view.runs[len(before.runs) :]
            begun = tuple(Happening(seconds, f"{run.name} begins, at {run.state.labels:,} labels") for run in new_runs)
            self.told = (*begun, *self.told)[:KEPT]
            before = before._replace(runs=(*before.runs, *new_runs))
        if before is None or before.spec != view.spec or len(before.runs) != len(view.runs):
            self.told = ()
        elif back:
            self.told = tuple(told for told in self.told if told.seconds <= seconds)
        elif before is not view:
            new = tuple(Happening(seconds, words) for words in reversed(happened(before, view, again=self._again)))
            self.told = (*new, *self.told)[:KEPT]
