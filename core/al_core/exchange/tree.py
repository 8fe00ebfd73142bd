"""Labelled files in a folder for each class, as links or copies, and beside them what else there is to say of each.

Whatever classes and files are called, everything that is made lies in the new folder; nothing that is there is written over.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from al_core.data.facts import comes_with
from al_core.data.origin import short_name
from al_core.data.whereabouts import found_files
from al_core.exchange.record import TREE_LABELS, Record, Tree, columns_of
from al_core.exchange.records import export_labels, records
from al_core.exchange.registry import trees
from al_core.ground.errors import UserError
from al_core.ground.json_text import json_text
from al_core.ground.new_folder import check_place, new_folder, place_of
from al_core.ground.safe_text import few_marks, without_controls
from al_core.sessions.ledger import Ledger
from al_core.sessions.race_ledger import RaceLedger

PICTURES = "metadata.jsonl"
"""The file in a tree that says of each picture in it what it is: under a name that readers of folders of pictures know."""

_LONGEST, _MOST_BYTES = 80, 160
"""Characters and bytes of a name in a tree; some more letters have room beside it on every file system."""
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
_REFUSED = re.compile(r'[\\/:*?"<>|]|^[.\s]+|[.\s]+$')
"""What some system does not take in a name, or hides, or reads as a way out."""


class Grown(NamedTuple):
    """What became of the labels of a session.

    Parameters
    ----------
    made, classes : files in the tree, and the folders that they are in.
    without : answers that are no label, and notes on items without one: in the file of labels only.
    gone : names of labelled items whose files are not there, or changed since: in the file of labels only.
    """

    made: int
    classes: int
    without: int
    gone: tuple[str, ...]


def grow(ledger: Ledger | RaceLedger, form: str, out: Path, root: Path, *, force: bool = False) -> Grown:
    """Make a tree of the labels of a session.

    It stands whole under its name, or not at all. Links are relative where the tree lies beside the folder of pictures, or
    anywhere below the folder that holds it, so that both can be moved together; else they are absolute.

    Parameters
    ----------
    ledger : of the session.
    form : name of the format, see `trees`.
    out : the folder to make.
    root : the folder of the pictures that were labelled.
    force : whether ``out`` may be a tree that was made here before, which is replaced.

    Raises
    ------
    UserError
        Items are no files, none of them is there, or the tree cannot be made; nothing was written.
    """
    if comes_with(ledger.dataset) or not root.is_dir():
        name = short_name(str(root))
        raise UserError(f"the items of {name} are no files, so there is nothing to make {form} of; export jsonl, csv or npz")
    place = _place(out, root, force)
    rows = records(ledger)
    labelled = [row for row in rows if row.label]
    found = found_files(root.resolve(), {row.item: row.name for row in labelled})
    if labelled and not found:
        raise UserError(f"none of the {len(labelled)} labelled files is in {root}; say where they are: --data PATH")
    together = root.resolve().parent in (place.parent, *place.parent.parents)
    with new_folder(place, "make links in", "export copies") as made:
        gone = _planted(trees()[form], labelled, found, made, tuple(ledger.living), together)
        (made / TREE_LABELS).write_bytes(export_labels(ledger, "jsonl"))
    kept = [row for row in labelled if row.item not in gone]
    names = tuple(sorted(row.name or row.item for row in labelled if row.item in gone))
    return Grown(len(kept), len({row.label for row in kept}), len(rows) - len(labelled), names)


def _place(out: Path, root: Path, force: bool) -> Path:
    """Where the tree will stand, all links followed; raises `UserError` if it cannot stand there."""
    place = place_of(out)
    if root.resolve() in (place, *place.parents):
        raise UserError(f"{out} lies in the folder that was labelled; make it beside, or its pictures would be labelled too")
    check_place(out, place, force, _check_ours)
    return place


def _check_ours(out: Path, place: Path) -> None:
    """Make sure that a folder is a tree of ours, with nothing in it that it was not made with."""
    ours = {TREE_LABELS, PICTURES}
    try:
        if place.is_symlink() or not place.is_dir():
            raise UserError(f"{out} is no folder; only a tree that was exported can be replaced")
        for line in (place / PICTURES).read_text("utf-8").splitlines():
            ours.add(str(json.loads(line)["file_name"]))
        others = [name for name in _files_below(place) if name not in ours]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise UserError(f"{out} is no tree that was exported, so it is not replaced; choose another name") from None
    if others:
        raise UserError(f"{others[0]} in {out} was not exported into it; move it away, or choose another name")


def _files_below(place: Path) -> Iterator[str]:
    """Whatever is in a folder and is no folder, links included, by its path below it; and folders in which nothing is."""
    for below, folders, files in os.walk(place, onerror=_raise):
        here = Path(below)
        linked = [name for name in folders if (here / name).is_symlink()]
        yield from ((here / name).relative_to(place).as_posix() for name in (*files, *linked))
        if not files and not folders:
            yield here.relative_to(place).as_posix()


def _raise(error: OSError) -> None:
    raise error


def _planted(
    tree: Tree, rows: Sequence[Record], files: Mapping[str, Path], made: Path, classes: Sequence[str], together: bool
) -> set[str]:
    """Make the files of a tree and say what they are; gives the items of which there is none."""
    folders = _folders(dict.fromkeys((*classes, *(row.label for row in rows))))
    taken: dict[str, set[str]] = {}
    gone, lines, columns = set(), [], columns_of(rows)
    for row in rows:
        folder, source = folders[row.label], files.get(row.item)
        if source is None:
            gone.add(row.item)
            continue
        (made / folder).mkdir(exist_ok=True)
        name = _free(_file_name(source), row.item, taken.setdefault(folder, set()))
        try:
            tree.plant(source, row.item, made / folder / name, together)
        except FileNotFoundError:
            gone.add(row.item)
            continue
        said = asdict(row)
        lines.append(json_text({"file_name": f"{folder}/{name}"} | {column: said[column] for column in columns}) + "\n")
    for folder in {folders[row.label] for row in rows}:
        with contextlib.suppress(OSError):
            (made / folder).rmdir()  # all of its files were gone
    (made / PICTURES).write_bytes("".join(lines).encode())
    return gone


def _file_name(source: Path) -> str:
    suffix = source.suffix.lower()
    return plain_name(source.stem) + suffix if _SUFFIX.fullmatch(suffix) else plain_name(source.name)


def _folders(classes: Mapping[str, None]) -> dict[str, str]:
    """Class → the name of its folder; no two are alike, not even where capitals do not count."""
    taken = {TREE_LABELS, PICTURES}
    return {name: _free(plain_name(name), name, taken) for name in classes}


def _free(name: str, of: str, taken: set[str]) -> str:
    """The name, or one that also says what it is ``of``, where it is taken already."""
    stem, suffix = Path(name).stem, Path(name).suffix
    while _alike(name) in taken:
        name = f"{stem}-{_short(of)}{suffix}"
        of += "'"
    taken.add(_alike(name))
    return name


def _alike(name: str) -> str:
    """The same for all names that some system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def plain_name(text: str) -> str:
    """A text as the name of a file or a folder on any system: one part of a path, visible, nothing that a terminal obeys.

    One that is not that gets a few letters that say which it is, so that no two become the same.

    Examples
    --------
    >>> plain_name("jug, red"), plain_name("../../etc"), plain_name("")
    ('jug, red', '__.._etc-f470a0ab', '_-1271cf25')
    """
    plain = few_marks(without_controls(text[:_LONGEST], lambda char: "_"))
    plain = _REFUSED.sub("_", plain).encode("utf-8", "replace")[:_MOST_BYTES].decode("utf-8", "ignore") or "_"
    return plain if plain == text else f"{plain}-{_short(text)}"


def _short(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
