"""The session file: an append-only log in one SQLite database. An event is on disk before `append` returns.

Nothing is written to a file before all of it was checked; a file that is refused is left as it was.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Generic, Self

from al_core.ground.errors import UserError
from al_core.ground.files import name_new, temporary_beside
from al_core.sessions.actions import Action, Opened, Settings, decode, encode, kind_of_type
from al_core.sessions.database import (
    FORMAT,
    Format,
    check_format,
    check_header,
    connect_to_read,
    explained,
    read_events,
    reason,
    remains,
    sidecars,
    write_first,
)
from al_core.sessions.events import GENESIS, UNSEEN, Clock, Event, Seen, chain, utc_now
from al_core.sessions.hold import Hold
from al_core.sessions.hold import NotSaved as NotSaved
from al_core.sessions.ledger import Ledger, begin
from al_core.sessions.lock import Owner, OwnerLock
from al_core.sessions.race_actions import RaceOpened
from al_core.sessions.race_ledger import RaceLedger, begin_race
from al_core.sessions.replay import B, replay


class NameTaken(UserError):
    """There is a file of that name already, or what is left of one."""


class LogFile(Generic[B]):
    """An open session file: the log on disk and, in ``ledger``, its replay, which never run apart.

    Each kind of session is a subclass that says how its first event begins a ledger. Make one with `create` or `open`; it is
    used by one thread.
    """

    begin: Callable[[Event], B]

    def __init__(
        self,
        path: Path,
        ledger: B,
        clock: Clock,
        hold: Hold | None = None,
    ) -> None:
        self.path = path
        self.ledger = ledger
        self.hold = hold
        """What writes to the file; None when it is open for reading only."""
        self._clock = clock

    @property
    def read_only(self) -> bool:
        """True when nothing can be appended."""
        return self.hold is None

    @property
    def stale_owner(self) -> Owner | None:
        """The dead process that the session was taken over from, if there was one."""
        return None if self.hold is None else self.hold.stale_owner

    @classmethod
    def _create(cls, path: Path, opened: Action, strategy: str, annotator: str, clock: Clock, form: Format) -> Self:
        """Make a new session file with its first event, whole or not at all, and open it.

        Raises
        ------
        NameTaken
            There is a file already, or what is left of one.
        UserError
            It cannot be written.
        """
        first = chain(GENESIS, 1, clock(), opened, annotator, strategy)
        try:
            real = Path(os.path.realpath(path))
            temporary = temporary_beside(real, 0o600)
        except OSError as error:
            raise UserError(f"cannot make {path}: {error.strerror}") from None
        try:
            write_first(temporary, first, form)
            if (left := remains(real)) is not None and not real.exists():
                raise NameTaken(f"{left} is left of another session; remove it, or choose another name")
            name_new(temporary, real)
        except FileExistsError:
            raise NameTaken(f"{path} is there already; resume it or choose another name") from None
        except (OSError, sqlite3.Error) as error:
            raise UserError(f"cannot make {path}: {reason(error)}") from None
        finally:
            for leftover in (temporary, *sidecars(temporary)):
                with contextlib.suppress(OSError):
                    leftover.unlink(missing_ok=True)
        return cls.open(path, clock=clock, form=form)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        read_only: bool = False,
        take_over: bool = False,
        clock: Clock = utc_now,
        form: Format = FORMAT,
    ) -> Self:
        """Check a session file from the first event to the last, and open it.

        Parameters
        ----------
        path : the file.
        read_only : open it even while another process writes to it; nothing can be appended.
        take_over : believe that an owner on another machine is gone.
        clock : gives the time of new events.
        form : the file format; another one is for trying migrations.

        Raises
        ------
        DamagedSession
            It is no session, or is damaged, or of a newer version; the file is unchanged.
        SessionHeld
            Another process holds it.
        UserError
            It cannot be read or written.
        """
        check_header(path)
        if read_only:
            with explained(path), contextlib.closing(connect_to_read(path)) as reader:
                return cls(path, replay(read_events(reader, form), cls.begin), clock)
        lock = OwnerLock.acquire(path, take_over=take_over)
        try:
            with explained(path):
                with contextlib.closing(connect_to_read(path)) as reader:
                    old = check_format(reader, form) < form.version
                    ledger = None if old else replay(read_events(reader, form), cls.begin)
                hold = Hold(path, form, lock)
                try:
                    return cls(path, ledger or hold.migrate(cls.begin), clock, hold)
                except BaseException:
                    hold.close()
                    raise
        except BaseException:
            lock.release()
            raise

    def append(self, actions: Sequence[Action], annotator: str, seen: Seen = UNSEEN) -> tuple[Event, ...]:
        """Write ``actions`` in one transaction, flushed to disk before this returns, and take them into the ledger.

        What may stand together is for the ledger to say, see its ``check``.

        Raises
        ------
        NotSaved
            The disk is full or failed, or the file is not where and what it was; log and ledger are as before.
        DamagedSession
            An action cannot follow what is there; nothing was written.
        UserError
            The session is open for reading only.
        """
        if self.hold is None:
            raise UserError(f"{self.path.name} is open for reading only")
        events = self._chain(actions, annotator, seen)
        self.ledger.check(events)
        self.hold.write(events, self.ledger.sequence, self.ledger.checksum)
        for event in events:
            self.ledger.apply(event)
        return events

    def _chain(self, actions: Sequence[Action], annotator: str, seen: Seen) -> tuple[Event, ...]:
        events: list[Event] = []
        checksum, sequence = self.ledger.checksum, self.ledger.sequence
        for action in actions:
            sequence += 1
            strategy = self.ledger.strategy_of(action)
            try:
                decode(*encode(action))
            except ValueError as error:  # what cannot be read again would make the whole file unreadable
                raise NotSaved(f"not saved in {self.path.name}: {reason(error)}") from None
            events.append(chain(checksum, sequence, self._clock(), action, annotator, strategy, seen))
            checksum = events[-1].checksum
        return tuple(events)

    def close(self) -> None:
        """Close the file and give it back; what was appended is on disk already. Closing twice does nothing."""
        if self.hold is not None:
            self.hold.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class SessionFile(LogFile[Ledger]):
    """A labelling session's file."""

    begin = staticmethod(begin)

    @classmethod
    def create(cls, path: Path, settings: Settings, annotator: str, *, clock: Clock = utc_now, form: Format = FORMAT) -> Self:
        """Make a new session file, whole or not at all, and open it.

        Raises
        ------
        NameTaken
            There is a file already.
        UserError
            It cannot be written.
        """
        return cls._create(path, Opened(settings), settings.strategy, annotator, clock, form)


