"""Folders of pictures as data sets: every kind is decoded, what cannot be used is set aside, and nothing is written."""

from __future__ import annotations

import io
import json
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from trials import trials

from al_core import TaskSpec, play, split, start
from al_core.data import decoded
from al_core.data.at_size import look_at
from al_core.data.kinds import load_dataset, read_dataset
from al_core.data.looks import Picture, Size
from al_core.data.readers import pictures
from al_core.data.readers.pictures import read_pictures
from al_core.ground.errors import UserError

SIZE = Size(160, 120)


def picture(seed: int, shape: tuple[int, ...] = (16, 16)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


def put(path: Path, image: Image.Image, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)
    return path


def folder(root: Path) -> Path:
    """Two classes of three pictures."""
    for number in range(6):
        put(root / ("cat", "dog")[number % 2] / f"{number}.png", picture(number))
    return root


def shown(path: Path) -> np.ndarray:
    """What is shown of the only picture of a folder."""
    data = read_pictures(path, ["a", "b"])
    (look,) = [look_at(data, row, SIZE) for row in range(len(data.X))]
    assert isinstance(look, Picture)
    assert look.colour
    return np.frombuffer(look.pixels, np.uint8).reshape(look.height, look.width, 3)


def test_digits_written_out_as_pictures_are_raced(tmp_path: Path) -> None:
    digits = load_dataset("digits")
    assert digits.images is not None
    for row in range(0, 1797, 6):
        put(tmp_path / digits.classes[digits.y[row]] / f"{row:04}.png", Image.fromarray(digits.images[row]))
    data = read_dataset(tmp_path)
    assert data.classes == digits.classes
    assert data.recipe == "pixels"
    rows = [int(Path(name).stem) for name in data.item_names]
    np.testing.assert_array_equal(data.X, digits.images[rows].reshape(len(rows), -1) / 255)
    np.testing.assert_array_equal(data.y, digits.y[rows])
    assert play(split(data, TaskSpec(budget=60)), start("margin"), rounds=0).state.curve[-1][1] > 0.6


def test_what_is_in_the_files_identifies_them_and_not_where_they_lie(tmp_path: Path) -> None:
    first = read_pictures(folder(tmp_path / "a"))
    folder(tmp_path / "b")
    (tmp_path / "b/cat/0.png").rename(tmp_path / "b/cat/00.png")
    again = read_pictures(tmp_path / "b")
    assert (first.fingerprint, first.item_ids) == (again.fingerprint, again.item_ids)
    put(tmp_path / "b/cat/00.png", picture(77))
    changed = read_pictures(tmp_path / "b")
    assert changed.fingerprint != first.fingerprint
    assert len(set(changed.item_ids) & set(first.item_ids)) == 5


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "RGBA", "LA", "CMYK"])
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "tiff", "bmp", "pgm"])
def test_every_kind_of_picture_is_shown_as_it_is(tmp_path: Path, mode: str, suffix: str) -> None:
    image = Image.new("RGB", (20, 10), (250, 20, 20))
    image.paste((20, 20, 250), (10, 0, 20, 10))
    kind = image.quantize(4) if mode == "P" else image.convert(mode, dither=Image.Dither.NONE)
    try:
        put(tmp_path / f"x.{suffix}", kind, **({"lossless": True} if suffix == "webp" else {}))
    except OSError:
        assert f"{mode}.{suffix}" in UNWRITABLE
        return
    grey = {"1": "1", "L": "L", "LA": "L"}.get(mode, "RGB")
    wanted = np.asarray(image.convert(grey, dither=Image.Dither.NONE).convert("RGB")).astype(int)
    assert np.abs(shown(tmp_path).astype(int)[2:8, [3, 16]] - wanted[2:8, [3, 16]]).max() < 40


UNWRITABLE = frozenset(["CMYK.png", "P.jpg", "RGBA.jpg", "LA.jpg", "LA.bmp", "CMYK.bmp", "P.pgm", "LA.pgm", "CMYK.pgm"])
"""What Pillow cannot write, so that there is no such file to read."""


