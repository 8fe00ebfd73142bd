"""What several sessions say of items: every voice, what was decided, and classes that are the same. Nothing is written.

All of it is sets of what was said, joined: in whatever order sessions are joined, and whether some were joined before, the same
comes out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from al_core.exchange.taking import STRENGTH
from al_core.sessions.actions import Choice, Status
from al_core.sessions.class_actions import ClassAdded, ClassRenamed, ClassSplit
from al_core.sessions.ledger import Ledger
from al_core.sessions.scheme import Scheme

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


Token = tuple[str, int]
"""A name, and the how manieth class of a session it was given to."""

PASSING = "… "
"""Before the name of a class that is called otherwise only until it has its last name; nobody knows it by that."""


class Together(NamedTuple):
    """The classes of several sessions as they are together.

    Parameters
    ----------
    groups : for each session, class → number of the group of classes that are the same; of the classes that there are.
    names : what each group is called.
    tokens : of each group, all that it was ever called, see `tokens`.
    """

    groups: tuple[dict[int, int], ...]
    names: tuple[str, ...]
    tokens: tuple[frozenset[Token], ...]


def tokens(scheme: Scheme) -> dict[Token, int]:
    """All that the classes that there are were ever called → class, in the order in which they were called so.

    A name that was taken from one class and given to another is two: the first that it was given to stays known by it, also
    to a session in which it is still called so. What was deleted does not count.
    """
    added = sum(
        len(action.names) if isinstance(action, ClassSplit) else 1
        for action in scheme.done
        if isinstance(action, (ClassAdded, ClassSplit))
    )
    begun = len(scheme.classes) - added
    given = list(enumerate(scheme.first_names[:begun]))
    for action in scheme.done:
        match action:
            case ClassAdded(label, name) | ClassRenamed(label, name):
                given.append((label, name))
                begun += isinstance(action, ClassAdded)
            case ClassSplit(_, names):
                given.extend(enumerate(names, begun))
                begun += len(names)
    found: dict[Token, int] = {}
    times: Counter[str] = Counter()
    before: dict[int, str] = {}
    seen: set[tuple[int, str]] = set()
    for label, name in given:
        passing = name == f"{PASSING}{before.get(label)}" and name != scheme.names[label]
        known = passing or (label, name) in seen
        before[label] = name
        seen.add((label, name))
        if (now := scheme.now(label)) is not None and not known:
            times[name] += 1
            found[name, times[name]] = now
    return found


def same_classes(ledgers: Sequence[Ledger]) -> Together:
    """Which classes of sessions are the same: those that were ever called the same, also by way of other classes.

    The sets of what classes were called are joined where they meet; nothing else counts, so that joining them again, in any
    order, changes nothing. A group is called as a class of it that was not called otherwise since: what somebody has renamed
    has the new name.
    """
    known = [tokens(ledger.scheme) for ledger in ledgers]
    parent: dict[Token, Token] = {token: token for each in known for token in each}

    def top(token: Token) -> Token:
        while parent[token] != token:
            token = parent[token]
        return token

    for each in known:
        first: dict[int, Token] = {}
        for token, label in each.items():
            parent[top(token)] = top(first.setdefault(label, token))
    blocks: dict[Token, set[Token]] = {}
    for token in parent:
        blocks.setdefault(top(token), set()).add(token)
    present: dict[Token, set[str]] = {block: set() for block in blocks}
    old: dict[Token, set[str]] = {block: set() for block in blocks}
    for ledger, each in zip(ledgers, known, strict=True):
        for token, label in each.items():
            name = ledger.scheme.names[label]
            present[top(token)].add(name)
            old[top(token)] |= {token[0]} - {name}
    called = _called(blocks, present, old)
    order = sorted(blocks, key=lambda block: called[block])
    number = {block: place for place, block in enumerate(order)}
    groups = tuple({label: number[top(token)] for token, label in each.items()} for each in known)
    return Together(groups, tuple(called[block] for block in order), tuple(frozenset(blocks[block]) for block in order))


def _called(
    blocks: Mapping[Token, set[Token]], present: Mapping[Token, set[str]], old: Mapping[Token, set[str]]
) -> dict[Token, str]:
    """What each group is called, no two the same: first those choose that have a name that nobody has taken from them."""
    found: dict[Token, str] = {}
    for block in sorted(blocks, key=lambda block: (not present[block] - old[block], min(blocks[block]))):
        taken = set(found.values())
        ever = {name for name, _ in blocks[block]}
        choices = (present[block] - old[block], present[block], ever)
        free = next((left for names in choices if (left := names - taken)), None)
        found[block] = min(free) if free else _spare(blocks[block], taken)
    return found


def _spare(block: Iterable[Token], taken: Container[str]) -> str:
    """A name for a group that nothing else is called."""
    name, time = min(block)
    return next(spare for each in count(time) if (spare := f"{name} ({each})") not in taken)
