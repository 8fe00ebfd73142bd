"""Two sessions on the same data by different annotators, made one: how far they agree, and what they disagree about."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from al_core.ground.errors import UserError
from al_core.measures.agreement import cohen_kappa
from al_core.sessions.actions import Action, Disagreed, Flagged, Labelled, Skipped
from al_core.sessions.events import Clock, utc_now
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An item with two labels, as class indices."""

    item: str
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Merged:
    """How two annotators compare.

    Parameters
    ----------
    names : of the annotators, first and second.
    shared : items that both have labelled.
    agreed : those with the same label.
    kappa : Cohen's kappa over the shared items; None when there are none.
    disagreements : shared items with different labels, ordered by item.
    labels : labels in the merged session: what was agreed on, and what only one has labelled.
    """

    names: tuple[str, str]
    shared: int
    agreed: int
    kappa: float | None
    disagreements: tuple[Disagreement, ...]
    labels: int


def compare(first: Ledger, second: Ledger, names: tuple[str, str]) -> Merged:
    """Compare the persons' labels of two sessions; machine labels take no part.

    Raises
    ------
    UserError
        They are about different data.
    """
    if (first.settings.fingerprint, first.settings.classes) != (second.settings.fingerprint, second.settings.classes):
        raise UserError(
            f"the sessions are about different data: {first.settings.dataset} {first.settings.fingerprint[:8]}"
            f" and {second.settings.dataset} {second.settings.fingerprint[:8]}"
        )
    left, right = first.person_labels, second.person_labels
    shared = sorted(left.keys() & right.keys())
    different = tuple(Disagreement(item, left[item], right[item]) for item in shared if left[item] != right[item])
    kappa = cohen_kappa([left[item] for item in shared], [right[item] for item in shared])
    labels = len(left.keys() | right.keys()) - len(different)
    return Merged(names, len(shared), len(shared) - len(different), kappa, different, labels)


def merge(first: Path, second: Path, out: Path, *, clock: Clock = utc_now) -> Merged:
    """Make the session ``out`` from two others, which are only read.

    What both say, or only one says, becomes a label in the name of who gave it first. What they disagree about stays without a
    label and is noted as a disagreement, to be decided on the review screen. Notes of both are kept.

    Raises
    ------
    UserError
        The sessions are about different data, or ``out`` is there already.
    DamagedSession
        One of them is damaged.
    """
    with SessionFile.open(first, read_only=True) as one, SessionFile.open(second, read_only=True) as two:
        ledgers = one.ledger, two.ledger
    names = _names(first, second, ledgers)
    result = compare(*ledgers, names)
    disputed = {entry.item for entry in result.disagreements}
    actions: list[tuple[str, Action]] = []
    taken: set[str] = set()
    for ledger, name in zip(ledgers, names, strict=True):
        for item, label in sorted(ledger.person_labels.items()):
            if item not in disputed and item not in taken:
                taken.add(item)
                actions.append((ledger.answers[item].annotator or name, Labelled(item, label)))
    for item in sorted({item for ledger in ledgers for item in ledger.answers} - taken - disputed):
        actions.append(("merge", Skipped(item)))
    for item in sorted({item for ledger in ledgers for item in ledger.flags}):
        notes = [f"{name}: {ledger.flags[item]}" for ledger, name in zip(ledgers, names, strict=True) if item in ledger.flags]
        actions.append(("merge", Flagged(item, "; ".join(notes))))
    for entry in result.disagreements:
        actions.append(("merge", Disagreed(entry.item, ((names[0], entry.first), (names[1], entry.second)))))
    with SessionFile.create(out, ledgers[0].settings, "merge", clock=clock) as merged:
        for name, group in groupby(actions, key=lambda action: action[0]):
            merged.append([action for _, action in group], name)
    return result


def _names(first: Path, second: Path, ledgers: tuple[Ledger, Ledger]) -> tuple[str, str]:
    """The annotators' names; where they do not tell the sessions apart, the names of the files."""
    one, two = (sorted({given.annotator for given in ledger.answers.values()}) for ledger in ledgers)
    if len(one) == 1 and len(two) == 1 and one != two:
        return one[0], two[0]
    if first.stem != second.stem:
        return first.stem, second.stem
    return str(first), str(second)
