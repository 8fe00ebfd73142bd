"""What is kept of what can be computed anew: whole or not at all, of bounded size, nobody else's, and no reason to fail."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from al_core.ground import cache
from al_core.ground.cache import keep, kept
from al_core.ground.places import cache_directory

ENTRY = b"some numbers" * 100


def bytes_of(key: str) -> bytes | None:
    found = kept(key)
    return None if found is None else bytes(found)


def files() -> list[Path]:
    """Entries; locks hold nothing."""
    return sorted(path for path in cache_directory().iterdir() if path.suffix != cache._LOCK)


def test_what_was_kept_is_there_again_and_nothing_else_is() -> None:
    assert kept("a") is None
    keep("a", [ENTRY, memoryview(b"!")])
    keep("b", [])
    assert (bytes_of("a"), bytes_of("b"), bytes_of("c")) == (ENTRY + b"!", b"", None)
    keep("a", [b"other"])
    assert bytes_of("a") == b"other"
    assert len(files()) == 2
    assert cache_directory().stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in files()} == {0o600}


def test_not_a_byte_of_it_can_be_another_and_no_entry_stands_for_another() -> None:
    keep("a", [ENTRY])
    (path,) = files()
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert kept("a") is None
    for length in (0, 1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        assert kept("a") is None
    path.write_bytes(whole)
    assert bytes_of("a") == ENTRY
    keep("b", [b""])
    (other,) = set(files()) - {path}
    other.write_bytes(whole)
    assert kept("b") is None


def test_what_is_no_file_of_this_user_alone_is_no_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep("a", [ENTRY])
    (path,) = files()
    whole = path.read_bytes()
    path.chmod(0o622)
    assert kept("a") is None
    path.unlink()
    os.mkfifo(path)
    assert kept("a") is None
    path.unlink()
    (tmp_path / "elsewhere").write_bytes(whole)
    path.symlink_to(tmp_path / "elsewhere")
    assert kept("a") is None
    keep("a", [ENTRY])  # the link goes, what it led to stays
    assert bytes_of("a") == ENTRY
    assert (tmp_path / "elsewhere").read_bytes() == whole
    cache_directory().chmod(0o777)
    assert kept("a") is None
    cache_directory().chmod(0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert kept("a") is None


def test_nowhere_to_keep_it_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "al-tui").symlink_to("al-tui")
    for place in (tmp_path / "file", tmp_path, Path("/proc/nothing"), Path("/dev/null")):
        monkeypatch.setenv("XDG_CACHE_HOME", str(place))
        keep("a", [ENTRY])
        assert kept("a") is None


FULL = """
import resource, sys
from al_core.ground.cache import keep, kept
keep("a", [b"before"])
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
keep("a", [bytes(10_000)])
keep("b", [bytes(10_000)])
print(bytes(kept("a")), kept("b"))
"""


def test_a_full_disk_leaves_what_was_there_and_nothing_half() -> None:
    said = subprocess.run([sys.executable, "-c", FULL], capture_output=True, text=True, check=True)
    assert (said.stdout, said.stderr) == ("b'before' None\n", "")
    assert len(files()) == 1


def test_it_takes_no_more_room_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_TOTAL", 3 * 1100)
    for number, key in enumerate("abc"):
        keep(key, [bytes(1000)])
        for path in files():
            os.utime(path, (number, min(number, path.stat().st_mtime)))
    assert kept("a") is not None  # of use now: b is the one that was not used for longest
    keep("d", [bytes(1000)])
    assert [key for key in "abcd" if kept(key) is None] == ["b"]
    monkeypatch.setattr(cache, "MOST_ENTRY", 1000)
    keep("e", [bytes(900), bytes(100)])
    assert kept("e") is None
    assert len(files()) == 3


def test_what_was_never_finished_is_taken_away_once_it_is_nobodys() -> None:
    keep("a", [ENTRY])
    old, new = (cache_directory() / f".al-tui-{name}" for name in ("old", "new"))
    for path in (old, new):
        path.write_bytes(b"half")
    os.utime(old, (0, time.time() - 2 * cache._STALE))
    keep("b", [ENTRY])
    assert (old.exists(), new.exists()) == (False, True)
