"""The session file: an append-only table in one SQLite database. An event is on disk before `append` returns.

The file is not trusted: program, version and schema are checked, and every event is read through its checksum, before anything
is written to it; a file that is refused is left as it was.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Self

from al_core.errors import UserError
from al_core.sessions.actions import Action, DamagedSession, Opened, Settings
from al_core.sessions.events import COLUMNS, GENESIS, UNSEEN, Clock, Event, Seen, chain, read_row, utc_now
from al_core.sessions.ledger import Ledger, replay
from al_core.sessions.lock import Owner, OwnerLock

APPLICATION_ID = 0x616C7475
"""``altu``; tells our files from those of other programs."""

VERSION = 1
"""``PRAGMA user_version`` of the files that this program writes."""

SCHEMA = """CREATE TABLE event (
    sequence INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    kind TEXT NOT NULL,
    item TEXT,
    value TEXT NOT NULL,
    annotator TEXT NOT NULL,
    strategy TEXT NOT NULL,
    model_age INTEGER,
    visible INTEGER NOT NULL,
    seconds REAL,
    checksum TEXT NOT NULL
)"""


@dataclass(frozen=True, slots=True)
class Migration:
    """The way from one version to the next: the schema of the old one, and what to do, inside a transaction."""

    schema: str
    change: Callable[[sqlite3.Connection], None]


@dataclass(frozen=True, slots=True)
class Format:
    """What a session file looks like, and how older ones become it: ``migrations`` holds, by version, the step to the next."""

    version: int = VERSION
    schema: str = SCHEMA
    migrations: Mapping[int, Migration] = field(default_factory=lambda: MappingProxyType({}))


FORMAT = Format()
"""Version 1 is the first, so there is nothing to migrate from yet."""

_INSERT = f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM event WHERE sequence > ? ORDER BY sequence"
_HEADER = 100
_LONGEST_VALUE = 256 * 1024 * 1024
_BUSY_SECONDS = 1.0


class NotSaved(UserError):
    """The disk did not take what was to be written. Nothing of it counts; the same call may be tried again."""


class SessionFile:
    """An open session file: the log on disk and, in ``ledger``, its replay, which never run apart.

    Make one with `create` or `open`; it is used by one thread.
    """

    def __init__(
        self,
        path: Path,
        ledger: Ledger,
        clock: Clock,
        connection: sqlite3.Connection | None = None,
        lock: OwnerLock | None = None,
    ) -> None:
        self.path = path
        self.ledger = ledger
        self._connection = connection
        self._lock = lock
        self._clock = clock
        self._pending: tuple[Event, ...] | None = None

    @property
    def read_only(self) -> bool:
        """True when nothing can be appended."""
        return self._connection is None

    @property
    def stale_owner(self) -> Owner | None:
        """The dead process that the session was taken over from, if there was one."""
        return None if self._lock is None else self._lock.stale

    @classmethod
    def create(cls, path: Path, settings: Settings, annotator: str, *, clock: Clock = utc_now, form: Format = FORMAT) -> Self:
        """Make a new session file with its first event, whole or not at all, and open it.

        Raises
        ------
        UserError
            There is a file already, or it cannot be written.
        """
        first = chain(GENESIS, 1, clock(), Opened(settings), annotator, settings.strategy)
        try:
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        except OSError as error:
            raise UserError(f"cannot make {path}: {error.strerror}") from None
        os.close(handle)
        temporary = Path(name)
        try:
            _write_first(temporary, first, form)
            os.link(temporary, path)
            _sync_directory(path.parent)
        except FileExistsError:
            raise UserError(f"{path} is there already; resume it or choose another name") from None
        except (OSError, sqlite3.Error) as error:
            raise UserError(f"cannot make {path}: {_reason(error)}") from None
        finally:
            for leftover in (temporary, *_sidecars(temporary)):
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
            with _explained(path), contextlib.closing(_connect_to_read(path)) as reader:
                return cls(path, replay(read_events(reader, form)), clock)
        lock = OwnerLock.acquire(path, take_over=take_over)
        try:
            with _explained(path):
                with contextlib.closing(_connect_to_read(path)) as reader:
                    old = check_format(reader, form) < form.version
                    ledger = None if old else replay(read_events(reader, form))
                connection = _connect_to_write(path)
                try:
                    return cls(path, ledger or migrate(connection, form), clock, connection, lock)
                except BaseException:
                    connection.close()
                    raise
        except BaseException:
            lock.release()
            raise

    def append(self, actions: Sequence[Action], annotator: str, seen: Seen = UNSEEN) -> tuple[Event, ...]:
        """Write ``actions`` in one transaction, flushed to disk before this returns, and take them into the ledger.

        Each must be able to follow the present state by itself, so no two of them may concern the same item's label.

        Raises
        ------
        NotSaved
            The disk is full or failed, or another program wrote to the file; log and ledger are as before.
        DamagedSession
            An action cannot follow what is there; nothing was written.
        UserError
            The session is open for reading only.
        """
        if self._connection is None:
            raise UserError(f"{self.path.name} is open for reading only")
        events = self._chain(actions, annotator, seen)
        self.ledger.check(events)
        try:
            if self._pending is not None:
                self._connection = self._reconnect()
            self._pending = events
            self._connection.execute("BEGIN IMMEDIATE")
            for event in events:
                self._connection.execute(_INSERT, event.row())
            self._connection.execute("COMMIT")
        except BaseException as error:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error | OSError):
                raise NotSaved(f"not saved in {self.path.name}: {_reason(error)}") from None
            raise
        for event in events:
            self.ledger.apply(event)
        self._pending = None
        return events

    def _chain(self, actions: Sequence[Action], annotator: str, seen: Seen) -> tuple[Event, ...]:
        events: list[Event] = []
        checksum, sequence = self.ledger.checksum, self.ledger.sequence
        for action in actions:
            sequence += 1
            events.append(chain(checksum, sequence, self._clock(), action, annotator, self.ledger.strategy, seen))
            checksum = events[-1].checksum
        return tuple(events)

    def _reconnect(self) -> sqlite3.Connection:
        """After a failed write: start afresh, and make sure that the file holds what was acknowledged and nothing else."""
        assert self._connection is not None
        assert self._pending is not None
        self._connection.close()
        connection = _connect_to_write(self.path)
        rows = connection.execute(_SELECT, (self.ledger.sequence - 1,)).fetchall()
        checksums = [row[-1] for row in rows]
        if checksums == [self.ledger.checksum, *(event.checksum for event in self._pending)]:
            # The commit came through although its flush failed; it was said not to be saved, so it must not be there.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM event WHERE sequence > ?", (self.ledger.sequence,))
            connection.execute("COMMIT")
        elif checksums != [self.ledger.checksum]:
            connection.close()
            raise NotSaved(f"another program wrote to {self.path.name}; quit and open it again")
        return connection

    def close(self) -> None:
        """Close the file and give it back; what was appended is on disk already. Closing twice does nothing."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def check_header(path: Path) -> None:
    """Make sure, from the first bytes and without SQLite, that the file is a session.

    Raises
    ------
    DamagedSession
        It is something else.
    UserError
        There is no such file, or it cannot be read.
    """
    try:
        if not path.is_file():
            raise UserError(f"no session file {path}")
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    if len(header) < _HEADER or not header.startswith(b"SQLite format 3\0"):
        raise DamagedSession(f"{path.name} is no session file")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise DamagedSession(f"{path.name} belongs to another program")


