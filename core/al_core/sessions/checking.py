"""Is a session file what it must be? If not, what is wrong, and how far is it good?"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from al_core.ground.errors import UserError
from al_core.sessions.actions import DamagedSession
from al_core.sessions.database import SELECT, check_format, check_header, check_pages, connect_to_read, reason
from al_core.sessions.events import GENESIS, read_row
from al_core.sessions.ledger import Ledger
from al_core.sessions.race_ledger import RaceLedger
from al_core.sessions.store import begin_any


@dataclass(frozen=True, slots=True)
class Check:
    """What was found.

    Parameters
    ----------
    path : the file.
    events : events that are good, from the first up to the first that is not.
    labels, skipped : state after these events.
    problems : what is wrong, in the order it was found; empty for a good file.
    """

    path: Path
    events: int
    labels: int
    skipped: int
    problems: tuple[str, ...]


def check_session(path: Path) -> Check:
    """Check header, schema, pages, checksum chain and replay; the file is only read.

    Raises
    ------
    UserError
        There is no such file, or it cannot be read at all.
    """
    problems: list[str] = []
    ledger: Ledger | RaceLedger | None = None
    try:
        check_header(path)
        with contextlib.closing(connect_to_read(path)) as connection:
            check_format(connection)
            try:
                check_pages(connection)
            except (DamagedSession, sqlite3.DatabaseError) as error:
                problems.append(reason(error))
            checksum = GENESIS
            for row in connection.execute(SELECT, (-(2**63),)):
                event = read_row(row, checksum)
                if ledger is None:
                    ledger = begin_any(event)
                else:
                    ledger.apply(event)
                checksum = event.checksum
            if ledger is None:
                problems.append("the log is empty")
    except (DamagedSession, sqlite3.Error, OverflowError, UnicodeError) as error:
        problems.append(reason(error))
    except OSError as error:
        raise UserError(f"cannot read {path}: {reason(error)}") from None
    if ledger is None:
        return Check(path, 0, 0, 0, tuple(problems))
    return Check(path, ledger.sequence, ledger.labelled, ledger.skipped, tuple(problems))
