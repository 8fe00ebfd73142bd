"""Disks that lose power, fail, fill up or cannot be written: nothing is said to be saved that is not."""

from __future__ import annotations

import ctypes
import errno
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import Start
from rig import NEWER, SETTINGS, Told, holds, make_old
from trials import PATIENCE, trials

from al_core.exchange.records import export_labels, import_labels, records
from al_core.ground.errors import UserError
from al_core.sessions.checking import check_session
from al_core.sessions.database import FORMAT
from al_core.sessions.store import SessionFile


def cut_power(start: Start, shim: Path, place: Path, trial: int, *options: str) -> tuple[Path, Told]:
    """Let the writer work until the power is cut; what is left is only what had been flushed."""
    disk, shadow, after = place / f"{trial}", place / f"{trial}.flushed", place / f"{trial}.after"
    for directory in (disk, shadow):
        directory.mkdir()
    process = start(disk / "a.session", "--seed", trial, *options, shim=shim, shadow=shadow)
    lines = [process.stdout.readline() for _ in range(1 + random.Random(trial).randrange(2, 60))]
    process.kill()
    told = Told.read([*lines, *process.stdout])
    process.wait()
    shutil.copytree(shadow, after, ignore=shutil.ignore_patterns("*.part"))
    return after / "a.session", told


def test_power_cut(tmp_path: Path, start: Start, shim: Path) -> None:
    labels = 0
    for trial in range(trials(60, 500)):
        path, told = cut_power(start, shim, tmp_path, trial)
        labels += holds(path, told).labelled
    assert labels > 60


def test_power_cut_without_flushing_loses_labels(tmp_path: Path, start: Start, shim: Path) -> None:
    """The trial above has teeth: with synchronous=NORMAL the same cut loses what was acknowledged."""
    lost = 0
    count = trials(10, 60)
    for trial in range(count):
        path, told = cut_power(start, shim, tmp_path, trial, "--careless")
        with SessionFile.open(path) as file:
            lost += len(file.ledger.done) < len(told.books()[0].past)
    assert lost > count // 2


def test_power_cut_after_an_export(tmp_path: Path, start: Start, shim: Path) -> None:
    """An export that was said to be written is there, whole, after a power cut."""
    disk, shadow = tmp_path / "disk", tmp_path / "flushed"
    for directory in (disk, shadow):
        directory.mkdir()
    options = ("--operation", "export", "--export", disk / "labels.csv")
    output, _ = start(disk / "a.session", *options, shim=shim, shadow=shadow).communicate(timeout=PATIENCE)
    told = Told.read(output.splitlines(keepends=True))
    assert "exported" in dict(told.other)
    assert import_labels(shadow / "labels.csv") == records(holds(shadow / "a.session", told))


@pytest.mark.parametrize("operation", ["create", "label", "undo", "export", "close", "migrate"])
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_the_nth_write_or_flush_fails(tmp_path: Path, start: Start, shim: Path, operation: str, error: int) -> None:
    """N = 1 … until nothing fails any more: afterwards the state is that from before or that from after, as it was told."""
    for nth in range(1, 200):
        path, export = tmp_path / f"{nth}.session", tmp_path / f"{nth}.csv"
        export.write_text("the old export\n")
        form = NEWER if operation == "migrate" else FORMAT
        if operation == "migrate":
            SessionFile.create(path, SETTINGS, "ann").close()
            make_old(path)
        options = ("--operation", operation, "--export", export, "--fail", nth, "--error", error)
        output, _ = start(path, *options, shim=shim).communicate(timeout=PATIENCE)
        told = Told.read(output.splitlines(keepends=True))
        words = [word for word, _ in told.other]
        if "refused" in words:
            assert operation in ("create", "migrate")
            if operation == "create" and not path.exists():
                continue
        elif operation == "export":
            new = export.read_text() != "the old export\n"
            assert not new or import_labels(export) == records(holds(path, told))
            assert new or "exported" not in words
        else:
            assert "closed" in words
        assert told.begun is None
        ledger = holds(path, told, form)
        assert told.books()[0].matches(ledger)
        assert not [entry for entry in tmp_path.iterdir() if entry.name.startswith(".")]
        calls = dict(told.other).get("calls")
        if calls is not None and calls < nth:
            break
    else:
        pytest.fail("it never succeeds")
    assert nth > 2


@pytest.mark.parametrize("size", range(96, 96 + 10 * 44, 44))
def test_disk_full(small_disk: Path, start: Start, size: int) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(small_disk)], check=True)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(4096 * 10))
    path = small_disk / "a.session"
    process = start(path, "--seed", size, "--count", 4000)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith(('["failed"', '["refused"')):
            break
    told = Told.read(lines)
    if told.other[0][0] == "refused":
        assert "full" in told.other[0][1] or "No space" in told.other[0][1]
        assert not path.exists()
        return
    assert "full" in lines[-1]
    with SessionFile.open(path, read_only=True) as file:
        assert told.books()[0].matches(file.ledger)
    ballast.unlink()
    process.stdin.write("go on\n")
    process.stdin.flush()
    lines += [process.stdout.readline() for _ in range(9)]
    process.kill()
    told = Told.read([*lines, *process.stdout])
    process.wait()
    assert len(told.acknowledged) > len(Told.read(lines[:-9]).acknowledged)
    assert holds(path, told).labelled
    assert check_session(path).problems == ()


def test_read_only_disk(small_disk: Path, start: Start) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(small_disk)], check=True)
    path = small_disk / "a.session"
    told = Told.read(start(path, "--count", 20).communicate(timeout=PATIENCE)[0].splitlines(keepends=True))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(UserError, match="Read-only file system; open it read-only"):
        SessionFile.open(path)
    with pytest.raises(UserError, match="Read-only file system"):
        SessionFile.create(small_disk / "b.session", SETTINGS, "ann")
    with SessionFile.open(path, read_only=True) as file:
        assert told.books()[0].matches(file.ledger)
        assert export_labels(file.ledger, "jsonl")


def test_read_only_directory(tmp_path: Path, start: Start) -> None:
    """As somebody who is not the superuser; in a process of its own, because nobody comes back from that."""
    place = tmp_path / "locked"
    place.mkdir()
    path = place / "a.session"
    told = Told.read(start(path, "--count", 5).communicate(timeout=PATIENCE)[0].splitlines(keepends=True))
    for directory in (place, *place.parents):
        if directory.stat().st_mode & 0o005 != 0o005:
            directory.chmod(0o755)
    path.chmod(0o644)
    place.chmod(0o555)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            if os.getuid() == 0:
                ctypes.CDLL(None).setresuid(65534, 65534, 65534)
            with pytest.raises(UserError, match="Permission denied; open it read-only"):
                SessionFile.open(path)
            with SessionFile.open(path, read_only=True) as file:
                assert told.books()[0].matches(file.ledger)
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    place.chmod(0o755)
