"""A file system on which a file has one name only, as exFAT and some network mounts: everything can be made there."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Start
from rig import SETTINGS, Told, holds
from trials import PATIENCE, trials

from al_core.ground.errors import UserError
from al_core.sessions.actions import Labelled
from al_core.sessions.checking import check_session
from al_core.sessions.store import SessionFile

StartTerminal = Callable[..., Any]


@pytest.fixture
def linkless(tmp_path: Path, shim: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment in which nothing under ``tmp_path`` gets a second name."""
    variables = {"LD_PRELOAD": str(shim), "SHIM_DIR": str(tmp_path), "SHIM_NO_LINKS": "1"}
    probe = "import os, sys; open(sys.argv[1], 'w').close(); os.link(sys.argv[1], sys.argv[1] + '2')"
    command = [sys.executable, "-c", probe, str(tmp_path / "probe")]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables}, check=False)
    assert "Operation not permitted" in done.stderr
    return variables


def al_tui(linkless: dict[str, str], *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "al_tui", *map(str, words)]
    return subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **linkless}, check=False, timeout=PATIENCE
    )


def test_sessions_are_labelled_resumed_exported_and_merged(
    terminal: StartTerminal, linkless: dict[str, str], tmp_path: Path
) -> None:
    sessions = [tmp_path / "one.session", tmp_path / "two.session"]
    for session, keys in zip(sessions, ("31", "9"), strict=True):
        at = terminal("label", "--session", str(session), "--annotator", session.stem, env=linkless)
        at.wait("one of the first items")
        for number, key in enumerate(keys, 1):
            at.press(key)
            at.wait(rf"{number} labels? ")
        at.press("q")
        assert at.finish() == 0
        assert check_session(session).problems == ()
    again = terminal("resume", str(sessions[0]), env=linkless)
    again.wait("2 labels ")
    again.press("q")
    assert again.finish() == 0

    out, both = tmp_path / "labels.csv", tmp_path / "both.session"
    for _ in range(2):
        done = al_tui(linkless, "export", sessions[0], "--format", "csv", "--out", out)
    assert (done.returncode, done.stderr) == (2, f"al-tui: {out} is there already; choose another name or use --force\n")
    assert len(out.read_text().splitlines()) == 3
    assert al_tui(linkless, "export", sessions[1], "--format", "csv", "--out", out, "--force").returncode == 0
    assert len(out.read_text().splitlines()) == 2
    done = al_tui(linkless, "merge", *sessions, "--out", both)
    assert done.returncode == 0, done.stderr
    merged = check_session(both)
    assert (merged.problems, merged.events) == ((), 3)
    assert "is there already" in al_tui(linkless, "merge", *sessions, "--out", both).stderr
    assert not [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".al-tui")]


def test_a_race_is_kept(terminal: StartTerminal, linkless: dict[str, str], tmp_path: Path) -> None:
    at = terminal("--session", str(tmp_path / "race.session"), "--budget", "40", "--pace", "max", env=linkless)
    at.wait("Comparison ·")
    at.press("q")
    assert at.finish() == 0
    assert "the race is kept" in at.raw
    assert check_session(tmp_path / "race.session").problems == ()


def test_power_cut(tmp_path: Path, start: Start, shim: Path, linkless: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said to be saved is there."""
    labels = 0
    monkeypatch.setenv("SHIM_NO_LINKS", "1")
    for trial in range(trials(10, 100)):
        disk, shadow, after = (tmp_path / f"{trial}{end}" for end in ("", ".flushed", ".after"))
        for directory in (disk, shadow):
            directory.mkdir()
        process = start(disk / "a.session", "--seed", trial, shim=shim, shadow=shadow)
        lines = [process.stdout.readline() for _ in range(3 + trial)]
        process.kill()
        told = Told.read([*lines, *process.stdout])
        process.wait()
        shutil.copytree(shadow, after, ignore=shutil.ignore_patterns("*.part"))
        labels += holds(after / "a.session", told).labelled
    assert labels > 10


@pytest.mark.parametrize("point", ["before rename", "after rename"])
def test_killed_while_the_name_is_taken(
    tmp_path: Path, start: Start, shim: Path, linkless: dict[str, str], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    monkeypatch.setenv("SHIM_NO_LINKS", "1")
    path = tmp_path / "a.session"
    process = start(path, "--operation", "create", "--point", point, "--nth", 1, shim=shim)
    output, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, output) == (-9, "")
    if point == "before rename":
        assert path.read_bytes() == b""
        with pytest.raises(UserError, match="is no session file"):
            SessionFile.open(path)
    else:
        with SessionFile.open(path) as file:
            file.append([Labelled("aa", 0)], "ann")


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_a_session_that_cannot_be_written_leaves_no_name_behind(
    tmp_path: Path, start: Start, shim: Path, linkless: dict[str, str], monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    monkeypatch.setenv("SHIM_NO_LINKS", "1")
    for nth in range(1, 200):
        path = tmp_path / f"{nth}.session"
        output, _ = start(path, "--operation", "create", "--fail", nth, "--error", error, shim=shim).communicate(
            timeout=PATIENCE
        )
        told = Told.read(output.splitlines(keepends=True))
        if "refused" not in [word for word, _ in told.other]:
            break
        assert not path.exists() or SessionFile.open(path, read_only=True).ledger.settings == SETTINGS
        assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith(".")]
    assert nth > 2
