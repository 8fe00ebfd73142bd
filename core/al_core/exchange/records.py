"""Labels out of a session and into one: JSON lines, CSV, NumPy. What is exported and imported again holds the same labels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, get_args

from al_core.exchange.record import COLUMNS, LARGEST_FILE, About, Record
from al_core.exchange.registry import formats
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_record, safe_text
from al_core.sessions.actions import LONGEST_NOTE, Action, Flagged, Labelled, Machine, MachineLabelled, Relabelled, Skipped
from al_core.sessions.ledger import Ledger
from al_core.sessions.race_ledger import RaceLedger
from al_core.sessions.store import SessionFile


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
    """The labels of a session as a file of the format called ``form``; see `formats`."""
    if form not in formats():
        raise UserError(f"no format {form!r}; there are: {', '.join(formats())}")
    return formats()[form].write(records(ledger), About(ledger.dataset, ledger.fingerprint, tuple(ledger.classes)))


def import_labels(path: Path) -> tuple[Record, ...]:
    """Read what `export_labels` wrote; the format is told by the end of the file's name.

    Raises
    ------
    UserError
        The file is not there, is of no known format, or does not hold labels; the message names the line.
    """
    form = formats().get(path.suffix.lower().lstrip("."))
    if form is None:
        endings = [f".{name}" for name in formats()]
        raise UserError(
            f"cannot tell the format of {path.name}; its name must end in {', '.join(endings[:-1])} or {endings[-1]}"
        )
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(f"{path.name} is larger than {LARGEST_FILE >> 20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    try:
        bodies = form.read(content)
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
    machine: dict[Machine, list[tuple[str, int]]] = {by: [] for by in get_args(Machine)}
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
        elif (by := next((by for by in machine if by == record.by), None)) and label is not None and given is None:
            old = ledger.machine.get(item)
            if old is None or (old.label, old.by) != (label, by):
                machine[by].append((item, label))
        note, old_note = safe_text(record.note, LONGEST_NOTE), ledger.flags.get(item)
        if record.flagged and (old_note is None or note != safe_text(old_note, LONGEST_NOTE)):
            answers.append((name, item, Flagged(item, note)))
    changed.update(item for _, item, _ in answers)
    for name, group in groupby(answers, key=lambda entry: entry[0]):
        file.append([action for _, _, action in group], name)
    for by, labels in machine.items():
        if labels:
            changed.update(item for item, _ in labels)
            file.append([MachineLabelled(by, None, tuple(labels))], annotator)
    return len(changed)


def _record(body: dict[str, Any], where: str) -> Record:
    if set(body) != set(COLUMNS):
        raise UserError(f"{where} has the fields {sorted(body)}, not {sorted(COLUMNS)}")
    if not isinstance(body["flagged"], bool) or not all(isinstance(body[name], str) for name in COLUMNS if name != "flagged"):
        raise UserError(f"{where} has a value of the wrong type")
    record = safe_record(Record(**body))
    legal = {"label": ("person", *get_args(Machine)), "skip": ("person",), "flag": ("",)}.get(record.status, ())
    if record.by not in legal or not record.item or bool(record.label) != (record.status == "label"):
        raise UserError(f"{where} is neither a label, nor a skip, nor a flag")
    return record
