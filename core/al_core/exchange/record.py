"""What a session knows about one item, as it leaves the program or enters it."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

LARGEST_FILE = 1 << 30
"""Bytes of a file of labels, packed or unpacked."""
TREE_LABELS = "labels.jsonl"
"""The file in a tree of pictures that says all there is to say, also of items that are no file in the tree."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a session knows about one item.

    Parameters
    ----------
    item : content hash.
    label : class name; empty when there is none.
    status : ``"label"``; ``"skip"``, ``"later"``, ``"unsure"`` or ``"bad"`` for an answer that is no label (see
        `al_core.sessions.actions.Status`); ``"flag"`` for an item that only carries a note.
    by : who labelled or skipped: ``"person"``, or the machine: ``"truth"``, ``"model"``, ``"careless"``; empty when nobody did.
    annotator : the person's name; empty for machine labels.
    time : when, UTC in ISO 8601; empty when nobody labelled it.
    flagged, note : whether the item is marked, and the note.
    name : what the item is called where it comes from; empty when it has no name.
    selected_by : how it was chosen (`al_core.sessions.actions.Chooser`); empty where the session does not say.
    probability : how probable it was that just this item would be chosen; None where nobody knows.
    """

    item: str
    label: str
    status: str
    by: str
    annotator: str
    time: str
    flagged: bool
    note: str
    name: str = ""
    selected_by: str = ""
    probability: float | None = None


EVERY = tuple(entry.name for entry in fields(Record))
LATER = tuple(entry.name for entry in fields(Record) if entry.default is not MISSING)
"""What sessions of format 1 do not know. A file has those of these columns in which any of its records says something."""
COLUMNS = tuple(name for name in EVERY if name not in LATER)
"""What every file has."""


def columns_of(rows: Sequence[Record]) -> tuple[str, ...]:
    """The columns of a file that holds these records."""
    said = {name for name in LATER if any(getattr(row, name) not in ("", None) for row in rows)}
    return tuple(name for name in EVERY if name in COLUMNS or name in said)


def are_columns(names: Sequence[str]) -> bool:
    """Whether a file may have just these columns, in this order."""
    return tuple(names) == tuple(name for name in EVERY if name in COLUMNS or name in names)


@dataclass(frozen=True, slots=True)
class About:
    """What a file of labels says of the data.

    Parameters
    ----------
    dataset, fingerprint, classes : its name, its fingerprint, its classes.
    shown : item → what stands in it, for formats that show it: a text; of a picture the path of its file, or a data URI.
    pictures : whether that is pictures.
    probabilities : item → what a model says of it that has not learnt its label, class by class.
    decided : items of which several people said different things and one decided: of these the first record.
    """

    dataset: str
    fingerprint: str
    classes: tuple[str, ...]
    shown: Mapping[str, str] = field(default_factory=dict)
    pictures: bool = False
    probabilities: Mapping[str, Sequence[float]] = field(default_factory=dict)
    decided: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What another program's file says of an item, in one place.

    Parameters
    ----------
    body : the fields of a `Record`; its item is empty where the file does not know it.
    place : where that stands, such as ``"line 7"``.
    text, path : what the item is, where the file does not know it: its text, or where its file was.
    decided : whether it holds whatever others say of the item.
    """

    body: dict[str, Any]
    place: str
    text: str | None = None
    path: str | None = None
    decided: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is no label in another program's file: in a few words, the same for all of its kind; and where it stands."""

    kind: str
    place: str


Wanted = Literal["shown", "probabilities", "voices", "files"]
"""What a format is written from beside records: what stands in items; what a model says of them; what each of several
annotators said; and whether items must be files."""


def text_of(content: bytes) -> str:
    """The text of a file, without the byte-order mark that some programs put before it; what cannot be read is replaced."""
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8-sig", "replace")


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of labels.

    Parameters
    ----------
    name : what it is called, which is also how its files' names end.
    write : from records, and what they are about, to a file's content.
    read : from a file's content to one dict per record, its keys those of `Record`; raises `UserError` for anything else. Of
        a format of another program to what it says, and what of it is no label.
    is_text : whether the content is text, in UTF-8.
    endings : how names of such files end elsewhere.
    is_it : whether a file that ends so is of this format; None where it is if it is of no other.
    beside : files that stand beside it, by how their names end.
    wants : what it is written from, see `Wanted`.
    """

    name: str
    write: Callable[[Sequence[Record], About], bytes]
    read: Callable[[bytes], Iterable[dict[str, Any] | Said | Problem]]
    is_text: bool = True
    endings: tuple[str, ...] = ()
    is_it: Callable[[bytes], bool] | None = None
    beside: Callable[[Sequence[Record], About], dict[str, bytes]] | None = None
    wants: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """A format that is a folder: labelled files in a folder for each class, and beside them a file of labels.

    Parameters
    ----------
    name : what it is called.
    plant : puts a file, which is of an item, under a new name; told whether both may be moved together. Raises
        `FileNotFoundError` where the file is not that item any more, or another `OSError`.
    """

    name: str
    plant: Callable[[Path, str, Path, bool], None]
