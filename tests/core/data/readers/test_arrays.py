"""NumPy's files as data sets: taken as they are meant, or refused in one line; never unpickled, never larger than memory."""

from __future__ import annotations

import io
import os
import pickle
import re
import resource
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trials import trials

from al_core import TaskSpec, play, split, start
from al_core.data import array_files
from al_core.data.arrays import read_arrays
from al_core.data.at_size import look_at
from al_core.data.dataset import _is_mapped
from al_core.data.kinds import load_dataset, read_dataset
from al_core.data.looks import Picture, Size
from al_core.ground.errors import UserError

X = np.arange(12.0).reshape(6, 2)
Y = np.array([0, 1, 2, 0, 1, 2])


def saved(path: Path, **entries: Any) -> Path:
    np.savez(path, **entries)
    return path


def refused(path: Path, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        read_arrays(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value), "there is no remedy"


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_digits_from_an_archive_are_raced_as_those_that_come_with_the_program(tmp_path: Path, save: Any) -> None:
    digits = load_dataset("digits")
    save(tmp_path / "mine.npz", X=digits.X, y=digits.y, images=digits.images, classes=np.array(digits.classes))
    mine = read_dataset(tmp_path / "mine.npz")
    assert mine.item_ids == digits.item_ids
    assert mine.classes == digits.classes
    assert look_at(mine, 7, Size(160, 120)) == look_at(digits, 7, Size(160, 120))
    spec = TaskSpec(budget=40)
    assert (
        play(split(mine, spec), start("margin"), rounds=0).state == play(split(digits, spec), start("margin"), rounds=0).state
    )


def test_what_is_in_a_file_identifies_it_and_not_what_it_is_called(tmp_path: Path) -> None:
    first = read_arrays(saved(tmp_path / "a.npz", X=X, y=Y))
    again = read_arrays(saved(tmp_path / "b.npz", X=X, y=Y))
    narrow = read_arrays(saved(tmp_path / "narrow.npz", X=X.astype(np.uint8), y=Y))
    assert first.fingerprint == again.fingerprint == narrow.fingerprint
    changed = X.copy()
    changed[5, 1] += 1e-9
    others = [{"X": changed, "y": Y}, {"X": X, "y": Y[::-1]}, {"X": X, "y": Y, "classes": np.array(["a", "b", "c"])}]
    found = [read_arrays(saved(tmp_path / "a.npz", **entries)).fingerprint for entries in others]
    assert len({first.fingerprint, *found}) == 4


@pytest.mark.parametrize("kind", ["u1", "i1", ">i4", "f2", "<f4", ">f8", "?"])
def test_numbers_of_every_kind_are_float_inside(tmp_path: Path, kind: str) -> None:
    for order in "CF":
        given_as = np.asarray(X.astype(kind), order=order)  # type: ignore[call-overload]
        data = read_arrays(saved(tmp_path / "x.npz", X=given_as, y=Y))
        assert data.X.dtype == np.float64
        np.testing.assert_array_equal(data.X, X.astype(kind).astype(float))
        np.save(tmp_path / "x.npy", given_as)
        np.testing.assert_array_equal(read_arrays(tmp_path / "x.npy", ["a", "b"]).X, data.X)


def test_unknown_labels_are_known_as_unknown(tmp_path: Path) -> None:
    ways: list[Any] = [
        np.array([0, -1, 2, 0, 1, -1]), np.array([0, np.nan, 2, 0, 1, np.nan]), np.array(["0", "", "2", "0", "1", ""]),
    ]  # fmt: skip
    for y in ways:
        assert read_arrays(saved(tmp_path / "x.npz", X=X, y=y)).y.tolist() == [0, -1, 2, 0, 1, -1]
    assert read_arrays(saved(tmp_path / "x.npz", X=X), ["cat", "dog"]).truth == (-1,) * 6
    refused(saved(tmp_path / "x.npz", X=X), "no label is known")


def test_names_of_items_and_classes_obey_no_terminal(tmp_path: Path) -> None:
    y = np.array(["a\x1b[2J", "b\u202e", "猫", "b\u202e", "a\x1b[2J", "猫"])
    data = read_arrays(saved(tmp_path / "x.npz", X=X, y=y, ids=np.array(["x\ny", "2", "3", "4", "5", "6"])))
    assert data.classes == ("a␛[2J", "b<202E>", "猫")
    assert data.item_names
    assert list(data.item_names) == ["x y", "2", "3", "4", "5", "6"]
    assert data.y.tolist() == [0, 1, 2, 1, 0, 2]


def test_pictures_are_drawn_and_learnt_from(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    grey, colour = rng.integers(0, 256, (6, 14, 13), dtype=np.uint8), rng.integers(0, 256, (6, 100, 60, 3), dtype=np.uint8)
    plain = read_arrays(saved(tmp_path / "x.npz", X=grey, y=Y))
    assert look_at(plain, 3, Size(160, 120)) == Picture(13, 14, grey[3].tobytes())
    assert plain.recipe == "hog"
    assert read_arrays(saved(tmp_path / "x.npz", images=grey[..., None], y=Y)).fingerprint == plain.fingerprint
    pixels = read_arrays(tmp_path / "x.npz", features="pixels")
    np.testing.assert_array_equal(pixels.X, grey.reshape(6, -1) / 255)
    assert pixels.fingerprint != plain.fingerprint
    assert pixels.item_ids == plain.item_ids
    drawn = read_arrays(saved(tmp_path / "x.npz", X=colour, y=Y))
    assert look_at(drawn, 3, Size(160, 120)) == Picture(60, 100, colour[3].tobytes(), colour=True)
    assert look_at(drawn, 3, Size(30, 50)).colour  # type: ignore[union-attr]
    scaled = read_arrays(saved(tmp_path / "x.npz", X=grey / 16.0, y=Y))
    assert scaled.images is not None
    np.testing.assert_array_equal(scaled.images, np.round(grey * (255 / grey.max())))
    beside = read_arrays(saved(tmp_path / "x.npz", X=X, images=colour, y=Y))
    assert beside.X.shape == (6, 2)
    assert look_at(beside, 1, Size(160, 120)) == Picture(60, 100, colour[1].tobytes(), colour=True)


def test_a_large_array_stays_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_files, "_MAPPED_FROM", 1)
    np.save(tmp_path / "x.npy", X)
    data = read_arrays(tmp_path / "x.npy", ["a", "b"])
    assert isinstance(data.X.base, np.memmap)
    np.testing.assert_array_equal(data.X, X)
    pictures = np.zeros((6, 8, 8), np.uint8)
    np.save(tmp_path / "x.npy", pictures)
    mapped = read_arrays(tmp_path / "x.npy", ["a", "b"]).images
    assert mapped is not None
    assert isinstance(mapped.base, np.memmap)


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"y": Y}, "no array X or images in it; it has y"),
        ({"X": X[:, 0], "y": Y}, r"X: the shape is \(6,\); give \(items, features\)"),
        ({"X": X[:0], "y": Y[:0]}, r"X: the shape is \(0, 2\)"),
        ({"X": X, "y": Y[:5]}, r"y: the shape is \(5,\); there are 6 items, so give \(6,\)"),
        ({"X": X, "y": Y[:, None]}, r"y: the shape is \(6, 1\)"),
        ({"X": X, "y": Y, "ids": np.array(["a"])}, r"ids: the shape is \(1,\)"),
        ({"X": X, "y": Y, "images": np.zeros((5, 8, 8), np.uint8)}, "images: there are 5 of them for 6 items of X"),
        ({"X": np.zeros((6, 8, 8)), "y": Y, "images": np.zeros((6, 8, 8))}, "there are images as well"),
        ({"X": np.zeros((6, 8, 8, 2)), "y": Y}, "pictures have 2 channels"),
        ({"X": np.zeros((6, 1, 1, 1, 1)), "y": Y}, "the shape is"),
        ({"X": X.astype(str), "y": Y}, "X: it holds <U32; save numbers"),
        ({"X": X * 1j, "y": Y}, "X: it holds complex128; save numbers"),
        ({"X": X.astype("M8[D]"), "y": Y}, r"X: it holds datetime64\[D\]; save numbers"),
        ({"X": np.zeros(6, "i4,f8"), "y": Y}, "X: its entries are records"),
        ({"X": X.astype(object), "y": Y}, "X: it holds Python objects, which are never unpickled"),
        ({"X": X, "y": Y.astype(object)}, "y: it holds Python objects, which are never unpickled"),
        ({"X": X, "y": np.array([b"a", b"b"] * 3)}, r"y: it holds \|S1; save numbers or text"),
        ({"X": np.where(X == 7, np.nan, X), "y": Y}, "row 3, column 1 is nan; replace"),
        ({"X": np.where(X == 7, np.inf, X).reshape(6, 2, 1), "y": Y}, "picture 3 has a level that is no number; replace"),
        ({"X": X, "y": Y + 0.5}, "row 0: label 0.5 is no class"),
        ({"X": X, "y": Y, "classes": np.array(["a", "b"])}, "row 2: label 2 is no class"),
        ({"X": X, "y": Y, "classes": np.array([["a", "b"]])}, r"classes: the shape is \(1, 2\)"),
    ],
)
def test_what_cannot_be_meant_is_one_line_with_file_place_and_remedy(
    tmp_path: Path, entries: dict[str, Any], words: str
) -> None:
    refused(saved(tmp_path / "x.npz", **entries), words)


