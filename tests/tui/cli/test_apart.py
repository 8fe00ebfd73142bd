"""Commands that read data in their own process run in one apart; whatever ends that is told, or is what ends the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from trials import PATIENCE

from al_tui.cli.apart import READING
from al_tui.cli.group import cli

WHOSE_MAIN = """
import os, signal, sys
from al_tui import main as program
before = os.getpid()
def main():
    assert os.getpid() != before
    {work}
program.main = main
sys.argv = ["al-tui", "predict", "it"]
program.program()
"""


def started(work: str, at_hang_up: signal.Handlers = signal.SIG_DFL) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", WHOSE_MAIN.format(work=work)]
    begin = partial(signal.signal, signal.SIGHUP, at_hang_up)  # whatever these tests were begun with
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=begin)


@pytest.mark.parametrize(
    ("work", "code", "told"),
    [
        ("sys.exit(3)", 3, ""),
        ("pass", 0, ""),
        ("os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        (
            "os.kill(os.getpid(), signal.SIGBUS)",
            2,
            "al-tui: a file was cut off, or its disk failed, while it was read; nothing was written; make it whole first\n",
        ),
    ],
)
def test_what_became_of_the_copy_is_told(work: str, code: int, told: str) -> None:
    process = started(work)
    assert process.communicate(timeout=PATIENCE) == ("", told)
    assert process.returncode == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_ends_the_one_ends_the_other(number: signal.Signals) -> None:
    process = started("print(os.getpid(), flush=True); signal.pause()")
    assert process.stdout is not None
    copy = int(process.stdout.readline())
    process.send_signal(number)
    process.wait(120)
    assert process.returncode == -number
    assert not Path("/proc", str(copy)).exists()


def test_what_is_begun_with_nohup_goes_on() -> None:
    process = started("print(os.getpid(), flush=True); signal.pause()", signal.SIG_IGN)
    assert process.stdout is not None
    copy = int(process.stdout.readline())
    process.send_signal(signal.SIGHUP)
    os.kill(copy, signal.SIGUSR1)
    assert process.wait(120) == -signal.SIGUSR1


def test_its_commands_are_there() -> None:
    assert set(cli.commands) >= READING
