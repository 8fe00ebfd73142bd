"""The real program in a real terminal, with real workers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

StartTerminal = Callable[..., Any]


def test_launch_label_ten_by_hand_undo_finish_compare_quit(terminal: StartTerminal) -> None:
    at = terminal("--budget", "50", "--pace", "1", "--strategies", "random,margin")
    at.wait("AULC")
    at.wait("Comparison ·")
    at.press("\x1b")
    at.wait("finished")
    at.press("R")
    at.wait("another seed")
    at.press("\r")
    at.press(" ")
    at.wait("paused")
    at.press("n")
    at.wait(r"asks about these 10")
    at.press("h")
    at.wait(r"asks you about 10 · 10 left")
    for left in range(9, 0, -1):
        at.press("3")
        at.wait(rf"asks you about 10 · {left} left")
    at.press("u")
    at.wait(r"· 2 left")
    at.press("33")
    at.wait(r"of your 10 labels agree")
    at.press("u")
    at.wait(r"asks you about 10 · 1 left")
    at.press("a")
    at.wait(r"asks you about 10 · 10 left")
    at.press("h")
    at.press(" ")
    at.wait("Comparison ·")
    at.wait("One seed: a preview, no verdict.")
    pids = at.workers
    assert len(pids) >= 2
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert "\x1b[?1049l" in at.raw
    assert at.all_gone(pids)


FAULTY = """
import os, time
import numpy as np
from al_core.strategies.registry import strategy
META = dict(family="faulty", formula="-", source="a test", cost="-", why="-")

@strategy("raises", **META)
def raises(context, k):
    raise ValueError("out of luck")

@strategy("twice", **META)
def twice(context, k):
    return np.zeros(k, dtype=int)

@strategy("outside", **META)
def outside(context, k):
    return np.arange(k) + len(context.candidates)

@strategy("dies", **META)
def dies(context, k):
    os._exit(3)

@strategy("hangs", **META)
def hangs(context, k):
    while True:
        time.sleep(60)

@strategy("prints", **META)
def prints(context, k):
    print("SMEARED", flush=True)
    os.write(2, b"SMEARED" + os.linesep.encode())
    return np.arange(k)
"""


@pytest.fixture
def faulty(tmp_path: Path) -> dict[str, str]:
    """The environment in which a distribution with misbehaving strategies is installed."""
    site = tmp_path / "site"
    info = site / "faulty-0.1.dist-info"
    info.mkdir(parents=True)
    (site / "faulty_strategies.py").write_text(FAULTY)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty\nVersion: 0.1\n")
    (info / "entry_points.txt").write_text("[al_tui.strategies]\nfaulty = faulty_strategies\n")
    return {"PYTHONPATH": str(site)}


@pytest.mark.faults
def test_strategies_that_misbehave_cost_only_their_own_run(
    terminal: StartTerminal, faulty: dict[str, str], tmp_path: Path
) -> None:
    names = "raises,twice,outside,dies,hangs,prints,random"
    at = terminal("--strategies", names, "--budget", "40", "--pace", "max", "--round-limit", "10", env=faulty)
    at.wait("Comparison ·")
    at.shows("Failed: raises, twice, outside, dies, hangs.")
    at.press("\x1b")
    at.wait("finished")
    for words in (
        "raises raised ValueError: out of luck",
        "more than once",
        "out of range",
        "exit code 3",
        "within 10 seconds",
    ):
        for _ in range(7):
            if words in re.sub(r"\s+", " ", at.text):
                break
            at.press("\x1b[B")
            at.settle()
        at.shows(words, "al-tui.log")
    at.press("q")
    assert at.finish() == 0
    assert "SMEARED" not in at.raw
    logs = list(tmp_path.rglob("al-tui.log"))
    assert "SMEARED" in logs[0].read_text()
    assert "ValueError: out of luck" in logs[0].read_text()


def test_ctrl_c_warns_first_and_quits_second(terminal: StartTerminal) -> None:
    at = terminal("--budget", "40")
    at.wait("al-tui")
    at.press("\x03")
    at.wait("again to quit")
    at.press("\x03")
    assert at.finish() == 0
    assert "Traceback" not in at.raw


def test_sixteen_colours_and_a_narrow_screen(terminal: StartTerminal) -> None:
    at = terminal("--budget", "40", env={"TERM": "xterm-16color", "COLORTERM": ""})
    at.wait("asks about these")
    assert not re.search(r"\x1b\[[0-9;]*[34]8;2;", at.raw)
    at.press("q")
    assert at.finish() == 0
