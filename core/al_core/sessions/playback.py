"""A kept race as it went: all its states, one after the other, from its log. Nothing is computed but what the log leads to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from al_core.ground.safe_text import safe_text
from al_core.race.view import RaceView, RunView, with_answers
from al_core.run.state import By
from al_core.sessions.actions import DamagedSession
from al_core.sessions.database import check_header, connect_to_read, explained, read_events
from al_core.sessions.events import Event
from al_core.sessions.race_actions import RaceAction, RaceAnswered, RaceFailed, RaceHand, RaceOpened, RacePlayed, RaceTakenBack
from al_core.sessions.race_ledger import RaceLedger, begin_race, kept_view

_OF_A_RUN = RacePlayed | RaceAnswered | RaceTakenBack | RaceHand | RaceFailed


class Moment(NamedTuple):
    """The race after an event.

    Parameters
    ----------
    view : the race; true classes are not in a log, so they are not in it.
    seconds : how long the race had been running.
    run : whose event it was; None for the first.
    played : whether a round came, and not something that a person did, or that a round failed.
    """

    view: RaceView
    seconds: float
    run: int | None
    played: bool


class Playback:
    """The moments of a race, and the ways between them.

    Parameters
    ----------
    settings : what the race began with.
    moments : in the order of the log, the first one before any round.
    """

    def __init__(self, settings: RaceOpened, moments: Sequence[Moment]) -> None:
        self.settings = settings
        self.moments = tuple(moments)

    @property
    def end(self) -> int:
        """Where the last moment is."""
        return len(self.moments) - 1

    def forward(self, at: int, run: int) -> int:
        """Where the run has played its next round; when it has no more, where any run has, and else the end."""
        after = range(at + 1, self.end + 1)
        return next((there for there in after if self._is_round(there, run)), self._next_round(at))

    def back(self, at: int, run: int) -> int:
        """Where the run had last played a round before this moment; the beginning where there is none."""
        return next((there for there in range(at - 1, 0, -1) if self._is_round(there, run)), 0)

    def wait(self, at: int, pace: float) -> float:
        """Seconds to the next moment where each run plays ``pace`` rounds a second; what a person did takes as long as one."""
        if not self.moments[at + 1].played:
            return 1 / pace
        going = {moment.run for moment in self.moments[at + 1 : at + 1 + len(self.moments[0].view.runs)]}
        return 1 / (pace * len(going))

    def _is_round(self, at: int, run: int) -> bool:
        moment = self.moments[at]
        return moment.played and moment.run == run

    def _next_round(self, at: int) -> int:
        return next((there for there in range(at + 1, self.end) if self.moments[there].played), self.end)


def read_playback(path: Path) -> Playback:
    """The race in a session file, every event checked; the file is left as it is, also while somebody writes to it.

    Raises
    ------
    DamagedSession
        It is no race, or is damaged, or of a newer version.
    UserError
        It cannot be read.
    """
    check_header(path)
    with explained(path), contextlib.closing(connect_to_read(path)) as reader:
        return playback(read_events(reader))


def playback(events: Iterable[Event]) -> Playback:
    """The race that ``events`` lead through.

    Raises
    ------
    DamagedSession
        The log is empty or no race's, or an event cannot follow the one before it.
    """
    stream = iter(events)
    if (first := next(stream, None)) is None:
        raise DamagedSession("the log is empty")
    ledger = begin_race(first)
    moments = [Moment(kept_view(ledger, None), 0.0, None, False)]
    touched: set[int] = set()
    for event in stream:
        ledger.apply(event)
        action = event.action
        assert isinstance(action, _OF_A_RUN), "or the ledger had refused it"
        if _by_person(action):
            touched.add(action.run)
        before, at = moments[-1].view, action.run
        seen = _seen(ledger, at, by_person=at in touched)
        view = before._replace(runs=(*before.runs[:at], seen, *before.runs[at + 1 :]))
        moments.append(Moment(view, ledger.elapsed, at, isinstance(action, RacePlayed)))
    return Playback(ledger.settings, moments)


def _by_person(action: RaceAction) -> bool:
    match action:
        case RaceAnswered():
            return action.who is By.PERSON
        case RacePlayed():
            return any(given.by is By.PERSON for given in action.learnt)
    return False


def _seen(ledger: RaceLedger, at: int, *, by_person: bool) -> RunView:
    run = ledger.runs[at]
    seconds = run.fit_seconds, run.query_seconds
    error = None if run.error is None else safe_text(run.error)
    shown = RunView(run.state, run.by_hand, False, error, run.rounds_timed, *seconds, of=run.of)
    return with_answers(shown, run.state, None) if by_person or run.of is not None else shown
