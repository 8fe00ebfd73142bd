"""However the program is made to leave, it leaves: nothing stays behind, nothing is smeared, the terminal is as it was."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
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
