"""Has a person's own data read by a worker, and lets them begin with what came first while the rest is still being read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import replace

from al_core.compute.processes import one_of
from al_core.data.how_far import HowFar
from al_core.data.opened import read_on
from al_core.data.origin import Origin
from al_core.labelling.items import Items
from al_core.labelling.opening import open_items, spoken_of
from al_core.labelling.session import LabelSession
from al_tui.background.looks import Looks
from al_tui.background.patience import Patience

EVERY = 0.5
"""Seconds between two looks at how far it is, while somebody labels."""
AHEAD = 30
"""Items that are kept, for they may be asked about before all are here."""
_ON_SCREEN = 32
"""Items whose looks are fetched before they are needed: that which is there, those that come next, and the latest answers."""


class Intake:
    """One worker that reads, and goes on between calls; the others are free meanwhile.

    Parameters
    ----------
    workers : all workers.
    show : is told how far it is.
    changed : called when there is something else to be seen.
    """

    def __init__(self, workers: Patience, show: Callable[[HowFar], None], changed: Callable[[], None]) -> None:
        self._workers, self._show, self._changed = workers, show, changed
        self._reserved = contextlib.ExitStack()
        self._reader = workers
        self._rest: Origin | None = None

    @property
    def trouble(self) -> str | None:
        """Why nobody reads; None when somebody does, or need not."""
        return self._reader.trouble

    def close(self) -> None:
        """Let the worker that reads be one of the others again."""
        self._reserved.close()
        self._reader = self._workers

    async def begin(self, origin: Origin, *, part: bool) -> Origin:
        """Have data read; returns what can be opened at once: all of it, or if a ``part`` will do, perhaps what came first.

        Raises
        ------
        UserError
            It cannot be read.
        """
        if origin.bundled:
            return origin
        self._reader = Patience(self._reserved.enter_context(one_of(self._workers.executor)), self._changed)
        while (reading := await self._reader.insist(read_on, origin)) is not None:
            if reading.first and part:
                self._rest = origin
                return replace(origin, first=reading.first)
            self._show(reading)
        self.close()  # whoever has read it has it open
        return origin

    async def widen(self, session: LabelSession) -> Looks | None:
        """Read the rest, and let the session go on over all of it; returns how its items look, or None where all are there.

        Raises
        ------
        UserError
            The rest cannot be read; the session goes on with what it has.
        """
        if self._rest is None:
            return None
        try:
            while (reading := await self._reader.insist(read_on, self._rest)) is not None:
                self._show(reading)
                await asyncio.sleep(EVERY)
        finally:
            self.close()
        while True:
            items, looks = await self._opened(session, self._rest)
            if all(item in items.row_of for item in _wanted(session, 0)):  # nobody has gone on further meanwhile
                session.widen(items)
                return looks  # before anything is awaited: rows mean others from here on

    async def _opened(self, session: LabelSession, rest: Origin) -> tuple[Items, Looks]:
        ledger = session.ledger
        origin = replace(rest, keep=tuple(sorted(_wanted(session, AHEAD))))
        items: Items = await self._workers.insist(open_items, ledger.settings.spec(), origin)
        items = replace(items, since=f"all {len(items.ids) + items.others:,} items are here now")
        assert items.origin is not None
        looks = Looks(items.origin, len(items.ids), self._workers.executor, self._changed)
        current = () if session.offer is None else (session.offer.item,)
        ahead = (session.items.ids[row] for row in session.upcoming(_ON_SCREEN // 2))
        seen = (*current, *ahead, *reversed(ledger.answers))
        rows = [items.row_of[item] for item in seen if item in items.row_of][:_ON_SCREEN]
        await self._workers.until_done(lambda: looks.open(rows))
        return items, looks


def _wanted(session: LabelSession, ahead: int) -> set[str]:
    """Items that are to be there: those that the session speaks of, its start, and so many that come next."""
    rows = (*session.items.start, *session.upcoming(ahead)) if ahead else ()
    here = session.items.row_of
    return {item for item in (*spoken_of(session.ledger), *(session.items.ids[row] for row in rows)) if item in here}