class RaceFile(LogFile[RaceLedger]):
    """A race's file."""

    begin = staticmethod(begin_race)

    @classmethod
    def create(cls, path: Path, opened: RaceOpened, annotator: str, *, clock: Clock = utc_now) -> Self:
        """Make a new file for a race, whole or not at all, and open it.

        Raises
        ------
        NameTaken
            There is a file already.
        UserError
            It cannot be written.
        """
        return cls._create(path, opened, "", annotator, clock, FORMAT)


def begin_any(event: Event) -> Ledger | RaceLedger:
    """The ledger after the first event, of whichever kind of session it opens; raises `DamagedSession` for any other."""
    return begin_race(event) if isinstance(event.action, RaceOpened) else begin(event)


class AnyFile(LogFile[Ledger | RaceLedger]):
    """A session's file of whichever kind; open it to look."""

    begin = staticmethod(begin_any)


def first_event(path: Path) -> Event | None:
    """The event that a session file begins with; nothing else of it is looked at.

    Raises
    ------
    DamagedSession
        It is no session.
    UserError
        It cannot be read.
    """
    check_header(path)
    with explained(path), contextlib.closing(connect_to_read(path)) as reader:
        check_format(reader)
        return next(read_events(reader), None)


def is_race(path: Path) -> bool:
    """Whether a session file holds a race, by its first event; nothing else of it is looked at.

    Raises
    ------
    DamagedSession
        It is no session.
    UserError
        It cannot be read.
    """
    check_header(path)
    with explained(path), contextlib.closing(connect_to_read(path)) as reader:
        check_format(reader)
        first = reader.execute("SELECT kind FROM event ORDER BY sequence LIMIT 1").fetchone()
    return first is not None and first[0] == kind_of_type(RaceOpened)
