"""The labelling screen is killed, asked to leave, stopped and cut off while somebody types, and goes on with the same session.

Guarantees A to D of docs/sessions.md.
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
from trials import trials

from al_core.sessions.checking import check_session
from al_core.sessions.store import SessionFile

KILLS = 50
"""Kills of one session; then another one begins, for there are only so many digits."""

StartTerminal = Callable[..., Any]


def typed(stack: list[int | None], key: str) -> list[int | None]:
    """The answers after a key: a digit labels, d puts aside, as s does in a race, u takes back."""
    if key == "u":
        return stack[:-1]
    return [*stack, None if key in "ds" else int(key)]


def header(stack: list[int | None]) -> str:
    """What the top line says when these answers are acknowledged."""
    aside = stack.count(None)
    labels = len(stack) - aside
    counts = rf"al-tui · {labels} labels? "
    return counts + (rf".*· {aside} put aside" if aside else r"(?!.*put aside)")


def on_disk(path: Path) -> list[int | None]:
    """The answers in the file; makes sure of B and C on the way."""
    assert check_session(path).problems == ()
    while True:
        with SessionFile.open(path, read_only=True) as first, SessionFile.open(path, read_only=True) as second:
            if first.ledger.sequence == second.ledger.sequence:  # a program that is still running may write between the two
                assert first.ledger == second.ledger
                return [given.label for given in first.ledger.answers.values()]


def a_key(dice: random.Random, stack: list[int | None], aside: str = "d") -> str:
    return dice.choice(f"0123456789{aside}u" if stack else f"0123456789{aside}")


def type_some(at: Any, dice: random.Random, stack: list[int | None], most: int) -> list[int | None]:
    """Type up to ``most`` keys, each when the one before is acknowledged; the answers then."""
    for _ in range(dice.randrange(most)):
        key = a_key(dice, stack)
        at.press(key)
        stack = typed(stack, key)
        at.wait(header(stack))
    return stack


def begin_or_resume(terminal: StartTerminal, session: Path, stack: list[int | None], **how: Any) -> Any:
    at = terminal("resume" if session.exists() else "label", *(() if session.exists() else ("--session",)), str(session), **how)
    at.wait(header(stack))
    return at


@pytest.mark.parametrize("sitting", range(trials(50, 1000) // KILLS))
def test_killed_while_somebody_types(terminal: StartTerminal, tmp_path: Path, sitting: int) -> None:
    dice = random.Random(sitting)
    session = tmp_path / "killed.session"
    stack: list[int | None] = []
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")

    for _ in range(KILLS):
        stack = type_some(at, dice, stack, 8)
        key = a_key(dice, stack)
        workers = at.workers
        at.press(key)
        time.sleep(dice.random() * 0.05)  # the moment of the kill is what is tried here
        os.kill(at.child.pid, signal.SIGKILL)
        at.finish()
        assert at.all_gone(workers)
        found = on_disk(session)
        assert found in (stack, typed(stack, key)), (stack, key, found)
        stack = found
        at = begin_or_resume(terminal, session, stack)
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == stack
    assert len(stack) > KILLS


@pytest.mark.parametrize("way", ["SIGTERM", "SIGHUP", "SIGINT", "closed", "closed-and-SIGHUP-ignored"])
def test_made_to_leave_while_somebody_types(
    terminal: StartTerminal, tmp_path: Path, way: str, record_property: Callable[[str, object], None]
) -> None:
    """Signals and lost terminals, each while the last key may be on its way."""
    dice = random.Random(way)
    session = tmp_path / "left.session"
    stack: list[int | None] = []
    slowest = 0.0
    for _ in range(trials(10, 50)):
        at = begin_or_resume(terminal, session, stack, ignore_sighup=way == "closed-and-SIGHUP-ignored")
        at.wait(r"label|asked|first|next best|gone back")
        stack = type_some(at, dice, stack, 6)
        everything = [at.child.pid, *at.workers]
        key = a_key(dice, stack)
        at.press(key)
        begin = time.monotonic()
        if way.startswith("SIG"):
            number = getattr(signal, way)
            os.kill(at.child.pid, number)
            assert at.finish() == 128 + number
            slowest = max(slowest, time.monotonic() - begin)
            assert "\x1b[?1049l" in at.raw
            assert "\x1b[?25h" in at.raw
            assert "Traceback" not in at.raw
        else:
            at.hang_up()
        assert at.all_gone(everything)
        slowest = max(slowest, time.monotonic() - begin) if not way.startswith("SIG") else slowest
        found = on_disk(session)
        assert found in (stack, typed(stack, key)), (stack, key, found)
        stack = found
    record_property("slowest_exit_seconds", round(slowest, 2))


def test_stopped_and_continued_while_somebody_types(terminal: StartTerminal, tmp_path: Path) -> None:
    """Ctrl+Z, as a shell's terminal sends it, and back: every key before and after counts once."""
    dice = random.Random(26)
    session = tmp_path / "stopped.session"
    stack: list[int | None] = []
    at = begin_or_resume(terminal, session, stack)
    at.wait("one of the first items")
    for _ in range(trials(10, 50)):
        stack = type_some(at, dice, stack, 4)
        key = a_key(dice, stack)
        at.press(key)
        before, stack = stack, typed(stack, key)
        os.kill(at.child.pid, signal.SIGTSTP)
        at.stopped()
        assert on_disk(session) in (before, stack)
        os.kill(at.child.pid, signal.SIGCONT)
        at.wait(header(stack))
    stack = type_some(at, dice, stack, 4)
    at.press("q")
    assert at.finish() == 0
    assert on_disk(session) == stack
