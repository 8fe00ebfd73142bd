"""kill -9 anywhere: every label that was acknowledged is there, once, with its value, and at most one more."""

from __future__ import annotations

import random
import signal
from pathlib import Path

import pytest
from conftest import Start
from rig import IDS, NEWER, SETTINGS, Told, holds, make_old, rows_of, set_version, version_of
from trials import PATIENCE, trials

from al_core.exchange.records import export_labels, import_labels, records
from al_core.sessions.actions import Labelled, Skipped
from al_core.sessions.checking import check_session
from al_core.sessions.database import FORMAT
from al_core.sessions.lock import holder
from al_core.sessions.store import SessionFile


def test_killed_at_any_moment(tmp_path: Path, start: Start) -> None:
    dice = random.Random(7)
    for trial in range(trials(100, 1000)):
        path = tmp_path / f"{trial}.session"
        process = start(path, "--seed", trial)
        lines = [process.stdout.readline() for _ in range(1 + dice.randrange(1, 60))]
        process.kill()
        told = Told.read([*lines, *process.stdout])
        process.wait()
        assert told.other == [["open", None]]
        assert holder(path) is None
        ledger = holds(path, told)
        found = check_session(path)
        assert (found.problems, found.labels) == ((), ledger.labelled)


@pytest.mark.parametrize("point", ["before BEGIN", "after BEGIN", "after INSERT", "before COMMIT", "after COMMIT"])
def test_killed_at_a_point_of_a_transaction(tmp_path: Path, start: Start, point: str) -> None:
    extra = 0
    for nth in range(1, trials(10, 100) + 1):
        path = tmp_path / f"{nth}.session"
        process = start(path, "--seed", nth, "--point", point, "--nth", nth)
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == -signal.SIGKILL
        told = Told.read(output.splitlines(keepends=True))
        assert told.begun is not None
        sure, more = told.books()
        ledger = holds(path, told)
        assert (more if point == "after COMMIT" else sure).matches(ledger)
        extra += more.matches(ledger)
    assert bool(extra) == (point == "after COMMIT")


@pytest.mark.parametrize("moment", [0.01, 3600], ids=["while somebody labels", "at the end"])
def test_killed_in_a_checkpoint(tmp_path: Path, start: Start, shim: Path, moment: float) -> None:
    """Only a checkpoint writes to the database itself; a session of many pages is killed at each of its writes."""
    died = 0
    for nth in range(1, trials(10, 100) + 1):
        path = tmp_path / f"{nth}.session"
        SessionFile.create(path, SETTINGS, "ann").close()
        options = ("--count", 110, "--kill-write", 1 + (nth - 1) % 14, "--moment", moment)
        process = start(path, "--seed", nth, *options, shim=shim)
        output, _ = process.communicate(timeout=PATIENCE)
        died += process.returncode == -signal.SIGKILL
        told = Told.read(output.splitlines(keepends=True))
        if moment == 3600:
            assert len(told.acknowledged) == 110
        ledger = holds(path, told)
        assert any(book.matches(ledger) for book in told.books())
    assert died >= 8


@pytest.mark.parametrize("point", ["before rename", "after rename"])
def test_killed_while_an_export_is_put_in_place(tmp_path: Path, start: Start, point: str) -> None:
    for trial in range(trials(5, 50)):
        path, export = tmp_path / f"{trial}.session", tmp_path / f"{trial}.csv"
        export.write_text("the old export\n")
        process = start(path, "--operation", "export", "--export", export, "--point", point, "--nth", 1)
        output, _ = process.communicate(timeout=PATIENCE)
        assert process.returncode == -signal.SIGKILL
        ledger = holds(path, Told.read(output.splitlines(keepends=True)))
        if point == "before rename":
            assert export.read_text() == "the old export\n"
        else:
            assert import_labels(export) == records(ledger)
            assert export.read_bytes() == export_labels(ledger, "csv")


def test_killed_while_a_session_is_made(tmp_path: Path, start: Start) -> None:
    """Either there is no session under this name, or a whole one."""
    made = 0
    for nth in range(1, trials(16, 100) + 1):
        path = tmp_path / f"{nth}.session"
        process = start(path, "--operation", "create", "--point", "any statement", "--nth", nth)
        output, _ = process.communicate(timeout=PATIENCE)
        told = Told.read(output.splitlines(keepends=True))
        if path.exists():
            made += 1
            holds(path, told)
        else:
            assert process.returncode == -signal.SIGKILL
    assert 1 <= made < nth


def test_killed_in_a_migration(tmp_path: Path, start: Start) -> None:
    """The file is of the old version or of the new one, with the same labels, and the migration can be done again."""
    versions = set()
    for nth in range(1, trials(35, 100) + 1):
        path = tmp_path / f"{nth}.session"
        SessionFile.create(path, SETTINGS, "ann").close()
        make_old(path)
        process = start(path, "--operation", "migrate", "--point", "any statement", "--nth", 10 + nth)
        output, _ = process.communicate(timeout=PATIENCE)
        problems = check_session(path).problems
        assert len(problems) <= 1
        versions.add("new" if problems and f"version {NEWER.version}" in problems[0] else "old")
        holds(path, Told.read(output.splitlines(keepends=True)), NEWER)
    assert versions == {"old", "new"}


def test_killed_while_a_session_of_format_1_becomes_one_of_the_present_format(tmp_path: Path, start: Start) -> None:
    """It is the one or the other, nothing in it has changed, and it goes on."""
    versions = set()
    for nth in range(1, trials(35, 100) + 1):
        path = tmp_path / f"{nth}.session"
        with SessionFile.create(path, SETTINGS, "ann") as file:
            file.append([Labelled(IDS[7], 1), Skipped(IDS[8])], "ann")
        set_version(path, 1)
        rows = rows_of(path)
        start(path, "--operation", "renew", "--point", "any statement", "--nth", nth).communicate(timeout=PATIENCE)
        versions.add(version_of(path))
        assert rows_of(path) == rows
        assert check_session(path).problems == ()
        with SessionFile.open(path) as file:
            assert (file.ledger.person_labels, file.ledger.skipped) == ({IDS[7]: 1}, 1)
            file.append([Labelled(IDS[9], 0)], "ann")
    assert versions == {1, FORMAT.version}
