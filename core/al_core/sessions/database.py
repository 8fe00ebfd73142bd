"""The database under a session file: its format, how it is opened, how its events are read, how older ones become new.

The file is not trusted: program, version, schema and pages are checked, and every event is read through its checksum.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from al_core.ground.errors import UserError
from al_core.ground.files import refuse_odd
from al_core.ground.release import __version__
from al_core.ground.safe_text import safe_text
from al_core.sessions.actions import DamagedSession
from al_core.sessions.events import COLUMNS, GENESIS, Event, read_row
from al_core.sessions.replay import B, replay

APPLICATION_ID = 0x616C7475
"""``altu``; tells our files from those of other programs."""

VERSION = 3
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
    """The way from one version to the next: the schema of the old one, and what to do, inside a transaction.

    Where nothing is to do, the rows of the old version are rows of the next one, and can be read as they are.
    """

    schema: str
    change: Callable[[sqlite3.Connection], None] | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """What a session file looks like, and how older ones become it: ``migrations`` holds, by version, the step to the next."""

    version: int = VERSION
    schema: str = SCHEMA
    migrations: Mapping[int, Migration] = field(
        default_factory=lambda: MappingProxyType({1: Migration(SCHEMA), 2: Migration(SCHEMA)})
    )

    def readable(self, version: int) -> bool:
        """Whether rows of so old a version can be read without changing them."""
        return all(self.migrations[step].change is None for step in range(version, self.version))


FORMAT = Format()
"""Version 2 knows more kinds of events than version 1, and fields that its rows do not have; version 3 knows what is done to
classes. No row is ever written anew: what a row of an older version does not say is what was meant then, and every checksum is
over what stands in its own row."""

INSERT = f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
SELECT = f"SELECT {', '.join(COLUMNS)} FROM event WHERE sequence > ? ORDER BY sequence"
LAST = "SELECT sequence, checksum FROM event WHERE sequence <= ? ORDER BY sequence DESC LIMIT 1"
_HEADER = 100
_LONGEST_VALUE = 256 * 1024 * 1024
_BUSY_SECONDS = 1.0


def check_header(path: Path) -> None:
    """Make sure, from the first bytes and without SQLite, that the file is a session, and that only files stand beside it.

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
    refuse_odd(*sidecars(path))
    if len(header) < _HEADER or not header.startswith(b"SQLite format 3\0"):
        raise DamagedSession(f"{path.name} is no session file")
    if int.from_bytes(header[68:72], "big") != APPLICATION_ID:
        raise DamagedSession(f"{path.name} belongs to another program")


def check_format(connection: sqlite3.Connection, form: Format = FORMAT) -> int:
    """The version of the file, after its program, version and schema were found in order.

    Raises
    ------
    DamagedSession
        One of them is not; the message says which.
    """
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise DamagedSession("the file belongs to another program")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > form.version:
        raise DamagedSession(
            f"the file is of version {version}; it needs an al-tui that knows version {version}, "
            f"this one ({__version__}) knows {form.version}; update al-tui to open it"
        )
    if any(step not in form.migrations for step in range(version, form.version)):
        raise DamagedSession(f"the file is of version {version}, which never was")
    ours = ("table", "event", form.schema if version == form.version else form.migrations[version].schema)
    schema = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
    if schema != [ours]:
        foreign = ", ".join(f"{kind} {name}" for kind, name, sql in schema if (kind, name, sql) != ours)
        raise DamagedSession(f"the schema is not ours: {foreign or 'there is no event table'}")
    return version


def check_pages(connection: sqlite3.Connection) -> None:
    """Raise `DamagedSession` when SQLite finds its own structures damaged."""
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise DamagedSession(f"the database is damaged: {found}")


def read_events(connection: sqlite3.Connection, form: Format = FORMAT) -> Iterator[Event]:
    """All events in order, after `check_format` and `check_pages`, each checked against the one before it.

    Raises
    ------
    DamagedSession
        Something does not fit, or the file is older than this program; the message says what and where.
    """
    if not form.readable(version := check_format(connection, form)):
        raise DamagedSession(f"the file is of version {version}; open it for writing once to bring it to {form.version}")
    check_pages(connection)
    previous = GENESIS
    for row in connection.execute(SELECT, (-(2**63),)):
        event = read_row(row, previous)
        previous = event.checksum
        yield event


def migrate(connection: sqlite3.Connection, form: Format, begin: Callable[[Event], B]) -> B:
    """Bring a file of an older version to this one and replay it, in one transaction: whatever fails leaves the old version."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(check_format(connection, form), form.version):
            if (change := form.migrations[version].change) is not None:
                change(connection)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        ledger = replay(read_events(connection, form), begin)
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return ledger


def write_first(path: Path, event: Event, form: Format) -> None:
    with contextlib.closing(_connect(f"{path.absolute().as_uri()}?mode=rw")) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {form.version}")
        connection.execute(form.schema)
        connection.execute(INSERT, event.row())
        connection.execute("COMMIT")


def _connect(uri: str, *, one_thread: bool = True) -> sqlite3.Connection:
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_SECONDS, check_same_thread=one_thread)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    return connection


def connect_to_read(path: Path, *, log: bool = True) -> sqlite3.Connection:
    """A connection that cannot write. Without a log, or told to leave the ``log`` aside, not even a cache is made."""
    mode = "mode=ro" if log and _says_something(sidecars(path)[0]) else "mode=ro&immutable=1"
    return _connect(f"{path.absolute().as_uri()}?{mode}")


def connect_to_write(path: Path) -> sqlite3.Connection:
    connection = _connect(f"{path.absolute().as_uri()}?mode=rw")
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")  # see `al_core.sessions.folding`
        connection.execute("SELECT 1 FROM event LIMIT 1").fetchone()  # opens the log
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_fold(path: Path) -> sqlite3.Connection:
    """A connection that brings the log into the file, from whichever thread, one at a time."""
    connection = _connect(f"{path.absolute().as_uri()}?mode=rw", one_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def sidecars(path: Path) -> tuple[Path, Path, Path]:
    """The files that SQLite makes beside a database; it follows links."""
    real = Path(os.path.realpath(path))
    return tuple(real.with_name(real.name + end) for end in ("-wal", "-shm", "-journal"))  # type: ignore[return-value]


def remains(path: Path) -> Path | None:
    """A log that stands beside ``path``, where no session is: SQLite would play it into one that is made there."""
    wal, _, journal = sidecars(path)
    return next((log for log in (wal, journal) if _says_something(log)), None)


def _says_something(log: Path) -> bool:
    """Whether there is a log with anything in it; whoever else has the session open may remove it at any moment."""
    try:
        return log.stat().st_size > 0
    except FileNotFoundError:
        return False


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what goes wrong while a file is opened into an error that says which file and why."""
    try:
        yield
    except DamagedSession as error:
        raise DamagedSession(f"{path.name}: {reason(error)}") from None
    except sqlite3.OperationalError as error:
        raise UserError(f"cannot open {path}: {reason(error)}") from None
    except (sqlite3.Error, OverflowError, UnicodeError, MemoryError) as error:
        raise DamagedSession(f"{path.name} is damaged: {reason(error)}") from None
    except OSError as error:
        raise UserError(f"cannot open {path}: {reason(error)}") from None


def reason(error: BaseException) -> str:
    """What went wrong, in one line that is safe to show: it may quote the file."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return safe_text(str(error)) or type(error).__name__