def test_odd_kinds(tmp_path: Path) -> None:
    sixteen = np.linspace(0, 65535, 16 * 16).reshape(16, 16).astype(np.uint16)
    for suffix in ("png", "tiff"):
        put(tmp_path / suffix / f"x.{suffix}", Image.fromarray(sixteen))
        got = shown(tmp_path / suffix)[..., 0].ravel()
        assert np.abs(got.astype(int) - np.round(sixteen.ravel() / 257)).max() <= 1
    put(tmp_path / "float" / "x.tiff", Image.fromarray(np.linspace(-1, 1, 256, dtype=np.float32).reshape(16, 16)))
    assert (shown(tmp_path / "float").min(), shown(tmp_path / "float").max()) == (0, 255)
    clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    put(tmp_path / "clear" / "x.png", clear)
    assert (shown(tmp_path / "clear") == 255).all()
    turned = Image.new("L", (30, 20), 10)
    exif = Image.Exif()
    exif[0x0112] = 6
    put(tmp_path / "turned" / "x.jpg", turned, exif=exif)
    assert shown(tmp_path / "turned").shape == (30, 20, 3)
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    for suffix in ("png", "webp", "tiff"):
        put(tmp_path / f"frames{suffix}" / f"x.{suffix}", frames[0], save_all=True, append_images=frames[1:])
        assert shown(tmp_path / f"frames{suffix}")[8, 8].tolist()[0] > 200


