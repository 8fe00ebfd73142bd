"""Does the file that is open still stand under its name? Whatever a person or another program does to it is noticed here.

A file that is moved or removed while it is open goes on taking what is written to it, and nobody finds it again. So before
and after every write the file under the name is compared with the one that was opened.
"""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path

from al_core.sessions.database import sidecars

Mark = tuple[int, int, int, int]
"""Device, number, size and time of the last change of a file."""


_MAGIC = b"SQLite format 3\0"


class Standing(StrEnum):
    """What became of the file that is open."""

    IN_PLACE = "in place"
    MOVED = "moved or renamed"
    REMOVED = "removed"
    CHANGED = "changed by another program"
    """Or another one stands under the name: whether it holds the same must be seen."""
    OUT_OF_REACH = "out of reach"


class Place:
    """The name of an open session file, and the file as it was when this program had last written to it.

    Parameters
    ----------
    path : the name; the file is there, and its database is opened before and closed after this.

    Raises
    ------
    OSError
        There is none any more.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._beside = sidecars(path)[:2]
        self._descriptor = os.open(path, os.O_RDONLY)  # tells a moved file from a removed one
        self._folding = 0
        """Odd while the log is being folded into the file, which changes it; counted up at the beginning and at the end."""
        self.note()

    def note(self) -> None:
        """Remember the file that is open as it is now, and what is beside it."""
        self._mark = _marked(os.fstat(self._descriptor))
        self._marks_beside = tuple(_mark(path) for path in self._beside)

    def begin_folding(self) -> bool:
        """From now on the file is changed by this program, from another thread than the one that writes.

        False when it is not as it was any more: then it is better left alone, and the next write tells.
        """
        if _marked(os.fstat(self._descriptor)) != self._mark:
            return False
        self._folding += 1
        return True

    def end_folding(self, *, as_it_must: bool | None) -> None:
        """It has changed so far. Unless it was seen to be ``as_it_must``, somebody else may have changed it meanwhile; then the
        next write has a closer look. None when only a part was folded, so that its content tells nothing: then it must at least
        be a database, and no shorter than before.
        """
        if as_it_must is None:
            begins = os.pread(self._descriptor, len(_MAGIC), 0) == _MAGIC
            as_it_must = begins and _size(_marked(os.fstat(self._descriptor))) >= _size(self._mark)
        if as_it_must:
            self._mark = _marked(os.fstat(self._descriptor))
        self._folding += 1

    def standing(self) -> Standing:
        """What has become of the file since `note`."""
        folding, before = self._folding, self._mark
        try:
            now = _marked(self.path.stat())
        except (FileNotFoundError, NotADirectoryError):
            return Standing.MOVED if os.fstat(self._descriptor).st_nlink else Standing.REMOVED
        except OSError:
            return Standing.OUT_OF_REACH
        by_us = folding % 2 or folding != self._folding
        if now != before and not (by_us and _same(now, before) and _size(now) >= _size(before)):  # folding never shortens it
            return Standing.CHANGED
        beside = zip(self._beside, self._marks_beside, strict=True)
        return Standing.IN_PLACE if all(_same(_mark(path), known) for path, known in beside if known) else Standing.CHANGED

    def clear(self) -> None:
        """Remove what was beside the file and belongs to nothing any more, when the file has left its place."""
        for path, known in zip(self._beside, self._marks_beside, strict=True):
            if known is not None and _same(_mark(path), known):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let the file go. The database is closed already: closing any descriptor of a file gives back its locks."""
        os.close(self._descriptor)


def _mark(path: Path) -> Mark | None:
    try:
        return _marked(path.stat())
    except OSError:
        return None


def _marked(found: os.stat_result) -> Mark:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _size(mark: Mark) -> int:
    return mark[2]


def _same(one: Mark | None, other: Mark) -> bool:
    """True for one and the same file, whatever was written into it."""
    return one is not None and one[:2] == other[:2]
