"""Records taken into a session: each in the name of who gave it, and nothing that is there is overwritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple, get_args

from al_core.exchange.record import Record
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.sessions.actions import (
    LONGEST_NOTE,
    Action,
    Choice,
    Chooser,
    Disagreed,
    Flagged,
    Labelled,
    Machine,
    MachineLabelled,
    Named,
    Skipped,
    Status,
)
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile

STRENGTH: tuple[Status, ...] = ("bad", "unsure", "skip", "later")
"""Which answer without a label counts where several people gave such, and none a label: the first of these."""


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


class _Heard(NamedTuple):
    """A record with its place among all, who gave it, the class of its label here, and whether it holds whatever others say."""

    place: int
    record: Record
    name: str
    label: int | None
    decided: bool


def take_in(file: SessionFile, found: Sequence[Record], annotator: str, decided: Collection[int] = ()) -> TakenIn:
    """Append imported labels to a session, in the name of those who gave them. What the session knows is never overwritten: of
    an item that has an answer, or a label of the machine where the record is a machine's, or a note, that one stays.

    Where several people said something of an item all of it is noted. What they agree about, or what was decided, becomes its
    label; what they do not agree about is open, as in a session that was merged.

    Parameters
    ----------
    decided : numbers of the records that hold whatever others say of the item.

    Raises
    ------
    UserError
        A label is no class of the session; nothing was written.
    """
    ledger = file.ledger
    index = _classes(ledger, found)
    heard = [
        _Heard(place, record, safe_text(record.annotator, 100) or annotator, index.get(record.label), place in decided)
        for place, record in enumerate(found)
    ]
    together = _together(ledger, heard)
    taken: set[int] = set()
    answers: list[tuple[str, Action]] = []
    machine: dict[Machine, list[tuple[str, int]]] = {by: [] for by in get_args(Machine)}
    labelled, flagged = set(ledger.machine), set(ledger.flags)
    for place, record, name, label, _ in heard:
        item = record.item
        if record.by == "person" and item not in ledger.answers and item not in together:
            answers.append((name, _answer(ledger, record, label)))
            taken.add(place)
        elif record.by in machine and label is not None and item not in ledger.answers and item not in labelled:
            machine[record.by].append((item, label))
            labelled.add(item)
            taken.add(place)
        if record.flagged and item not in flagged:
            answers.append((name, Flagged(item, safe_text(record.note, LONGEST_NOTE))))
            flagged.add(item)
            taken.add(place)
    for item, ones in together.items():
        new, actions = _voices(ledger, item, ones, annotator)
        taken |= new
        answers += actions
    agreed = {one.record.item for one in heard if one.label is not None and one.label == ledger.person_label(one.record.item)}
    differing = [one for one in heard if _differs(ledger, one) and not (one.label is None and one.record.item in agreed)]
    if names := {each.item: each.name for each in found if each.name and ledger.names.get(each.item) != each.name}:
        file.append([Named(tuple(names.items()))], annotator)
    for name, group in groupby(answers, key=lambda entry: entry[0]):
        file.append([action for _, action in group], name)
    for by, labels in machine.items():
        if labels:
            file.append([MachineLabelled(by, None, tuple(labels))], annotator)
    known = sum(one.place not in taken for one in heard) - sum(one.place not in taken for one in differing)
    return TakenIn(len(taken), known, tuple(one.record for one in differing))


def _classes(ledger: Ledger, found: Sequence[Record]) -> Mapping[str, int]:
    """The classes of a session by the names that the records give them."""
    named = {record.label: ledger.scheme.called(record.label) for record in found if record.label}
    for name, number in named.items():
        if number is None:
            raise UserError(f"{name!r} is no class of {ledger.dataset}; there are: {', '.join(ledger.living)}")
    return {name: number for name, number in named.items() if number is not None}


def _together(ledger: Ledger, heard: Sequence[_Heard]) -> dict[str, list[_Heard]]:
    """Persons' records of items that have no answer yet and that several people said something of, here or there."""
    by_item: dict[str, list[_Heard]] = {}
    for one in heard:
        if one.record.by == "person" and one.record.item not in ledger.answers:
            by_item.setdefault(one.record.item, []).append(one)
    return {item: ones for item, ones in by_item.items() if len(ones) > 1 or item in ledger.disagreements}


def _voices(ledger: Ledger, item: str, ones: Sequence[_Heard], annotator: str) -> tuple[set[int], list[tuple[str, Action]]]:
    """What several people say of an item: the places of what is new, and what is to be written."""
    old = set(ledger.disagreements.get(item, ()))
    voices = {(one.name, one.label) for one in ones if one.label is not None}
    if not (voices | old):
        first = min(ones, key=lambda one: _strength(one.record.status))
        return {one.place for one in ones}, [(first.name, _answer(ledger, first.record, None))]
    verdict = next((one for one in ones if one.decided), None)
    if voices <= old and verdict is None:
        return set(), []
    told = tuple(sorted(old | voices))
    actions: list[tuple[str, Action]] = []
    if len(told) > 1:
        actions.append((annotator, Disagreed(item, told)))
    if verdict is None and len({label for _, label in told}) == 1:
        verdict = next(one for one in ones if one.label is not None)
    if verdict is not None:
        actions.append((verdict.name, _answer(ledger, verdict.record, verdict.label)))
    return {one.place for one in ones if (one.name, one.label) not in old}, actions


def _strength(status: str) -> int:
    return next((place for place, each in enumerate(STRENGTH) if each == status), len(STRENGTH))


def _differs(ledger: Ledger, one: _Heard) -> bool:
    """Whether the session says something else about the item than a record does."""
    _, record, name, label, _ = one
    item = record.item
    given, machine, note = ledger.answers.get(item), ledger.machine.get(item), ledger.flags.get(item)
    if record.flagged and note is not None and safe_text(note, LONGEST_NOTE) != safe_text(record.note, LONGEST_NOTE):
        return True
    if record.by == "person":
        if given is None or (name, label) in ledger.disagreements.get(item, ()):
            return False
        return given.label != label or (label is None and given.status != record.status)
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
