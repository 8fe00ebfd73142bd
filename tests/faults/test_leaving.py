"""However the program is made to leave, it leaves: nothing stays behind, nothing is smeared, the terminal is as it was."""

from __future__ import annotations

import contextlib
import fcntl
import os
import random
import signal
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from trials import trials

pytestmark = pytest.mark.faults
StartTerminal = Callable[..., Any]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("moment", ["starting", "racing", "asking"])
def test_signals(terminal: StartTerminal, number: signal.Signals, moment: str) -> None:
    at = terminal("--pace", "6")
    at.wait("al-tui")
    if moment != "starting":
        at.wait("asks about these")
    if moment == "asking":
        at.press("h")
        at.wait("asks you about 10")
    pids = at.workers
    at.child.kill(number)
    assert at.finish() == 128 + number
    assert "Traceback" not in at.raw
    assert "\x1b[?1049l" in at.raw
    assert "\x1b[?25h" in at.raw
    assert at.all_gone([at.child.pid, *pids])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", [(), ("label",)], ids=["race", "label"])
def test_at_any_moment_of_the_start(terminal: StartTerminal, command: tuple[str, ...], number: signal.Signals) -> None:
    dice = random.Random(number)
    start = 0.0
    for _ in range(2):  # the first one may find nothing of the program in memory
        begin = time.monotonic()
        at = terminal(*command)
        at.wait("al-tui")
        start = time.monotonic() - begin
        at.press("q")
        at.finish()
    times = trials(10, 50)
    met = 0
    for which in range(times):
        at = terminal(*command)
        time.sleep((which + dice.random()) / times * 2 * start)  # the moment of the signal is what is tried here
        at.child.kill(number)
        code = at.finish()
        assert "Traceback" not in at.raw
        if "\x1b[?1049h" in at.raw:
            met += 1
            assert code == 128 + number
            assert "\x1b[?1049l" in at.raw.rpartition("\x1b[?1049h")[2]
        else:  # the interpreter was still being loaded, or the program knew the signal before it took the screen
            assert code in (-number, 128 + number)
    assert met, "no signal came while the program had the screen"


@pytest.mark.parametrize("ignored", [False, True])
@pytest.mark.parametrize("moment", ["starting", "racing"])
def test_a_closed_terminal(terminal: StartTerminal, moment: str, ignored: bool) -> None:
    at = terminal("--pace", "6", ignore_sighup=ignored)
    at.wait("al-tui")
    if moment == "racing":
        at.wait("asks about these")
    pids = at.workers
    at.hang_up()
    assert at.all_gone([at.child.pid, *pids])


def test_a_killed_program_leaves_no_workers(terminal: StartTerminal) -> None:
    at = terminal("--pace", "6")
    at.wait("asks about these")
    pids = at.workers
    assert pids
    at.child.kill(signal.SIGKILL)
    assert at.all_gone(pids)


@contextlib.contextmanager
def stopped(at: Any) -> Iterator[None]:
    """Everything that the program starts is stopped as soon as it is there, so that starting it never comes to an end."""
    at.read(lambda: bool(at.workers))
    for pid in at.workers:
        os.kill(pid, signal.SIGSTOP)
    pids = at.workers
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("how", ["q", "\x03\x03", signal.SIGTERM, signal.SIGHUP], ids=["q", "ctrl-c", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("command", [(), ("--seeds", "3"), ("label",)], ids=["race", "seeds", "label"])
def test_nobody_waits_for_an_engine_that_does_not_start(terminal: StartTerminal, command: tuple[str, ...], how: Any) -> None:
    at = terminal(*command)
    at.wait("starting")
    with stopped(at):
        pids = at.workers
        if isinstance(how, str):
            at.press(how)
        else:
            at.child.kill(how)
        assert at.finish() == (0 if isinstance(how, str) else 128 + how)
    assert "Traceback" not in at.raw
    assert "\x1b[?1049l" in at.raw
    assert "\x1b[?25h" in at.raw
    assert at.all_gone([at.child.pid, *pids])


@pytest.mark.parametrize("command", [("--pace", "1"), ("label",)], ids=["race", "label"])
def test_keys_that_wait_do_not_hold_a_signal_up(terminal: StartTerminal, command: tuple[str, ...]) -> None:
    """Working through all of them would take minutes, in which nothing is painted: longer than `finish` waits for."""
    at = terminal(*command)
    at.wait("asks about these|one of the first items")
    at.press("t" * 20_000)
    at.child.kill(signal.SIGTERM)
    assert at.finish() == 128 + signal.SIGTERM
    assert "\x1b[?1049l" in at.raw


@contextlib.contextmanager
def held(at: Any) -> Iterator[int]:
    """Whoever writes to the terminal waits, as after Ctrl+S where that is obeyed; gives the program's side of it."""
    side = os.open(f"/proc/{at.child.pid}/fd/2", os.O_RDWR | os.O_NOCTTY)
    termios.tcflow(side, termios.TCOOFF)
    try:
        yield side
    finally:
        with contextlib.suppress(termios.error):  # it may have been hung up
            termios.tcflow(side, termios.TCOON)
        os.close(side)


def unread(side: int) -> int:
    """How many bytes were typed that the program has not read."""
    return int.from_bytes(fcntl.ioctl(side, termios.FIONREAD, b"\0" * 4), sys.byteorder)


@pytest.mark.parametrize("how", ["SIGTERM", "SIGHUP", "closed"])
@pytest.mark.parametrize("command", [("--pace", "1"), ("label",)], ids=["race", "label"])
def test_a_terminal_that_takes_nothing(terminal: StartTerminal, command: tuple[str, ...], how: str) -> None:
    """As a line that hangs, or Ctrl+S: what is painted piles up until the program can paint no more."""
    at = terminal(*command)
    at.wait("asks about these|one of the first items")
    pids = at.workers
    with held(at) as side:
        at.press("t" * 400)
        while unread(side):
            os.sched_yield()
        if how == "closed":
            at.hang_up()
        else:
            at.child.kill(getattr(signal, how))
        assert at.all_gone([at.child.pid, *pids])


def test_how_to_go_on_is_said_even_when_leaving_is_cut_short(terminal: StartTerminal, tmp_path: Path) -> None:
    session = tmp_path / "short.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    at.press("12345")
    at.wait("5 labels")
    for pid in at.workers:
        os.kill(pid, signal.SIGSTOP)
    pids = at.workers
    at.press("6q")
    assert at.finish() == 0
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
    after = at.raw.rpartition("\x1b[?1049l")[2]
    assert "6 labels in " in after
    assert "go on with: al-tui resume" in after
    assert at.all_gone([at.child.pid, *pids])
