"""The program is stopped while it paints, by Ctrl+Z in a shell and by signals, and goes on: terminal, race and labels are kept.

`AL_TUI_TRIALS=large` tries it more often.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from tests.conftest import Terminal, is_stopped

from al_core.sessions.store import SessionFile

pytestmark = pytest.mark.faults
StartTerminal = Callable[..., Any]
TRIALS = 60 if os.environ.get("AL_TUI_TRIALS") == "large" else 12

RESTORED = ("\x1b[?1049l", "\x1b[?25h", "\x1b[?1000l", "\x1b[?1003l", "\x1b[?2004l")
"""Main screen, cursor, no mouse, no bracketed paste."""
COOKED = termios.ECHO | termios.ICANON | termios.ISIG


class Shell(Terminal):
    """An interactive shell with job control, behind a pseudo-terminal."""

    def command(self, args: tuple[str, ...]) -> tuple[str, list[str]]:
        return "bash", ["--norc", "--noprofile", "-i", *args]

    def run(self, *args: str) -> None:
        """Start `al-tui`."""
        self.wait(r"SHELL>")
        self.press(f"{sys.executable} -m al_tui {' '.join(args)}\r")

    @property
    def program(self) -> int:
        """The process id of `al-tui`."""
        found = subprocess.run(["pgrep", "-P", str(self.child.pid)], capture_output=True, text=True, check=True).stdout
        return int(found.split()[0])

    def prompted(self) -> None:
        """Wait until the shell has said that the program is stopped, and asks for the next command."""
        self.read(lambda: "SHELL>" in self.raw.partition("Stopped")[2])


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    at = Shell(tmp_path, env={"PS1": "SHELL> "})
    yield at
    for pid in [*at.workers, at.child.pid]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    at.child.close(force=True)


def some(at: Terminal, dice: random.Random) -> None:
    """Read on for a random number of frames, so that the program is met at any moment of its work."""
    for _ in range(dice.randrange(4)):
        with contextlib.suppress(pexpect.TIMEOUT):
            at.feed(at.child.read_nonblocking(dice.choice((200, 65536)), timeout=0.1))


def painted(at: Terminal) -> bool:
    """The race or its end is on the screen, and nothing of the shell is left there."""
    return "SHELL>" not in at.text and re.search("asks about|Comparison ·", at.text) is not None


def cooked(at: Any) -> bool:
    """Whether the terminal waits for whole lines and echoes, as a shell wants it."""
    return bool(termios.tcgetattr(at.child.child_fd)[3] & COOKED)


def test_signals_stop_the_race_and_let_it_go_on(terminal: StartTerminal) -> None:
    dice = random.Random(1)
    at = terminal("--pace", "12", "--budget", "320")
    at.wait("asks about these")
    pid = at.child.pid
    for _ in range(TRIALS):
        at.press(dice.choice(("\x1b[B", "\x1b[C", "")))
        some(at, dice)
        at.raw = ""
        os.kill(pid, signal.SIGTSTP)
        at.stopped()
        assert all(sequence in at.raw for sequence in RESTORED)
        assert termios.tcgetattr(at.child.child_fd)[3] & COOKED == COOKED
        at.raw = ""
        os.kill(pid, signal.SIGCONT)
        at.read(lambda: "\x1b[?1049h" in at.raw and painted(at) and not cooked(at))
    at.wait("Comparison ·")
    workers = at.workers
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert at.all_gone(workers)


def test_ctrl_z_and_back_while_strategies_race(shell: Shell) -> None:
    dice = random.Random(2)
    shell.run("--pace", "12", "--budget", "320")
    shell.wait("asks about these")
    pid = shell.program
    for _ in range(TRIALS):
        some(shell, dice)
        shell.raw = ""
        shell.press("\x1a")
        shell.prompted()
        assert is_stopped(pid)
        assert all(sequence in shell.raw for sequence in RESTORED)
        if dice.random() < 0.3:
            shell.raw = ""
            shell.press("bg\r")  # in the background it stops again, for it has nothing to draw on
            shell.read(lambda: "SHELL>" in shell.raw and is_stopped(pid))
        shell.raw = ""
        shell.press("fg\r")
        shell.read(lambda: "\x1b[?1049h" in shell.raw and painted(shell))
    shell.wait("Comparison ·")
    workers = [worker for worker in shell.workers if worker != pid]
    shell.raw = ""
    shell.press("q")
    shell.wait("SHELL>")
    shell.press("echo code $?\r")
    shell.wait("code 0")
    assert "Traceback" not in shell.raw
    assert shell.all_gone([pid, *workers])


def test_ctrl_z_and_back_while_somebody_labels(shell: Shell, tmp_path: Path) -> None:
    dice = random.Random(3)
    session = tmp_path / "stopped.session"
    typed: list[int] = []
    shell.run("label", "--session", str(session))
    shell.wait("one of the first items")
    for _ in range(TRIALS):
        keys = [dice.randrange(10) for _ in range(dice.randrange(1, 5))]
        typed += keys
        shell.raw = ""
        shell.press("".join(map(str, keys)) + "\x1a")
        shell.prompted()
        assert all(sequence in shell.raw for sequence in RESTORED)
        shell.press("fg\r")
        shell.wait(rf"al-tui · {len(typed)} labels?\b")
    shell.press("q")
    shell.wait("SHELL>")
    with SessionFile.open(session, read_only=True) as file:
        assert [given.label for given in file.ledger.answers.values()] == typed


def test_stopped_without_being_asked_it_paints_again(shell: Shell) -> None:
    shell.run("--pace", "1")
    shell.wait("asks about these")
    for _ in range(3):
        shell.raw = ""
        os.kill(shell.program, signal.SIGSTOP)
        shell.prompted()
        shell.press("fg\r")
        shell.read(lambda: painted(shell))
    shell.press("q")
    shell.wait("SHELL>")
