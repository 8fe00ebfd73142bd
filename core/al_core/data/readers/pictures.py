"""A folder of pictures: each is decoded once, what cannot be used is set aside with its reason, and nothing is written."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import os
import stat
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.dataset import Dataset
from al_core.data.features import LARGEST_SIDE, WORKING_SIDE, features_of, recipe
from al_core.data.identity import identity
from al_core.data.looks import Picture
from al_core.data.reader import Reader
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

SUFFIXES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
SPLITS = frozenset(("test", "train", "val", "valid", "validation"))
"""Folders that say what pictures are for, and not what they show."""
METADATA = ("metadata.csv", "metadata.jsonl")
MOST_PICTURES = 100_000
MOST_PIXELS = 64_000_000
MOST_BYTES = 1 << 26
"""Of a single file."""

_FORMATS = ("PNG", "JPEG", "PPM", "WEBP", "TIFF", "BMP")
_SEEN_SIDE = 512
"""Pixels of a side of what is shown."""
_NOTICEABLE = 16
"""Levels by which channels differ in a picture that is not grey."""


class _Unusable(Exception):
    """Why a file is set aside."""


@dataclass
class _Found:
    """What is in a folder: pictures and metadata by their paths below it, and what was set aside."""

    pictures: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Files(Sequence[Picture]):
    """Looks of pictures that stay in their files."""

    root: Path
    names: tuple[str, ...]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, row: Any) -> Any:
        path = self.root / self.names[row]
        try:
            content = _content(path)
            if identity(content) != self.ids[row]:
                raise _Unusable("it has changed since it was first read")
            levels = _decoded(content, _SEEN_SIDE)
        except _Unusable as reason:
            raise UserError(f"{path} cannot be shown: {reason}; start again to read the folder anew") from None
        return Picture(levels.shape[1], levels.shape[0], levels.tobytes(), colour=True)


def read_pictures(root: Path, classes: Sequence[str] | None = None, features: str = "auto") -> Dataset:
    """A data set of the pictures in a folder and all folders below it.

    Labels are those of ``metadata.csv`` or ``metadata.jsonl`` with ``file_name`` and ``label``, else the first folder below
    ``root`` that is no split. What is no picture, or none that can be used, is in ``aside``.

    Parameters
    ----------
    root : the folder.
    classes : names of the classes; without them the labels say what classes there are.
    features : see `al_core.data.features`.

    Raises
    ------
    UserError
        There is nothing to label in it, or Pillow is not there; the message says what to do.
    """
    if importlib.util.find_spec("PIL") is None:
        raise UserError(f"{root}: pictures are read with Pillow, which is not here; install it: pip install 'al-tui[images]'")
    found = _walked(root)
    if len(found.pictures) > MOST_PICTURES:
        raise UserError(f"{root}: more than {MOST_PICTURES:,} pictures; give a part of them in a folder of its own")
    given = _labels(root, found)
    names, ids, small = [], [], []
    for name in found.pictures:
        try:
            content = _content(root / name)
            small.append(_small(content))
        except _Unusable as reason:
            found.aside.append((name, str(reason)))
        else:
            names.append(name)
            ids.append(identity(content))
    if not names:
        first = f"; of {found.aside[0][0]}: {found.aside[0][1]}" if found.aside else ""
        raise UserError(f"{root}: there are no pictures in it that can be read{first}; they end in {', '.join(SUFFIXES)}")
    levels = _alike(small)
    made = recipe(features, *levels.shape[1:3])
    return Dataset(
        str(root),
        features_of(str(root), levels, made),
        [given.get(name) for name in names],
        classes,
        looks=_Files(root.absolute(), tuple(names), tuple(ids)),
        identities=tuple(ids),
        item_names=tuple(safe_text(name) for name in names),
        recipe=made,
        aside=tuple((safe_text(name), reason) for name, reason in found.aside),
    )


def _walked(root: Path) -> _Found:
    """What is in the folder, in the order of the alphabet; no folder is entered twice, so that links may go round."""
    found, entered, waiting = _Found(), set(), [""]
    while waiting and len(found.pictures) <= MOST_PICTURES:
        below = waiting.pop()
        try:
            about = (root / below).stat()
            if (about.st_dev, about.st_ino) in entered:
                continue
            entered.add((about.st_dev, about.st_ino))
            with os.scandir(root / below) as entries:
                here = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not below:
                raise UserError(f"cannot read {root}: {error.strerror}; give a folder of pictures") from None
            found.aside.append((below, f"this folder cannot be read ({error.strerror})"))
            continue
        folders = []
        for entry in here:
            name = f"{below}/{entry.name}" if below else entry.name
            if entry.name.startswith("."):
                continue
            if _is_folder(entry):
                folders.append(name)
            elif entry.name in METADATA:
                found.metadata.append(name)
            elif entry.name.lower().endswith(SUFFIXES):
                found.pictures.append(name)
        waiting += reversed(folders)
    found.pictures.sort()
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _labels(root: Path, found: _Found) -> dict[str, str]:
    """Labels by the path of a picture: those of metadata where there are any, else of folders."""
    said: dict[str, str] = {}
    there = set(found.pictures)
    for place in found.metadata:
        for line, name, label in _rows(root / place):
            path = PurePosixPath(place).parent / name
            if ".." in path.parts or str(path) not in there:
                found.aside.append((str(path), f"it is in {PurePosixPath(place).name} and not in the folder"))
            elif label and said.setdefault(str(path), safe_text(label)) != safe_text(label):
                raise UserError(f"{root / place}, line {line}: {name} has two labels; give it one")
    if said:
        return said
    top = {PurePosixPath(name).parts[0] for name in found.pictures if "/" in name}
    level = 1 if top and top <= SPLITS else 0
    parts = ((name, PurePosixPath(name).parts) for name in found.pictures)
    return {name: safe_text(part[level]) for name, part in parts if len(part) > level + 1}


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line number, file name and label of what a metadata file says."""
    try:
        text = _content(path).decode("utf-8-sig")
        if path.suffix == ".csv":
            table = csv.DictReader(io.StringIO(text, newline=""), strict=True)
            if "file_name" not in (table.fieldnames or ()):
                raise UserError(f"{path}: there is no column file_name in its first line; add it")
            for row in table:
                yield table.line_num, row["file_name"] or "", row.get("label") or ""
            return
        for number, line in enumerate(text.splitlines(), 1):
            entry = json.loads(line) if line.strip() else {"file_name": ""}
            if not isinstance(entry, dict) or not isinstance(entry.get("file_name"), str):
                raise UserError(f"{path}, line {number}: there is no file_name; write one JSON object a line")
            label = entry.get("label")
            if entry["file_name"]:
                yield number, entry["file_name"], "" if label is None else str(label)
    except _Unusable as reason:
        raise UserError(f"{path}: {reason}; mend it or take it away") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: it is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except csv.Error as error:
        raise UserError(f"{path}: it is no CSV ({error}); save it anew") from None
    except json.JSONDecodeError as error:
        raise UserError(f"{path}, line {number}: it is no JSON ({error.msg}); write one object a line") from None
    except RecursionError:
        raise UserError(f"{path}, line {number}: it is too deep; write one flat JSON object a line") from None


