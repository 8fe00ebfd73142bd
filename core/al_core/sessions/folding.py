"""The write-ahead log is folded into the session file soon after something was written.

What is acknowledged is flushed to the log beside the file; a person who moves or copies the file alone leaves it behind.
Folding costs several flushes more, so it is done from a thread, at most once in a moment, and no key waits for it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading

from al_core.sessions.actions import DamagedSession
from al_core.sessions.database import LAST, check_pages, connect_to_fold, connect_to_read
from al_core.sessions.place import Place

MOMENT = 1.0
"""Seconds from a write until it is folded."""


class Folding:
    """Folds one file's log, through a connection of its own.

    Parameters
    ----------
    place : the file, which is open for writing already.
    """

    def __init__(self, place: Place) -> None:
        self._place = place
        self._connection = connect_to_fold(place.path)
        self._one = threading.Lock()
        self._written = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def written(self) -> None:
        """Something was written; fold it in a moment."""
        self._written.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="folding", daemon=True)
            with contextlib.suppress(RuntimeError):  # no threads left: then it is done at the end
                self._thread.start()

    def fold(self, *, empty: bool = False) -> bool:
        """Fold what is there now; True when the file holds everything. ``empty`` the log as well."""
        with self._one:
            if not self._place.begin_folding():
                return False
            folded = False
            as_it_must: bool | None = None
            try:
                last = self._connection.execute(LAST, (2**63 - 1,)).fetchone()
                way = "TRUNCATE" if empty else "PASSIVE"
                busy, in_log, in_file = self._connection.execute(f"PRAGMA wal_checkpoint({way})").fetchone()
                folded = not busy and in_log == in_file
                as_it_must = self._holds(last) if folded else None
            except sqlite3.Error:  # everything is safe in the log; the next one may succeed
                pass
            finally:
                self._place.end_folding(as_it_must=as_it_must)
            return folded

    def close(self) -> None:
        """Stop; what is still in the log stays there. Closing twice does nothing."""
        self._closed.set()
        self._written.set()
        if self._thread is not None and self._thread.ident is not None:
            self._thread.join()
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def _holds(self, last: tuple[int, str]) -> bool:
        """True when the file holds that event and is whole, without its log. Somebody may have emptied it just now, or copied
        another one over it: by size and time that looks like folding, which may have put a part of it back. Where the name is
        gone, so is whoever would come by it.
        """
        try:
            with contextlib.closing(connect_to_read(self._place.path, log=False)) as reader:
                check_pages(reader)
                return bool(reader.execute(LAST, (last[0],)).fetchone() == last)
        except (DamagedSession, sqlite3.Error):
            return not os.path.lexists(self._place.path)

    def _serve(self) -> None:
        while True:
            self._written.wait()
            self._written.clear()  # before it is asked whether to stop: what is said after that is not to be forgotten
            if self._closed.wait(MOMENT):
                return
            self.fold()
