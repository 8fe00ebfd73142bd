"""The labelling screen is killed while somebody types, again and again, and goes on with the same session.

Guarantees A to D of docs/sessions.md. `AL_TUI_SCREEN_KILLS=1000` tries it more often.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from al_core.sessions.checking import check_session
from al_core.sessions.store import SessionFile

KILLS = int(os.environ.get("AL_TUI_SCREEN_KILLS", "10"))

StartTerminal = Callable[..., Any]


def typed(stack: list[int | None], key: str) -> list[int | None]:
    """The answers after a key: a digit labels, s puts aside, u takes back."""
    if key == "u":
        return stack[:-1]
    return [*stack, None if key == "s" else int(key)]


def header(stack: list[int | None]) -> str:
    """What the top line says when these answers are acknowledged."""
    aside = stack.count(None)
    labels = len(stack) - aside
    counts = rf"al-tui · {labels} labels? "
    return counts + (rf".*· {aside} put aside" if aside else r"(?!.*put aside)")


def on_disk(path: Path) -> list[int | None]:
    """The answers in the file; makes sure of B and C on the way."""
    assert check_session(path).problems == ()
    with SessionFile.open(path, read_only=True) as first, SessionFile.open(path, read_only=True) as second:
        assert first.ledger == second.ledger
        return [given.label for given in first.ledger.answers.values()]


def test_killed_while_somebody_types(terminal: StartTerminal, tmp_path: Path) -> None:
    dice = random.Random(4)
    session = tmp_path / "killed.session"
    stack: list[int | None] = []
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")

    for _ in range(KILLS):
        for _ in range(dice.randrange(8)):
            key = dice.choice("0123456789su" if stack else "0123456789s")
            at.press(key)
            stack = typed(stack, key)
            at.wait(header(stack))
        key = dice.choice("0123456789su" if stack else "0123456789s")
        workers = at.workers
        at.press(key)
        time.sleep(dice.random() * 0.05)  # the moment of the kill is what is tried here
        os.kill(at.child.pid, signal.SIGKILL)
        at.finish()
        assert at.all_gone(workers)
        found = on_disk(session)
        assert found in (stack, typed(stack, key)), (stack, key, found)
        stack = found
        at = terminal("resume", str(session))
        at.wait(header(stack))
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == stack
    assert len(stack) > KILLS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_asked_to_leave_while_somebody_types(terminal: StartTerminal, tmp_path: Path, number: signal.Signals) -> None:
    session = tmp_path / "left.session"
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    at.press("314")
    at.wait(header([3, 1, 4]))
    workers = at.workers
    os.kill(at.child.pid, number)
    assert at.finish() == 128 + number
    assert "\x1b[?1049l" in at.raw
    assert at.all_gone(workers)
    assert on_disk(session) == [3, 1, 4]
