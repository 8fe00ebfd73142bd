"""For how long something has been going on, pauses not counted."""

from __future__ import annotations

import time


class Stopwatch:
    """Counts seconds while it runs.

    Parameters
    ----------
    seconds : what it shows at the beginning.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._counted = seconds
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """What it shows."""
        return self._counted + (time.monotonic() - self._since if self._since is not None else 0.0)

    def run(self, running: bool) -> None:
        """Let it run, or stand; what it does already, it goes on doing."""
        if running and self._since is None:
            self._since = time.monotonic()
        elif not running:
            self._counted, self._since = self.seconds, None

    def slept(self, seconds: float) -> None:
        """The program was stopped for so long; that does not count."""
        if self._since is not None:
            self._since += seconds
