"""What sessions are called, and the list of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from al_core.ground.errors import UserError, unknown
from al_core.ground.places import named_path
from al_core.sessions.home import SUFFIX, sessions_directory
from al_core.sessions.lock import holder
from al_core.sessions.race_ledger import RaceLedger
from al_core.sessions.store import AnyFile, NameTaken

T = TypeVar("T")

MOST_IN_A_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of sessions; counts are 0 and texts empty where the file could not be read.

    Parameters
    ----------
    name, path : as one may write it on the command line, and the file.
    kind : ``"labels"`` or ``"race"``; empty for a damaged file.
    dataset, annotators : what was labelled, by whom.
    started, changed : UTC in ISO 8601, of the first and the last event.
    labels, skipped, machine, rounds : counts; labels are the person's only.
    state : ``"closed"``, ``"open"`` while a process holds it, or ``"damaged"``.
    problem : who holds it, or what is wrong; empty when it is closed.
    """

    name: str
    path: Path
    kind: str = ""
    dataset: str = ""
    annotators: tuple[str, ...] = ()
    started: str = ""
    changed: str = ""
    labels: int = 0
    skipped: int = 0
    machine: int = 0
    rounds: int = 0
    state: str = "closed"
    problem: str = ""


def in_a_new_file(subject: str, now: datetime, create: Callable[[Path], T]) -> T:
    """Make a session under the first name that is free: what it is about, and the time.

    Only making the file takes a name, so that of several programs which begin in the same second each gets one of its own.

    Parameters
    ----------
    subject : what the name begins with.
    create : makes the file, or raises `NameTaken` when there is one.

    Raises
    ------
    UserError
        The directory or the file cannot be made.
    """
    stem = f"{subject}-{now.astimezone(UTC):%Y%m%d-%H%M%S}"
    directory = sessions_directory()
    for name in (stem, *(f"{stem}-{number}" for number in range(2, MOST_IN_A_SECOND))):
        path = directory / f"{name}{SUFFIX}"
        if not path.exists():
            with contextlib.suppress(NameTaken):
                return create(path)
    raise UserError(f"there are {MOST_IN_A_SECOND} sessions called {stem} in {directory} already; try again")


def find_session(text: str) -> Path:
    """The session called ``text``: a file, or the name of one in the directory of sessions.

    Raises
    ------
    UserError
        There is no such session.
    """
    path = named_path(text)
    if path.is_file():
        return path
    if path.name != text:
        raise UserError(f"no session file {path}")
    directory = sessions_directory()
    for name in (text, f"{text}{SUFFIX}"):
        if (directory / name).is_file():
            return directory / name
    known = [entry.stem for entry in _files(directory)]
    if not known:
        raise UserError(f"no session {text!r}; there are none in {directory} yet")
    raise unknown("session", text, known)


def latest_session() -> Path:
    """The session that was changed last; raises `UserError` when there is none."""
    directory = sessions_directory()
    latest = max(_files(directory), key=_touched, default=None)
    if latest is None:
        raise UserError(f"there is no session in {directory} yet; begin one with: al-tui, or al-tui label")
    return latest


def by_age() -> Iterator[Path]:
    """The files of the directory of sessions, the one that was changed last first."""
    yield from sorted(_files(sessions_directory()), key=_touched, reverse=True)


def list_sessions() -> tuple[Listed, ...]:
    """All sessions of the directory, the one that was changed last first; damaged ones say what is wrong."""
    return tuple(map(describe_session, by_age()))


def describe_session(path: Path) -> Listed:
    """What there is to say about one session file; it is only read."""
    try:
        with AnyFile.open(path, read_only=True) as file:
            ledger = file.ledger
    except UserError as error:
        return Listed(path.stem, path, state="damaged", problem=str(error))
    owner = holder(path)
    return Listed(
        name=path.stem,
        path=path,
        kind="race" if isinstance(ledger, RaceLedger) else "labels",
        dataset=ledger.dataset,
        annotators=tuple(sorted({given.annotator for given in ledger.answers.values()})),
        started=ledger.started,
        changed=ledger.time,
        labels=ledger.labelled,
        skipped=ledger.skipped,
        machine=sum(item not in ledger.answers for item in ledger.machine),
        rounds=ledger.rounds_played if isinstance(ledger, RaceLedger) else len(ledger.rounds),
        state="closed" if owner is None else "open",
        problem="" if owner is None else f"held by {owner}",
    )


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.glob(f"*{SUFFIX}") if path.is_file() and not path.name.startswith("."))


def _touched(path: Path) -> tuple[float, str]:
    """When a session was changed last: its write-ahead log is written before the file itself."""
    times = [0.0]
    for file in (path, path.with_name(path.name + "-wal")):
        with contextlib.suppress(OSError):
            times.append(file.stat().st_mtime)
    return max(times), path.name
