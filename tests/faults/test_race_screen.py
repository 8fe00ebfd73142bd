"""The dashboard is killed while somebody labels in a race, again and again, and goes on with the same race.

Guarantees A to D of docs/sessions.md, for answers given in a race.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from test_label_screen import a_key, typed
from trials import trials

from al_core.sessions.checking import check_session
from al_core.sessions.store import RaceFile

KILLS = trials(10, 100)
OPTIONS = ("--strategies", "margin,random", "--pace", "0.5", "--batch", "500", "--budget", "1020")

StartTerminal = Callable[..., Any]


def on_disk(path: Path) -> list[int | None]:
    """The answers in the file, in the order they were given; makes sure of B and C on the way."""
    assert check_session(path).problems == ()
    with RaceFile.open(path, read_only=True) as first, RaceFile.open(path, read_only=True) as second:
        assert first.ledger == second.ledger
        return [given.label for given in first.ledger.runs[-1].state.history]


def asking(count: int) -> str:
    """What the screen says when so many items of the batch are answered."""
    return rf"margin asks you about 500 · {500 - count} left"


def test_killed_while_somebody_labels_in_a_race(terminal: StartTerminal, tmp_path: Path) -> None:
    dice = random.Random(5)
    path = tmp_path / "killed.session"
    stack: list[int | None] = []
    at = terminal(*OPTIONS, "--session", str(path))
    at.wait("margin asks about these")
    at.press("h")
    at.wait(asking(0))
    for _ in range(KILLS):
        for _ in range(dice.randrange(6)):
            key = a_key(dice, stack, "s")
            at.press(key)
            stack = typed(stack, key)
            at.wait(asking(len(stack)))
        key = a_key(dice, stack, "s")
        workers = at.workers
        at.press(key)
        time.sleep(dice.random() * 0.05)  # the moment of the kill is what is tried here
        os.kill(at.child.pid, signal.SIGKILL)
        at.finish()
        assert at.all_gone(workers)
        found = on_disk(path)
        assert found in (stack, typed(stack, key)), (stack, key, found)
        stack = found
        at = terminal("resume", str(path))
        at.wait(asking(len(stack)))
    at.press("q")
    assert at.finish() == 0
    assert on_disk(path) == stack
    assert len(stack) > KILLS / 2