@pytest.mark.parametrize("size", [(30, 20), (2000, 900)])
@pytest.mark.parametrize("turned", [False, True])
def test_how_large_a_picture_is_in_its_file_is_told_as_the_camera_was_held(
    tmp_path: Path, size: tuple[int, int], turned: bool
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6 if turned else 1
    put(tmp_path / "pots" / "x.jpg", Image.new("RGB", size, (10, 20, 30)), exif=exif)
    data = read_pictures(tmp_path / "pots", ["a", "b"])
    look = look_at(data, 0, SIZE)
    assert isinstance(look, Picture)
    assert look.full == (size[::-1] if turned else size)
    smaller = look_at(data, 0, Size(16, 16))
    assert isinstance(smaller, Picture)
    assert (max(smaller.width, smaller.height) <= 16, smaller.full) == (True, look.full)


def test_classes_are_the_first_folders_unless_they_are_splits(tmp_path: Path) -> None:
    data = read_pictures(folder(tmp_path / "a"))
    assert data.classes == ("cat", "dog")
    assert data.y.tolist() == [0, 0, 0, 1, 1, 1]
    put(tmp_path / "a/loose.png", picture(9))
    put(tmp_path / "a/cat/deep/er.png", picture(10))
    data = read_pictures(tmp_path / "a")
    assert dict(zip(data.item_names, data.y.tolist(), strict=True)) | {"loose.png": -1, "cat/deep/er.png": 0} == dict(
        zip(data.item_names, data.y.tolist(), strict=True)
    )
    folder(tmp_path / "b/train")
    put(tmp_path / "b/test/owl/1.png", picture(11))
    assert read_pictures(tmp_path / "b").classes == ("cat", "dog", "owl")
    folder(tmp_path / "c/train")
    put(tmp_path / "c/owl/1.png", picture(11))
    assert read_pictures(tmp_path / "c").classes == ("owl", "train")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_metadata_say_the_labels(tmp_path: Path, form: str) -> None:
    folder(tmp_path)
    said = [("cat/0.png", "x"), ("cat/2.png", ""), ("dog/1.png", 'y,"z'), ("gone.png", "x"), ("../out.png", "x")]
    if form == "csv":
        quoted = [f'{name},"{label.replace(chr(34), chr(34) * 2)}"' for name, label in said]
        (tmp_path / "metadata.csv").write_text("\ufefffile_name,label\n" + "\n".join(quoted), encoding="utf-8")
    else:
        lines = [json.dumps({"file_name": name, "label": label or None, "kiln": 3}) for name, label in said]
        (tmp_path / "metadata.jsonl").write_text("\n".join(lines))
    data = read_pictures(tmp_path)
    assert data.classes == ("x", 'y,"z')
    assert dict(zip(data.item_names, data.y.tolist(), strict=True)) == {
        "cat/0.png": 0, "cat/2.png": -1, "cat/4.png": -1, "dog/1.png": 1, "dog/3.png": -1, "dog/5.png": -1,
    }  # fmt: skip
    assert [name for name, _ in data.aside] == ["gone.png", "../out.png"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("metadata.csv", b"name,label\n", "there is no column file_name"),
        ("metadata.csv", b"file_name,label\n\xff,x\n", "it is not UTF-8"),
        ("metadata.csv", b'file_name,label\n"a"b,x\n', "it is no CSV"),
        ("metadata.csv", b"file_name,label\ncat/0.png,x\ncat/0.png,y\n", "line 3: cat/0.png has two labels"),
        ("metadata.jsonl", b'{"file_name": "cat/0.png"}\n{', "line 2: it is no JSON"),
        ("metadata.jsonl", b"[1]", "line 1: there is no file_name"),
        ("metadata.jsonl", b"[" * 100_000, "line 1: it is "),
    ],
)
def test_broken_metadata_are_one_line(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (folder(tmp_path) / name).write_bytes(content)
    with pytest.raises(UserError, match=words) as caught:
        read_pictures(tmp_path)
    assert str(tmp_path / name) in str(caught.value)
    assert "; " in str(caught.value)


SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, body: bytes) -> bytes:
    """A part of a PNG, with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(side: int) -> bytes:
    """A grey picture of so many pixels a side, in a few kB."""
    header, rows = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0), bytes((side // 8 + 1) * 64)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def test_what_cannot_be_used_is_set_aside_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path)
    whole = (tmp_path / "cat/0.png").read_bytes()
    (tmp_path / "cat/a.png").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cat/b.png").write_bytes(b"")
    (tmp_path / "cat/c.png").write_bytes(bomb(20_000))
    (tmp_path / "cat/d.png").write_bytes(bomb(9_000))
    (tmp_path / "cat/e.png").symlink_to("e.png")
    (tmp_path / "cat/f.png").symlink_to("nowhere")
    os.mkfifo(tmp_path / "cat/g.png")
    with (tmp_path / "cat/h.png").open("wb") as file:
        file.truncate(decoded.MOST_BYTES + 1)
    (tmp_path / "cat/i.png").write_bytes(whole)
    (tmp_path / "cat/j.txt").write_bytes(whole)
    (tmp_path / "cat/.k.png").write_bytes(whole)
    (tmp_path / "cat/round").symlink_to(tmp_path)
    (tmp_path / "dog/round").symlink_to("..")
    (tmp_path / "cat/l.svg").write_text("<svg/>")
    read = os.open

    def refusing(path: Any, flags: int, *rest: Any) -> int:
        if str(path).endswith("i.png"):
            raise PermissionError(13, "Permission denied")
        return read(path, flags, *rest)

    monkeypatch.setattr(os, "open", refusing)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    with pytest.warns(
        UserWarning, match=r"set aside: 2 because it cannot be decoded, 2 because it has more than 64 million pix"
    ):
        data = read_dataset(tmp_path)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
    assert len(data.X) == 6
    assert dict(data.aside) == {
        "cat/a.png": "it cannot be decoded",
        "cat/b.png": "it cannot be decoded",
        "cat/c.png": "it has more than 64 million pixels",
        "cat/d.png": "it has more than 64 million pixels",
        "cat/e.png": "it cannot be read (Too many levels of symbolic links)",
        "cat/f.png": "it cannot be read (No such file or directory)",
        "cat/g.png": "it is no file",
        "cat/h.png": "it has more than 64 MiB",
        "cat/i.png": "it cannot be read (Permission denied)",
    }


MEMORY = """
import resource, sys
from pathlib import Path
from PIL import Image
from al_core.data.readers.pictures import read_pictures
from al_core.ground.errors import UserError
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    read_pictures(Path(sys.argv[1]))
except UserError as error:
    print(error)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_a_picture_of_400_million_pixels_takes_no_memory(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(bomb(20_000))
    assert (tmp_path / "x.png").stat().st_size < 10_000
    command = [sys.executable, "-c", MEMORY, str(tmp_path)]
    said, grown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert "there are no pictures in it that can be read; of x.png: it has more than 64 million pixels" in said
    assert int(grown) < 60


def test_files_that_change_while_they_are_read_or_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, at_most = read_pictures(folder(tmp_path)), decoded._at_most
    put(tmp_path / "cat/0.png", picture(99))
    (tmp_path / "cat/2.png").unlink()
    for row, reason in ((0, "it has changed since it was first read"), (1, r"it cannot be read \(No such file")):
        with pytest.raises(UserError, match=f"cannot be shown: {reason}.*; start again"):
            look_at(data, row, SIZE)

    def and_longer(file: Any, size: int) -> bytes:
        with (tmp_path / "cat/0.png").open("ab") as same:
            same.write(b"x")
        return at_most(file, size)

    monkeypatch.setattr(decoded, "_at_most", and_longer)
    assert dict(read_pictures(tmp_path).aside) == {"cat/0.png": "it changed while it was read"}


def test_folders_without_anything_to_label(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match=r"there are no pictures in it that can be read; they end in \.bmp"):
        read_dataset(tmp_path)
    put(tmp_path / "a.png", picture(0))
    with pytest.raises(UserError, match="no label is known"):
        read_dataset(tmp_path)
    assert read_dataset(tmp_path, classes=["a", "b"]).truth == (-1,)
    monkeypatch.setattr(pictures, "MOST_PICTURES", 0)
    with pytest.raises(UserError, match="more than 0 pictures; give a part of them"):
        read_dataset(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"pip install 'al-tui\[images\]'"):
        read_dataset(tmp_path)


def test_pictures_of_many_sizes_are_learnt_from_at_one(tmp_path: Path) -> None:
    for number, shape in enumerate([(16, 16), (64, 64, 3), (640, 480), (13, 100, 3), (1, 1)]):
        put(tmp_path / f"{number}.png", picture(number, shape))
    data = read_pictures(tmp_path, ["a", "b"])
    assert data.recipe == "hog"
    assert read_pictures(tmp_path, ["a", "b"], features="pixels").X.shape == (5, 32 * 32 * 3)
    look = look_at(data, 2, SIZE)
    assert isinstance(look, Picture)
    assert (look.width, look.height) == (90, 120)


def test_hostile_names_obey_no_terminal(tmp_path: Path) -> None:
    for number, name in enumerate(["a\x1b[2J", "b\u202e", "c\udcff", "猫"]):
        put(tmp_path / name / "x\n.png", picture(number))
    data = read_pictures(tmp_path)
    assert set(data.classes) == {"a␛[2J", "b<202E>", "c<DCFF>", "猫"}
    assert all(name.endswith("/x .png") for name in data.item_names)
    assert isinstance(look_at(data, 0, SIZE), Picture)


def files() -> list[bytes]:
    made = []
    for kind in ("PNG", "JPEG", "PPM", "WEBP", "TIFF", "BMP"):
        file = io.BytesIO()
        picture(1, (12, 12, 3)).save(file, kind)
        made.append(file.getvalue())
    return made


def is_read_or_set_aside(folder: Path) -> None:
    """The only picture of a folder, x.png: it can be learnt from and shown, or the error names it and says why."""
    try:
        data = read_pictures(folder, ["a", "b"])
    except UserError as error:
        assert "x.png: it " in str(error)  # noqa: PT017
    else:
        assert np.isfinite(data.X).all()
        assert isinstance(look_at(data, 0, SIZE), Picture)


@settings(max_examples=trials(300, 2000), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.sampled_from(files()), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=5),
    st.integers(0, 10**6), st.booleans(),
)  # fmt: skip
def test_a_mutated_picture_is_read_or_set_aside(
    tmp_path: Path, content: bytes, changes: list[tuple[int, int]], cut: int, cuts: bool
) -> None:
    changed = bytearray(content)
    for place, value in changes:
        changed[place % len(changed)] = value
    (tmp_path / "x.png").write_bytes(changed[: cut % len(changed)] if cuts else changed)
    is_read_or_set_aside(tmp_path)


