"""Two sessions on the same data by different annotators, made one: how far they agree, and what they disagree about."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from al_core.ground.errors import UserError
from al_core.measures.agreement import cohen_kappa
from al_core.sessions.actions import Action, ClassAdded, Disagreed, Flagged, Labelled, Named, Skipped
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
    disagreements : shared items with different labels, ordered by item; classes by their numbers in the merged session.
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

    Items are the same where their content is, classes where their names are, or were once, whatever else the data has by now.

    Raises
    ------
    UserError
        They are about different data: neither the same set, nor any item that both have an answer to.
    """
    same = first.fingerprint == second.fingerprint
    if not same and {*first.answers, *first.machine}.isdisjoint({*second.answers, *second.machine}):
        raise UserError(
            f"the sessions are about different data: {first.settings.dataset} {first.settings.fingerprint[:8]}"
            f" and {second.settings.dataset} {second.settings.fingerprint[:8]}"
        )
    numbers, _ = _together(first, second)
    left = first.person_labels
    right = {item: numbers[label] for item, label in second.person_labels.items()}
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
    numbers, new = _together(*ledgers)
    for ledger, name in zip(ledgers, names, strict=True):
        for item, label in sorted(ledger.person_labels.items()):
            if item not in disputed and item not in taken:
                taken.add(item)
                number = label if ledger is ledgers[0] else numbers[label]
                actions.append((ledger.answers[item].annotator or name, Labelled(item, number, ledger.choices.get(item))))
    for item in sorted({item for ledger in ledgers for item in ledger.answers} - taken - disputed):
        ledger = next(ledger for ledger in ledgers if item in ledger.answers)
        actions.append(("merge", Skipped(item, ledger.answers[item].status, ledger.choices.get(item))))
    for item in sorted({item for ledger in ledgers for item in ledger.flags}):
        notes = [f"{name}: {ledger.flags[item]}" for ledger, name in zip(ledgers, names, strict=True) if item in ledger.flags]
        actions.append(("merge", Flagged(item, "; ".join(notes))))
    for entry in result.disagreements:
        actions.append(("merge", Disagreed(entry.item, ((names[0], entry.first), (names[1], entry.second)))))
    if called := ledgers[1].names | ledgers[0].names:
        actions.append(("merge", Named(tuple(called.items()))))
    with SessionFile.create(out, ledgers[0].settings, "merge", clock=clock) as merged:
        for action in (*ledgers[0].scheme.done, *new):
            merged.append([action], "merge")
        for name, group in groupby(actions, key=lambda action: action[0]):
            merged.append([action for _, action in group], name)
    return result


def _together(first: Ledger, second: Ledger) -> tuple[dict[int, int], tuple[ClassAdded, ...]]:
    """The classes of the second session by the numbers that they have in the first, and those that the first has not.

    They are called as in the first session; what a class was called before counts where nothing is called so now.
    """
    ours, theirs = first.scheme, second.scheme
    numbers: dict[int, int] = {}
    new: list[ClassAdded] = []
    for label in theirs.alive:
        names = reversed(theirs.classes[label].names)
        number = next((found for name in names if (found := ours.called(name)) is not None), None)
        if number is None:
            number = len(ours.classes) + len(new)
            new.append(ClassAdded(number, theirs.names[label], step=True))
        numbers[label] = number
    return numbers, tuple(new)


def _names(first: Path, second: Path, ledgers: tuple[Ledger, Ledger]) -> tuple[str, str]:
    """The annotators' names; where they do not tell the sessions apart, the names of the files."""
    one, two = (sorted({given.annotator for given in ledger.answers.values()}) for ledger in ledgers)
    if len(one) == 1 and len(two) == 1 and one != two:
        return one[0], two[0]
    if first.stem != second.stem:
        return first.stem, second.stem
    return str(first), str(second)
