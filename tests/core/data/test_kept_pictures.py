"""A folder that was read is not decoded again, as long as its files are what they were; what is kept is never trusted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from al_core.data import features, kept_pictures
from al_core.data.arrays import read_arrays
from al_core.data.dataset import Dataset
from al_core.data.decoded import Unusable
from al_core.data.kept_pictures import Known, Place
from al_core.data.one_size import one_size
from al_core.data.readers import pictures
from al_core.data.readers.pictures import read_pictures
from al_core.ground import cache
from al_core.ground.places import cache_directory


@pytest.fixture(autouse=True)
def looked_into(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files that were read, in their order; the files of a test count as old ones."""
    names: list[str] = []
    real = pictures._looked_into

    def counting(path: str) -> Any:
        names.append(Path(path).name)
        return real(path)

    monkeypatch.setattr(pictures, "_looked_into", counting)
    monkeypatch.setattr(kept_pictures, "_TICK", -(10**15))
    monkeypatch.setattr(kept_pictures, "_COARSE_TICK", -(10**15))
    return names


@pytest.fixture
def projected(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures features were fitted on, each time."""
    counts: list[int] = []
    real = features._fitted

    def counting(levels: Any, kind: str, alive: Any, test: Any) -> Any:
        counts.append(len(levels))
        return real(levels, kind, alive, test)

    monkeypatch.setattr(features, "_fitted", counting)
    return counts


def put(path: Path, seed: int, *shape: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)).save(path)


def folder(root: Path) -> Path:
    """Six pictures of several sizes, grey and in colours, in two classes, and one file that is none."""
    for number, shape in enumerate([(16, 16), (16, 16, 3), (20, 30), (100, 90, 3), (1, 1), (48, 48)]):
        put(root / ("cat", "dog")[number % 2] / f"{number}.png", number, *shape)
    (root / "dog" / "broken.png").write_bytes(b"\x89PNG")
    return root


def same(one: Dataset, other: Dataset) -> None:
    assert one.projection is not None
    assert other.projection is not None
    assert (one.projection.kind, one.projection.shape) == (other.projection.kind, other.projection.shape)
    assert one.projection.scale == other.projection.scale
    np.testing.assert_array_equal(one.projection.components, other.projection.components)
    np.testing.assert_array_equal(one.projection.centre, other.projection.centre)
    assert one.fingerprint == other.fingerprint
    assert (one.item_names, one.classes, one.recipe, one.aside) == (other.item_names, other.classes, other.recipe, other.aside)
    np.testing.assert_array_equal(one.X, other.X)
    np.testing.assert_array_equal(one.y, other.y)


def test_the_second_start_decodes_nothing(tmp_path: Path, looked_into: list[str], projected: list[int]) -> None:
    cold = read_pictures(folder(tmp_path))
    assert len(looked_into) == 7
    assert projected == [6]
    warm = read_pictures(tmp_path)
    assert len(looked_into) == 7
    assert projected == [6]
    same(cold, warm)
    assert warm.aside == (("dog/broken.png", "it cannot be decoded"),)
    again = read_pictures(tmp_path, features="pixels")
    assert again.X.shape == (6, 32 * 32 * 3)
    assert len(looked_into) == 7


def test_a_folder_that_was_moved_is_known_still(tmp_path: Path, looked_into: list[str]) -> None:
    cold = read_pictures(folder(tmp_path / "here" / "pots"))
    (tmp_path / "there").mkdir()
    (tmp_path / "here" / "pots").rename(tmp_path / "there" / "pots")
    same(cold, read_pictures(tmp_path / "there" / "pots"))
    assert len(looked_into) == 7


def rewritten(path: Path) -> None:
    """Another picture, as long as the one before, and as old by its own account."""
    about, content = path.stat(), bytearray(path.read_bytes())
    content[-1] ^= 255
    path.write_bytes(content)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))


def replaced(path: Path) -> None:
    """The same by way of another name."""
    about, other = path.stat(), path.with_name("other")
    other.write_bytes(path.read_bytes()[:-1] + b"!")
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    other.rename(path)


@pytest.mark.parametrize("change", [rewritten, replaced, lambda path: put(path, 9, 20, 20), lambda path: put(path, 9, 3, 3)])
def test_a_file_that_has_changed_is_noticed(tmp_path: Path, looked_into: list[str], change: Any) -> None:
    before = read_pictures(folder(tmp_path))
    change(tmp_path / "cat" / "2.png")
    looked_into.clear()
    now = read_pictures(tmp_path)
    assert looked_into == ["2.png"]
    assert len({*now.item_ids} - {*before.item_ids}) == 1
    same(now, read_pictures(tmp_path))
    assert looked_into == ["2.png"]


def test_files_that_come_and_go_cost_only_themselves(tmp_path: Path, looked_into: list[str]) -> None:
    read_pictures(folder(tmp_path))
    looked_into.clear()
    put(tmp_path / "dog" / "new.png", 7, 8, 8)
    (tmp_path / "cat" / "0.png").rename(tmp_path / "cat" / "moved.png")
    (tmp_path / "cat" / "4.png").unlink()
    (tmp_path / "dog" / "broken.png").unlink()
    warm = read_pictures(tmp_path)
    assert looked_into == ["moved.png", "new.png"]
    assert sorted(warm.item_names) == ["cat/2.png", "cat/moved.png", "dog/1.png", "dog/3.png", "dog/5.png", "dog/new.png"]
    for path in cache_directory().iterdir():
        path.unlink()
    same(warm, read_pictures(tmp_path))


def test_what_could_change_without_its_times_telling_is_read_again(
    tmp_path: Path, looked_into: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path)
    monkeypatch.setattr(kept_pictures, "_TICK", 10**12)
    for _ in range(2):
        looked_into.clear()
        read_pictures(tmp_path)
        assert len(looked_into) == 7
    assert kept_pictures.is_young((1, 1, 5 * 10**9, 4 * 10**9), 6 * 10**9) == (kept_pictures._COARSE_TICK > 10**9)


def test_what_may_be_otherwise_the_next_time_is_tried_again(
    tmp_path: Path, looked_into: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path)
    real = os.open

    def refusing(path: Any, flags: int, *rest: Any) -> int:
        if str(path).endswith("2.png"):
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refusing)
        assert ("cat/2.png", "it cannot be read (Permission denied)") in read_pictures(tmp_path).aside
    looked_into.clear()
    assert "cat/2.png" in read_pictures(tmp_path).item_names
    assert looked_into == ["2.png"]


def payload(root: Path) -> bytes:
    found = cache.kept(Place.of(root).key)
    assert found is not None
    return bytes(found)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4), st.integers(-40, 40), st.booleans())
def test_a_forged_entry_is_no_reason_to_fail(tmp_path: Path, changes: list[tuple[int, int]], cut: int, raw: bool) -> None:
    root = tmp_path / "pots"
    if not root.exists():
        read_pictures(folder(root))
    cold = read_pictures(root)
    whole = payload(root)
    forged = bytearray(whole)
    for place, value in changes:
        forged[place % min(len(forged), 600)] = value  # where it says what there is: of levels nothing can be told
    forged = forged[: len(forged) + cut] if cut < 0 else forged + bytes(cut)
    try:
        known = Known.parsed(memoryview(bytes(forged)))
    except (ValueError, IndexError, OverflowError):
        known = Known()
    for name in cold.item_names:
        outcome, _ = known.of(name, str(root / name))
        assert outcome is None or isinstance(outcome, Unusable) or (len(outcome[0]) == 16 and outcome[1].dtype == np.uint8)
    if raw:
        cache.keep(Place.of(root).key, [bytes(forged)])
    else:  # as by a fault of the disk: there it is noticed
        (path,) = [path for path in cache_directory().iterdir() if whole[:200] in path.read_bytes()]
        path.write_bytes(path.read_bytes().replace(whole, bytes(forged)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warm = read_pictures(root)
    if not raw:
        same(cold, warm)
    cache.keep(Place.of(root).key, [whole])


READER = """
import sys
from pathlib import Path
from al_core.data import kept_pictures
from al_core.data.one_size import one_size
from al_core.data.readers import pictures
from al_core.ground import cache

kept_pictures._TICK = kept_pictures._COARSE_TICK = -(10**15)
cache._PATIENCE = float(sys.argv[3])
count, look, lock, waits = 0, pictures._looked_into, cache._try_lock, False

def counting(path):
    global count
    count += 1
    if sys.argv[2] == "first" and count == 3:
        print("in the midst", flush=True)
        sys.stdin.readline()
    return look(path)

def waiting(descriptor):
    global waits
    free = lock(descriptor)
    if not free and not waits:
        waits = True
        print("waiting", flush=True)
    return free

pictures._looked_into, cache._try_lock = counting, waiting
pictures.read_pictures(Path(sys.argv[1]))
print(count, flush=True)
"""


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a process that reads a folder: the first stops in the midst of it until it is told to go on."""
    started: list[subprocess.Popen[str]] = []

    def start(which: str, patience: float = 1e6) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", READER, str(tmp_path), which, str(patience)]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_of_two_processes_one_decodes_and_the_other_waits_for_it(tmp_path: Path, reader: Any, looked_into: list[str]) -> None:
    folder(tmp_path)
    first = reader("first")
    assert said(first) == "in the midst"
    second = reader("second")
    assert said(second) == "waiting"
    first.communicate("go on\n")
    assert said(second) == "0"
    assert len(read_pictures(tmp_path).X) == 6
    assert looked_into == []


@pytest.mark.parametrize(("end", "patience"), [(signal.SIGKILL, 1e6), (signal.SIGSTOP, 0.0)])
def test_nobody_waits_for_a_process_that_was_killed_or_stopped(
    tmp_path: Path, reader: Any, end: signal.Signals, patience: float
) -> None:
    folder(tmp_path)
    first = reader("first")
    assert said(first) == "in the midst"
    if end == signal.SIGSTOP:
        first.send_signal(end)
    second = reader("second", patience)
    assert said(second) == "waiting"
    first.send_signal(end)
    assert said(second) == "7"


def test_forged_features_are_computed_anew(tmp_path: Path, projected: list[int]) -> None:
    cold = read_pictures(folder(tmp_path))
    (key,) = {features._key(one_size(pictures.found_in(tmp_path).levels), "hog", None)}
    good = cache.kept(key)
    assert good is not None
    whole = bytes(good)
    endless = np.full(cold.X.shape, np.nan).tobytes()
    numbers = whole[:32] + endless + whole[32 + len(endless) :]
    for forged in (b"", whole[:-1], whole[:31], whole + bytes(8), b"\x80\x04N.", numbers, bytes(len(whole))):
        cache.keep(key, [forged])
        projected.clear()
        same(cold, read_pictures(tmp_path))
        assert projected == [6]
    projected.clear()
    same(cold, read_pictures(tmp_path))
    assert projected == []


def test_features_of_an_array_of_pictures_are_kept_by_content(tmp_path: Path, projected: list[int]) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 16, 16), dtype=np.uint8)
    for name in ("a.npy", "b.npy"):
        np.save(tmp_path / name, images)
    first, second = (read_arrays(tmp_path / name, ["a", "b"]) for name in ("a.npy", "b.npy"))
    assert projected == [20]
    np.testing.assert_array_equal(first.X, second.X)
    np.save(tmp_path / "a.npy", images[:, ::-1])
    assert not np.array_equal(read_arrays(tmp_path / "a.npy", ["a", "b"]).X, first.X)
    assert projected == [20, 20]


def test_a_cache_that_cannot_be_written_is_none(
    tmp_path: Path, looked_into: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null")
    same(read_pictures(folder(tmp_path)), read_pictures(tmp_path))
    assert len(looked_into) == 14
