"""Files of labels, read: what they hold, whose items have still to be found, and what in them is no label."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, get_args

from al_core.data.identity import identity
from al_core.exchange.record import COLUMNS, EVERY, LARGEST_FILE, TREE_LABELS, Format, Problem, Record, Said
from al_core.exchange.registry import formats
from al_core.ground.errors import UserError, unknown
from al_core.ground.safe_text import safe_record, safe_text
from al_core.sessions.actions import Chooser, Machine, Status


class Unplaced(NamedTuple):
    """A record whose item is known only by what it is: its text, or the path at which its file was."""

    record: Record
    place: str
    text: str | None
    path: str | None
    decided: bool


class Reading(NamedTuple):
    """What a file of labels holds.

    Parameters
    ----------
    records : in its order; several of one item where several people said something.
    decided : numbers of those that hold whatever others say of the item.
    unplaced : those whose items are not known yet.
    problems : what is no label.
    """

    records: tuple[Record, ...]
    decided: frozenset[int] = frozenset()
    unplaced: tuple[Unplaced, ...] = ()
    problems: tuple[Problem, ...] = ()


def counted(problems: Iterable[Problem]) -> list[str]:
    """One line for each kind of problem: how many there are, and where the first is."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.kind, []).append(problem.place)
    return [
        f"left out, {safe_text(kind, 200)}: {len(places)}" + (", the first is " if len(places) > 1 else ", ") + places[0]
        for kind, places in found.items()
    ]


def import_labels(path: Path) -> tuple[Record, ...]:
    """Read what `export_labels` wrote, or `al_core.exchange.tree`; see `read_labels`. An item that another program knows by its
    text is the text of these bytes; what is no label, or is known by a path alone, is left out."""
    reading = read_labels(path)
    return (*reading.records, *(replace(one.record, item=identity_of(one.text)) for one in reading.unplaced if one.text))


def identity_of(text: str) -> str:
    """The item that is a text."""
    return identity(text.encode("utf-8", "surrogatepass"))


def read_labels(path: Path, form: str | None = None) -> Reading:
    """Read a file of labels, or a folder that has one.

    Parameters
    ----------
    path : the file.
    form : name of its format; None where its name, and what is in it, say which.

    Raises
    ------
    UserError
        The file is not there, is of no known format, or does not hold labels; the message names the line.
    """
    if path.is_dir():
        path = next((path / name for name in (TREE_LABELS, "metadata.csv") if (path / name).is_file()), path / TREE_LABELS)
    if form is not None and form not in formats():
        raise unknown("format", form, formats())
    candidates = [formats()[form]] if form is not None else _named(path)
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UserError(f"{path.name} is larger than {LARGEST_FILE >> 20} MB")
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from None
    try:
        found = list(_told(candidates, content, path).read(content))
    except UserError as error:
        raise UserError(f"{path.name}: {error}") from None
    if all(isinstance(entry, dict) for entry in found):
        rows = [_record(entry, f"{path.name}, entry {number}") for number, entry in enumerate(found, 1)]  # type: ignore[arg-type]
        if len({record.item for record in rows}) < len(rows):
            raise UserError(f"{path.name} names an item twice")
        return Reading(tuple(rows))
    return _heard([entry for entry in found if not isinstance(entry, dict)], path.name)


def _named(path: Path) -> list[Format]:
    """Formats whose files' names end so."""
    suffix = path.suffix.lower().lstrip(".")
    found = [form for form in formats().values() if suffix == form.name or suffix in form.endings]
    if not found:
        endings = [
            f".{name}" for name in dict.fromkeys(name for form in formats().values() for name in (form.name, *form.endings))
        ]
        raise UserError(
            f"cannot tell the format of {path.name}; its name must end in {', '.join(endings[:-1])} or {endings[-1]}"
        )
    return sorted(found, key=lambda form: form.name != suffix)


def _told(candidates: Sequence[Format], content: bytes, path: Path) -> Format:
    """The format of a file: one that knows its content, or else the one that its name names."""
    if len(candidates) == 1 or (path.suffix.lower() == f".{candidates[0].name}" and candidates[0].endings):
        return candidates[0]
    return next((form for form in candidates if form.is_it is not None and form.is_it(content)), candidates[0])


def _heard(found: Sequence[Said | Problem], name: str) -> Reading:
    """What another program's file says, each record checked; what cannot be one of ours is a problem."""
    records: list[Record] = []
    unplaced, decided = [], set()
    problems = [entry for entry in found if isinstance(entry, Problem)]
    seen: set[tuple[str, str]] = set()
    for said in found:
        if isinstance(said, Problem):
            continue
        try:
            record = _record(said.body | {"item": said.body["item"] or "?"}, "it")
        except UserError as error:
            problems.append(Problem(f"not what was written here ({error})", said.place))
            continue
        if not said.body["item"]:
            unplaced.append(Unplaced(replace(record, item=""), said.place, said.text, said.path, said.decided))
        elif (record.item, f"{record.by} {record.annotator} {record.label}") in seen:
            problems.append(Problem("the same said twice", said.place))
        else:
            seen.add((record.item, f"{record.by} {record.annotator} {record.label}"))
            decided |= {len(records)} if said.decided else set()
            records.append(record)
    if not (records or unplaced or problems) and found:
        raise UserError(f"{name} holds no labels")
    return Reading(tuple(records), frozenset(decided), tuple(unplaced), tuple(problems))


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
