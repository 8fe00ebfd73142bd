"""A fault of our own does not end the program while somebody labels: it is written down, told in a line, and drawn over.

Textual ends the program at any exception, and lets a widget whose handler raised hear nothing more. That is wrong for a person
whose next key is a label.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.message import Message
from textual.message_pump import MessagePump
from textual.worker import WorkerFailed

from al_tui.widgets.host import Host

REDRAW_SECONDS = 1.0
"""Between two drawings of everything after faults; what fails in drawing must not keep the program busy."""
BLIND = 3
"""So many such drawings without a picture on the terminal, and the program gives up: nobody can label what cannot be seen."""
SAME_SECONDS = 3.0
"""A fault at the same place is written down and told once in so many seconds."""


@runtime_checkable
class Painted(Protocol):
    """A screen that brings itself up to date."""

    def paint_again(self) -> None:
        """Paint what there is now, whatever was painted before."""
        ...


class Barrier:
    """Stands between faults and the end of the program.

    Parameters
    ----------
    app : what goes on.
    log : the file that a fault is written to.
    give_up : ends the program in good order; called with the fault.
    """

    def __init__(self, app: Host, log: Path, give_up: Callable[[Exception], None]) -> None:
        self.up = False
        """Whether the program goes on after a fault: not before it has painted, and not in a test of it."""
        self.faults = 0
        self.frames = 0
        """Pictures that reached the terminal."""
        self._app, self._log, self._give_up = app, log, give_up
        self._seen: dict[tuple[str, str], float] = {}
        self._redraw: asyncio.TimerHandle | None = None
        self._drawn_at = -REDRAW_SECONDS
        self._frames_then = 0
        self._blind = 0

    def met(self, error: Exception) -> None:
        """Something failed, wherever it was called from: go on, if that can be."""
        with self._app._context():
            self._met(error)

    def _met(self, error: Exception) -> None:
        from al_tui.shell.crash_report import place_of, write_down  # nothing that a start has to wait for

        self.faults += 1
        cause = error.error if isinstance(error, WorkerFailed) else error
        assert isinstance(cause, Exception)
        kind, now = (type(cause).__name__, place_of(cause)), time.monotonic()
        new = now - self._seen.get(kind, -SAME_SECONDS) >= SAME_SECONDS
        if new:
            self._seen[kind] = now
            write_down(cause, self._log)
        if not self.up and self._app.return_code is None:
            self._give_up(cause)
        elif self._app.return_code is None:
            if new:
                with contextlib.suppress(Exception):  # the line that tells it may be what is broken
                    words = f"Something went wrong ({kind[0]}); labels that were counted are on disk. See {self._app.log_path}"
                    self._app.tell(words, problem=True)
            self._draw_soon(cause, now)

    def _draw_soon(self, error: Exception, now: float) -> None:
        if self._redraw is None:
            wait = max(0.0, self._drawn_at + REDRAW_SECONDS - now)
            self._redraw = asyncio.get_running_loop().call_later(wait, self._draw, error)

    def _draw(self, error: Exception) -> None:
        """Draw everything anew, unless that has led to nothing before."""
        self._redraw = None
        with self._app._context():
            self._draw_all(error)

    def _draw_all(self, error: Exception) -> None:
        self._drawn_at = time.monotonic()
        if self._app.return_code is not None:
            return
        self._blind = self._blind + 1 if self.frames == self._frames_then else 0
        self._frames_then = self.frames
        if self._blind >= BLIND:
            self._give_up(error)
            return
        for screen in self._app.screen_stack:
            for widget in screen.query("*"):
                widget.refresh()
            screen.refresh(layout=True)
            if isinstance(screen, Painted):
                try:
                    screen.paint_again()
                except Exception as again:
                    self.met(again)


def guard_messages() -> None:
    """Have every widget hear its next message, whatever became of the one before; Textual offers no other way.

    And let the event loop breathe after each key and click: their queue may be long, and signals and painting wait behind it.
    """
    whole = MessagePump._dispatch_message
    if getattr(whole, "guarded", False):
        return

    async def dispatch(self: MessagePump, message: Message) -> None:
        app: Any = getattr(self, "app", None)
        barrier: Barrier | None = getattr(app, "barrier", None)
        if barrier is None or not barrier.up:
            await whole(self, message)
            return
        by_person = isinstance(message, events.InputEvent)
        if by_person and app.return_code is not None:
            return  # the program is leaving
        try:
            await whole(self, message)
        except Exception as error:
            barrier.met(error)
        if by_person:
            await asyncio.sleep(0)

    dispatch.guarded = True  # type: ignore[attr-defined]
    MessagePump._dispatch_message = dispatch  # type: ignore[method-assign]
