"""What several sessions say of items: every voice, what was decided, and classes that are the same. Nothing is written.

All of it is sets of what was said, joined: in whatever order sessions are joined, and whether some were joined before, the same
comes out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from al_core.exchange.taking import STRENGTH
from al_core.sessions.actions import Choice, Status
from al_core.sessions.ledger import Ledger

Voice = tuple[str, int]
"""Who said it, and which class."""

_CHOOSERS = ("audit", "search", "strategy", "start", "given")
"""Which way an item was chosen counts where sessions say different ones: what was drawn to measure with stays that."""


class Decision(NamedTuple):
    """What somebody decided who knew what others had said: who, which class or none, what it means, and the voices."""

    annotator: str
    label: int | None
    status: Status
    voices: frozenset[Voice]


@dataclass
class Heard:
    """What was said of one item."""

    voices: set[Voice] = field(default_factory=set)
    decisions: set[Decision] = field(default_factory=set)
    asides: set[Status] = field(default_factory=set)
    choices: set[Choice] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def settled(self) -> tuple[frozenset[Voice], Decision | None]:
        """All voices, and the decision that holds; None where there is none, or several do not agree.

        A decision holds as long as nobody says something else who was not known then; one that does not hold is a voice like
        others.
        """
        holding = [one for one in sorted(self.decisions, key=_by_name) if self._holds(one)]
        fallen = {(one.annotator, one.label) for one in self.decisions if one not in holding and one.label is not None}
        if len({(one.label, one.status if one.label is None else "") for one in holding}) > 1:
            fallen |= {(one.annotator, one.label) for one in holding if one.label is not None}
            holding = []
        return frozenset(self.voices | fallen), next(iter(holding), None)

    def _holds(self, one: Decision) -> bool:
        return all(voice in one.voices or voice[1] == one.label for voice in self.voices)

    @property
    def aside(self) -> Status | None:
        """The answer without a label that counts; None where nobody gave one."""
        return next((status for status in STRENGTH if status in self.asides), None)

    @property
    def choice(self) -> Choice | None:
        """How the item counts as chosen; None where nobody knows."""
        return min(self.choices, key=lambda one: (_CHOOSERS.index(one.by), -(one.probability or 0.0)), default=None)


def _by_name(one: Decision) -> tuple[str, int]:
    return one.annotator, -1 if one.label is None else one.label


def hear(ledgers: Sequence[Ledger], stems: Sequence[str], numbers: Sequence[Mapping[int, int]]) -> dict[str, Heard]:
    """What sessions say, by item, in the order of items; labels by the numbers that their classes have together.

    Parameters
    ----------
    stems : what the sessions are called.
    numbers : for each session, class → number.
    """
    found: dict[str, Heard] = {}
    known = {name for ledger in ledgers for name in annotators(ledger)} | set(stems)
    for ledger, stem, number in zip(ledgers, stems, numbers, strict=True):
        for item in {*ledger.answers, *ledger.disagreements, *ledger.flags}:
            here = found.setdefault(item, Heard())
            _voices(ledger, item, number, here)
            if (choice := ledger.choices.get(item)) is not None:
                here.choices.add(choice)
            if (note := ledger.flags.get(item)) is not None:
                here.notes.update(_notes(note, known, next(iter(annotators(ledger)), stem) if _alone(ledger) else stem))
        for item, name in ledger.names.items():
            found.setdefault(item, Heard()).names.add(name)
    return dict(sorted(found.items()))


def _voices(ledger: Ledger, item: str, number: Mapping[int, int], here: Heard) -> None:
    """Add what one session says of an item."""
    now = ledger.scheme.now
    told = {(name, number[label]) for name, old in ledger.disagreements.get(item, ()) if (label := now(old)) is not None}
    here.voices |= told
    given = ledger.answers.get(item)
    if given is None:
        return
    label = None if given.label is None else number[given.label]
    if len(told) > 1 and {said for _, said in told} != {label}:
        here.decisions.add(Decision(given.annotator, label, given.status, frozenset(told)))
    elif label is None:
        here.asides.add(given.status)
    elif not told:
        here.voices.add((given.annotator, label))


def annotators(ledger: Ledger) -> tuple[str, ...]:
    """Who has said something of an item, in the order of the alphabet."""
    voices = (name for said in ledger.disagreements.values() for name, _ in said)
    return tuple(sorted({*voices, *(given.annotator for given in ledger.answers.values())}))


def _alone(ledger: Ledger) -> bool:
    return len(annotators(ledger)) == 1


def _notes(note: str, known: Iterable[str], who: str) -> list[str]:
    """The notes of one or several people on an item, each with who made it."""
    parts = note.split("; ")
    said = [any(part.startswith(f"{name}: ") for name in known) for part in parts]
    return parts if all(said) else [f"{who}: {note.replace('; ', ', ')}"]


class Together(NamedTuple):
    """The classes of several sessions as they are together.

    Parameters
    ----------
    groups : for each session, class → number of the group of classes that are the same; of the classes that there are.
    names : of each group: what it is called, and what else it was ever called.
    """

    groups: tuple[dict[int, int], ...]
    names: tuple[tuple[str, frozenset[str]], ...]


def same_classes(ledgers: Sequence[Ledger]) -> Together:
    """Which classes of sessions are the same: those that are called so, or were once where nothing is called so now.

    A group is called as a class of it that was not called otherwise since: what somebody has renamed has the new name.
    """
    nodes = [(place, label) for place, ledger in enumerate(ledgers) for label in ledger.scheme.alive]
    parent = {node: node for node in nodes}

    def top(node: tuple[int, int]) -> tuple[int, int]:
        while parent[node] != node:
            node = parent[node]
        return node

    for place, label in nodes:
        for other, ledger in enumerate(ledgers):
            if other != place and (found := _found(ledgers[place], label, ledger)) is not None:
                parent[top((place, label))] = top((other, found))
    members: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for node in nodes:
        members.setdefault(top(node), []).append(node)
    named = []
    for group in members.values():
        present = {ledgers[place].scheme.names[label] for place, label in group}
        ever = {name for place, label in group for name in _ever(ledgers[place], label)}
        old = {name for place, label in group for name in _ever(ledgers[place], label)[:-1]}
        called = min(present - old or present)
        named.append((called, frozenset(ever - {called}), group))
    named.sort(key=lambda entry: entry[0])
    groups: tuple[dict[int, int], ...] = tuple({} for _ in ledgers)
    for number, (_, _, group) in enumerate(named):
        for place, label in group:
            groups[place][label] = number
    return Together(groups, tuple((called, old) for called, old, _ in named))


def _found(ledger: Ledger, label: int, other: Ledger) -> int | None:
    """The class of another session that a class is."""
    taken = set(ledger.scheme.living)
    names = _ever(ledger, label)
    older = (name for name in reversed(names[:-1]) if name not in taken)
    return next((found for name in (names[-1], *older) if (found := other.scheme.called(name)) is not None), None)


def _ever(ledger: Ledger, label: int) -> tuple[str, ...]:
    """All that a class, and what was merged into it, was ever called, its present name last, but for what another class is
    called now."""
    own = ledger.scheme.classes[label].names
    merged = (one.names for number, one in enumerate(ledger.scheme.classes) if one.now == label != number)
    names = (*(name for names in merged for name in names), *own)
    living = set(ledger.scheme.living) - {names[-1]}
    return (*(name for name in names[:-1] if name not in living and name != names[-1]), names[-1])
