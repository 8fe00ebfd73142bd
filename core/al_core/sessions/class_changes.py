"""What a change of the classes does to the books: labels follow their class, or go, so that their items are asked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from al_core.sessions.books import Books
from al_core.sessions.class_actions import ClassAction, ClassDeleted, ClassMerged, ClassSplit
from al_core.sessions.entries import Change


def class_changes(books: Books, action: ClassAction, sequence: int) -> Iterator[Change]:
    """What the event of this number changes."""
    yield Change("scheme", "", books.scheme, books.scheme.after(action, sequence))
    match action:
        case ClassMerged(label, into):
            for item, given in books.answers.items():
                if given.label == label:
                    yield Change("answers", item, given, replace(given, label=into))
            for item, entry in books.machine.items():
                if entry.label == label:
                    yield Change("machine", item, entry, replace(entry, label=into))
        case ClassSplit(label) | ClassDeleted(label):
            for item, given in books.answers.items():
                if given.label == label:
                    yield Change("answers", item, given, None)
                    yield Change("reopened", item, books.reopened.get(item), label)
            for item, entry in books.machine.items():
                if entry.label == label:
                    yield Change("machine", item, entry, None)
