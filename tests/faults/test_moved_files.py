"""A session's file is moved, removed, cut off or overwritten while somebody labels.

It is noticed at the next key, and nothing is said to be saved that cannot be found afterwards.

Guarantee A of docs/sessions.md. Through the terminal and the command line only.
"""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

StartTerminal = Callable[..., Any]
RACE = ("--strategies", "margin,random", "--pace", "0.5", "--batch", "500", "--budget", "1020")


def move(session: Path) -> Path | None:
    return session.rename(session.with_name("other.session"))


def move_elsewhere(session: Path) -> Path | None:
    place = session.parent / "elsewhere"
    place.mkdir()
    return session.rename(place / session.name)


def move_directory(session: Path) -> Path | None:
    return session.parent.rename(session.parent.with_name("renamed")) / session.name


def remove(session: Path) -> Path | None:
    session.unlink()
    return None


def remove_all(session: Path) -> Path | None:
    for path in session.parent.glob(session.name + "*"):
        path.unlink()
    return None


def empty(session: Path) -> Path | None:
    session.write_bytes(b"")
    return None


def cut(session: Path) -> Path | None:
    os.truncate(session, 512)
    return None


def overwrite(session: Path) -> Path | None:
    """Another file's content, as ``cp`` puts it there: the same file to the system, and as long as before."""
    session.write_bytes(bytes(session.stat().st_size))
    return None


def replace(session: Path) -> Path | None:
    """An older copy, as a backup or a program that keeps folders alike puts it there."""
    shutil.copy(session, session.with_name("copy"))
    with session.with_name("copy").open("r+b") as file:
        file.seek(100)
        file.write(bytes(50))
    session.with_name("copy").replace(session)
    return None


SPOILS = [empty, cut, overwrite]
"""The file stays where it is, and so does its log."""
WAYS = [move, move_elsewhere, move_directory, remove, remove_all, empty, cut, overwrite, replace]


