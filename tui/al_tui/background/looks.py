"""Fetches the looks of items ahead of the person, and keeps those of the last few hundred."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import Executor
from itertools import islice

from al_core.data.contents import open_looks
from al_core.data.looks import COMING, Look, Size, weight
from al_core.data.origin import Origin
from al_core.ground.safe_text import safe_text

SIZE = Size(160, 120)
"""Pixels of the largest picture that is fetched; no panel has room for more."""
KEPT = 600
"""Looks that stay: a few screens full, and what is fetched ahead."""
TOGETHER = 32
"""Looks that are fetched in one call."""
SMALL = 4_000_000
"""Bytes: a set of which all looks together are no larger is fetched whole."""
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0


class Looks:
    """The looks of a data set's items, as far as they are here. Used by one thread, that of the event loop.

    One call at a time is under way, so that looks never stand in the way of what learns. What fails is fetched again, after
    pauses that grow.

    Parameters
    ----------
    dataset, items : its name, or what it is read from, and how many rows it has.
    executor : where looks are made.
    changed : called when looks have come that were not here, or could not be fetched.
    pause : how to wait between attempts after a failure.
    """

    def __init__(
        self,
        dataset: str | Origin,
        items: int,
        executor: Executor,
        changed: Callable[[], None] = lambda: None,
        *,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.trouble: str | None = None
        """Why the latest looks could not be fetched; None when they could."""
        self.changed = changed
        self._dataset = dataset
        self._items = items
        self._executor = executor
        self._pause = pause
        self._here: dict[int, Look] = {}
        self._wanted: dict[int, None] = {}
        self._room = KEPT
        self._fetching: asyncio.Task[None] | None = None

    @property
    def whole(self) -> bool:
        """Whether all looks of the set are here, and stay."""
        return len(self._here) == self._items

    async def open(self, first: Iterable[int]) -> None:
        """Fetch the looks of these rows, and those of all others if the set is small; raises what the worker raises."""
        rows = tuple(dict.fromkeys(first))[:TOGETHER]
        await self._fetch(rows)
        heaviest = max((weight(self._here[row]) for row in rows), default=SMALL)
        if heaviest * self._items <= SMALL:
            self._room = self._items
            await self._fetch(None)

    def get(self, row: int) -> Look:
        """How the item of a row looks; what is not here yet is `COMING`, and is fetched next."""
        (look,) = self.all([row])
        return look

    def all(self, rows: Sequence[int]) -> tuple[Look, ...]:
        """The looks of several rows, the first wanted most."""
        self.want(rows)
        for row in rows:
            if (look := self._here.pop(row, None)) is not None:
                self._here[row] = look  # the latest again
        return tuple(self._here.get(row, COMING) for row in rows)

    def has(self, row: int) -> bool:
        """Whether the look of a row is here."""
        return row in self._here

    def want(self, rows: Iterable[int]) -> None:
        """Fetch the looks of these rows before any that were wanted earlier, the first of them first."""
        new = [row for row in rows if row not in self._here]
        if not new:
            return
        self._wanted = dict.fromkeys(islice(dict.fromkeys([*new, *self._wanted]), self._room))
        if self._fetching is None:
            self._fetching = asyncio.get_running_loop().create_task(self._go_on())

    async def bring(self, rows: Sequence[int]) -> None:
        """Fetch the looks of these rows now, unless they are here; a failure is left to what is painted later."""
        missing = tuple(row for row in rows if row not in self._here)[:TOGETHER]
        if missing:
            try:
                await self._fetch(missing)
            except Exception as error:  # a worker may raise anything; what is missing is wanted again when it is drawn
                self._failed(error)

    async def _go_on(self) -> None:
        wait = FIRST_WAIT
        try:
            while self._wanted:
                rows = tuple(islice(self._wanted, TOGETHER))
                try:
                    await self._fetch(rows)
                except Exception as error:
                    self._failed(error)
                    await self._pause(wait)
                    wait = min(LONGEST_WAIT, 2 * wait)
                else:
                    wait = FIRST_WAIT
                    self.changed()
        finally:
            self._fetching = None

    async def _fetch(self, rows: tuple[int, ...] | None) -> None:
        looks = await asyncio.wrap_future(self._executor.submit(open_looks, self._dataset, rows, SIZE))
        wanted = tuple(range(self._items)) if rows is None else rows
        if len(looks) != len(wanted):
            raise ValueError(f"the worker gave {len(looks):,} looks for {len(wanted):,} items")
        self._here.update(zip(wanted, looks, strict=True))
        for row in wanted:
            self._wanted.pop(row, None)
        for row in tuple(islice(self._here, max(0, len(self._here) - self._room))):
            del self._here[row]
        self.trouble = None

    def _failed(self, error: Exception) -> None:
        self.trouble = f"the looks of items could not be fetched: {safe_text(str(error) or type(error).__name__, 200)}"
        self.changed()
