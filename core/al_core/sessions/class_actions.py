"""What a person does to the classes of a session. Nothing is written anew: labels follow when a log is replayed.

A class is its number, for good: those that the session opened with first, then each that was added. Classes that are no more
keep theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from al_core.ground.written import ABSENT


@dataclass(frozen=True, slots=True)
class ClassAdded:
    """A class that there was not; ``label`` is its number from here on, the next that is free.

    ``step`` says whether it can be taken back: not in format 2, where only merged sessions had such.
    """

    label: int
    name: str
    step: bool = field(default=False, metadata={ABSENT: False})


@dataclass(frozen=True, slots=True)
class ClassRenamed:
    """A class is called otherwise."""

    label: int
    name: str


@dataclass(frozen=True, slots=True)
class ClassMerged:
    """What was of one class is of ``into`` from here on, and the class is no more."""

    label: int
    into: int


@dataclass(frozen=True, slots=True)
class ClassSplit:
    """A class is no more; classes of these names, numbered on from the last, come in its place. Its items are asked again."""

    label: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassDeleted:
    """A class is no more. Its items are asked again."""

    label: int


@dataclass(frozen=True, slots=True)
class ClassDescribed:
    """What a class means, in words; empty ones say nothing."""

    label: int
    says: str


ClassAction = ClassAdded | ClassRenamed | ClassMerged | ClassSplit | ClassDeleted | ClassDescribed

CLASS_KINDS: dict[str, type[ClassAction]] = {
    "class": ClassAdded,
    "class_renamed": ClassRenamed,
    "class_merged": ClassMerged,
    "class_split": ClassSplit,
    "class_deleted": ClassDeleted,
    "class_described": ClassDescribed,
}
ONLY_WORDS = frozenset({"class_renamed", "class_described"})
"""Kinds that change nothing that a model learns."""