def _content(path: Path) -> bytes:
    """All of a file, if it is one, is no larger than it may be, and stays as it is meanwhile."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise _Unusable("it is no file")
            if before.st_size > MOST_BYTES:
                raise _Unusable(f"it has more than {MOST_BYTES >> 20} MiB")
            content = _at_most(file, before.st_size + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise _Unusable(f"it cannot be read ({error.strerror})") from None
    if (before.st_size, before.st_mtime_ns) != (len(content), after.st_mtime_ns):
        raise _Unusable("it changed while it was read")
    return content


def _at_most(file: IO[bytes], size: int) -> bytes:
    return file.read(size)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _small(content: bytes) -> NDArray[np.uint8]:
    """The picture as it is while it is small, else as features are computed of it."""
    levels = _decoded(content, None)
    return levels if max(levels.shape[:2]) <= LARGEST_SIDE else _resized(levels)


def _resized(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    side = (WORKING_SIDE, WORKING_SIDE)
    return np.asarray(Image.fromarray(levels).resize(side, Image.Resampling.BOX, reducing_gap=2.0))


def _alike(small: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """All pictures in one array: as they are where they are of one size, in colour where one of them is."""
    if len({levels.shape for levels in small}) > 1:
        wanted = (WORKING_SIDE, WORKING_SIDE, 3)
        small = [levels if levels.shape == wanted else _resized(levels) for levels in small]
    levels = np.stack(small)
    grey = all(_is_grey(levels[begin : begin + 256]) for begin in range(0, len(levels), 256))
    return np.ascontiguousarray(levels[..., 1]) if grey else levels


def _is_grey(levels: NDArray[np.uint8]) -> bool:
    red, green, blue = levels[..., 0], levels[..., 1], levels[..., 2]
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return int(spread.max()) < _NOTICEABLE


def _decoded(content: bytes, side: int | None) -> NDArray[np.uint8]:
    """Red, green and blue of a picture, shape (height, width, 3), turned as the camera was held, transparent parts white.

    Parameters
    ----------
    content : of the file.
    side : pixels that the longer side has at most; None leaves it as it is.
    """
    from PIL import Image, ImageOps

    try:
        # What Pillow warns of, odd metadata and large sizes, is looked at here.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content), formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise _Unusable(f"it has more than {MOST_PIXELS // 10**6} million pixels")
            image.draft("RGB", (2 * _SEEN_SIDE, 2 * _SEEN_SIDE))
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            plain = _in_colour(image)
            if side is not None and max(plain.size) > side:
                plain.thumbnail((side, side), Image.Resampling.BOX)
            return np.asarray(plain)
    except _Unusable:
        raise
    except Image.DecompressionBombError:
        raise _Unusable(f"it has more than {MOST_PIXELS // 10**6} million pixels") from None
    except Exception:  # decoders of broken files raise whatever they stumble upon
        raise _Unusable("it cannot be decoded") from None


def _in_colour(image: Any) -> Any:
    """The picture in eight bits a channel, red, green and blue."""
    from PIL import Image

    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        levels = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0.0, neginf=0.0)
        low, high = levels.min(), levels.max()
        if image.mode != "F" and low >= 0 and high <= 65535:
            low, high = 0, 65535
        eight = np.round((levels - low) * (255 / ((high - low) or 1.0)))
        image = Image.fromarray(eight.astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        clear = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", clear.size, "white"), clear).convert("RGB")
    return image.convert("RGB")


READER = Reader(Path.is_dir, read_pictures, last=True)
"""Any folder."""