class Evil:
    def __reduce__(self) -> Any:
        return os.mkdir, (os.environ["EVIL"],)


def test_nothing_is_ever_unpickled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVIL", str(tmp_path / "run"))
    np.save(tmp_path / "x.npy", np.array([Evil()], dtype=object), allow_pickle=True)
    refused(tmp_path / "x.npy", "never unpickled")
    (tmp_path / "x.npy").write_bytes(pickle.dumps(Evil()))
    refused(tmp_path / "x.npy", "this is no array of NumPy")
    assert not (tmp_path / "run").exists()


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def test_a_header_that_lies(tmp_path: Path) -> None:
    path, whole = tmp_path / "x.npy", npy(X)
    for content in (whole[:-1], whole + b"\0", whole.replace(b"(6, 2)", b"(7, 2)"), whole.replace(b"(6, 2)", b"(6, 1)")):
        path.write_bytes(content)
        refused(path, "[0-9]+ bytes of numbers, and its header says [0-9]+; save it anew")
    for shape in (b"(-6, 2) ", b"(6.0, 2)", b"(1<<60,)"):
        path.write_bytes(whole.replace(b"(6, 2), ", shape + b"," if len(shape) == 7 else shape))
        refused(path, "its header says the shape|no array of NumPy")
    for content in (b"", b"\x93NUMPY", b"hello", b"PK\x03\x04", whole[:20]):
        path.write_bytes(content)
        refused(path, "no array of NumPy|damaged archive")


