"""The state of a session: the replay of its log. Pure Python, no clock, no files.

The same events always give an equal `Ledger`. Applying an event costs the same however long the log is, so that the
hundred-thousandth label is as quick as the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from al_core.sessions.actions import (
    Action,
    Changed,
    Choice,
    ClassAdded,
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
    Settings,
    Shown,
    Skipped,
    Source,
    Undone,
    kind_of,
)
from al_core.sessions.entries import Change, Choices, Given, MachineLabel, Step
from al_core.sessions.events import GENESIS, Event
from al_core.sessions.race_actions import RaceAnswered, RaceHand, RaceOpened, RacePlayed, RaceTakenBack


@dataclass
class Ledger:
    """State of a session. Read it freely; only `apply` changes it.

    Parameters
    ----------
    settings : what the session began with.
    strategy, learner, batch : what holds now.
    answers : item → the person's answer.
    machine : item → machine label; a person's answer to the same item counts before it.
    flags : item → note.
    done, undone : steps that undo and redo go through, the latest last.
    rounds : finished rounds in order.
    current, how : the item on the screen and why it is there; None when none is.
    disagreements : item → (annotator, label) of merged sessions.
    choices : item → how it was chosen; none for what was chosen in format 1.
    names : item → its name, as far as it has one.
    added : classes that were added since, in their order.
    labelled, later : items with a label of the person, and those that were put off.
    revision : counts every change to answers or machine labels, so that a model knows what it has not seen.
    started : time of the first event.
    sequence, checksum, time : of the last event.
    """

    settings: Settings
    strategy: str
    learner: str
    batch: int
    answers: dict[str, Given] = field(default_factory=dict)
    machine: dict[str, MachineLabel] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    rounds: list[RoundFinished] = field(default_factory=list)
    current: str | None = None
    how: Source | None = None
    disagreements: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    names: dict[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    labelled: int = 0
    later: int = 0
    revision: int = 0
    started: str = ""
    sequence: int = 1
    checksum: str = GENESIS
    time: str = ""

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self.settings.dataset

    @property
    def fingerprint(self) -> str:
        """Content digest of the data set."""
        return self.settings.fingerprint

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names: those that the session opened with, then those that were added."""
        return self.settings.classes + self.added

    def strategy_of(self, action: Action) -> str:
        """The strategy that an action concerns: the one that holds now, or the one the session opens with."""
        return self.strategy

    @property
    def skipped(self) -> int:
        """Items with an answer that is no label."""
        return len(self.answers) - self.labelled

    @property
    def labels(self) -> dict[str, int]:
        """Item → the label that holds: the person's, or else the machine's; none where the person's answer is no label."""
        known = {item: entry.label for item, entry in self.machine.items() if item not in self.answers}
        known.update({item: given.label for item, given in self.answers.items() if given.label is not None})
        return known

    @property
    def person_labels(self) -> dict[str, int]:
        """Item → label, of the person only."""
        return {item: given.label for item, given in self.answers.items() if given.label is not None}

    @property
    def curve(self) -> tuple[tuple[int, float], ...]:
        """Learning curve: (labels, test accuracy) of the latest model at every number of labels, labels increasing."""
        points = {entry.labels: entry.accuracy for entry in self.rounds if entry.accuracy is not None}
        return tuple(sorted(points.items()))

    @property
    def open_disagreements(self) -> tuple[str, ...]:
        """Items that merged annotators do not agree on and that nobody has decided since."""
        return tuple(item for item in self.disagreements if item not in self.answers)

    def history(self, count: int) -> tuple[Step, ...]:
        """The latest ``count`` steps, the latest first."""
        return tuple(islice(reversed(self.done), count))

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
            self._check(event)

    def apply(self, event: Event) -> None:
        """Take one event in.

        Raises
        ------
        DamagedSession
            The event cannot follow: a gap in the numbers, an unknown class, a relabel of what has no label, an undo of nothing.
        """
        if event.sequence != self.sequence + 1:
            raise DamagedSession(f"event {event.sequence} follows event {self.sequence}")
        self._check(event)
        self._act(event)
        self.sequence, self.checksum, self.time = event.sequence, event.checksum, event.time

    def _check(self, event: Event) -> None:
        match event.action:
            case Shown(choice=Choice() as choice) | Labelled(choice=Choice() as choice) | Skipped(choice=Choice() as choice):
                if choice.probability is not None and not 0.0 < choice.probability <= 1.0:
                    raise _wrong(event, f"{choice.probability} is no probability")
        match event.action:
            case Labelled(item, label) | Relabelled(item, label):
                self._check_class(event, label)
                first = isinstance(event.action, Labelled)
                if first != (self.person_label(item) is None):
                    raise _wrong(event, "the item has a label already" if first else "the item has no label to change")
            case LabelledAlike(item, label, others):
                self._check_class(event, label)
                if self.person_label(item) is not None or not self.answers.keys().isdisjoint(others):
                    raise _wrong(event, "an item has an answer already")
                if len({item, *others}) <= len(others):
                    raise _wrong(event, "an item is named twice")
            case MachineLabelled(_, _, labels):
                if len({item for item, _ in labels}) < len(labels):
                    raise _wrong(event, "an item is named twice")
                for _, label in labels:
                    self._check_class(event, label)
            case Undone(item, of):
                if not self.done or (self.done[-1].sequence, self.done[-1].item) != (of, item):
                    raise _wrong(event, f"event {of} is not the one to take back")
            case Redone(item, of):
                if not self.undone or (self.undone[-1].sequence, self.undone[-1].item) != (of, item):
                    raise _wrong(event, f"event {of} is not the one to do again")
            case RoundFinished() as made if what := _impossible(made, self.revision):
                raise _wrong(event, what)
            case Changed(batch=batch):
                if batch < 1:
                    raise _wrong(event, "the batch is empty")
            case Disagreed(_, given):
                for _, label in given:
                    self._check_class(event, label)
            case ClassAdded(label, name):
                if label != len(self.classes) or not name or name in self.classes:
                    raise _wrong(event, f"class {name!r} cannot be added as number {label}")
            case Opened():
                raise _wrong(event, "the session is open already")
            case RaceOpened() | RacePlayed() | RaceAnswered() | RaceTakenBack() | RaceHand():
                raise _wrong(event, "it belongs into a race")

    def _check_class(self, event: Event, label: int) -> None:
        if not 0 <= label < (count := len(self.settings.classes) + len(self.added)):
            raise _wrong(event, f"class {label} of {count}")

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
            case ClassAdded(_, name):
                self.added += (name,)

    def person_label(self, item: str) -> int | None:
        """The person's label of the item; None when there is none."""
        given = self.answers.get(item)
        return None if given is None else given.label

    def _answer(self, event: Event, item: str, new: Given, choice: Choice | None = None, others: Iterable[str] = ()) -> None:
        self._do(event, item, tuple(_answers(self, item, new, choice, others)))
        if self.current == item:
            self.current = self.how = None

    def _do(self, event: Event, item: str | None, changes: tuple[Change, ...]) -> None:
        step = Step(event.sequence, kind_of(event.action), item, changes)
        self._write(step, [(change.book, change.item, change.after) for change in changes])
        self.done.append(step)
        self.undone.clear()

    def _write(self, step: Step, entries: Iterable[tuple[str, str, Any]]) -> None:
        for book, item, value in entries:
            target: dict[str, Any] = getattr(self, book)
            if book == "answers":
                old = self.answers.get(item)
                self.labelled += (value is not None and value.label is not None) - (old is not None and old.label is not None)
                self.later += (value is not None and value.status == "later") - (old is not None and old.status == "later")
            if value is None:
                target.pop(item, None)
            else:
                target[item] = value
        self.revision += step.kind != "flag"


_ANSWERS = (Labelled, Relabelled, Skipped, Flagged)
_STEPS = (*_ANSWERS, LabelledAlike, MachineLabelled, MachineRemoved, Undone, Redone)


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


def _impossible(made: RoundFinished, revision: int) -> str:
    """Why there can be no such round where the session is at ``revision``; empty where there can."""
    if made.revision > revision:
        return f"it has learnt revision {made.revision}, but the session is at {revision}"
    if not 0 <= made.audited_right <= made.audited:
        return f"{made.audited_right} of {made.audited} items are right"
    return ""


def _wrong(event: Event, what: str) -> DamagedSession:
    return DamagedSession(f"event {event.sequence} ({kind_of(event.action)}): {what}")
