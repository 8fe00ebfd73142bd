"""Whoever begins a session gets a file of their own, or is told, for as long as it is so, that there is none."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from al_core.ground.errors import UserError
from al_core.ground.versions import versions
from al_core.race.events import RoundPlayed
from al_core.run.play import Timing
from al_core.run.state import Query, RunState
from al_core.sessions.actions import Settings
from al_core.sessions.directory import in_a_new_file
from al_core.sessions.home import sessions_directory
from al_core.sessions.race_actions import RaceOpened
from al_core.sessions.race_journal import Journal
from al_core.sessions.store import NameTaken, SessionFile
from al_core.task.spec import TaskSpec
from al_tui.launch import say_what_is_kept

StartTerminal = Callable[..., Any]
MakeDesk = Callable[..., Any]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SETTINGS = Settings("pets", "f" * 32, ("cat", "dog"), "logistic", "margin", 1, 0, "random_per_class")
OPENED = RaceOpened(TaskSpec(), ("random",), "f" * 32, ("0", "1"), versions())


@pytest.fixture(autouse=True)
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_many_at_once_get_a_file_each() -> None:
    """All of them look for a name at the same moment."""
    together = Barrier(8)

    def begin(number: int) -> Path:
        together.wait()
        with in_a_new_file("pets", NOW, lambda path: SessionFile.create(path, SETTINGS, f"person {number}")) as file:
            return file.path

    with ThreadPoolExecutor(8) as threads:
        paths = list(threads.map(begin, range(8)))
    names = ["pets-20260102-030405", *(f"pets-20260102-030405-{number}" for number in range(2, 9))]
    assert sorted(path.stem for path in paths) == sorted(names)
    assert sorted(path.stem for path in sessions_directory().glob("*.session")) == sorted(names)


def test_what_is_wrong_with_the_directory_is_said_and_not_tried_a_thousand_times() -> None:
    tried = []

    def refuse(path: Path) -> None:
        tried.append(path)
        raise UserError("cannot make it: no space left on device")

    with pytest.raises(UserError, match="no space left"):
        in_a_new_file("pets", NOW, refuse)
    assert len(tried) == 1


def test_two_races_of_one_second_are_two_files() -> None:
    journals = [Journal.under_new_name("race-digits", NOW, name) for name in ("anna", "ben")]
    for journal in journals:
        journal.begin(OPENED, ("a", "b"), lambda: 1.0)
        journal.note(RoundPlayed(0, RunState("random", (), Query(20, 0.5, 10, ())), (Timing(0.1, 0.1),)))
        journal.flush().result()
    assert [journal.path.stem for journal in journals] == ["race-digits-20260102-030405", "race-digits-20260102-030405-2"]
    assert [journal.close() for journal in journals] == [None, None]


def test_a_name_that_a_person_chose_is_that_name_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "mine.session"
    journals = [Journal(path, name) for name in ("anna", "ben")]
    for journal in journals:
        journal.begin(OPENED, ("a", "b"), lambda: 1.0)
        journal.note(RoundPlayed(0, RunState("random", (), Query(20, 0.5, 10, ())), (Timing(0.1, 0.1),)))
    journals[0].flush().result()
    with pytest.raises(UserError, match="is there already"):
        journals[1].flush().result()
    assert [journal.begun for journal in journals] == [True, False]
    assert journals[0].close() is None
    assert journals[1].close() is not None
    assert [found.name for found in tmp_path.glob("*.session")] == ["mine.session"]


# The real program


def listed(home: Path) -> list[dict[str, Any]]:
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [sys.executable, "-m", "al_tui", "sessions", "--json"], capture_output=True, text=True, env=env, check=True
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_three_that_label_at_once_all_do(terminal: StartTerminal, tmp_path: Path) -> None:
    people = ("anna", "ben", "carl")
    desks = [terminal("label", "--annotator", name) for name in people]
    for number, at in enumerate(desks):
        at.wait("one of the first items")
        at.press(str(number))
        at.wait(r"1 label ")
    for at in desks:
        at.press("q")
        assert at.finish() == 0
    told = [re.search(r"go on with: al-tui resume (\S+)", at.raw).group(1) for at in desks]
    by_name = {entry["name"]: entry for entry in listed(tmp_path)}
    assert [(by_name[name]["annotators"], by_name[name]["labels"]) for name in told] == [([name], 1) for name in people]


def test_two_races_at_once_are_both_kept_and_each_says_its_own_name(terminal: StartTerminal, tmp_path: Path) -> None:
    words = ("--strategies", "random,margin", "--budget", "40", "--pace", "max")
    desks = [terminal(*words, "--seed", str(seed)) for seed in (3, 4)]
    for at in desks:
        at.wait("Comparison")
        assert "not kept" not in at.raw
        at.press("q")
        assert at.finish() == 0
    told = [re.search(r"al-tui resume (\S+)", at.raw).group(1) for at in desks]
    assert len(set(told)) == 2
    assert {entry["name"] for entry in listed(tmp_path)} == set(told)


def test_a_race_that_cannot_be_kept_says_so_to_the_last_line(terminal: StartTerminal) -> None:
    at = terminal("--session", "/proc/mine", "--strategies", "random,margin", "--budget", "40", "--pace", "max")
    at.wait("Comparison")
    at.press("\x1b")
    at.wait("finished")
    at.read(lambda: "not kept" in at.text.splitlines()[0])
    at.press("q")
    assert at.finish() == 1
    last = at.raw.rpartition("\x1b[?1049l")[2]
    assert "is kept" not in last
    assert "this race was not kept: cannot make /proc/mine" in last


def test_a_race_that_somebody_else_has_is_not_said_to_be_kept(terminal: StartTerminal, tmp_path: Path) -> None:
    """The name is free when the race is asked for, and taken when it begins."""
    for number in range(20):  # as often as the race is quicker than eve
        path = tmp_path / f"{number}.session"
        at = terminal("--session", str(path), "--strategies", "random,margin", "--budget", "40")
        at.read(lambda at=at: "\x1b[?1049h" in at.raw)
        with contextlib.suppress(NameTaken):
            SessionFile.create(path, SETTINGS, "eve").close()
            break
        at.press("q")
        at.finish()
    at.wait("not kept")
    at.press("q")
    assert at.finish() == 1
    last = at.raw.rpartition("\x1b[?1049l")[2]
    assert "is kept" not in last
    assert "this race was not kept" in last
    assert "resume" not in last.replace("resume it or choose another name", "")


@pytest.mark.parametrize(
    ("begun", "trouble", "said", "warned"),
    [
        (True, None, "the race is kept; go on with: al-tui resume ", ""),
        (
            True,
            "not saved in mine.session: no space left",
            "what was written of the race is kept; go on with: ",
            "no space left",
        ),
        (False, "this race was not kept: no space left", "", "this race was not kept: no space left"),
        (False, None, "", ""),
    ],
)
def test_the_last_lines_tell_what_is_in_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], begun: bool, trouble: str | None, said: str, warned: str
) -> None:
    journal = Journal(tmp_path / "mine.session", "ann")
    if begun:
        journal.begin(OPENED, ("a", "b"), lambda: 1.0)
        journal.note(RoundPlayed(0, RunState("random", (), Query(20, 0.5, 10, ())), (Timing(0.1, 0.1),)))
    assert journal.close() is None
    say_what_is_kept(journal.left, trouble, done=False)
    out, err = capsys.readouterr()
    assert out.startswith(said) if said else out == ""
    assert warned in err if warned else err == ""
