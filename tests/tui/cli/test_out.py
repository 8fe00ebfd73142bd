"""`--out` at whatever a name may stand for: files, links, devices, pipes, places that are not there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from trials import PATIENCE

from al_core.sessions.actions import Labelled, Settings
from al_core.sessions.store import SessionFile

SETTINGS = Settings("pets", "f" * 32, ("cat", "dog", "eel"), "logistic", "margin", 1, 0, "random_per_class")
ROWS = b"item,label,status,by,annotator,time,flagged,note\n"

Export = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    """Runs `al-tui export` of a session with one label, in ``tmp_path / "place"``."""
    session = tmp_path / "pets.session"
    with SessionFile.create(session, SETTINGS, "ann") as file:
        file.append([Labelled("a", 1)], "ann")
    (tmp_path / "place").mkdir()

    def run(out: object, *more: str, umask: int = 0o022) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-m", "al_tui", "export", str(session), "--format", "csv", "--out", str(out), *more]
        return subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd=tmp_path / "place",
            umask=umask,
            check=False,
            timeout=PATIENCE,
            env={**os.environ, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")},
        )

    return run


def refused(done: subprocess.CompletedProcess[bytes]) -> str:
    """The one line of somebody who was refused."""
    assert (done.returncode, done.stdout) == (2, b""), done.stderr
    assert done.stderr.startswith(b"al-tui: ")
    assert done.stderr.count(b"\n") == 1
    return done.stderr.decode()


def names(place: Path) -> list[str]:
    return sorted(entry.name for entry in place.iterdir())


@pytest.mark.parametrize("force", [(), ("--force",)], ids=["", "force"])
def test_a_device_stays_a_device(export: Export, tmp_path: Path, force: tuple[str, ...]) -> None:
    link = tmp_path / "place" / "nowhere"
    link.symlink_to("/dev/null")
    assert export(link, *force).returncode == 0
    assert link.readlink() == Path("/dev/null")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    assert names(tmp_path / "place") == ["nowhere"]


@pytest.mark.parametrize("out", ["/dev/stdout", "/proc/self/fd/1"])
def test_standard_output_has_a_name_too(export: Export, tmp_path: Path, out: str) -> None:
    done = export(out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(ROWS)
    assert names(tmp_path / "place") == []


def test_a_pipe_with_a_name_hands_on_what_is_written(export: Export, tmp_path: Path) -> None:
    pipe = tmp_path / "place" / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert export(pipe).returncode == 0
    assert os.read(reader, 65536).startswith(ROWS)
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert names(tmp_path / "place") == ["pipe"]


def test_a_full_device_is_one_line(export: Export) -> None:
    assert "cannot write /dev/full: No space left on device" in refused(export("/dev/full"))


def test_a_link_is_followed_and_stays_one(export: Export, tmp_path: Path) -> None:
    place, real = tmp_path / "place", tmp_path / "real" / "labels.csv"
    real.parent.mkdir()
    real.write_text("precious")
    (place / "one").symlink_to(real)
    (place / "two").symlink_to("one")
    assert "two is there already" in refused(export("two"))
    assert real.read_text() == "precious"
    assert export("two", "--force").returncode == 0
    assert real.read_bytes().startswith(ROWS)
    assert ((place / "two").readlink(), (place / "one").readlink()) == (Path("one"), real)
    assert names(place) == ["one", "two"]
    assert names(real.parent) == ["labels.csv"]


def test_a_link_to_nothing_yet_makes_what_it_names(export: Export, tmp_path: Path) -> None:
    (tmp_path / "place" / "link").symlink_to(tmp_path / "new.csv")
    assert export("link").returncode == 0
    assert (tmp_path / "new.csv").read_bytes().startswith(ROWS)
    assert (tmp_path / "place" / "link").is_symlink()


def test_links_in_a_circle_are_one_line(export: Export, tmp_path: Path) -> None:
    (tmp_path / "place" / "link").symlink_to("link")
    assert "Too many levels of symbolic links" in refused(export("link", "--force"))
    assert names(tmp_path / "place") == ["link"]


@pytest.mark.parametrize(
    ("out", "words"),
    [
        (".", "is a directory"),
        ("..", "is a directory"),
        ("missing/labels.csv", "there is no directory"),
        ("/dev/null/labels.csv", "there is no directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_what_cannot_be_written_is_one_line(export: Export, tmp_path: Path, out: str, words: str) -> None:
    for force in ((), ("--force",)):
        assert words in refused(export(out, *force))
    assert names(tmp_path / "place") == []


def test_the_longest_name_that_the_disk_takes_is_taken(export: Export, tmp_path: Path) -> None:
    name = "x" * 255
    assert export(name).returncode == 0
    assert export(name, "--force").returncode == 0
    assert names(tmp_path / "place") == [name]


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600), (0o002, 0o664)])
def test_the_umask_says_who_may_read_it(export: Export, tmp_path: Path, umask: int, mode: int) -> None:
    assert export("labels.csv", umask=umask).returncode == 0
    assert stat.S_IMODE((tmp_path / "place" / "labels.csv").stat().st_mode) == mode


def test_a_file_that_is_replaced_stays_as_open_as_it_was(export: Export, tmp_path: Path) -> None:
    out = tmp_path / "place" / "labels.csv"
    out.write_text("old")
    out.chmod(0o604)
    assert export("labels.csv", "--force").returncode == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o604


def test_a_bench_says_before_it_computes_that_its_result_cannot_be_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "al_tui", "bench", "--no-results", "--executor", "inline", "--out"]
    for out in (tmp_path / "missing" / "b.json", tmp_path):
        done = subprocess.run([*command, str(out)], capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1, "nothing was started"
        assert str(out if out.is_dir() else out.parent) in done.stderr
