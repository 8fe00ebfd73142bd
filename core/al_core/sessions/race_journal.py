"""Keeps a race in a session file while it is running.

What a person did is on disk before it counts. Rounds are written a little later and together: a round is a pure function of the
labels, so that a power cut costs the time to compute the last few again, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from al_core.ground.errors import UserError
from al_core.race.events import Answered, ByPerson, HandChanged, RaceEvent, RoundPlayed, RunFailed, TakenBack
from al_core.run.play import Timing
from al_core.run.state import RunState
from al_core.sessions.actions import Action
from al_core.sessions.directory import in_a_new_file
from al_core.sessions.events import UNSEEN, Seen
from al_core.sessions.home import sessions_directory
from al_core.sessions.leaving import leave
from al_core.sessions.lock import Owner
from al_core.sessions.race_actions import RaceAnswered, RaceFailed, RaceHand, RaceOpened, RacePlayed, RaceTakenBack
from al_core.sessions.race_ledger import RaceLedger
from al_core.sessions.store import RaceFile

Entry = tuple[Action, Seen]


class Journal:
    """Writes a race's events to its file, in order, from a thread of its own.

    The file of a new race is made with the first event, so that a race that was left before it began leaves nothing behind.

    Parameters
    ----------
    path : the file; None until it is made, for one that `under_new_name` will find a name for.
    annotator : who labels.
    """

    def __init__(self, path: Path | None, annotator: str) -> None:
        self.path = path
        self._annotator = annotator
        self._subject: tuple[str, datetime] | None = None
        self._file: RaceFile | None = None
        self._opened: RaceOpened | None = None
        self._ids: Sequence[str] = ()
        self._elapsed: Callable[[], float] = lambda: 0.0
        self._states: list[RunState] = []
        self._waiting: list[Entry] = []
        self._closed = False
        self.left: Path | None = None
        """Where the race is after it was closed; None when that is nowhere."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")

    @classmethod
    def under_new_name(cls, subject: str, now: datetime, annotator: str) -> Self:
        """A journal whose file is made among the sessions, under a name that is free then; see `in_a_new_file`."""
        sessions_directory()
        journal = cls(None, annotator)
        journal._subject = (subject, now)
        return journal

    @classmethod
    def resume(cls, path: Path, annotator: str, *, take_over: bool = False) -> Self:
        """Open the file of a race to go on with it; see `LogFile.open` for what may go wrong."""
        journal = cls(path, annotator)
        try:
            journal._file = journal._thread.submit(RaceFile.open, path, take_over=take_over).result()
        except BaseException:
            journal._thread.shutdown()
            raise
        return journal

    @property
    def ledger(self) -> RaceLedger | None:
        """What the file holds; None while there is none. Not to be read while something is being written."""
        return None if self._file is None else self._file.ledger

    @property
    def stale_owner(self) -> Owner | None:
        """The dead process that the race was taken over from, if there was one."""
        return None if self._file is None else self._file.stale_owner

    def begin(self, opened: RaceOpened, ids: Sequence[str], elapsed: Callable[[], float]) -> None:
        """Say what the race is about, before its first event.

        Parameters
        ----------
        opened : the first event.
        ids : content hash of every row of the data.
        elapsed : gives the seconds the race has been running.

        Raises
        ------
        UserError
            The file that was resumed is about something else.
        """
        if self.ledger is not None and replace(self.ledger.settings, software=opened.software) != opened:
            name = "" if self.path is None else self.path.name
            raise UserError(f"{name} was made with other data or settings than are here now; it cannot go on")
        self._opened, self._ids, self._elapsed = opened, ids, elapsed
        ledger = self.ledger
        self._states = [run.state for run in ledger.runs] if ledger else [RunState(name) for name in opened.strategies]

    @property
    def begun(self) -> bool:
        """True when there is a file."""
        return self._file is not None

    def keep(self, events: Sequence[ByPerson]) -> None:
        """Write what a person did, and whatever waits; it is on disk when this returns.

        Raises
        ------
        UserError
            It could not be written; none of ``events`` may take effect.
        """
        entries = [entry for event in events for entry in self._entries(event)]
        self._thread.submit(self._write, entries).result()
        for event in events:
            if not isinstance(event, HandChanged):
                self._states[event.run] = event.state
            elif event.of is not None:
                self._states.append(self._states[event.of])

    def note(self, event: RaceEvent) -> None:
        """Remember a round that was played or that failed, for the next `flush`; other events are none of the journal's."""
        if isinstance(event, RoundPlayed):
            self._waiting += self._rounds(event.run, event.state, event.timings)
            self._states[event.run] = event.state
        elif isinstance(event, RunFailed):
            self._waiting.append((RaceFailed(event.run, event.error), UNSEEN))

    def flush(self) -> Future[None]:
        """Begin to write the rounds that wait; the future holds `UserError` when the disk did not take them.

        They then wait for the next attempt.
        """
        return self._thread.submit(self._write, [])

    def close(self) -> UserError | None:
        """Write what waits and give the file back; returns what went wrong, if anything did. Closing twice does nothing."""
        failed: UserError | None = None
        if self._closed:
            return None
        self._closed = True
        try:
            self.flush().result()
        except UserError as error:
            failed = error
        if self._file is not None:
            left = self._thread.submit(leave, self._file).result()
            self.left = left.path
            failed = failed if left.problem is None else UserError(left.problem)
        self._thread.shutdown()
        return failed

    def _write(self, entries: Sequence[Entry]) -> None:
        """In the journal's thread: everything that waits and then ``entries``, each either whole or not at all."""
        waiting = list(self._waiting)
        if not waiting and not entries:
            return
        if self._file is None and all(isinstance(action, RaceFailed) for action, _ in (*waiting, *entries)):
            return  # nothing was ever played
        if self._file is None:
            assert self._opened is not None
            self._file = self._create(self._opened)
            self.path = self._file.path
        if waiting:
            self._append(waiting)
            del self._waiting[: len(waiting)]
        if entries:
            self._append(entries)

    def _create(self, opened: RaceOpened) -> RaceFile:
        if self._subject is not None:
            return in_a_new_file(*self._subject, lambda path: RaceFile.create(path, opened, self._annotator))
        assert self.path is not None
        return RaceFile.create(self.path, opened, self._annotator)

    def _append(self, entries: Sequence[Entry]) -> None:
        """One transaction; what was seen by the last of its entries holds for all."""
        assert self._file is not None
        self._file.append([action for action, _ in entries], self._annotator, entries[-1][1])

    def _entries(self, event: ByPerson) -> list[Entry]:
        match event:
            case HandChanged(run, by_hand, of):
                return [(RaceHand(run, by_hand, of), UNSEEN)]
            case Answered(run, _, answers, visible, seconds):
                seen = Seen(0, visible, seconds)
                return [(RaceAnswered(self._ids[given.row], run, given.row, given.label, given.by), seen) for given in answers]
            case TakenBack(run, _, row):
                return [(RaceTakenBack(self._ids[row], run, row), UNSEEN)]

    def _rounds(self, run: int, state: RunState, timings: Sequence[Timing]) -> list[Entry]:
        """What was played since the state that was noted last: one action for each query that came."""
        old = self._states[run]
        queries = [entry.query for entry in state.rounds[len(old.rounds) :]] + ([state.query] if state.query else [])
        given = [entry.answers for entry in state.rounds[len(old.rounds) :]]
        if old.query is not None:
            queries = queries[1:]
            given[0] = given[0][len(old.answers) :]
        else:
            given.insert(0, ())
        return [
            (RacePlayed(run, learnt, query, timing.fit, timing.query, self._elapsed()), UNSEEN)
            for learnt, query, timing in zip(given, queries, timings, strict=True)
        ]
