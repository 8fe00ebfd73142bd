"""A session file that this process holds for writing: its lock, its database, and whether it still stands in its place."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from al_core.ground.errors import UserError
from al_core.sessions.database import (
    INSERT,
    SELECT,
    Format,
    check_header,
    connect_to_read,
    connect_to_write,
    migrate,
    read_events,
    reason,
)
from al_core.sessions.events import Event
from al_core.sessions.folding import Folding
from al_core.sessions.lock import OwnerLock
from al_core.sessions.place import Place, Standing
from al_core.sessions.replay import B


class NotSaved(UserError):
    """The disk did not take what was to be written. Nothing of it counts; the same call may be tried again."""


class OutOfPlace(NotSaved):
    """The file is not where it was, or not what it was: what would be written to it could not be found again."""


_WHAT_TO_DO = {
    Standing.MOVED: "was moved or renamed; put it back, or quit and go on under its new name",
    Standing.REMOVED: "was removed; quit, and what was saved is written anew",
    Standing.CHANGED: "was changed by another program; bring it back, or quit, and what was saved is written to another file",
    Standing.OUT_OF_REACH: "cannot be reached any more; make it readable again",
}


class Hold:
    """A file, open for writing by one thread of this process.

    Parameters
    ----------
    path : the file.
    form : its format.
    lock : this process's lock on it.
    """

    def __init__(self, path: Path, form: Format, lock: OwnerLock) -> None:
        self.path = path
        self.stale_owner = lock.stale
        self.refused = False
        """True when something was not written because the file was out of its place."""
        self._form = form
        self._lock = lock
        self._pending: tuple[Event, ...] | None = None
        self._closed = False
        self._place = Place(path)
        try:
            self._open_database()
        except BaseException:
            self._place.close()
            raise

    def write(self, events: Sequence[Event], sequence: int, checksum: str) -> None:
        """Write ``events`` in one transaction, flushed to disk when this returns, behind the event of that number and checksum.

        Raises
        ------
        NotSaved
            They are not in the file, or not where anybody would find them; they do not count.
        """
        try:
            self.make_sure(sequence, checksum)
            self._pending = tuple(events)
            self._connection.execute("BEGIN IMMEDIATE")
            for event in events:
                self._connection.execute(INSERT, event.row())
            self._connection.execute("COMMIT")
            self._refuse_unless_in_place(self._place.standing())
        except BaseException as error:
            self.refused = self.refused or isinstance(error, OutOfPlace)
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error | OSError | UnicodeError):
                raise NotSaved(f"not saved in {self.path.name}: {reason(error)}") from None
            raise
        self._pending = None
        self._folding.written()

    def make_sure(self, sequence: int, checksum: str) -> None:
        """See to it that the file is in its place and ends with the event of that number and checksum.

        Raises
        ------
        NotSaved
            It is not, or does not.
        sqlite3.Error, OSError
            It cannot be opened again.
        """
        standing = self._place.standing()
        if standing is Standing.CHANGED:
            self._close_database()  # before any other descriptor of the file is closed, which would give back its locks
            self._refuse_unless_in_place(Standing.IN_PLACE if self._holds(sequence, checksum) else standing)
            self._place.close()
            self._place = Place(self.path)
        else:
            self._refuse_unless_in_place(standing)
            if self._pending is None:
                return
            self._close_database()
        self._open_database()
        if not self._ends_with(sequence, checksum):
            self._close_database()
            raise NotSaved(f"another program wrote to {self.path.name}; quit and open it again")

    def migrate(self, begin: Callable[[Event], B]) -> B:
        """Bring the file, which is of an older version, to this one, and replay it."""
        ledger = migrate(self._connection, self._form, begin)
        self._place.note()
        return ledger

    def standing(self) -> Standing:
        """What has become of the file since it was last written to."""
        return self._place.standing()

    def copy_to(self, path: Path, sequence: int) -> None:
        """Write all up to the event of that number to a new file ``path``, also from a file that has no name any more.

        What stands behind it was committed when the file was about to go, and was said not to be saved.
        """
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = FULL")
            self._connection.backup(copy)
            copy.execute("DELETE FROM event WHERE sequence > ?", (sequence,))

    def close(self) -> None:
        """Close the file and give it back; everything that was committed is in it. Closing twice does nothing."""
        if self._closed:
            return
        self._closed = True
        gone = self._place.standing() in (Standing.MOVED, Standing.REMOVED)
        folded = gone and self._folding.fold(empty=True)  # SQLite does so itself while the file is in its place
        self._close_database()
        if folded:
            with contextlib.suppress(OSError):
                self._place.clear()
        self._place.close()
        self._lock.release()

    # Within

    def _open_database(self) -> None:
        self._connection = connect_to_write(self.path)
        try:
            self._folding = Folding(self._place)
        except BaseException:
            self._connection.close()
            raise
        self._place.note()

    def _close_database(self) -> None:
        self._folding.close()
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _refuse_unless_in_place(self, standing: Standing) -> None:
        if standing is Standing.MOVED:
            self._folding.fold()  # whoever reads what is told now finds everything under the new name
        if standing is not Standing.IN_PLACE:
            raise OutOfPlace(f"not saved: {self.path.name} {_WHAT_TO_DO[standing]}")

    def _holds(self, sequence: int, checksum: str) -> bool:
        """True when what stands under the name is a whole and good session, and the one that this process knows."""
        try:
            check_header(self.path)
            with contextlib.closing(connect_to_read(self.path)) as reader:
                tail = [event.checksum for event in read_events(reader, self._form) if event.sequence >= sequence]
        except (UserError, sqlite3.Error, OSError, OverflowError, UnicodeError):
            return False
        return tail in self._endings(checksum)

    def _ends_with(self, sequence: int, checksum: str) -> bool:
        """True when the file holds what was acknowledged and nothing else."""
        rows = self._connection.execute(SELECT, (sequence - 1,)).fetchall()
        tail = [row[-1] for row in rows]
        if len(tail) > 1 and tail in self._endings(checksum):
            # The commit came through although its flush failed; it was said not to be saved, so it must not be there.
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("DELETE FROM event WHERE sequence > ?", (sequence,))
            self._connection.execute("COMMIT")
            self._place.note()
            return True
        return tail == [checksum]

    def _endings(self, checksum: str) -> list[list[str]]:
        """What may stand at the end: what was acknowledged last, or that and what was not."""
        return [[checksum], [checksum, *(event.checksum for event in self._pending or ())]]
