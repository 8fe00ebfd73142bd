"""Two processes and one session: one writes, the other is told, and a dead owner stands in nobody's way."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from conftest import Start
from rig import SETTINGS, Told, holds
from trials import PATIENCE, trials

from al_core.sessions.lock import SessionHeld, holder, lock_path
from al_core.sessions.store import SessionFile


def test_the_second_is_told_and_takes_over_when_the_first_is_killed(tmp_path: Path, start: Start) -> None:
    for trial in range(trials(20, 200)):
        path = tmp_path / f"{trial}.session"
        first = start(path, "--seed", trial)
        lines = [first.stdout.readline() for _ in range(6 + trial)]
        refused, _ = start(path).communicate(timeout=PATIENCE)
        word, reason = json.loads(refused)
        assert word == "refused"
        assert f"process {first.pid} on {socket.gethostname()}" in reason
        first.kill()
        told = Told.read([*lines, *first.stdout])
        first.wait()
        assert json.loads(lock_path(path).read_text())["pid"] == first.pid
        second = start(path, "--count", 0)
        assert json.loads(second.stdout.readline()) == ["open", first.pid]
        second.communicate(timeout=PATIENCE)
        holds(path, told)
        assert not lock_path(path).exists()


def test_of_two_that_come_at_once_one_holds_the_session(tmp_path: Path, start: Start) -> None:
    for trial in range(trials(20, 200)):
        path = tmp_path / f"{trial}.session"
        SessionFile.create(path, SETTINGS, "ann").close()
        if trial % 2:
            lock_path(path).write_text(json.dumps({"host": socket.gethostname(), "pid": 1, "since": "then"}))
        both = [start(path, "--operation", "hold") for _ in range(2)]
        words = [json.loads(process.stdout.readline())[0] for process in both]
        assert sorted(words) == ["open", "refused"]
        owner = both[words.index("open")]
        assert holder(path).pid == owner.pid
        with pytest.raises(SessionHeld):
            SessionFile.open(path, take_over=True)
        owner.communicate("\n", timeout=PATIENCE)
        assert holder(path) is None


def test_a_process_number_that_lives_again_is_not_mistaken_for_the_owner(tmp_path: Path) -> None:
    """The dead owner's number may belong to any other program by now: here to this very test."""
    path = tmp_path / "a.session"
    SessionFile.create(path, SETTINGS, "ann").close()
    lock_path(path).write_text(json.dumps({"host": socket.gethostname(), "pid": os.getppid(), "since": "then"}))
    with SessionFile.open(path) as file:
        assert file.stale_owner.pid == os.getppid()
