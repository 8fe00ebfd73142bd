"""A format of labels and a format of reports are one file each: with it there, the command line offers and writes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from trials import PATIENCE

from al_core.exchange.records import import_labels, records
from al_core.exchange.registry import formats
from al_core.sessions.actions import Flagged, Labelled, Settings
from al_core.sessions.store import SessionFile

Run = Callable[..., subprocess.CompletedProcess[bytes]]

PACKED = """
import msgspec
from al_core.exchange.record import Format, columns_of

def write(rows, about):
    names = columns_of(rows)
    return msgspec.msgpack.encode([{name: getattr(row, name) for name in names} for row in rows])

FORMAT = Format("packed", write, msgspec.msgpack.decode, is_text=False)
"""
BRIEF = """
def write(findings):
    return "".join(f"{part.protocol.dataset}: {part.protocol.planned}\\n" for part in findings.parts)
"""
WITH_IT = """
import importlib, sys
importlib.import_module(sys.argv[1]).__path__.append(sys.argv[2])
sys.argv[1:] = sys.argv[3:]
from al_tui.main import main
main()
"""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `al-tui` with one more module in a package of its own."""

    def call(package: str, name: str, source: str, *words: object) -> subprocess.CompletedProcess[bytes]:
        folder = tmp_path / package
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(source)
        env = {**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
        command = [sys.executable, "-c", WITH_IT, package, folder, *map(str, words)]
        return subprocess.run(command, capture_output=True, env=env, timeout=PATIENCE, check=False)

    return call


@pytest.fixture
def session(tmp_path: Path) -> Path:
    settings = Settings("pets", "f" * 32, ("cat", "dog"), "logistic", "margin", 1, 0, "random_per_class")
    path = tmp_path / "pets.session"
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Labelled("a", 0), Labelled("b", 1), Flagged("c", "é")], "ann")
    return path


def test_a_format_of_labels_is_one_file(run: Run, session: Path, tmp_path: Path, add_module: Callable[..., None]) -> None:
    package, out = "al_core.exchange.formats", tmp_path / "labels.packed"
    done = run(package, "packed", PACKED, "export", session, "--format", "packed", "--out", out)
    assert (done.returncode, done.stderr.decode()) == (0, f"wrote {out}\n")
    piped = run(package, "packed", PACKED, "export", session, "--format", "packed")
    assert piped.stdout == out.read_bytes(), "what is no text leaves as it is"
    wrong = run(package, "packed", PACKED, "export", session, "--format", "packd")
    assert wrong.returncode == 2
    assert b"'packed'" in wrong.stderr
    add_module(package, "packed", PACKED, formats)
    with SessionFile.open(session, read_only=True) as file:
        assert import_labels(out) == records(file.ledger)


def test_a_format_of_reports_is_one_file(run: Run, tmp_path: Path) -> None:
    package = "al_core.reports.formats"
    asked = ("--dataset", "iris", "--budget", "10", "--strategies", "random", "--seeds", "1", "--workers", "1")
    assert run(package, "brief", BRIEF, "bench", *asked).returncode == 0
    done = run(package, "brief", BRIEF, "report", "--format", "brief")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"iris: 1\n", b"")
    out = tmp_path / "bench.brief"
    assert run(package, "brief", BRIEF, "report", "--out", out).returncode == 0
    assert out.read_text() == "iris: 1\n", "its name says the format"
    assert b"brief" in run(package, "brief", BRIEF, "report", "--help").stdout
