"""Whether an event can follow what there is. Nothing is changed here."""

from __future__ import annotations

from al_core.sessions.actions import (
    Changed,
    Choice,
    ClassAdded,
    DamagedSession,
    Disagreed,
    Labelled,
    LabelledAlike,
    MachineLabelled,
    Opened,
    Redone,
    Relabelled,
    RoundFinished,
    Shown,
    Skipped,
    Undone,
    kind_of,
)
from al_core.sessions.books import Books
from al_core.sessions.class_actions import CLASS_KINDS
from al_core.sessions.events import Event
from al_core.sessions.race_actions import RaceAnswered, RaceFailed, RaceHand, RaceOpened, RacePlayed, RaceTakenBack
from al_core.sessions.scheme import Unlike

_CLASS_ACTIONS = tuple(CLASS_KINDS.values())


def check_follows(books: Books, event: Event) -> None:
    """Make sure that an event can follow.

    Raises
    ------
    DamagedSession
        It cannot: an unknown class, a relabel of what has no label, an undo of nothing; the message names its number.
    """
    match event.action:
        case Shown(choice=Choice() as choice) | Labelled(choice=Choice() as choice) | Skipped(choice=Choice() as choice):
            if choice.probability is not None and not 0.0 < choice.probability <= 1.0:
                raise _wrong(event, f"{choice.probability} is no probability")
    match event.action:
        case Labelled(item, label) | Relabelled(item, label):
            _check_class(books, event, label)
            first = isinstance(event.action, Labelled)
            if first != (books.person_label(item) is None):
                raise _wrong(event, "the item has a label already" if first else "the item has no label to change")
        case LabelledAlike(item, label, others):
            _check_class(books, event, label)
            if books.person_label(item) is not None or not books.answers.keys().isdisjoint(others):
                raise _wrong(event, "an item has an answer already")
            if len({item, *others}) <= len(others):
                raise _wrong(event, "an item is named twice")
        case MachineLabelled(_, _, labels):
            if len({item for item, _ in labels}) < len(labels):
                raise _wrong(event, "an item is named twice")
            for _, label in labels:
                _check_class(books, event, label)
        case Undone(item, of):
            if not books.done or (books.done[-1].sequence, books.done[-1].item) != (of, item):
                raise _wrong(event, f"event {of} is not the one to take back")
        case Redone(item, of):
            if not books.undone or (books.undone[-1].sequence, books.undone[-1].item) != (of, item):
                raise _wrong(event, f"event {of} is not the one to do again")
        case RoundFinished() as made if what := _impossible(made, books.revision):
            raise _wrong(event, what)
        case Changed(batch=batch):
            if batch < 1:
                raise _wrong(event, "the batch is empty")
        case Disagreed(_, given):
            for _, label in given:
                _check_class(books, event, label)
        case ClassAdded(step=False) if any(step.kind in CLASS_KINDS for step in (*books.done, *books.undone)):
            raise _wrong(event, "a class that cannot be taken back comes after what can")
        case action if isinstance(action, _CLASS_ACTIONS):
            try:
                books.scheme.after(action, event.sequence)
            except Unlike as error:
                raise _wrong(event, str(error)) from None
        case Opened():
            raise _wrong(event, "the session is open already")
        case RaceOpened() | RacePlayed() | RaceAnswered() | RaceTakenBack() | RaceHand() | RaceFailed():
            raise _wrong(event, "it belongs into a race")


def _check_class(books: Books, event: Event, label: int) -> None:
    if not 0 <= label < (count := len(books.scheme.classes)):
        raise _wrong(event, f"class {label} of {count}")
    if books.scheme.now(label) != label:
        raise _wrong(event, f"class {label} is no more")


def _impossible(made: RoundFinished, revision: int) -> str:
    """Why there can be no such round where the session is at ``revision``; empty where there can."""
    if made.revision > revision:
        return f"it has learnt revision {made.revision}, but the session is at {revision}"
    if not 0 <= made.audited_right <= made.audited:
        return f"{made.audited_right:,} of {made.audited:,} items are right"
    return ""


def _wrong(event: Event, what: str) -> DamagedSession:
    return DamagedSession(f"event {event.sequence} ({kind_of(event.action)}): {what}")
