"""Files of every kind with bytes changed: what comes of reading one is a data set, what was set aside and counted, or one line.

Every kind is mutated a few times in the default tests and 2,000 times with ``AL_TUI_TRIALS=large``; a mutation is known by its
number, so that a red one is made again by it.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow
import pytest
from PIL import Image
from pyarrow import parquet
from trials import trials

from al_core.data.at_size import look_at
from al_core.data.columns import Columns
from al_core.data.dataset import Dataset
from al_core.data.kinds import read_dataset, said_aside
from al_core.data.looks import Size
from al_core.exchange.reading import counted, read_labels
from al_core.exchange.record import About, Record
from al_core.exchange.registry import formats
from al_core.ground.errors import UserError

SIZE = Size(40, 30)
CLASSES = ("a", "b")
MOST_KB = 300_000
"""By which the memory of a process may grow in all mutations of a kind; a picture has 64 million pixels at most."""
MANY = [
    b"\0",
    b"\xff",
    b'"',
    b"\n",
    b"\r",
    b",",
    b";",
    b"{",
    b"]",
    b"\x1b[2J",
    b"\xed\xa0\x80",
    b"-",
    b"1e999",
    b"\xef\xbb\xbf",
]
NUMBERS = [b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x80", b"\0\0\0\0\0\0\0\x10", b"4294967295", b"-1"]


class Kind(NamedTuple):
    """A kind of file: how a good one is made, and what reads it. ``make`` gives the file that is mutated."""

    make: Callable[[Path], Path]
    read: Callable[[Path], Dataset | str | None]


def levels(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, shape, dtype=np.uint8)


def picture(name: str, mode: str = "RGB", **how: object) -> Kind:
    def make(folder: Path) -> Path:
        shape = (13, 15) if mode in ("L", "I;16", "P") else (13, 15, len(mode))
        image = Image.fromarray(levels(*shape).astype(np.uint16) * 257 if mode == "I;16" else levels(*shape))
        whole = folder / f"whole{Path(name).suffix}"
        (image.convert("P") if mode == "P" else image).save(folder / name, **how)
        image.save(whole, **how)
        return folder / name

    return Kind(make, lambda folder: read_dataset(folder, CLASSES))


def metadata(name: str) -> Kind:
    def make(folder: Path) -> Path:
        for number in range(4):
            Image.fromarray(levels(12, 12) ^ np.uint8(number)).save(folder / f"{number}é.png")
        rows = [{"file_name": f"{number}é.png", "label": CLASSES[number % 2], "note": 'a "pot",\nold'} for number in range(4)]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            if name.endswith("csv"):
                out = csv.DictWriter(file, rows[0])
                out.writeheader()
                out.writerows(rows)
            else:
                file.writelines(json.dumps(row) + "\n" for row in rows)
        return folder / name

    return Kind(make, lambda folder: read_dataset(folder, CLASSES))


ROWS = [
    {
        "key": f"pot {number}",
        "height": "" if number == 3 else f"{number}.5",
        "found": f"2024-0{1 + number % 9}-11",
        "glazed": ("true", "false")[number % 2],
        "clay": ("red", 'so-called "grey"', "壺, fine")[number % 3],
        "label": ("a", "b", "")[number % 3],
    }
    for number in range(12)
]


def table(name: str, columns: Columns = Columns()) -> Kind:  # noqa: B008 — frozen
    def make(folder: Path) -> Path:
        path = folder / name
        if path.suffix == ".parquet":
            body = pyarrow.Table.from_pylist([row | {"n": number, "x": number / 7} for number, row in enumerate(ROWS)])
            parquet.write_table(body, path, compression="snappy")
            return path
        with path.open("w", encoding="utf-8", newline="") as file:
            if path.suffix == ".jsonl":
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
                return path
            out = csv.DictWriter(file, ROWS[0], delimiter="\t" if path.suffix == ".tsv" else ",")
            out.writeheader()
            out.writerows(ROWS)
        return path

    return Kind(make, lambda folder: read_dataset(folder / name, CLASSES, columns=columns))


def texts(folder: Path) -> Path:
    for number in range(4):
        (folder / f"{number}.txt").write_text(f"a kettle leaks\n\tand drips {number}\r\né 壺", encoding="utf-8")
    return folder / "2.txt"


def arrays(name: str) -> Kind:
    def make(folder: Path) -> Path:
        path = folder / name
        x = np.arange(24.0).reshape(12, 2)
        if name == "pixels.npy":
            np.save(path, levels(12, 8, 8, 3))
        elif name == "x.npy":
            np.save(path, x)
        else:
            save = np.savez if name == "plain.npz" else np.savez_compressed
            more = {"images": levels(12, 8, 8)} if name == "images.npz" else {"X": x}
            save(path, y=np.arange(12) % 2, classes=np.array(CLASSES), ids=np.array(list("abcdefghijkl")), **more)
        return path

    return Kind(make, lambda folder: read_dataset(folder / name, CLASSES))


def embeddings(name: str) -> Kind:
    def make(folder: Path) -> Path:
        (folder / "pots").mkdir()
        names = [f"{number}.png" for number in range(5)]
        for number, path in enumerate(names):
            Image.fromarray(levels(12, 12) ^ np.uint8(number)).save(folder / "pots" / path)
        rows = np.arange(15.0).reshape(5, 3)
        if name.endswith("npy"):
            np.save(folder / name, rows)
        else:
            np.savez_compressed(folder / name, X=rows, ids=np.array(names))
        return folder / name

    return Kind(make, lambda folder: read_dataset(folder / "pots", CLASSES, embeddings=folder / name))


def labels(form: str) -> Kind:
    said = ("label", "person", "ann", "2026-11-26T10:00:00Z", True, "odd")
    rows = [Record(f"{number:016x}", CLASSES[number % 2], *said, name=f"é{number}.png") for number in range(6)]

    def make(folder: Path) -> Path:
        path = folder / f"labels.{form}"
        path.write_bytes(formats()[form].write(rows, About("pots", "f" * 32, CLASSES)))
        return path

    def read(folder: Path) -> str:
        reading = read_labels(folder / f"labels.{form}")
        for record in (*reading.records, *(one.record for one in reading.unplaced)):
            assert isinstance(record, Record)
        assert all(line.isprintable() for line in counted(reading.problems))
        return "set aside" if reading.problems or reading.unplaced else "read"

    return Kind(make, read)


KINDS = {
    "x.npy": arrays("x.npy"),
    "pixels.npy": arrays("pixels.npy"),
    "plain.npz": arrays("plain.npz"),
    "compressed.npz": arrays("compressed.npz"),
    "images.npz": arrays("images.npz"),
    "PNG": picture("x.png"),
    "PNG, palette": picture("x.png", "P"),
    "PNG, 16 bit": picture("x.png", "I;16"),
    "PNG, alpha": picture("x.png", "RGBA"),
    "JPEG": picture("x.jpg", exif=Image.Exif()),
    "PGM": picture("x.pgm", "L"),
    "WebP": picture("x.webp"),
    "TIFF": picture("x.tiff"),
    "TIFF, packed": picture("x.tif", compression="tiff_lzw"),
    "BMP": picture("x.bmp"),
    "metadata.csv": metadata("metadata.csv"),
    "metadata.jsonl": metadata("metadata.jsonl"),
    "table.csv": table("table.csv"),
    "table.tsv": table("table.tsv"),
    "table.jsonl": table("table.jsonl"),
    "table.parquet": table("table.parquet"),
    "column of texts": table("texts.csv", Columns(text="clay")),
    "texts": Kind(texts, lambda folder: read_dataset(folder, CLASSES)),
    "embeddings.npy": embeddings("embeddings.npy"),
    "embeddings.npz": embeddings("embeddings.npz"),
    **{f"labels.{form}": labels(form) for form in sorted(formats())},
}


def mutated(content: bytes, luck: random.Random) -> bytes:
    """Some bytes changed, put in, taken away, said twice, or moved; numbers made as large as they can be; the end cut off."""
    found = bytearray(content)
    for _ in range(luck.choice((1, 1, 1, 2, 3, 8))):
        at, width = luck.randrange(len(found) + 1), luck.choice((1, 1, 2, 4, 8, 40))
        match luck.randrange(7):
            case 0 if at < len(found):
                found[at] ^= 1 << luck.randrange(8)
            case 1:
                found[at : at + width] = luck.randbytes(width)
            case 2:
                found[at:at] = luck.choice(MANY)
            case 3:
                del found[at : at + width]
            case 4:
                found[at:at] = found[at : at + width]
            case 5:
                there = luck.choice(NUMBERS)
                found[at : at + len(there)] = there
            case _ if luck.random() < 0.3:
                del found[at:]
    return bytes(found)


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def is_read_or_refused(kind: Kind, folder: Path, path: Path) -> str:
    """What became of it."""
    try:
        with warnings.catch_warnings(action="ignore"):
            data = kind.read(folder)
    except UserError as error:
        said = str(error)
        assert "\n" not in said
        assert path.name in said or (path.stem == "metadata" and ".png: label" in said)
        assert "; " in said or path.stem == "labels", said
        return "refused"
    if data is None or isinstance(data, str):
        return data or "read"
    assert np.isfinite(data.X).all()
    assert len(data.X) == len(data.item_ids) > 0
    assert len(data.item_names) in (0, len(data.X))
    for row in range(min(len(data.X), 20)):
        look_at(data, row, SIZE)
    assert all(text.isprintable() for text in (*data.classes, *data.item_names))
    assert not data.aside or str(len(data.aside)) in said_aside(data) or len({reason for _, reason in data.aside}) > 1
    return "set aside" if data.aside else "read"


@pytest.mark.parametrize("name", KINDS)
def test_a_mutated_file_is_read_set_aside_or_refused(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    path = kind.make(tmp_path)
    good = path.read_bytes()
    assert is_read_or_refused(kind, tmp_path, path) == "read"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: dict[str, int] = {}
    for number in range(trials(25, 2000)):
        path.write_bytes(mutated(good, random.Random(f"{name} {number}")))
        before = files_in(tmp_path)
        try:
            came = is_read_or_refused(kind, tmp_path, path)
        except BaseException as error:
            error.add_note(f"mutation {number} of {name}")
            raise
        assert files_in(tmp_path) == before, f"mutation {number} of {name}"
        found[came] = found.get(came, 0) + 1
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    print(name, found, f"{grown:,} kB")  # noqa: T201 — what docs/tests.md tells
    assert grown < MOST_KB
    assert found.keys() != {"read"}, "no mutation broke anything"
