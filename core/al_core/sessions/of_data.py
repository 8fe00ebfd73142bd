"""Labelling sessions of a file or folder: found by the path they were made from, and by what they have labelled in it."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from al_core.data.columns import columns_of
from al_core.data.facts import comes_with
from al_core.data.identity import identity
from al_core.data.whereabouts import in_table
from al_core.ground.errors import UserError
from al_core.sessions.actions import Opened
from al_core.sessions.directory import by_age
from al_core.sessions.events import Event
from al_core.sessions.ledger import Ledger
from al_core.sessions.lock import holder
from al_core.sessions.store import SessionFile, first_event

MOST_SESSIONS = 50
"""Of more, only those that were changed last are looked at: somebody waits."""
MOST_FOUND = 9
_LOOKED_AT = 8
_LARGEST = 1 << 26


@dataclass(frozen=True, slots=True)
class OfData:
    """A session of a file or folder.

    Parameters
    ----------
    path : its file.
    ledger : what is in it.
    held : who has it open now; empty where nobody has.
    """

    path: Path
    ledger: Ledger
    held: str


def sessions_of(data: str) -> tuple[OfData, ...]:
    """The sessions that label what is at this path, the one that was changed last first.

    One that was made from this path is meant, unless all files that it has named are others now; and one whose own path leads
    nowhere any more, if a file that it has named is here. Sessions that cannot be read are passed over.
    """
    if comes_with(data):
        return ()
    found = (_looked_into(path, data) for path in islice(by_age(), MOST_SESSIONS))
    return tuple(islice((one for one in found if one is not None), MOST_FOUND))


def _looked_into(path: Path, data: str) -> OfData | None:
    try:
        event = first_event(path)
        if not _is_of(event, data):
            return None
        with SessionFile.open(path, read_only=True) as file:
            ledger = file.ledger
    except UserError:
        return None
    same = _same_place(ledger.settings.dataset, data)
    known = _is_there(ledger, Path(data))
    if known is False or (known is None and not same):
        return None
    owner = holder(path)
    return OfData(path, ledger, "" if owner is None else str(owner))


def _is_of(event: Event | None, data: str) -> bool:
    """Whether a session that begins so may be about what is at this path."""
    if event is None or not isinstance(event.action, Opened) or comes_with(event.action.settings.dataset):
        return False
    place = event.action.settings.dataset
    return _same_place(place, data) or not os.path.lexists(place)


def _same_place(one: str, other: str) -> bool:
    with contextlib.suppress(OSError, ValueError):
        return os.path.realpath(one) == os.path.realpath(other)
    return False


def _is_there(ledger: Ledger, root: Path) -> bool | None:
    """Whether one of the items named last is there with the content it had; None where nothing is there to be asked."""
    if root.is_file():
        return in_table(root, dict(list(ledger.names.items())[-_LOOKED_AT:]).keys(), columns_of(ledger.settings))
    asked = False
    for item, name in list(ledger.names.items())[-_LOOKED_AT:]:
        content = _content(root, name)
        if content is not None and identity(content) == item:
            return True
        asked = asked or content is not None
    return False if asked else None


def _content(root: Path, name: str) -> bytes | None:
    """What is in a file below a folder; None where there is none, or something else."""
    try:
        if not name or not (found := (root / name).stat()) or not stat.S_ISREG(found.st_mode) or found.st_size > _LARGEST:
            return None
        return (root / name).read_bytes()
    except (OSError, ValueError):
        return None
