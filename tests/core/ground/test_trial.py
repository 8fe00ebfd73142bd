"""Code that is not ours, tried in a child: whatever it does there, the trial says so in a line and goes on with the next."""

from __future__ import annotations

import importlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from al_core.ground.trial import SECONDS_VARIABLE, Outcome, error_line, try_out

CODE = """
import os, signal, sys, time
from al_core.ground.errors import UserError

def do(word):
    if word == "exit": sys.exit(0)
    if word == "quit": os._exit(7)
    if word == "crash": os.kill(os.getpid(), signal.SIGSEGV)
    if word == "refuse": raise UserError("no, because")
    if word == "raise": raise ValueError("a\\x1bb")
    if word == "hang":
        while True:
            try: time.sleep(60)
            except BaseException: pass
    if word == "print":
        print("x" * 10)
        os.write(1, b"y" * 10)
        assert sys.stdin.read() == ""
    return f"did {word} in {os.getpid()}"
"""


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module whose function does what its word says."""
    (tmp_path / "tried_here.py").write_text(CODE)
    monkeypatch.syspath_prepend(str(tmp_path))
    return importlib.import_module("tried_here")


def test_one_child_does_it_all_as_long_as_it_lives(tried: ModuleType) -> None:
    outcomes = list(try_out(tried.do, ["a", "print", "raise", "refuse", "exit", "b"]))
    first, printed, raised, refused, left, last = outcomes
    pids = {outcome.value.rpartition(" ")[2] for outcome in (first, printed, last)}
    assert first.value.startswith("did a in ")
    assert len(pids) == 1
    assert str(os.getpid()) not in pids
    assert raised == Outcome(reason="ValueError: a␛b")
    assert refused == Outcome(reason="no, because", refused=True)
    assert left == Outcome(reason="SystemExit, which would have ended the program")


def test_a_call_that_ends_or_holds_the_child_costs_itself_alone(tried: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECONDS_VARIABLE, "5")
    outcomes = list(try_out(tried.do, ["quit", "a", "crash", "hang", "b"]))
    assert [outcome.reason for outcome in outcomes] == [
        "it ended the process in which it was tried (exit code 7)",
        None,
        f"it ended the process in which it was tried (signal {signal.SIGSEGV.name})",
        "it did not come to an end within 5 seconds",
        None,
    ]


def test_nothing_is_started_for_nothing(tried: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr("al_core.ground.trial.subprocess.Popen", fail)
    assert list(try_out(tried.do, [])) == []


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: SystemExit(0), "SystemExit, which would have ended the program"),
        (lambda: ValueError("a\nb\x07"), "ValueError: a b␇"),
        (lambda: KeyError(), "KeyError"),
    ],
)
def test_an_error_in_one_line(make: Callable[[], BaseException], line: str) -> None:
    assert error_line(make()) == line