LIMIT = """
import resource, sys
from pathlib import Path
from al_core.data.arrays import read_arrays
from al_core.ground.errors import UserError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_arrays(Path(sys.argv[1]))
except UserError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.parametrize(
    ("rows", "directory_lies", "words"),
    [
        (6, False, "X: its header says 4,800 bytes, and there are 209,715,"),
        (1 << 22, True, "unpacks to 3.4 GB, and at most 1.1 GB"),
        (1 << 20, True, "X: it ends after 1,048,576 of 838,860,800 bytes"),
    ],
)
def test_an_archive_that_unpacks_to_gigabytes_takes_no_memory(
    tmp_path: Path, rows: int, directory_lies: bool, words: str
) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"shape": (rows, 100), "fortran_order": False, "descr": "<f8"})
    with zipfile.ZipFile(tmp_path / "bomb.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("X.npy", "w", force_zip64=True) as member:
            member.write(header.getvalue())
            for _ in range(200 if not directory_lies else 1):
                member.write(bytes(1 << 20))
        if directory_lies:
            archive.infolist()[0].file_size = len(header.getvalue()) + 800 * rows
    command = [sys.executable, "-c", LIMIT, str(tmp_path / "bomb.npz")]
    said, grown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert re.search(words, said)
    assert int(grown) < 60


def test_a_folder_is_what_an_archive_of_its_files_is_and_a_large_array_stays_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = {"X": X, "y": Y, "classes": np.array(["a", "b", "c"]), "ids": np.array(list("uvwxyz")), "groups": Y}
    archive, folder = read_dataset(saved(tmp_path / "one.npz", **entries)), tmp_path / "many"
    folder.mkdir()
    for name, entry in entries.items():
        np.save(folder / f"{name}.npy", entry)
    monkeypatch.setattr(array_files, "_MAPPED_FROM", X.nbytes)
    mine = read_dataset(folder)
    assert (mine.fingerprint, mine.item_ids, mine.item_names) == (archive.fingerprint, archive.item_ids, archive.item_names)
    assert mine.groups is not None
    assert mine.groups.tolist() == Y.tolist()
    assert (_is_mapped(mine.X), _is_mapped(archive.X), _is_mapped(mine.y)) == (True, False, False)
    measured = read_dataset(folder, test=folder)
    assert len(measured.X) == 12
    (folder / "y.npy").write_bytes(b"")
    refused(folder / "y.npy", "y.npy")
    np.save(folder / "y.npy", Y[:4])
    with pytest.raises(UserError, match=r"y.npy: the shape is \(4,\); there are 6 items, so give \(6,\)"):
        read_dataset(folder)
    (folder / "y.npy").unlink()
    with pytest.raises(UserError, match="no picture"):
        read_dataset(folder)  # without labels it is no such folder


def test_an_archive_is_measured_before_anything_of_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_files, "MOST_BYTES", 100)
    monkeypatch.setattr(array_files, "_filled", lambda *_: pytest.fail("it was read"))
    refused(
        saved(tmp_path / "x.npz", X=X, y=Y),
        "unpacks to .* kB, and at most .* save X and y as X.npy, as float64, and y.npy in a folder",
    )
    monkeypatch.setattr(array_files, "MOST_BYTES", 1000)
    monkeypatch.setattr(array_files, "MOST_NUMBERS", 11)
    refused(tmp_path / "x.npz", "X: 12 numbers are more than the 11")
    monkeypatch.setattr(array_files, "MOST_ITEMS", 5)
    refused(tmp_path / "x.npz", "X: 6 items; at most 5")


def test_what_is_no_file_of_numbers(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.npy")
    (tmp_path / "folder.npy").mkdir()
    (tmp_path / "loop.npy").symlink_to("loop.npy")
    (tmp_path / "away.npy").symlink_to("nowhere")
    for name, words in (
        ("fifo.npy", "is no file of numbers"),
        ("folder.npy", "there are no pictures in it that can be read"),
        ("loop.npy", "there is no data set and no file"),
        ("away.npy", "there is no data set and no file"),
        ("missing.npy", "there is no data set and no file"),
        ("a" * 300, "cannot read"),
        ("/dev/zero", "is no file of numbers"),
    ):
        with pytest.raises(UserError, match=words) as caught:
            read_dataset(tmp_path / name)
        assert "\n" not in str(caught.value)
    before = {path.name for path in tmp_path.iterdir()}
    assert before == {"fifo.npy", "folder.npy", "loop.npy", "away.npy"}


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, filled = saved(tmp_path / "x.npz", X=X, y=Y), array_files._filled

    def and_changed(*arguments: Any) -> Any:
        os.utime(path, ns=(1, 1))
        return filled(*arguments)

    monkeypatch.setattr(array_files, "_filled", and_changed)
    refused(path, "changed while it was read; try again")


def test_the_snippet_of_the_documentation_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    every = re.findall(r"```python\n(.*?)```", (Path(__file__).parents[4] / "docs" / "data.md").read_text(), re.DOTALL)
    (snippet,) = [code for code in every if "read_dataset(" in code]
    monkeypatch.chdir(tmp_path)
    digits = load_dataset("digits")
    saved(tmp_path / "pots.npz", X=digits.X[:200], y=digits.y[:200])
    exec(compile(snippet, "data.md", "exec"), {})
    assert capsys.readouterr().out.startswith("((20, 0.")


def test_a_word_is_a_data_set_else_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    saved(tmp_path / "digits.npz", X=X, y=Y)
    (tmp_path / "digits.npz").rename(tmp_path / "digits")
    assert len(read_dataset("digits").X) == 1797
    assert len(read_dataset("./digits").X) == len(read_dataset(Path("digits")).X) == 6
    with pytest.raises(UserError, match="there is no data set and no file 'digist'; the data sets are: blobs, breast_cancer, "):
        read_dataset("digist")


@settings(max_examples=trials(300, 2000), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(["npy", "npz", "member"]),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4),
    st.integers(0, 10**6),
    st.booleans(),
)
def test_a_mutated_file_is_read_or_refused(
    tmp_path: Path, kind: str, changes: list[tuple[int, int]], cut: int, cuts: bool
) -> None:
    path, archive = tmp_path / "x.npz", kind != "npy"
    if kind == "member":  # a whole archive around an array that is not
        inner, packed = bytearray(npy(X)), io.BytesIO()
        for place, value in changes:
            inner[place % 200] = value
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as around:
            around.writestr("X.npy", bytes(inner[: cut % len(inner)] if cuts else inner))
            around.writestr("y.npy", npy(Y))
        content, changes, cuts = bytearray(packed.getvalue()), [], False
    elif archive:
        file = io.BytesIO()
        np.savez_compressed(file, X=X, y=Y, classes=np.array(["a", "b", "c"]), ids=np.array(list("abcdef")))
        content = bytearray(file.getvalue())
    else:
        content = bytearray(npy(X))
    for place, value in changes:
        content[place % len(content)] = value
    path.write_bytes(content[: cut % len(content)] if cuts else content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        data = read_arrays(path, None if archive else ["a", "b"])
    except UserError as error:
        assert "\n" not in str(error)  # noqa: PT017
        assert str(path) in str(error)  # noqa: PT017
    else:
        assert np.isfinite(data.X).all()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


@pytest.mark.parametrize("error", [MemoryError(), PermissionError("not yours")])
def test_what_the_machine_lacks_is_not_said_of_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*args: object) -> None:
        raise error

    monkeypatch.setattr(array_files, "_unpacked", fails)
    path = saved(tmp_path / "x.npz", X=X, y=Y)
    with path.open("rb") as file, pytest.raises(type(error)):
        array_files._archive(path, file)