def labels(session: Path) -> list[str]:
    """The labels that an export finds, in the order they were given; what it says where it fails."""
    command = [sys.executable, "-m", "al_tui", "export", str(session), "--format", "csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return [done.stderr]
    rows = sorted(csv.DictReader(io.StringIO(done.stdout)), key=lambda row: row["time"])
    return [row["label"] for row in rows]


def count(labels: int) -> str:
    """What the top line says when so many are acknowledged."""
    return rf"al-tui · {labels} labels? "


def begin(terminal: StartTerminal, session: Path, keys: str) -> Any:
    session.parent.mkdir(exist_ok=True)
    at = terminal("label", "--session", str(session))
    at.wait("one of the first items")
    for number, key in enumerate(keys, start=1):
        at.press(key)
        at.wait(count(number))
    return at


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_is_acknowledged_that_cannot_be_found(
    terminal: StartTerminal, tmp_path: Path, way: Callable[[Path], Path | None]
) -> None:
    session = tmp_path / "sessions" / "mine.session"
    at = begin(terminal, session, "12345")
    known = way(session)
    at.press("6")
    at.wait(f"{count(6)}|not saved")
    at.settle()
    if way in SPOILS and re.search(count(6), at.text):  # all of it was in the log, which made the file good again
        assert labels(session) == list("123456")
        at.press("q")
        assert at.finish() == 0
        assert labels(session) == list("123456")
        return
    at.shows("not saved")
    at.wait(count(5))
    if known is not None:
        assert labels(known) == list("12345")
    at.press("789")
    at.settle()
    at.wait(count(5))
    at.shows("not saved")
    at.press("q")
    assert at.finish() == 1
    assert "Traceback" not in at.raw
    last = at.raw[at.raw.rindex("\x1b[?1049l") :]
    assert "mine.session" in last
    if known is not None:
        assert labels(known) == list("12345")
        assert not session.exists()
    else:
        named = re.search(r"al-tui resume (\S+)", last)
        assert named is not None, last
        assert labels(Path(named[1])) == list("12345")


def test_a_file_that_is_put_back_is_gone_on_with(terminal: StartTerminal, tmp_path: Path) -> None:
    session = tmp_path / "mine.session"
    at = begin(terminal, session, "123")
    other = move(session)
    assert other is not None
    at.press("4")
    at.wait("not saved")
    at.settle()
    other.rename(session)
    at.press("4")
    at.wait(count(4))
    assert labels(session) == list("1234")
    at.press("5")
    at.wait(count(5))
    at.press("q")
    assert at.finish() == 0
    assert labels(session) == list("12345")


def test_a_copy_that_holds_the_same_is_gone_on_with(terminal: StartTerminal, tmp_path: Path) -> None:
    """As a program does that keeps folders alike: another file under the name, with the same in it."""
    session = tmp_path / "mine.session"
    at = begin(terminal, session, "123")
    at.press("q")
    assert at.finish() == 0
    at = terminal("resume", str(session))
    at.wait(count(3))
    shutil.copy(session, tmp_path / "copy")
    (tmp_path / "copy").replace(session)
    at.press("4")
    at.wait(count(4))
    at.press("q")
    assert at.finish() == 0
    assert labels(session) == list("1234")


@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_the_log_beside_the_file_may_be_removed(terminal: StartTerminal, tmp_path: Path, end: str) -> None:
    """Whatever is acknowledged then is in the file, also when the program is killed."""
    session = tmp_path / "mine.session"
    at = begin(terminal, session, "123")
    Path(f"{session}{end}").unlink()
    at.press("4")
    at.wait(f"{count(4)}|not saved")
    at.settle()  # what was not saved may have been what the model learnt, and the label is only then tried
    acknowledged = list("1234") if re.search(count(4), at.text) else list("123")
    assert labels(session) == acknowledged
    os.kill(at.child.pid, signal.SIGKILL)
    at.finish()
    assert labels(session) == acknowledged


def test_left_without_another_key(terminal: StartTerminal, tmp_path: Path) -> None:
    """Everything that was saved goes with the file, and the last line does not name one that is not there."""
    session = tmp_path / "mine.session"
    at = begin(terminal, session, "123")
    other = move(session)
    at.press("q")
    assert at.finish() == 1
    last = at.raw[at.raw.rindex("\x1b[?1049l") :]
    assert "mine.session" in last
    assert "go on with" not in last
    assert labels(other) == list("123")


def test_what_was_removed_on_purpose_stays_removed(terminal: StartTerminal, tmp_path: Path) -> None:
    session = tmp_path / "mine.session"
    at = begin(terminal, session, "123")
    remove_all(session)
    at.press("q")
    assert at.finish() == 1
    # Only if the model had learnt something just then, which could not be saved, it was said that the rest is written anew.
    assert labels(session) == list("123") if "written anew" in at.raw else not list(tmp_path.glob("*.session*"))


@pytest.mark.parametrize("way", [move, remove, empty], ids=lambda way: way.__name__)
def test_a_race_s_file(terminal: StartTerminal, tmp_path: Path, way: Callable[[Path], Path | None]) -> None:
    """Answers given by hand in a race."""
    session = tmp_path / "race.session"
    at = terminal(*RACE, "--session", str(session))
    at.wait("margin asks about these")
    at.press("h")
    at.wait("margin asks you about 500 · 500 left")
    for number, key in enumerate("1234", start=1):
        at.press(key)
        at.wait(rf"500 · {500 - number} left")
    known = way(session)
    at.press("5")
    at.wait("not saved|495 left")
    at.settle()
    if way in SPOILS and "495 left" in at.text:  # as above
        assert labels(session) == list("12345")
        return
    at.shows("not saved", "496 left")
    at.press("67")
    at.settle()
    at.shows("496 left")
    at.press("q")
    assert at.finish() == 1
    last = at.raw[at.raw.rindex("\x1b[?1049l") :]
    assert "race.session" in last
    if known is not None:
        assert labels(known) == list("1234")
        assert "go on with" not in last
    elif way is remove:
        assert labels(session) == list("1234")


def test_a_race_s_file_moved_while_nobody_answers(terminal: StartTerminal, tmp_path: Path) -> None:
    session = tmp_path / "race.session"
    at = terminal("--strategies", "margin,random", "--pace", "0.5", "--session", str(session))
    at.wait("asks about these")
    log = session.with_name("race.session-wal")
    at.read(lambda: log.exists() and log.stat().st_size > 0)  # it was made, and written to
    move(session)
    at.wait("not saved")
    at.press("q")
    assert at.finish() == 1
    last = at.raw[at.raw.rindex("\x1b[?1049l") :]
    assert "race.session" in last
    assert "go on with" not in last
    check = subprocess.run([sys.executable, "-m", "al_tui", "check", str(tmp_path / "other.session")], check=False)
    assert check.returncode == 0
