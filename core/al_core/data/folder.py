"""What is in a folder of files: which there are, and what their metadata or their folders say of them. None is opened."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from al_core.data.decoded import Unusable, content_of
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

PICTURES = (".bmp", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
TEXTS = (".txt",)
MEASURING = frozenset(("test", "val", "valid", "validation"))
SPLITS = MEASURING | {"train"}
"""Folders that say what files are for, and not what is in them; by what is in the first models are measured."""
METADATA = ("metadata.csv", "metadata.jsonl")


@dataclass
class Found:
    """What is in a folder: files and metadata by their paths below it, in the order of the alphabet, and what was set aside."""

    files: list[str] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    aside: list[tuple[str, str]] = field(default_factory=list)


def walked(root: Path, suffixes: tuple[str, ...], most: int) -> Found:
    """What is in a folder and all below it; no folder is entered twice, so that links may go round.

    Parameters
    ----------
    root : the folder.
    suffixes : how names of files that are wanted end, in small letters.
    most : with more of them than so many the search ends.

    Raises
    ------
    UserError
        The folder cannot be read.
    """
    found, entered, waiting = Found(), set(), [""]
    while waiting and len(found.files) <= most:
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
                raise UserError(f"cannot read {root}: {error.strerror}; give a folder that can be") from None
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
            elif entry.name.lower().endswith(suffixes):
                found.files.append(name)
        waiting += reversed(folders)
    found.files.sort()
    return found


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def labels_in(root: Path, found: Found, classes: Sequence[str] | None) -> dict[str, str]:
    """Labels by the path of a file: those of metadata where there are any, else the first folder below that is no split.

    Where the person names ``classes`` and no folder is called like one of them, folders are no classes.

    Raises
    ------
    UserError
        What metadata says cannot be understood; the message says where.
    """
    said: dict[str, str] = {}
    there = set(found.files)
    for place in found.metadata:
        for line, name, label in _rows(root / place):
            path = PurePosixPath(place).parent / name
            if ".." in path.parts or str(path) not in there:
                found.aside.append((str(path), f"it is in {PurePosixPath(place).name} and not in the folder"))
            elif label and said.setdefault(str(path), safe_text(label)) != safe_text(label):
                raise UserError(f"{root / place}, line {line}: {name} has two labels; give it one")
    if said:
        return said
    parts = [name.split("/") for name in found.files]
    top = {part[0] for part in parts if len(part) > 1}
    level = 1 if top and top <= SPLITS else 0
    plain = {folder: safe_text(folder) for folder in {part[level] for part in parts if len(part) > level + 1}}
    if classes is not None and plain and set(classes).isdisjoint(plain.values()):
        return {}
    return {name: plain[part[level]] for name, part in zip(found.files, parts, strict=True) if len(part) > level + 1}


def _rows(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line number, file name and label of what a metadata file says."""
    try:
        text = content_of(path)[0].decode("utf-8-sig")
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
    except Unusable as reason:
        raise UserError(f"{path}: {reason}; mend it or take it away") from None
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: it is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except csv.Error as error:
        raise UserError(f"{path}: it is no CSV ({error}); save it anew") from None
    except json.JSONDecodeError as error:
        raise UserError(f"{path}, line {number}: it is no JSON ({error.msg}); write one object a line") from None
    except RecursionError:
        raise UserError(f"{path}, line {number}: it is too deep; write one flat JSON object a line") from None


def below(root: Path, other: Path) -> str:
    """How the names of files begin that are in the other folder; empty where it is not below."""
    inner = Path(os.path.realpath(other))
    outer = Path(os.path.realpath(root))
    return f"{inner.relative_to(outer).as_posix()}/" if outer in inner.parents else ""


def has_test(names: Sequence[str], labels: Mapping[str, str]) -> bool:
    """Whether there are folders to measure by: with labels, and beside others to be learnt."""
    folders = {folder for folder, inner, _ in (name.partition("/") for name in names) if inner}
    held = [name for name in names if name.partition("/")[0] in MEASURING]
    return folders <= SPLITS and len(held) < len(names) and any(name in labels for name in held)
