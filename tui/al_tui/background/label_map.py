"""The items of a labelling session as a map needs them: where they lie, which are asked from, which have a label."""

from __future__ import annotations

import asyncio
from array import array
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from al_core.data.plane import MOST_BY_NEIGHBOURS, Plane, open_plane
from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession
from al_tui.background.patience import Patience

if TYPE_CHECKING:
    from al_core.labelling.items import Items

LATEST = 5_000
"""Labels that are on a map at most, the latest."""


class LabelMap:
    """Fetched when somebody looks at it, and again when there are more items.

    Parameters
    ----------
    workers : who computes it.
    session : gives the session, once it is open.
    changed : called when there is more to be drawn.
    """

    def __init__(self, workers: Patience, session: Callable[[], LabelSession | None], changed: Callable[[], None]) -> None:
        self.trouble: str | None = None
        self.rows: array[int] = array("I")
        """Those that are asked from."""
        self._workers, self._session, self.changed = workers, session, changed
        self._plane: Plane | None = None
        self._of: Items | None = None
        self._task: asyncio.Task[None] | None = None
        self._counted: tuple[object, Counter[int]] = (None, Counter())

    @property
    def plane(self) -> Plane | None:
        """Where the items of now lie; None before that is known."""
        session = self._session()
        return self._plane if session is not None and session.items is self._of else None

    def want(self, *, by_neighbours: bool = False) -> None:
        """Somebody looks at it; those who look at nothing else have it ``by_neighbours``, which takes a worker some seconds."""
        session, there = self._session(), self.plane
        if session is None or (self._task is not None and not self._task.done()):
            return
        if self._of is not session.items:
            self.trouble = None
        refine = by_neighbours and there is not None and not there.by_neighbours
        few = there is not None and len(there.across) <= MOST_BY_NEIGHBOURS
        if self.trouble is None and (there is None or (refine and few)):
            self._task = asyncio.get_running_loop().create_task(self._fetch(session.items, there is not None))

    async def _fetch(self, items: Items, by_neighbours: bool) -> None:
        try:
            found = await self._workers.ask(open_plane, items.origin or items.dataset, by_neighbours)
            self._plane, self._of, self.rows = found, items, array("I", items.pool)
        except Exception as error:  # whatever a worker raises: labelling does not hang on it
            self._of = items
            self.trouble = f"There is no map: {safe_text(str(error) or type(error).__name__, 200)}"
        self.changed()

    def labelled(self, session: LabelSession) -> dict[int, int]:
        """The person's latest labels by row, the oldest of them first."""
        row_of, answers = session.items.row_of, session.ledger.answers
        latest = islice(((item, given.label) for item, given in reversed(answers.items()) if given.label is not None), LATEST)
        return {row: label for item, label in reversed([*latest]) if (row := row_of.get(item)) is not None}

    def per_class(self, session: LabelSession) -> Counter[int]:
        """How many labels of the person each class has."""
        ledger = session.ledger
        if self._counted[0] != ledger.revision:
            counts = Counter(given.label for given in ledger.answers.values() if given.label is not None)
            self._counted = ledger.revision, counts
        return self._counted[1]
