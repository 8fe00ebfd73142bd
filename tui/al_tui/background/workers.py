"""Who computes: how many calls can be served at once, asked anew where that number can change."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

WATCH_SECONDS = 10.0


class Workers:
    """The workers, as the screen sees them.

    Parameters
    ----------
    count : how many calls they serve at once.
    recount : asks the executor anew; it may block, and it may raise when nobody answers. None where the number is fixed.
    """

    def __init__(self, count: int, recount: Callable[[], int] | None = None) -> None:
        self.count = count
        self.lost = False
        """True when the last time nobody answered."""
        self._recount = recount

    @property
    def words(self) -> str:
        """How many there are, for people."""
        return "no worker answers" if self.lost else f"{self.count} worker{'s' if self.count != 1 else ''}"

    async def watch(self, changed: Callable[[], None]) -> None:
        """Notice workers that join a cluster or leave it, until cancelled.

        A scheduler that does not answer keeps a thread waiting, neither the screen nor whoever wants to quit.
        """
        answers: list[int] = []

        def ask() -> None:
            assert self._recount is not None
            try:
                answers.append(self._recount())
            except Exception:  # what exactly is wrong is told by the calls that fail
                answers.append(0)

        thread: threading.Thread | None = None
        while self._recount is not None:
            if thread is None or not thread.is_alive():
                answers.clear()
                thread = threading.Thread(target=ask, daemon=True)
                thread.start()
            await asyncio.sleep(WATCH_SECONDS)
            count = answers[0] if answers else 0
            before = self.count, self.lost
            self.count, self.lost = count or self.count, not count
            if before != (self.count, self.lost):
                changed()
