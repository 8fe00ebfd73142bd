"""An app that owns a terminal: it outlives faults of its own, goes when it is asked to, and leaves the terminal in order."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.drivers.headless_driver import HeadlessDriver
from textual.filter import NoColor

from al_core.ground.safe_text import safe_text
from al_tui.shell.barrier import Barrier, guard_messages
from al_tui.shell.exit_limit import ExitLimit
from al_tui.shell.outside import obey_signals, watch_terminal
from al_tui.shell.sparing import OnScreen
from al_tui.widgets.host import Host

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.driver import Driver
    from textual.screen import Screen


class Program(Host):
    """What stands between the outside world and the screens.

    Parameters
    ----------
    log_path : the file that holds what workers printed and what failed; error messages name it.
    """

    def __init__(self, log_path: Path) -> None:
        guard_messages()
        super().__init__()
        self.log_path = "none is kept" if log_path == Path(os.devnull) else safe_text(str(log_path))
        self.farewell: Callable[[], None] = lambda: None
        """Says how to go on, when the terminal is the shell's again; whoever starts the app sets it."""
        self.crash: str | None = None
        """In one line, by what fault the program has ended; None when by none."""
        self.barrier = Barrier(self, log_path, self._end_by)
        self._log_file = log_path
        self._limit: ExitLimit | None = None
        self._on_screen = OnScreen()
        self._words = threading.Lock()
        self._started = False

    def run(self, *, headless: bool = False, **options: Any) -> None:
        """Run as the program that the person started; tests and other programs use Textual's other ways."""
        self._started = not headless
        if self._started and self.console.color_system is None:  # Textual takes a terminal without colours for one with all
            self.no_color = True
            self._filters.append(NoColor())
        try:
            return super().run(headless=headless, **options)
        finally:
            self._give_back()

    def on_load(self) -> None:
        if self.rules_terminal:
            self._limit = ExitLimit(self._at_the_limit)
            obey_signals(self.exit, self._limit)
            asyncio.get_running_loop().set_exception_handler(self._loop_failed)

    def on_mount(self) -> None:
        if self._limit is not None:
            watch_terminal(self.exit, self._limit)
        self.call_after_refresh(self._painted)

    @property
    def rules_terminal(self) -> bool:
        """True when this is the program itself, not a test of it or a part of another one; known before there is a driver."""
        on_main = threading.current_thread() is threading.main_thread()
        return self._started and on_main and not issubclass(self.driver_class, HeadlessDriver)

    def get_driver_class(self) -> type[Driver]:
        found = super().get_driver_class()
        if sys.platform == "win32" or "TEXTUAL_DRIVER" in os.environ:
            return found
        from al_tui.shell.driver import TerminalDriver

        return TerminalDriver

    # Leaving

    def exit(self, result: None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        if self._limit is not None:
            self._limit.begin(return_code)
        super().exit(result, return_code, message)

    def say_farewell(self) -> None:
        """Say how to go on, once; by whoever comes first, leaving in good order or its limit."""
        with self._words:
            farewell, self.farewell = self.farewell, lambda: None
            farewell()

    def _at_the_limit(self) -> None:
        """Leaving takes too long: do at least what the person needs."""
        self._give_back()
        self.say_farewell()

    def _give_back(self) -> None:
        """Give the terminal back, if that has not been done."""
        give_back = getattr(self._driver, "give_back", None)
        if give_back is not None:
            give_back()

    # Faults

    def _painted(self) -> None:
        """The person sees something: from now on a fault does not end it."""
        self.barrier.up = self._started

    def _handle_exception(self, error: Exception) -> None:
        """Go on if that can be; a test of the program, or a part of another one, ends as Textual has it."""
        if self._started:
            self.barrier.met(error)
        else:
            super()._handle_exception(error)

    def _loop_failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """A callback raised, or a task did and nobody asked it."""
        if isinstance(error := context.get("exception"), Exception):
            self._handle_exception(error)

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        before = self.barrier.faults
        super()._display(screen, self._on_screen.sparing(renderable))
        if self.barrier.faults == before:
            self.barrier.frames += 1

    def _end_by(self, error: Exception) -> None:
        """End in good order, with a report of what was the matter."""
        from al_tui.shell.crash_report import write_report

        if self._return_code is None:
            self._return_code = 1
            if self._limit is not None:
                self._limit.begin(1)
            report = write_report(error, self._log_file, self._seen_from_outside())
            where = f"crash report, without answers and paths: {report}" if report else "no crash report could be written"
            self.crash = f"ended by a fault of its own ({type(error).__name__}); labels that were counted are on disk; {where}"
        self._close_messages_no_wait()

    def _seen_from_outside(self) -> dict[str, str]:
        """What a report says about the screen."""
        return {
            "size": f"{self.size.width}x{self.size.height}",
            "colours": str(self.console.color_system),
            "theme": self.theme,
            "screens": ", ".join(type(screen).__name__ for screen in self._screen_stacks.get(self._current_mode, [])),
        }
