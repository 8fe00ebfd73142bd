"""The terminal of a program that nothing from outside may end: what comes in is filtered, what goes out never raises."""

from __future__ import annotations

import contextlib
import os
import select
import sys
import termios
import time
from typing import Any, TextIO

from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from al_tui.shell.terminal_input import TerminalInput

_LOOK_SECONDS = 0.1
"""How often the reading thread looks whether it is to end."""
_READ = 4096

AS_IT_WAS = "\x1b[?2004l\x1b[?7h\x1b[?2048l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[<u\x1b[?1049l\x1b[?25h\x1b[?1004l"
"""No bracketed paste, lines that wrap, no reports of size, mouse and focus, plain keys, the main screen, a cursor."""


class TerminalDriver(LinuxDriver):
    """Textual's driver with our reading of the terminal, and a terminal that can be given back at any moment."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        assert self._file is not None
        self._descriptor = self._file.fileno()
        self._file = _Sturdy(self._file)  # type: ignore[assignment]
        self.in_use = False
        """True while the terminal is as the program wants it."""

    def start_application_mode(self) -> None:
        self.in_use = True
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        super().close()
        self.in_use = False

    def give_back(self) -> None:
        """Leave the terminal as it was, whatever the other threads are doing; it may block where the terminal takes nothing."""
        if not self.in_use:
            return
        with contextlib.suppress(OSError, ValueError, termios.error):
            if self.attrs_before is not None:
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)
            os.write(self._descriptor, AS_IT_WAS.encode())

    def _run_input_thread(self) -> None:
        """Read until told to end; a fault in it is told like any other, and reading goes on."""
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except Exception as error:
                with contextlib.suppress(RuntimeError):  # the program has left, and the loop is closed
                    self._loop.call_soon_threadsafe(self._app._handle_exception, error)
                self.exit_event.wait(_LOOK_SECONDS)

    def run_input_thread(self) -> None:
        """Wait for input, and send what it means to the app."""
        arriving = TerminalInput()
        while not self.exit_event.is_set():
            begin = time.monotonic()
            patience = arriving.patience(begin)
            wait = _LOOK_SECONDS if patience is None else min(_LOOK_SECONDS, patience)
            if data := self._read(wait):
                self._send(arriving.feed(data, time.monotonic()))
            else:
                self._send(arriving.idle(begin + wait))
        self._send(arriving.feed(self._read(0), time.monotonic()))

    def _read(self, seconds: float) -> bytes:
        """What has come within so many seconds."""
        if not select.select([self.fileno], [], [], seconds)[0]:
            return b""
        try:
            data = os.read(self.fileno, _READ)
        except OSError:
            data = b""
        if not data:  # the terminal is gone; others notice and leave
            self.exit_event.wait(_LOOK_SECONDS)
        return data

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            self.process_message(message)


class _Sturdy:
    """A file for the thread that writes to the terminal, and must outlive both a terminal that is gone and odd characters."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, text: str) -> None:
        """Write what can be written."""
        try:
            self._file.write(text)
        except UnicodeEncodeError:
            encoding = self._file.encoding or sys.getdefaultencoding()
            self.write(text.encode(encoding, "replace").decode(encoding))
        except (OSError, ValueError):  # the terminal is gone; others notice and leave
            pass

    def flush(self) -> None:
        """Have it written."""
        with contextlib.suppress(OSError, ValueError):
            self._file.flush()
