"""Labels out of a session and into one. What is exported and imported again holds the same labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from al_core.data.origin import short_name
from al_core.exchange.reading import import_labels as import_labels
from al_core.exchange.record import About, Record
from al_core.exchange.registry import formats
from al_core.exchange.taking import TakenIn as TakenIn
from al_core.exchange.taking import take_in as take_in
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.sessions.actions import LONGEST_NOTE
from al_core.sessions.ledger import Ledger
from al_core.sessions.race_ledger import RaceLedger


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


def voices(ledger: Ledger | RaceLedger) -> tuple[tuple[Record, ...], frozenset[str]]:
    """`records`, and beside each what else several people said of the item, each a record; and the items of which they said
    different things and somebody decided: of these the first record is what was decided."""
    if not isinstance(ledger, Ledger):
        return records(ledger), frozenset()
    found, decided = list(records(ledger)), set()
    for item, said in ledger.disagreements.items():
        given = ledger.answers.get(item)
        if given is not None and len({ledger.scheme.now(label) for _, label in said} - {None}) > 1:
            decided.add(item)
        found += _others(ledger, item)
    return tuple(sorted(found, key=lambda record: record.item)), frozenset(decided)


def _others(ledger: Ledger, item: str) -> Iterator[Record]:
    """What several people said of an item, but for what is its answer anyway."""
    given, name = ledger.answers.get(item), ledger.names.get(item, "")
    for annotator, label in ledger.disagreements[item]:
        number = ledger.scheme.now(label)
        if number is not None and (given is None or (annotator, number) != (given.annotator, given.label)):
            yield Record(item, ledger.classes[number], "label", "person", annotator, "", False, "", name)


def export_labels(
    ledger: Ledger | RaceLedger,
    form: str,
    shown: Mapping[str, str] | None = None,
    pictures: bool = False,
    probabilities: Mapping[str, Sequence[float]] | None = None,
) -> bytes:
    """The labels of a session as a file of the format called ``form``; see `formats`.

    Parameters
    ----------
    shown, pictures, probabilities : what stands in the items, see `About`; for formats that want it.
    """
    return exported(ledger, form, shown or {}, pictures, probabilities or {})[""]


def exported(
    ledger: Ledger | RaceLedger,
    form: str,
    shown: Mapping[str, str],
    pictures: bool,
    probabilities: Mapping[str, Sequence[float]],
) -> dict[str, bytes]:
    """The same, and the files that stand beside it by how their names end; the file itself is that of an empty end."""
    if form not in formats():
        raise UserError(f"no format {form!r}; there are: {', '.join(formats())}")
    kind = formats()[form]
    rows, decided = voices(ledger) if "voices" in kind.wants else (records(ledger), frozenset())
    name, classes = short_name(ledger.dataset), tuple(ledger.living)
    about = About(name, ledger.fingerprint, classes, shown, pictures, probabilities, decided)
    return {"": kind.write(rows, about)} | ({} if kind.beside is None else kind.beside(rows, about))
