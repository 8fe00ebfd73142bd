"""Labels out of a session and into one: JSON lines, CSV, NumPy. What is exported and imported again holds the same labels."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from al_core.errors import UserError
from al_core.sessions.actions import Action, Flagged, Labelled, MachineLabelled, Relabelled, Skipped
from al_core.sessions.ledger import Ledger
from al_core.sessions.race_ledger import RaceLedger
from al_core.sessions.store import SessionFile
from al_core.text import safe_text

FORMATS = ("jsonl", "csv", "npz")
LARGEST_FILE = 1 << 30
LONGEST_NOTE = 2000

By = Literal["person", "truth", "model", ""]


@dataclass(frozen=True, slots=True)
class Record:
    """What a session knows about one item.

    Parameters
    ----------
    item : content hash.
    label : class name; empty when there is none.
    status : ``"label"``; ``"skip"`` for an item put aside; ``"flag"`` for one that only carries a note.
    by : who labelled or skipped: ``"person"``, or the machine: ``"truth"``, ``"model"``; empty when nobody did.
    annotator : the person's name; empty for machine labels.
    time : when, UTC in ISO 8601; empty when nobody labelled it.
    flagged, note : whether the item is marked, and the note.
    """

    item: str
    label: str
    status: str
    by: str
    annotator: str
    time: str
    flagged: bool
    note: str


_COLUMNS = tuple(entry.name for entry in fields(Record))


def records(ledger: Ledger | RaceLedger) -> tuple[Record, ...]:
    """One record for every item that was answered, labelled by machine, or flagged; ordered by item."""
    classes = ledger.classes
    found = []
    for item in sorted({*ledger.answers, *ledger.machine, *ledger.flags}):
        given, machine, note = ledger.answers.get(item), ledger.machine.get(item), ledger.flags.get(item)
        flag = (note is not None, safe_text(note or "", LONGEST_NOTE))
        if given is not None and given.label is not None:
            found.append(Record(item, classes[given.label], "label", "person", given.annotator, given.time, *flag))
        elif given is not None:
            found.append(Record(item, "", "skip", "person", given.annotator, given.time, *flag))
        elif machine is not None:
            found.append(Record(item, classes[machine.label], "label", machine.by, "", machine.time, *flag))
        else:
            found.append(Record(item, "", "flag", "", "", "", *flag))
    return tuple(found)


def export_labels(ledger: Ledger | RaceLedger, form: str) -> bytes:
    """The labels of a session as a file of format ``form``: jsonl, csv or npz."""
    rows = records(ledger)
    if form == "jsonl":
        lines = [json.dumps(asdict(row), ensure_ascii=False) for row in rows]
        return "".join(line + "\n" for line in lines).encode("utf-8", "replace")
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows([int(cell) if isinstance(cell, bool) else cell for cell in asdict(row).values()] for row in rows)
        return out.getvalue().encode("utf-8", "replace")
    if form == "npz":
        return _npz(ledger, rows)
    raise UserError(f"no format {form!r}; there are: {', '.join(FORMATS)}")


def import_labels(path: Path) -> tuple[Record, ...]:
    """Read what `export_labels` wrote; the format is told by the end of the file's name.

    Raises
    ------
    UserError
        The file is not there, is of no known format, or does not hold labels; the message names the line.
    """
    form = path.suffix.lower().lstrip(".")
    readers: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {"jsonl": _read_jsonl, "csv": _read_csv, "npz": _read_npz}
    if form not in readers:
        raise UserError(f"cannot tell the format of {path.name}; its name must end in .jsonl, .csv or .npz")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(f"{path.name} is larger than {LARGEST_FILE >> 20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    try:
        bodies = readers[form](content)
    except UserError as error:
        raise UserError(f"{path.name}: {error}") from None
    found = [_record(body, f"{path.name}, entry {number}") for number, body in enumerate(bodies, start=1)]
    if len({record.item for record in found}) < len(found):
        raise UserError(f"{path.name} names an item twice")
    return tuple(found)


def take_in(file: SessionFile, found: Sequence[Record], annotator: str) -> int:
    """Append imported labels to a session, all in the name of those who gave them; what is the same already is left alone.

    Returns
    -------
    How many records changed something.

    Raises
    ------
    UserError
        A label is no class of the session; nothing was written.
    """
    ledger = file.ledger
    index = {name: number for number, name in enumerate(ledger.classes)}
    for record in found:
        if record.label and record.label not in index:
            raise UserError(f"{record.label!r} is no class of {ledger.dataset}; there are: {', '.join(index)}")
    changed: set[str] = set()
    answers: list[tuple[str, str, Action]] = []
    machine: dict[str, list[tuple[str, int]]] = {"truth": [], "model": []}
    for record in found:
        item, given = record.item, ledger.answers.get(record.item)
        label = index.get(record.label)
        name = safe_text(record.annotator, 100) or annotator
        if record.by == "person" and (given is None or given.label != label):
            if label is None:
                answers.append((name, item, Skipped(item)))
            else:
                first = ledger.person_label(item) is None
                answers.append((name, item, Labelled(item, label) if first else Relabelled(item, label)))
        elif record.by in machine and label is not None and given is None:
            old = ledger.machine.get(item)
            if old is None or (old.label, old.by) != (label, record.by):
                machine[record.by].append((item, label))
        note, old_note = safe_text(record.note, LONGEST_NOTE), ledger.flags.get(item)
        if record.flagged and (old_note is None or note != safe_text(old_note, LONGEST_NOTE)):
            answers.append((name, item, Flagged(item, note)))
    changed.update(item for _, item, _ in answers)
    for name, group in groupby(answers, key=lambda entry: entry[0]):
        file.append([action for _, _, action in group], name)
    for by, labels in machine.items():
        if labels:
            changed.update(item for item, _ in labels)
            file.append([MachineLabelled("truth" if by == "truth" else "model", None, tuple(labels))], annotator)
    return len(changed)


def _record(body: dict[str, Any], where: str) -> Record:
    if set(body) != set(_COLUMNS):
        raise UserError(f"{where} has the fields {sorted(body)}, not {sorted(_COLUMNS)}")
    if not isinstance(body["flagged"], bool) or not all(isinstance(body[name], str) for name in _COLUMNS if name != "flagged"):
        raise UserError(f"{where} has a value of the wrong type")
    record = Record(**body)
    legal = {"label": ("person", "truth", "model"), "skip": ("person",), "flag": ("",)}.get(record.status, ())
    if record.by not in legal or not record.item or bool(record.label) != (record.status == "label"):
        raise UserError(f"{where} is neither a label, nor a skip, nor a flag")
    return record


def _read_jsonl(content: bytes) -> list[dict[str, Any]]:
    bodies = []
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), start=1):
        if line.strip():
            try:
                body = json.loads(line)
            except (ValueError, RecursionError):
                raise UserError(f"line {number} is no JSON") from None
            if not isinstance(body, dict):
                raise UserError(f"line {number} is no JSON object")
            bodies.append(body)
    return bodies


def _read_csv(content: bytes) -> list[dict[str, Any]]:
    try:
        lines = list(csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""), strict=True))
    except csv.Error as error:
        raise UserError(f"this is no CSV: {error}") from None
    if not lines or tuple(lines[0]) != _COLUMNS:
        raise UserError(f"the first line must be {','.join(_COLUMNS)}")
    bodies = []
    for line in lines[1:]:
        if len(line) != len(_COLUMNS):
            raise UserError(f"a line has {len(line)} columns, not {len(_COLUMNS)}")
        body: dict[str, Any] = dict(zip(_COLUMNS, line, strict=True))
        body["flagged"] = {"0": False, "1": True}.get(body["flagged"])
        bodies.append(body)
    return bodies


def _npz(ledger: Ledger | RaceLedger, rows: Iterable[Record]) -> bytes:
    import numpy as np

    table = list(rows)
    columns: dict[str, Any] = {}
    for name in _COLUMNS:
        values = [getattr(row, name) for row in table]
        # NumPy drops trailing NULs of a text, so notes travel as JSON.
        columns[name] = np.array(values, dtype=bool) if name == "flagged" else np.array([_packed(name, v) for v in values], "U")
    known = {name: number for number, name in enumerate(ledger.classes)}
    columns["y"] = np.array([known.get(row.label, -1) for row in table], dtype=np.int64)
    columns["classes"] = np.array(ledger.classes, dtype="U")
    columns["dataset"] = np.array([ledger.dataset, ledger.fingerprint], dtype="U")
    out = io.BytesIO()
    np.savez_compressed(out, **columns)
    return out.getvalue()


def _packed(name: str, value: str) -> str:
    return json.dumps(value) if name == "note" else value


def _read_npz(content: bytes) -> list[dict[str, Any]]:
    import zipfile
    import zlib

    import numpy as np

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_FILE:
                raise UserError(f"it unpacks to more than {LARGEST_FILE >> 20} MB")
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            columns = {name: arrays[name].tolist() for name in _COLUMNS}
        columns["note"] = [json.loads(note) for note in columns["note"]]
        rows = list(zip(*columns.values(), strict=True))
    except UserError:
        raise
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, TypeError, EOFError, NotImplementedError) as error:
        raise UserError(f"this is no file of labels: {type(error).__name__}") from None
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
