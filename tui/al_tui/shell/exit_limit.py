"""The one hard limit on leaving: whoever asked the program to go, and whatever it is doing, a moment later it is gone."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable

EXIT_SECONDS = 1.5
"""How long leaving in good order may take."""
_LAST_SECONDS = 0.3
"""How long what is done at the very end may take; a terminal that takes nothing would keep it for ever."""


class ExitLimit:
    """Ends the process a moment after it was asked to.

    A thread of its own waits at a pipe. So being asked takes no lock and starts nothing, and a signal's handler, which runs
    between any two instructions of the main thread, may do it as well as anything else.

    Parameters
    ----------
    last : what is left to do before the process ends; called in a thread, and not waited for long.
    """

    def __init__(self, last: Callable[[], None]) -> None:
        self._last = last
        self._wake, self._bell = os.pipe()
        threading.Thread(target=self._wait, name="exit limit", daemon=True).start()

    def begin(self, code: int) -> None:
        """Let the time run; at its end the process ends with ``code``. Asked again, the first time and the last code count."""
        with contextlib.suppress(OSError):
            os.write(self._bell, bytes((code,)))

    def _wait(self) -> None:
        code = os.read(self._wake, 1)
        time.sleep(EXIT_SECONDS)
        os.set_blocking(self._wake, False)
        with contextlib.suppress(OSError):
            code = os.read(self._wake, 1000)[-1:] or code
        last = threading.Thread(target=self._last, daemon=True)
        last.start()
        last.join(_LAST_SECONDS)
        os._exit(code[0])
