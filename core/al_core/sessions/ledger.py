"""The state of a session: the replay of its log. Pure Python, no clock, no files.

The same events always give an equal `Ledger`. Applying an event costs the same however long the log is, so that the
hundred-thousandth label is as quick as the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from al_core.sessions.actions import (
    Action,
    Changed,
    Choice,
    DamagedSession,
    Disagreed,
    Flagged,
    Labelled,
    LabelledAlike,
    MachineLabelled,
    MachineRemoved,
    Named,
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
from al_core.sessions.class_actions import CLASS_KINDS, ONLY_WORDS, ClassAdded, ClassDeleted, ClassSplit
from al_core.sessions.class_changes import class_changes
from al_core.sessions.entries import Change, Given, MachineLabel, Step
from al_core.sessions.events import Event
from al_core.sessions.following import check_follows
from al_core.sessions.race_actions import RaceOpened


@dataclass
class Ledger(Books):
    """State of a session, and how the next event changes it. Read it freely; only `apply` changes it."""

    def strategy_of(self, action: Action) -> str:
        """The strategy that an action concerns: the one that holds now, or the one the session opens with."""
        return self.strategy

    def check(self, events: Sequence[Event]) -> None:
        """Make sure that `apply` will take every one of ``events``, which must be independent of one another.

        Raises
        ------
        DamagedSession
            An event cannot follow; see `apply`.
        ValueError
            Two of them change the same thing.
        """
        steps = [event.action for event in events if isinstance(event.action, _STEPS)]
        single = [action for action in steps if not isinstance(action, _ANSWERS)]
        items = [(action.item, isinstance(action, Flagged)) for action in steps if isinstance(action, _ANSWERS)]
        if (single and len(steps) > 1) or len(set(items)) < len(items):
            raise ValueError("actions that depend on one another must be appended one after the other")
        for event in events:
            check_follows(self, event)

    def apply(self, event: Event) -> None:
        """Take one event in.

        Raises
        ------
        DamagedSession
            The event cannot follow: a gap in the numbers, an unknown class, a relabel of what has no label, an undo of nothing.
        """
        if event.sequence != self.sequence + 1:
            raise DamagedSession(f"event {event.sequence} follows event {self.sequence}")
        check_follows(self, event)
        self._act(event)
        self.sequence, self.checksum, self.time = event.sequence, event.checksum, event.time

    def _act(self, event: Event) -> None:
        match event.action:
            case Shown(item, how, choice):
                self.current, self.how = item, how
                if choice is not None:
                    self.choices[item] = _chosen(self, item, choice)
            case Labelled(item, label, choice):
                self._answer(event, item, Given(label, *_by(event)), choice)
            case LabelledAlike(item, label, others):
                self._answer(event, item, Given(label, *_by(event)), others=others)
            case Relabelled(item, label):
                self._answer(event, item, Given(label, *_by(event)))
            case Skipped(item, status, choice):
                self._answer(event, item, Given(None, *_by(event), status), choice)
            case Flagged(item, note):
                self._do(event, item, (Change("flags", item, self.flags.get(item), note),))
            case MachineLabelled(by, _, labels):
                entries = [(item, MachineLabel(label, by, event.time)) for item, label in labels]
                self._do(event, None, tuple(Change("machine", item, self.machine.get(item), new) for item, new in entries))
            case MachineRemoved():
                self._do(event, None, tuple(Change("machine", item, old, None) for item, old in self.machine.items()))
            case Undone():
                step = self.done.pop()
                self._write(step, [(change.book, change.item, change.before) for change in step.changes])
                self._put_in_order(step)
                self.undone.append(step)
            case Redone():
                step = self.undone.pop()
                self._write(step, [(change.book, change.item, change.after) for change in step.changes])
                self.done.append(step)
                if step.item is not None and step.item == self.current:
                    self.current = self.how = None
            case RoundFinished():
                self.rounds.append(event.action)
            case Changed(strategy, learner, batch):
                self.strategy, self.learner, self.batch = strategy, learner, batch
            case Disagreed(item, given):
                self.disagreements[item] = given
            case Named(names):
                self.names.update(names)
            case ClassAdded(step=False):
                self.scheme = self.scheme.after(event.action, event.sequence)
            case action if isinstance(action, _CLASS_STEPS):
                self._do(event, None, tuple(class_changes(self, action, event.sequence)))

    def _answer(self, event: Event, item: str, new: Given, choice: Choice | None = None, others: Iterable[str] = ()) -> None:
        if event.seen.seconds is not None:
            self.times.add(event.seen.seconds)
        self._do(event, item, tuple(_answers(self, item, new, choice, others)))
        if self.current == item:
            self.current = self.how = None

    def _do(self, event: Event, item: str | None, changes: tuple[Change, ...]) -> None:
        order = (tuple(self.answers), tuple(self.machine)) if isinstance(event.action, ClassSplit | ClassDeleted) else None
        step = Step(event.sequence, kind_of(event.action), item, changes, order)
        self._write(step, [(change.book, change.item, change.after) for change in changes])
        self.done.append(step)
        self.undone.clear()

    def _write(self, step: Step, entries: Iterable[tuple[str, str, Any]]) -> None:
        for book, item, value in entries:
            if book == "scheme":
                self.scheme = value
                continue
            target: dict[str, Any] = getattr(self, book)
            if book == "answers":
                old = self.answers.get(item)
                self.labelled += (value is not None and value.label is not None) - (old is not None and old.label is not None)
                self.later += (value is not None and value.status == "later") - (old is not None and old.status == "later")
            if value is None:
                target.pop(item, None)
            else:
                target[item] = value
        self.revision += step.kind != "flag" and step.kind not in ONLY_WORDS

    def _put_in_order(self, step: Step) -> None:
        """Labels that came back stand where they stood, and their items wait for no answer any more."""
        if step.order is None:
            return
        books: tuple[dict[str, Any], ...] = (self.answers, self.machine)
        for book, items in zip(books, step.order, strict=True):
            entries = {item: book[item] for item in items}
            book.clear()
            book.update(entries)
        if any(change.book == "answers" and change.item == self.current and change.after is None for change in step.changes):
            self.current = self.how = None


_ANSWERS = (Labelled, Relabelled, Skipped, Flagged)
_CLASS_STEPS = tuple(CLASS_KINDS.values())
_STEPS = (*_ANSWERS, LabelledAlike, MachineLabelled, MachineRemoved, Undone, Redone, *_CLASS_STEPS)


def _chosen(ledger: Ledger, item: str, choice: Choice) -> Choice:
    """How an item counts as chosen: as the latest choice says, but what was once drawn to measure with stays that."""
    old = ledger.choices.get(item)
    return choice if old is None or old.by != "audit" else old


def _answers(ledger: Ledger, item: str, new: Given, choice: Choice | None, others: Iterable[str]) -> Iterable[Change]:
    """What an answer to an item changes, and to others that were looked for because they are alike."""
    yield Change("answers", item, ledger.answers.get(item), new)
    if choice is not None:
        yield Change("choices", item, ledger.choices.get(item), _chosen(ledger, item, choice))
    for other in others:
        yield Change("answers", other, ledger.answers.get(other), new)
        yield Change("choices", other, ledger.choices.get(other), _chosen(ledger, other, Choice("search")))


def begin(event: Event) -> Ledger:
    """The ledger after the first event.

    Raises
    ------
    DamagedSession
        It is not the event that opens a labelling session, or its settings cannot be.
    """
    if event.sequence == 1 and isinstance(event.action, RaceOpened):
        raise DamagedSession("this is a race, not a labelling session")
    if event.sequence != 1 or not isinstance(event.action, Opened):
        raise DamagedSession("the log does not begin with the event that opens a session")
    settings = event.action.settings
    if not settings.classes or settings.batch < 1:
        raise DamagedSession("the settings have no classes or an empty batch")
    if not 0.0 <= (settings.audit or 0.0) <= 0.5:
        raise DamagedSession(f"the settings draw {settings.audit} of the items to measure with")
    ledger = Ledger(settings, settings.strategy, settings.learner, settings.batch)
    ledger.started, ledger.checksum, ledger.time = event.time, event.checksum, event.time
    return ledger


def _by(event: Event) -> tuple[str, str, int]:
    return event.annotator, event.time, event.sequence
