"""Leaving a session: its file is closed, and whoever leaves is told where what was saved can be found."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, groupby
from pathlib import Path
from typing import Any, get_args

from al_core.ground.errors import UserError
from al_core.ground.files import sync_directory
from al_core.sessions.actions import Action, Changed, Flagged, Machine, MachineLabelled, Named
from al_core.sessions.database import reason, remains, sidecars
from al_core.sessions.entries import answered
from al_core.sessions.hold import Hold, NotSaved
from al_core.sessions.home import sessions_directory
from al_core.sessions.ledger import Ledger
from al_core.sessions.place import Standing
from al_core.sessions.store import AnyFile, LogFile, SessionFile


@dataclass(frozen=True, slots=True)
class Left:
    """Where a session is after it was left.

    Parameters
    ----------
    path : its file; None when it is under no name that is known here.
    problem : what became of the file while it was open; None when it is as it should be.
    """

    path: Path | None
    problem: str | None = None


def leave(file: LogFile[Any]) -> Left:
    """Close a session's file, and see to it that what was saved can be found.

    A file that was removed is written anew only when somebody went on working with it; a labelling session whose file was
    spoiled by another program is written to a new one, as far as it is known: answers, marks and machine labels.
    """
    hold, name = file.hold, file.path.name
    if hold is None:
        return Left(file.path)
    standing = _standing(file, hold)
    if standing is Standing.REMOVED and hold.refused:
        return _kept(file, f"{name} had been removed; what was saved is written anew")
    if standing is Standing.CHANGED and isinstance(file.ledger, Ledger):
        return _kept(file, f"{name} had been changed by another program; what was saved is written to another file")
    file.close()
    match standing:
        case Standing.IN_PLACE:
            return Left(file.path)
        case Standing.MOVED:
            return Left(None, f"{name} was moved or renamed while it was open; what was saved is in it, under its new name")
        case Standing.REMOVED:
            return Left(None, f"{name} was removed while it was open, with everything in it")
        case Standing.CHANGED:
            return Left(None, f"{name} was changed by another program while it was open; see: al-tui check")
    return Left(None, f"{name} cannot be reached any more; what was saved is in it")


def _standing(file: LogFile[Any], hold: Hold) -> Standing:
    """What has become of the file; one that was only touched, and holds what it must, is in its place."""
    found = hold.standing()
    if found is Standing.CHANGED:
        with contextlib.suppress(NotSaved, sqlite3.Error, OSError):
            hold.make_sure(file.ledger.sequence, file.ledger.checksum)
            return Standing.IN_PLACE
    return found


def _kept(file: LogFile[Any], words: str) -> Left:
    """Write what was saved to a new file: beside the old one, or among the sessions if that directory is gone."""
    ledger, hold = file.ledger, file.hold
    assert hold is not None
    try:
        directory = file.path.parent if file.path.parent.is_dir() else sessions_directory()
        if hold.standing() is Standing.REMOVED:
            with _copied(hold, directory, file) as copy:
                file.close()
                return Left(_named(copy, directory, file.path), words)
        file.close()
        return Left(_written(ledger, directory, file.path), words)
    except (UserError, OSError, sqlite3.Error) as error:
        file.close()
        return Left(None, f"{words.partition(';')[0]}; it could not be written anew: {reason(error)}")


@contextlib.contextmanager
def _copied(hold: Hold, directory: Path, file: LogFile[Any]) -> Iterator[Path]:
    """A file without its name yet that holds what was saved; raises `UserError` when it does not."""
    handle, name = tempfile.mkstemp(prefix=f".{file.path.name}.", dir=directory)
    os.close(handle)
    copy = Path(name)
    try:
        hold.copy_to(copy, file.ledger.sequence)
        with AnyFile.open(copy, read_only=True) as again:
            if again.ledger.checksum != file.ledger.checksum:
                raise UserError("it does not hold what was saved")
        yield copy
    finally:
        for leftover in (copy, *sidecars(copy)):
            leftover.unlink(missing_ok=True)


def _free(directory: Path, path: Path) -> Iterator[Path]:
    """Names for what stood at ``path``, the nearest first."""
    yield directory / path.name
    for number in count(2):
        yield directory / f"{path.stem}-{number}{path.suffix}"


def _named(copy: Path, directory: Path, path: Path) -> Path:
    """Give a file the first name that is free."""
    for name in _free(directory, path):
        if remains(name) is not None:
            continue
        with contextlib.suppress(FileExistsError):
            os.link(copy, name)
            sync_directory(directory)
            return name
    raise AssertionError


def _written(ledger: Ledger, directory: Path, path: Path) -> Path:
    """A new session with the answers, marks and machine labels of another one."""
    name = next(name for name in _free(directory, path) if not name.exists() and remains(name) is None)
    given = sorted(ledger.answers.items(), key=lambda entry: entry[1].sequence)
    with SessionFile.create(name, ledger.settings, given[0][1].annotator if given else "") as new:
        for action in ledger.scheme.done:
            new.append([action], "")
        for annotator, group in groupby(given, key=lambda entry: entry[1].annotator):
            new.append([answered(item, answer, ledger.choices.get(item)) for item, answer in group], annotator)
        more: list[Action] = [Flagged(item, note) for item, note in ledger.flags.items()]
        if ledger.names:
            more.append(Named(tuple(ledger.names.items())))
        if (ledger.strategy, ledger.learner, ledger.batch) != (new.ledger.strategy, new.ledger.learner, new.ledger.batch):
            more.append(Changed(ledger.strategy, ledger.learner, ledger.batch))
        if more:
            new.append(more, "")
        for by in get_args(Machine):
            labels = tuple((item, entry.label) for item, entry in ledger.machine.items() if entry.by == by)
            if labels:
                new.append([MachineLabelled(by, None, labels)], "")
    return name
