"""Labels out of a session and into one: JSON lines, CSV, NumPy. What is exported and imported again holds the same labels."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, get_args

from al_core.data.origin import short_name
from al_core.exchange.record import COLUMNS, EVERY, LARGEST_FILE, TREE_LABELS, About, Record
from al_core.exchange.registry import formats
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_record, safe_text
from al_core.sessions.actions import (
    LONGEST_NOTE,
    Action,
    Choice,
    Chooser,
    Flagged,
    Labelled,
    Machine,
    MachineLabelled,
    Named,
    Skipped,
    Status,
)
from al_core.sessions.ledger import Ledger
from al_core.sessions.race_ledger import RaceLedger
from al_core.sessions.store import SessionFile


def records(ledger: Ledger | RaceLedger) -> tuple[Record, ...]:
    """One record for every item that was answered, labelled by machine, or flagged; ordered by item."""
    return tuple(_record_of(ledger, item) for item in sorted({*ledger.answers, *ledger.machine, *ledger.flags}))


def _record_of(ledger: Ledger | RaceLedger, item: str) -> Record:
    given, machine, note = ledger.answers.get(item), ledger.machine.get(item), ledger.flags.get(item)
    said = ("", "flag", "", "", "")
    if given is not None:
        label, status = ("", given.status) if given.label is None else (ledger.classes[given.label], "label")
        said = (label, status, "person", given.annotator, given.time)
    elif machine is not None:
        said = (ledger.classes[machine.label], "label", machine.by, "", machine.time)
    choice, name = ledger.choices.get(item), ledger.names.get(item, "")
    how = ("", None) if choice is None else (choice.by, choice.probability)
    return Record(item, *said, note is not None, safe_text(note or "", LONGEST_NOTE), name, *how)


def export_labels(ledger: Ledger | RaceLedger, form: str) -> bytes:
    """The labels of a session as a file of the format called ``form``; see `formats`."""
    if form not in formats():
        raise UserError(f"no format {form!r}; there are: {', '.join(formats())}")
    return formats()[form].write(records(ledger), About(short_name(ledger.dataset), ledger.fingerprint, tuple(ledger.living)))


def import_labels(path: Path) -> tuple[Record, ...]:
    """Read what `export_labels` wrote, or `al_core.exchange.tree`; the format is told by the end of the file's name.

    Raises
    ------
    UserError
        The file is not there, is of no known format, or does not hold labels; the message names the line.
    """
    if path.is_dir():
        path /= TREE_LABELS
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


class TakenIn(NamedTuple):
    """What became of imported records.

    Parameters
    ----------
    taken : how many said something that the session did not know.
    known : how many said nothing else than the session.
    differing : those that say something else than the session, which stays as it is.
    """

    taken: int
    known: int
    differing: tuple[Record, ...]


def take_in(file: SessionFile, found: Sequence[Record], annotator: str) -> TakenIn:
    """Append imported labels to a session, in the name of those who gave them. What the session knows is never overwritten: of
    an item that has an answer, or a label of the machine where the record is a machine's, or a note, that one stays.

    Raises
    ------
    UserError
        A label is no class of the session; nothing was written.
    """
    ledger = file.ledger
    named = {record.label: ledger.scheme.called(record.label) for record in found if record.label}
    for name, number in named.items():
        if number is None:
            raise UserError(f"{name!r} is no class of {ledger.dataset}; there are: {', '.join(ledger.living)}")
    index = {name: number for name, number in named.items() if number is not None}
    taken: set[str] = set()
    answers: list[tuple[str, Action]] = []
    machine: dict[Machine, list[tuple[str, int]]] = {by: [] for by in get_args(Machine)}
    for record in found:
        item, label = record.item, index.get(record.label)
        name = safe_text(record.annotator, 100) or annotator
        if record.by == "person" and item not in ledger.answers:
            answers.append((name, _answer(ledger, record, label)))
            taken.add(item)
        elif record.by in machine and label is not None and item not in ledger.answers and item not in ledger.machine:
            machine[record.by].append((item, label))
            taken.add(item)
        if record.flagged and item not in ledger.flags:
            answers.append((name, Flagged(item, safe_text(record.note, LONGEST_NOTE))))
            taken.add(item)
    differing = tuple(record for record in found if _differs(ledger, record, index.get(record.label)))
    if names := tuple((each.item, each.name) for each in found if each.name and ledger.names.get(each.item) != each.name):
        file.append([Named(names)], annotator)
    for name, group in groupby(answers, key=lambda entry: entry[0]):
        file.append([action for _, action in group], name)
    for by, labels in machine.items():
        if labels:
            file.append([MachineLabelled(by, None, tuple(labels))], annotator)
    known = sum(record.item not in taken for record in found) - sum(record.item not in taken for record in differing)
    return TakenIn(len(taken), known, differing)


def _differs(ledger: Ledger, record: Record, label: int | None) -> bool:
    """Whether the session says something else about the item than a record does."""
    item = record.item
    given, machine, note = ledger.answers.get(item), ledger.machine.get(item), ledger.flags.get(item)
    if record.flagged and note is not None and safe_text(note, LONGEST_NOTE) != safe_text(record.note, LONGEST_NOTE):
        return True
    if record.by == "person":
        return given is not None and (given.label != label or (label is None and given.status != record.status))
    if record.by == "" or given is not None:  # a person counts before the machine
        return False
    return machine is not None and (machine.label, machine.by) != (label, record.by)


def _answer(ledger: Ledger, record: Record, label: int | None) -> Action:
    """What a record says of an item; how it was chosen is what this session knows, or else what the file says."""
    choice = None
    if record.item not in ledger.choices:
        choosers: tuple[Chooser, ...] = get_args(Chooser)
        said = (Choice(by, record.probability) for by in choosers if by == record.selected_by)
        choice = next(said, Choice("given"))
    if label is None:
        status: Status = next(status for status in get_args(Status) if status == record.status)
        return Skipped(record.item, status, choice)
    return Labelled(record.item, label, choice)


def _record(body: dict[str, Any], where: str) -> Record:
    if not set(COLUMNS) <= set(body) <= set(EVERY):
        raise UserError(f"{where} has the fields {sorted(body)}, not {sorted(COLUMNS)}")
    kinds: dict[str, Any] = {"flagged": bool, "probability": float | int | None}
    chance = body.get("probability")
    if not all(isinstance(value, kinds.get(name, str)) for name, value in body.items()) or isinstance(chance, bool):
        raise UserError(f"{where} has a value of the wrong type")
    if chance is not None and not 0.0 < chance <= 1.0:
        raise UserError(f"{where} has the probability {chance}; it is above 0 and at most 1")
    record = safe_record(Record(**body))
    if record.selected_by not in ("", *get_args(Chooser)):
        raise UserError(f"{where} was selected by {record.selected_by!r}; there are: {', '.join(get_args(Chooser))}")
    aside = dict.fromkeys(get_args(Status), ("person",))
    legal = {"label": ("person", *get_args(Machine)), **aside, "flag": ("",)}.get(record.status, ())
    if record.by not in legal or not record.item or bool(record.label) != (record.status == "label"):
        raise UserError(f"{where} is neither a label, nor an answer without one, nor a flag")
    return record
