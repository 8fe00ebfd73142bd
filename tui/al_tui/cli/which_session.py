"""The question which session of a person's files to go on with, before the screen opens."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.data.origin import short_name
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_tui.cli.go_on import minute
from al_tui.output import say

if TYPE_CHECKING:
    from al_core.sessions.of_data import OfData

NEW = "n"
_TIMES = 5
"""How often the question is put."""


def which_session(found: Sequence[OfData], data: str, classes: Sequence[str]) -> Path | None:
    """The session that the person goes on with; None where they begin a new one, or there is none to go on with.

    Parameters
    ----------
    found : sessions of the data.
    data : the data.
    classes : names that the person gives to classes; a session with others is another one.

    Raises
    ------
    UserError
        There is no answer.
    """
    same = tuple(classes or ())
    fitting = [one for one in found if not same or same in (one.ledger.settings.classes, one.ledger.living)]
    if not fitting:
        return None
    say(f"there {'is a session' if len(fitting) == 1 else 'are sessions'} of {safe_text(short_name(data), 60)}:")
    for number, one in enumerate(fitting, 1):
        ledger = one.ledger
        held = f", open now: {safe_text(one.held, 80)}" if one.held else ""
        counts = f"{ledger.labelled:,} labels, {ledger.skipped} put aside"
        say(f"  {number}  {safe_text(one.path.stem, 60)}: {counts}, last changed {minute(ledger.time)}{held}")
    others = f", 2 to {len(fitting)} with another" if len(fitting) > 1 else ""
    for _ in range(_TIMES):
        say(f"Enter goes on with 1{others}; {NEW} and Enter begins a new one:")
        answer = _line()
        if answer is None:
            break
        if answer.lower() == NEW:
            return None
        if not answer or (answer.isdecimal() and 1 <= int(answer[:4]) <= len(fitting)):
            return fitting[int(answer[:4] or 1) - 1].path
    raise UserError("nobody said which session to go on with; say --new for a new one, or: al-tui resume SESSION")


def _line() -> str | None:
    """A line that the person types; None where there are no more."""
    try:
        line = sys.stdin.readline()
    except (OSError, ValueError):  # it went away, or is no UTF-8
        return None
    return line.strip() if line else None
