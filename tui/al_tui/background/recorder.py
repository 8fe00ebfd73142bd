"""Keeps the dashboard's races in session files: opens one for each race, writes rounds now and then, says when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.race.events import ByPerson, RoundPlayed, RunFailed
    from al_core.sessions.race_actions import RaceOpened
    from al_core.sessions.race_journal import Journal

FLUSH_SECONDS = 1.0
"""Rounds wait at most this long for being written; what a person does is written at once."""
RETRY_SECONDS = 5.0
"""Before a write that failed is tried again."""


class Recorder:
    """One journal at a time.

    Parameters
    ----------
    open_journal : makes the journal of a new race.
    resumed : the journal of the race that goes on; the first race is kept there.
    """

    def __init__(self, open_journal: Callable[[TaskSpec], Journal], resumed: Journal | None = None) -> None:
        self.trouble: str | None = None
        """Why the race, or the latest of it, is not in its file; None when it is."""
        self.incomplete = False
        """True when the race that was closed last was being kept, and not all of it is."""
        self.left: Path | None = None
        """Where the race that was closed last is; None when there is none."""
        self.journal = resumed
        self.changed: Callable[[], None] = lambda: None
        self._open = open_journal
        self._due: asyncio.TimerHandle | None = None

    def begin(self, opened: RaceOpened, ids: Sequence[str], elapsed: Callable[[], float]) -> None:
        """Get ready to keep a race; see `Journal.begin`.

        Raises
        ------
        UserError
            The race that goes on was made over other data. A new race that cannot be kept is only ``trouble``: it is still
            worth watching.
        """
        self.trouble = None
        if self.journal is None:
            try:
                self.journal = self._open(opened.spec)
            except UserError as error:
                self.trouble = f"this race is not kept: {error}"
                return
        self.journal.begin(opened, ids, elapsed)

    def keep(self, events: Sequence[ByPerson]) -> None:
        """Write what a person did before it takes effect; raises `UserError` when the disk does not take it."""
        if self.journal is not None:
            self.journal.keep(events)

    def note(self, event: RoundPlayed | RunFailed) -> None:
        """Write within a moment that a round was played, or failed."""
        if self.journal is not None:
            self.journal.note(event)
            self._flush_in(FLUSH_SECONDS)

    def close(self) -> None:
        """Write what is left of the race, and give its file back."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self.journal is not None:
            failed, begun = self.journal.close(), self.journal.begun
            self.trouble = None if failed is None else str(failed) if begun else f"this race was not kept: {failed}"
            self.incomplete = failed is not None and begun
            self.left, self.journal = self.journal.left, None

    def _flush_in(self, seconds: float) -> None:
        if self._due is None:
            self._due = asyncio.get_running_loop().call_later(seconds, self._flush)

    def _flush(self) -> None:
        self._due = None
        if self.journal is not None:
            asyncio.wrap_future(self.journal.flush()).add_done_callback(self._flushed)

    def _flushed(self, future: asyncio.Future[None]) -> None:
        error = future.exception()
        before = self.trouble
        if error is not None:
            begun = self.journal is not None and self.journal.begun
            reason = f"{'' if begun else 'this race is not kept: '}{safe_text(str(error))}"
            self.trouble = f"{reason}; the race goes on, and is written when that is possible"
            self._flush_in(RETRY_SECONDS)
        else:
            self.trouble = None
        if self.trouble != before:
            self.changed()