@settings(max_examples=trials(200, 2000), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.tuples(*[st.one_of(st.just(12), st.integers(0, 40), st.integers(0, 2**32 - 1))] * 2),
    st.tuples(st.sampled_from([8, 1, 2, 4, 16, 0, 3]), st.integers(0, 7), *[st.integers(0, 2)] * 3),
    st.binary(max_size=60),
    st.sampled_from([b"PLTE", b"tRNS", b"eXIf", b"iCCP", b"acTL", b"zTXt", b"IDAT"]),
    st.binary(max_size=30),
)  # fmt: skip
def test_a_picture_that_lies_with_good_checksums_is_read_or_set_aside(
    tmp_path: Path, size: tuple[int, int], kind: tuple[int, ...], rows: bytes, name: bytes, body: bytes
) -> None:
    header = struct.pack(">II", *size) + bytes(kind)
    chunks = [chunk(b"IHDR", header), chunk(name, body), chunk(b"IDAT", zlib.compress(rows * 100)), chunk(b"IEND", b"")]
    (tmp_path / "x.png").write_bytes(SIGNATURE + b"".join(chunks))
    is_read_or_set_aside(tmp_path)


def test_decoders_say_nothing_of_broken_files_beside_what_is_set_aside(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = io.BytesIO()
    picture(1, (12, 12, 3)).save(good, "TIFF", compression="tiff_lzw")
    packed = bytearray(good.getvalue())
    begin, end = packed.index(b"II*\0") + 8, len(packed)
    for number in range(40):  # strips, and entries of the directory
        broken = packed.copy()
        broken[begin + (end - begin) * number // 40] ^= 0xFF
        (tmp_path / f"{number:02}.tif").write_bytes(broken)
    picture(2, (12, 12, 3)).save(tmp_path / "whole.png")
    data = read_pictures(tmp_path, ["a", "b"])
    assert len(data.aside) > 5
    assert capfd.readouterr() == ("", "")


def test_files_and_folders_that_vanish_while_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path)
    read_pictures(tmp_path)  # so that some are known, which changes nothing
    put(tmp_path / "dog/new.png", picture(7))
    walked, scandir = pictures.walked, os.scandir

    def and_gone(*about: Any) -> Any:
        found = walked(*about)
        (tmp_path / "cat/2.png").unlink()
        (tmp_path / "dog/new.png").unlink()
        return found

    with monkeypatch.context() as patched:
        patched.setattr(pictures, "walked", and_gone)
        data = read_pictures(tmp_path)
    gone = "it cannot be read (No such file or directory)"
    assert dict(data.aside) == {"cat/2.png": gone, "dog/new.png": gone}
    assert len(data.X) == 5

    def without_dogs(path: Any) -> Any:
        if Path(path).name == "dog":
            raise FileNotFoundError(2, "No such file or directory")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", without_dogs)
    data = read_pictures(tmp_path, ["cat", "dog"])
    assert dict(data.aside) == {"dog": "this folder cannot be read (No such file or directory)"}
    assert len(data.X) == 2


def test_what_the_machine_lacks_is_not_said_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder(tmp_path)

    def lacking(image: Any) -> Any:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(decoded, "_plain", lacking)
        with pytest.raises(UserError, match=r"cat/0\.png: there is not enough memory to decode it"):
            read_pictures(tmp_path)
    assert len(read_pictures(tmp_path).X) == 6


def test_folders_are_no_classes_where_none_is_called_like_one_that_was_named(tmp_path: Path) -> None:
    folder(tmp_path)
    assert read_pictures(tmp_path, ["bowl", "jug"]).truth == (-1,) * 6
    assert set(read_pictures(tmp_path, ["cat", "dog", "jug"]).truth) == {0, 1}
    with pytest.raises(UserError, match="label 'cat' is no class"):
        read_pictures(tmp_path, ["bowl", "dog"])
    (tmp_path / "metadata.csv").write_text("file_name,label\ncat/0.png,cat\n")
    with pytest.raises(UserError, match="label 'cat' is no class"):
        read_pictures(tmp_path, ["bowl", "jug"])
