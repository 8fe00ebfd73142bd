"""Data sets that this process has open: what was read once from files is not read again for the next question."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.data import kinds
from al_core.data.given import given, is_here
from al_core.data.how_far import HowFar, listening
from al_core.data.origin import Origin, short_name
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

Stamp = tuple[int, int, int] | None

MOST_OPEN = 2
"""Data sets from files that are kept: the one in use, and the one before."""

LOOK_AGAIN = 0.2
"""Seconds that a call of `read_on` takes at most, about."""


class Changed(UserError):
    """A data set is not what it must be."""


_open: dict[Origin, Dataset] = {}
"""By what they are known as: with their fingerprint."""

_stamps: dict[Origin, Stamp] = {}
"""What the file was like, by the same, of those that are read where they lie."""


class _Behind:
    """A data set that is read behind other calls."""

    def __init__(self, origin: Origin) -> None:
        self.stamp = _stamp(origin)
        self.progress = HowFar("reading", safe_text(short_name(origin.word), 30))
        self._found: Dataset | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(origin,), name="reader", daemon=True)
        self._thread.start()

    def is_done(self, seconds: float) -> bool:
        """Whether it ends within so many seconds."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def wait(self) -> Dataset:
        """What was read; raises what reading it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._found is not None
        return self._found

    def _run(self, origin: Origin) -> None:
        from al_core.compute.one_thread import one_thread

        try:
            with listening(self._hear), one_thread():
                found = _read(origin)
                _ = found.item_ids  # of many items they take longer than reading them
                self._found = found
        except BaseException as error:  # raised where it is waited for
            self._error = error

    def _hear(self, progress: HowFar) -> None:
        first = self.progress.first  # told once, and true from then on
        self.progress = replace(progress, first=first) if first and not progress.first else progress


_behind: dict[Origin, _Behind] = {}
"""By what is read, whatever is drawn of it."""


def read_on(origin: Origin, seconds: float = LOOK_AGAIN) -> HowFar | None:
    """Have a data set read, and say how far that is after so many seconds; None once `open_dataset` has it at once.

    It goes on between calls, and is given up with the process. The first call begins anew what is there.

    Raises
    ------
    UserError
        It cannot be read.
    """
    if origin.bundled or origin in _open:
        return None
    origin = whole(origin)
    if (behind := _behind.get(origin)) is None:
        behind = _behind[origin] = _Behind(origin)
    if not behind.is_done(seconds):
        return behind.progress
    try:
        behind.wait()
    except BaseException:
        del _behind[origin]
        raise
    return None


def whole(origin: Origin) -> Origin:
    """All that there is, of what may be drawn from it."""
    return replace(origin, most=None, keep=())


def _read(origin: Origin) -> Dataset:
    if is_here(origin.word) and (found := given(origin.word)) is not None:  # a script gave it, and names are no whole paths
        return found
    word, beside = Path(origin.word), {"test": origin.test, "embeddings": origin.embeddings}
    more = {"columns": origin.columns, "probabilities": origin.probabilities}
    return kinds.read_dataset(word, origin.classes, origin.features, **beside, first=origin.first, **more)  # type: ignore[arg-type]


def known_as(origin: Origin, data: Dataset) -> Origin:
    """What others open the very data set by that this was read from: no other will do, and of what is to be kept only that
    is named which is not drawn anyway.
    """
    return replace(origin, fingerprint=data.fingerprint, keep=() if data.part is None else data.part.kept)


def open_dataset(origin: Origin) -> Dataset:
    """The data set of an origin; without a fingerprint it is read anew, with one it is read if it is not here.

    Raises
    ------
    UserError
        It cannot be read, or is not what it must be: rows would mean other items.
    """
    if origin.bundled:
        return kinds.load_dataset(origin.word)
    if (found := _open.get(origin)) is not None and (origin not in _stamps or _stamps[origin] == _stamp(origin)):
        return found
    behind = _behind.pop(whole(origin), None)
    stamp = _stamp(origin) if behind is None else behind.stamp
    found = _read(origin) if behind is None else behind.wait()
    if origin.most is not None and len(found.y) > origin.most:
        from al_core.data.part import drawn

        found = drawn(found, origin.most, origin.keep)
    if origin.fingerprint not in (None, found.fingerprint):
        name = short_name(origin.word)
        raise Changed(f"{name} is not what it was when it was opened; leave, and resume: labels follow their items")
    known = known_as(origin, found)
    _forget(known)
    while len(_open) >= MOST_OPEN:
        _forget(next(iter(_open)))
    _open[known] = found
    if stamp is not None and found.mapped:
        _stamps[known] = stamp
    return found


def _forget(known: Origin) -> None:
    _open.pop(known, None)
    _stamps.pop(known, None)


def _stamp(origin: Origin) -> Stamp:
    """What changes with a file; None where there is none."""
    try:
        about = Path(origin.word).stat()
    except OSError:
        return None
    return about.st_ino, about.st_size, about.st_mtime_ns