def check_format(connection: sqlite3.Connection, form: Format = FORMAT) -> int:
    """The version of the file, after its program, version, schema and pages were found in order.

    Raises
    ------
    DamagedSession
        One of them is not; the message says which.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DamagedSession("the file belongs to another program")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > form.version:
        raise DamagedSession(f"the file is of version {version}, this program knows {form.version}; update al-tui to open it")
    if any(step not in form.migrations for step in range(version, form.version)):
        raise DamagedSession(f"the file is of version {version}, which never was")
    ours = ("table", "event", form.schema if version == form.version else form.migrations[version].schema)
    schema = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    if schema != [ours]:
        foreign = ", ".join(f"{kind} {name}" for kind, name, sql in schema if (kind, name, sql) != ours)
        raise DamagedSession(f"the schema is not ours: {foreign or 'there is no event table'}")
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedSession(f"the database is damaged: {found}")
    return version


def read_events(connection: sqlite3.Connection, form: Format = FORMAT) -> Iterator[Event]:
    """All events in order, after `check_format`, each checked against the one before it.

    Raises
    ------
    DamagedSession
        Something does not fit, or the file is older than this program; the message says what and where.
    """
    if (version := check_format(connection, form)) < form.version:
        raise DamagedSession(f"the file is of version {version}; open it for writing once to bring it to {form.version}")
    previous = GENESIS
    for row in connection.execute(_SELECT, (-(2**63),)):
        event = read_row(row, previous)
        previous = event.checksum
        yield event


def migrate(connection: sqlite3.Connection, form: Format) -> Ledger:
    """Bring a file of an older version to this one and replay it, in one transaction: whatever fails leaves the old version."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(check_format(connection, form), form.version):
            form.migrations[version].change(connection)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        ledger = replay(read_events(connection, form))
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return ledger


def _write_first(path: Path, event: Event, form: Format) -> None:
    with contextlib.closing(_connect(f"{path.absolute().as_uri()}?mode=rw")) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {form.version}")
        connection.execute(form.schema)
        connection.execute(_INSERT, event.row())
        connection.execute("COMMIT")


def _connect(uri: str) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    return connection


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Without a write-ahead log the file is complete; then not even a cache is made."""
    log = _sidecars(path)[0]
    mode = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    return _connect(f"{path.absolute().as_uri()}?{mode}")


def _connect_to_write(path: Path) -> sqlite3.Connection:
    connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def _sidecars(path: Path) -> tuple[Path, Path, Path]:
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))  # type: ignore[return-value]


def _sync_directory(directory: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is opened into an error that says which file and why."""
    try:
        yield
    except DamagedSession as error:
        raise DamagedSession(f"{path.name}: {error}") from None
    except sqlite3.OperationalError as error:
        raise UserError(f"cannot open {path}: {_reason(error)}") from None
    except (sqlite3.Error, OverflowError, UnicodeError, MemoryError) as error:
        raise DamagedSession(f"{path.name} is damaged: {_reason(error)}") from None
    except OSError as error:
        raise UserError(f"cannot open {path}: {_reason(error)}") from None


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__
