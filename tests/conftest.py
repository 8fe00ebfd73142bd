"""The real program behind a pseudo-terminal, for every test that wants it."""

from __future__ import annotations

import contextlib
import importlib
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest
from hypothesis import settings
from trials import PATIENCE

# How long an example takes says how busy the machine is. The same examples every time where a red test stops a change from
# landing; new ones every time at a person's desk.
settings.register_profile("al-tui", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("al-tui")

WIDTH, HEIGHT = 120, 40
_numbers = itertools.count()


def _obey(*numbers: signal.Signals) -> None:
    """Have these signals do what they do in a person's terminal, even if the tests run in the background, where a shell has
    them ignored, or behind ``nohup``."""
    for number in numbers:
        signal.signal(number, signal.SIG_DFL)


class _Word(str):
    """A word of a command, which need not be text: names of files are not."""

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        return os.fsencode(str(self))


class Terminal:
    """`al-tui` behind a pseudo-terminal, with a screen that can be read."""

    def __init__(
        self,
        home: Path,
        *args: str,
        env: dict[str, str] | None = None,
        ignore_sighup: bool = False,
        size: tuple[int, int] = (WIDTH, HEIGHT),
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        """``prepare`` is called in the child before the program begins."""
        variables = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "CI", "COLUMNS", "LINES")}
        variables |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(home), **(env or {})}
        for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            variables.pop(name, None)
        program, arguments = self.command(args)

        def begin() -> None:
            _obey(signal.SIGINT, signal.SIGQUIT, *(() if ignore_sighup else (signal.SIGHUP,)))
            prepare()

        self.child = pexpect.spawn(
            program,
            [_Word(word) for word in arguments],
            dimensions=size[::-1],
            env=variables,
            cwd=str(home),
            encoding="utf-8",
            codec_errors="replace",  # a program may be stopped in the midst of a character
            timeout=PATIENCE,
            ignore_sighup=ignore_sighup,
            preexec_fn=begin,
        )
        self.screen = pyte.Screen(*size)
        self.stream = pyte.Stream(self.screen)
        self.raw = ""

    def command(self, args: tuple[str, ...]) -> tuple[str, list[str]]:
        """What is started behind the terminal."""
        return sys.executable, ["-m", "al_tui", *args]

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def wait(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        """Read until the screen shows ``pattern``; the limits are there for a program that hangs, not as a claim about speed:
        so many seconds in which nothing is drawn, or some more in which something else is."""
        waited, end = 0.0, time.monotonic() + 2 * seconds
        while (found := re.search(pattern, self.text)) is None:
            if waited >= seconds or time.monotonic() >= end:
                raise AssertionError(f"never saw {pattern!r} on\n{self.text}")
            try:
                chunk = self.child.read_nonblocking(65536, timeout=0.5)
            except pexpect.TIMEOUT:
                waited += 0.5
                continue
            self.feed(chunk)
        return found

    def shows(self, *words: str) -> None:
        """Read until all of these words stand on the screen, however its lines break them: a frame comes in pieces, and parts
        of a screen in frames of their own, so what is beside a text that was waited for may come later."""
        self.read(lambda: all(text in " ".join(self.text.split()) for text in words))

    def settle(self, seconds: float = 0.5) -> None:
        """Read until the program has nothing more to draw for half a second."""
        while True:
            try:
                chunk = self.child.read_nonblocking(65536, timeout=seconds)
            except (pexpect.TIMEOUT, pexpect.EOF):
                return
            self.feed(chunk)

    def feed(self, chunk: str) -> None:
        """Take in what the program wrote."""
        self.raw += chunk
        self.stream.feed(chunk)

    def press(self, keys: str) -> None:
        self.child.send(keys)

    def send(self, data: bytes) -> None:
        """Send bytes as they are, also such as are no text."""
        while data:
            data = data[os.write(self.child.child_fd, data) :]

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    def stopped(self, pid: int | None = None) -> None:
        """Wait until the program, or process ``pid``, is stopped, as by Ctrl+Z, and read all that it wrote before."""
        self.read(lambda: is_stopped(pid or self.child.pid))
        self.settle()

    def read(self, until: Callable[[], bool]) -> None:
        """Read what the program writes until a condition holds; the limit is there for a program that hangs."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if until():
                return
            with contextlib.suppress(pexpect.TIMEOUT):
                self.feed(self.child.read_nonblocking(65536, timeout=0.05))
        raise AssertionError(f"waited in vain on\n{self.text}")

    def hang_up(self) -> None:
        """Close our side of the terminal, as a lost connection does."""
        self.child.ptyproc.fileobj.close()

    def finish(self) -> int:
        """Read to the end and return the exit code, or minus the signal; the limit, as that of `wait`, is for one that hangs.

        Asked for often: while a process that the program started is stopped, the end of the terminal is only known by its own.
        """
        silent = 0.0
        while silent < PATIENCE:
            try:
                self.raw += self.child.read_nonblocking(65536, timeout=0.25)
                silent = 0.0
            except pexpect.TIMEOUT:
                silent += 0.25
            except pexpect.EOF:
                break
        else:
            raise AssertionError(f"it does not end, on\n{self.text}")
        self.child.wait()
        return self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus

    @property
    def workers(self) -> list[int]:
        """Processes that the program started, and theirs."""
        table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        parents = {int(pid): int(parent) for pid, parent in (line.split() for line in table.splitlines())}
        found, todo = [], [self.child.pid]
        while todo:
            parent = todo.pop()
            children = [pid for pid, up in parents.items() if up == parent]
            found += children
            todo += children
        return found

    def all_gone(self, pids: list[int]) -> bool:
        """True when none of the processes is left; polled, for a worker notices within moments that its parent is gone."""
        for _ in range(100):
            table = subprocess.run(["ps", "-eo", "pid=,stat="], capture_output=True, text=True, check=True).stdout
            rows = (line.split(None, 1) for line in table.splitlines())
            if not {int(pid) for pid, stat in rows if not stat.startswith("Z")} & set(pids):
                return True
            subprocess.run(["sleep", "0.1"], check=True)
        return False


def is_stopped(pid: int) -> bool:
    """Whether a process is stopped, as by Ctrl+Z."""
    stat = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=True).stdout
    return stat.startswith("T")


@pytest.fixture(autouse=True)
def _no_cache_of_a_person(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test has a cache of its own, which nobody has made yet: none finds there what another computed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / f"cache-{next(_numbers)}"))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts `al-tui` with arguments, in a home directory of its own; whatever is still there afterwards is killed."""
    opened: list[Terminal] = []

    def start(*args: str, **options: Any) -> Terminal:
        opened.append(Terminal(tmp_path, *args, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.child.kill(signal.SIGKILL)
        with contextlib.suppress(OSError):  # the test may have hung up
            one.child.close(force=True)


@pytest.fixture
def add_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Adds a module to a package of ours, from a folder of its own: the one file that somebody would write."""
    added: list[str] = []
    asked: list[Callable[[], object]] = []

    def add(package: str, name: str, source: str, cached: Any) -> None:
        """``cached`` is what remembers the modules of the package."""
        folder = tmp_path / "added" / package
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.py").write_text(source)
        there = importlib.import_module(package)
        monkeypatch.setattr(there, "__path__", [*there.__path__, str(folder)])
        importlib.invalidate_caches()
        added.append(f"{package}.{name}")
        asked.append(cached.cache_clear)
        cached.cache_clear()

    yield add
    monkeypatch.undo()
    for name in added:
        sys.modules.pop(name, None)
    for forget in asked:
        forget()
