"""`al-tui replay` through the door: what it refuses, in one line, and a race behind a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from al_core.sessions.actions import Settings
from al_core.sessions.store import RaceFile, SessionFile

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("damage", ["labels", "nothing", "text"])
def test_what_is_no_race_is_refused_in_a_line(run: Run, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "pets.session"
    if damage == "labels":
        SessionFile.create(path, Settings("pets", "f" * 32, ("cat", "dog")), "ann").close()
        wanted = "pets.session is a session of labelling, and races can be replayed"
    elif damage == "text":
        path.write_text("no session at all " * 20)
        wanted = "pets.session is no session file"
    else:
        wanted = "no session"
    code, out, err = run("replay", path)
    assert (code, out) == (2, "")
    assert re.fullmatch(rf"al-tui: .*{wanted}.*\n", err), err


def test_a_race_is_replayed_behind_a_terminal_and_its_file_is_left_alone(terminal: Any, tmp_path: Path) -> None:
    path = tmp_path / "r.session"
    at = terminal("plane", "--strategies", "random,margin", "--budget", "12", "--pace", "max", "--session", str(path))
    at.wait("Comparison ·")
    at.press("q")
    assert at.finish() == 0
    before = path.read_bytes()
    with RaceFile.open(path, read_only=True) as file:
        events = file.ledger.sequence - 1
    at = terminal("replay", str(path), "--pace", "max")
    at.wait(rf"replay, {events} of {events} · at the end")
    at.press("b")
    at.wait(rf"replay, \d+ of {events} · paused")
    at.press("\x1b[H")
    at.wait(rf"replay, 0 of {events} · paused")
    at.press("n")
    at.wait("margin asks about this one")
    pids = at.workers
    assert len(pids) == 2  # who forks workers, and the one that reads the data
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    assert at.all_gone(pids)
    assert path.read_bytes() == before
