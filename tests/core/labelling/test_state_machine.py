"""Any sequence of operations leaves a session in the state of a plain Python model of it, and on disk as in memory."""

from __future__ import annotations

import copy
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from trials import LARGE, trials

from al_core.exchange.records import export_labels, import_labels, records, take_in
from al_core.ground.errors import UserError
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply
from al_core.labelling.session import LabelSession
from al_core.run.state import Pick
from al_core.sessions.actions import Settings
from al_core.sessions.store import SessionFile

EXAMPLES = trials(100, 2000)
STEPS = trials(50, 100)

CLASSES = ("cat", "dog", "eel")
IDS = tuple(f"{number:016x}" for number in range(12))
ITEMS = Items("pets", "f" * 32, CLASSES, IDS, (3, 1), tuple(range(10)), tuple(row % 3 for row in range(12)))
BEGIN = Settings("pets", "f" * 32, CLASSES, "logistic", "margin", 1, 0, "random_per_class")

ROWS = st.sampled_from(ITEMS.pool)
WHICH = st.integers(0, 5)
"""Which of the classes that there are."""
NAMES = st.sampled_from(("ant", "bee", "cow", "cat", "dog", "eel"))
NOTES = st.text(max_size=12)


class Kind(NamedTuple):
    """A class, by the number that the log has for it."""

    number: int


@dataclass
class Books:
    """What a session must know, as one would write it without any log: values, not events.

    A class is an object of its own: whatever is done to others, and whatever it is called, an answer is of that one.
    """

    answers: dict[str, Kind | None] = field(default_factory=dict)
    machine: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    kinds: dict[Kind, str] = field(default_factory=lambda: {Kind(number): name for number, name in enumerate(CLASSES)})
    truth: dict[int, Kind | None] = field(default_factory=lambda: {number: Kind(number) for number in range(len(CLASSES))})
    made: int = len(CLASSES)
    queue: dict[str, Kind] = field(default_factory=dict)
    says: dict[Kind, str] = field(default_factory=dict)

    def add(self, name: str) -> None:
        self.kinds[Kind(self.made)] = name
        self.made += 1

    def end(self, kind: Kind, into: Kind | None) -> None:
        """A class is no more; what is of it is of ``into``, or asked again."""
        del self.kinds[kind]
        self.says.pop(kind, None)
        self.truth = {number: into if one == kind else one for number, one in self.truth.items()}
        of_it = [item for item, one in self.answers.items() if one == kind]
        for item in of_it:
            if into is None:
                del self.answers[item]
                self.queue[item] = kind
            else:
                self.answers[item] = into
        for item, (one, by) in list(self.machine.items()):
            if one == kind and into is None:
                del self.machine[item]
            elif one == kind and into is not None:
                self.machine[item] = (into, by)


class SessionMachine(RuleBasedStateMachine):
    begins = BEGIN

    @property
    def closed(self) -> set[str]:
        """What no machine labels: what is answered, what it has labelled, and what was drawn to measure with."""
        return {*self.books.answers, *self.books.machine, *self.drawn}

    @initialize()
    def begin(self) -> None:
        shared_memory = Path("/dev/shm")
        self.directory = Path(tempfile.mkdtemp(dir=shared_memory if shared_memory.is_dir() else None))
        self.path = self.directory / "pets.session"
        self.session = LabelSession.create(self.path, self.begins, ITEMS, "ann")
        self.books = Books()
        self.past: list[Books] = []
        self.future: list[Books] = []
        self.choice = ("margin", "logistic", 1)
        self.rounds = 0
        self.drawn: set[str] = set()
        self.learnt: object = None
        self.screen: str | None = None
        self.exports = 0

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
            shutil.rmtree(self.directory)

    @property
    def state(self) -> tuple[object, ...]:
        """All of a session that can be taken back, in its order."""
        ledger = self.session.ledger
        books = (ledger.answers, ledger.machine, ledger.flags, ledger.choices, ledger.reopened)
        return ([*map(list, (book.items() for book in books))], ledger.scheme, ledger.labelled, ledger.later)

    def changed_classes(self, before: tuple[object, ...]) -> None:
        """The classes were changed: that is taken back to the very state, and done again."""
        after, there = self.state, {*self.session.ledger.answers}
        assert self.session.undo() is not None
        assert self.state == before
        if self.screen in self.session.ledger.answers.keys() - there:
            self.screen = None
        assert self.session.redo() is not None
        assert self.state == after

    def kind(self, which: int) -> Kind:
        """One of the classes that there are."""
        return list(self.books.kinds)[which % len(self.books.kinds)]

    def remember(self) -> None:
        self.past.append(copy.deepcopy(self.books))
        self.future.clear()

    @rule(row=ROWS, which=WHICH)
    def label(self, row: int, which: int) -> None:
        self.remember()
        self.session.label(IDS[row], self.kind(which).number)
        self.books.answers[IDS[row]] = self.kind(which)
        self.answered(IDS[row])

    @precondition(lambda self: self.books.answers)
    @rule(data=st.data(), which=WHICH)
    def relabel(self, data: st.DataObject, which: int) -> None:
        item = data.draw(st.sampled_from(sorted(self.books.answers)))
        self.remember()
        self.session.label(item, self.kind(which).number)
        self.books.answers[item] = self.kind(which)
        self.answered(item)

    @rule(row=ROWS)
    def skip(self, row: int) -> None:
        self.remember()
        self.session.skip(IDS[row])
        self.books.answers[IDS[row]] = None
        self.answered(IDS[row])

    @rule(row=ROWS, note=st.none() | NOTES)
    def flag(self, row: int, note: str | None) -> None:
        self.remember()
        self.session.flag(IDS[row], note)
        kept = self.session.ledger.flags.get(IDS[row])
        assert (kept is None) == (note is None)
        self.books.flags.pop(IDS[row], None)
        if kept is not None:
            self.books.flags[IDS[row]] = kept

    @rule()
    def undo(self) -> None:
        step = self.session.undo()
        assert (step is None) == (not self.past)
        if step is not None:
            self.future.append(self.books)
            came_back = self.past[-1].answers.keys() - self.books.answers.keys()
            self.books = self.past.pop()
            self.screen = step.item or (None if self.screen in came_back else self.screen)
            assert list(self.session.ledger.answers) == list(self.books.answers)  # their order is that of the history

    @rule()
    def redo(self) -> None:
        step = self.session.redo()
        assert (step is None) == (not self.future)
        if step is not None:
            self.past.append(self.books)
            self.books = self.future.pop()
            self.answered(step.item)

    @rule(row=ROWS)
    def jump(self, row: int) -> None:
        assert self.session.jump(IDS[row]).row == row
        self.screen = IDS[row]

    @rule()
    def next(self) -> None:
        offer = self.session.next()
        open_items = [IDS[row] for row in ITEMS.pool if IDS[row] not in {*self.books.answers, *self.books.machine}]
        if self.screen is not None:
            assert offer is not None
            assert offer.item == self.screen
        elif open_items:
            assert offer is not None
            assert offer.item in open_items
            asked_again = [item for item in self.books.queue if item in open_items]
            assert offer.how == "audit" or not asked_again or (offer.item, offer.how) == (asked_again[0], "reopened")
            self.comes(offer.item)
        else:
            assert offer is None

    @rule()
    def auto_label_by_truth(self) -> None:
        known = {row: kind for row in ITEMS.pool if (kind := self.books.truth[row % 3]) is not None}
        new = [row for row in known if IDS[row] not in self.closed]
        if new:
            self.remember()
        assert self.session.label_by_truth() == len(new)
        self.books.machine.update({IDS[row]: (known[row], "truth") for row in new})

    @rule(rows=st.sets(ROWS), which=WHICH)
    def auto_label_by_model(self, rows: set[int], which: int) -> None:
        new = [row for row in rows if IDS[row] not in self.closed]
        if new:
            self.remember()
        label = self.kind(which).number
        assert self.session.label_by_model([(row, label, 0.9) for row in rows] + [(0, label, 0.5)], 0.8) == len(new)
        self.books.machine.update({IDS[row]: (self.kind(which), "model") for row in new})

    @rule()
    def remove_machine_labels(self) -> None:
        if self.books.machine:
            self.remember()
        assert self.session.remove_machine_labels() == len(self.books.machine)
        self.books.machine = {}

    @rule(name=NAMES)
    def add_class(self, name: str) -> None:
        if name in self.books.kinds.values():
            with pytest.raises(UserError, match="there is a class"):
                self.session.add_class(name)
            return
        before = self.state
        self.remember()
        assert self.session.add_class(name) == self.books.made
        self.books.add(name)
        self.changed_classes(before)

    @rule(which=WHICH, name=NAMES)
    def rename_class(self, which: int, name: str) -> None:
        kind = self.kind(which)
        if name in self.books.kinds.values():
            with pytest.raises(UserError, match="there is a class"):
                self.session.rename_class(kind.number, name)
            return
        before = self.state
        self.remember()
        self.session.rename_class(kind.number, name)
        self.books.kinds[kind] = name
        self.changed_classes(before)

    @rule(which=WHICH, other=WHICH)
    def merge_classes(self, which: int, other: int) -> None:
        kind, into = self.kind(which), self.kind(other)
        if kind == into:
            with pytest.raises(UserError, match="into itself"):
                self.session.merge_classes(kind.number, into.number)
            return
        before = self.state
        self.remember()
        count = list(self.books.answers.values()).count(kind)
        assert self.session.merge_classes(kind.number, into.number) == count
        self.books.end(kind, into)
        self.changed_classes(before)

    @rule(which=WHICH, names=st.lists(NAMES, min_size=1, max_size=3))
    def split_class(self, which: int, names: list[str]) -> None:
        kind = self.kind(which)
        taken = {name for one, name in self.books.kinds.items() if one != kind}
        if len(names) < 2 or len(set(names)) < len(names) or taken & {*names}:
            with pytest.raises(UserError, match=r"there is a class|is split into two or more"):
                self.session.split_class(kind.number, names)
            return
        before = self.state
        self.remember()
        count = list(self.books.answers.values()).count(kind)
        assert self.session.split_class(kind.number, names) == count
        self.books.end(kind, None)
        for name in names:
            self.books.add(name)
        self.changed_classes(before)

    @rule(which=WHICH)
    def delete_class(self, which: int) -> None:
        kind = self.kind(which)
        if len(self.books.kinds) == 1:
            with pytest.raises(UserError, match="the only class"):
                self.session.delete_class(kind.number)
            return
        before = self.state
        self.remember()
        count = list(self.books.answers.values()).count(kind)
        assert self.session.delete_class(kind.number) == count
        self.books.end(kind, None)
        self.changed_classes(before)

    @rule(which=WHICH, says=st.sampled_from(("", "has fins")))
    def describe_class(self, which: int, says: str) -> None:
        before = self.state
        self.remember()
        self.session.describe_class(self.kind(which).number, says)
        self.books.says[self.kind(which)] = says
        self.changed_classes(before)

    @rule(
        strategy=st.sampled_from(["margin", "entropy"]), learner=st.sampled_from(["logistic", "knn"]), batch=st.integers(1, 3)
    )
    def change(self, strategy: str, learner: str, batch: int) -> None:
        self.session.change(strategy=strategy, learner=learner, batch=batch)
        self.choice = (strategy, learner, batch)

    @rule(wanted=ROWS)
    def retrain(self, wanted: int) -> None:
        request = self.session.request()
        labels = {item: kind.number for item, kind in self.books.answers.items() if kind is not None}
        truth = {item: kind.number for item, (kind, by) in self.books.machine.items() if by == "truth"}
        expected = {item: label for item, label in truth.items() if item not in self.books.answers} | labels
        expected = {item: label for item, label in expected.items() if item not in self.drawn}
        assert dict(self.session.describe().labels if self.session.describe() else ()) == expected
        if request is not None:
            follows = [*request.follows, *range(len(request.follows), self.books.made)]
            assert [number for number, now in enumerate(follows) if number == now] == [one.number for one in self.books.kinds]
            assert len(CLASSES) + request.added == self.books.made
            guess = self.kind(1).number
            shares = tuple(0.5 if number == guess else 0.0 for number in range(self.books.made))
            reply = ModelReply(
                request.revision,
                len(request.labels),
                0.5,
                0.5,
                None,
                3,
                (Pick(wanted, 1.0, 1, shares),),
                ((),),
                (),
                b"",
                0,
                (guess,) * len(self.drawn),
            )
            assert self.session.accept(request, reply) is None
            aside = {item for item in (*self.books.answers, *self.books.machine) if item not in {*expected, *self.drawn}}
            learnt = (list(request.labels), list(request.aside), self.choice, request.added, request.follows)
            assert (dict(request.labels), set(request.aside)) == (expected, aside)
            self.rounds += not self.drawn or learnt != self.learnt
            self.learnt = learnt
            estimate, tried = (
                self.session.estimate,
                [self.books.answers[item] for item in self.drawn & self.books.answers.keys()],
            )
            assert (estimate is None) == (not tried)
            if estimate is not None:
                assert estimate[:3] == (tried.count(self.kind(1)), len(tried), tried.count(None))
            open_items = [IDS[row] for row in ITEMS.pool if IDS[row] not in {*self.books.answers, *self.books.machine}]
            if self.screen is None and open_items:  # a model that knows every answer brings the next item
                assert self.session.ledger.current in open_items
                self.comes(self.session.ledger.current)

    @rule(read_only=st.booleans())
    def close_and_reopen(self, read_only: bool) -> None:
        before = self.session.ledger
        self.session.close()
        if read_only:
            with SessionFile.open(self.path, read_only=True) as file:
                assert file.ledger == before
        self.session = LabelSession.resume(self.path, ITEMS, "ann")
        self.learnt = None
        assert self.session.ledger == before

    @rule(form=st.sampled_from(["jsonl", "csv", "npz"]))
    def export_and_import(self, form: str) -> None:
        self.exports += 1
        file = self.directory / f"labels-{self.exports}.{form}"
        file.write_bytes(export_labels(self.session.ledger, form))
        found = import_labels(file)
        assert found == records(self.session.ledger)
        names = {item: None if kind is None else self.books.kinds[kind] for item, kind in self.books.answers.items()}
        assert {record.item: record.label or None for record in found if record.by == "person"} == names
        with SessionFile.create(self.directory / f"import-{self.exports}.session", self.begins, "bob") as other:
            for action in self.session.ledger.scheme.done:
                other.append([action], "bob")
            take_in(other, found, "bob")
            mine, theirs = self.session.ledger, other.ledger
            assert theirs.labels == mine.labels
            assert theirs.person_labels == mine.person_labels
            assert theirs.flags == mine.flags
            assert theirs.skipped == mine.skipped
            assert take_in(other, found, "bob") == (0, len(found), ())

    def comes(self, item: str) -> None:
        """An item has come on the screen that was open; what was drawn and is not answered comes before all others."""
        waiting = {one for one in self.drawn if one not in self.books.answers and one not in self.books.machine}
        assert not waiting or item in waiting
        self.screen = item
        if self.session.ledger.how == "audit":
            self.drawn.add(item)

    def answered(self, item: str | None) -> None:
        if item is not None and item == self.screen:
            self.screen = None

    @invariant()
    def state_is_that_of_the_model(self) -> None:
        if not hasattr(self, "session"):
            return
        ledger = self.session.ledger
        assert {item: given.label for item, given in ledger.answers.items()} == {
            item: None if kind is None else kind.number for item, kind in self.books.answers.items()
        }
        machine = {item: (kind.number, by) for item, (kind, by) in self.books.machine.items()}
        assert {item: (entry.label, entry.by) for item, entry in ledger.machine.items()} == machine
        kinds = {kind.number: name for kind, name in self.books.kinds.items()}
        assert dict(zip(ledger.scheme.alive, ledger.living, strict=True)) == kinds
        assert len(ledger.scheme.classes) == self.books.made
        assert {number: ledger.scheme.now(number) for number in range(len(CLASSES))} == {
            number: None if kind is None else kind.number for number, kind in self.books.truth.items()
        }
        assert [*ledger.reopened.items()] == [(item, kind.number) for item, kind in self.books.queue.items()]
        assert {kind: ledger.scheme.classes[kind.number].says for kind in self.books.kinds} == {
            kind: self.books.says.get(kind, "") for kind in self.books.kinds
        }
        assert ledger.flags == self.books.flags
        assert ledger.labelled == sum(label is not None for label in self.books.answers.values())
        assert (len(ledger.done), len(ledger.undone)) == (len(self.past), len(self.future))
        assert (ledger.strategy, ledger.learner, ledger.batch) == self.choice
        assert len(ledger.rounds) == self.rounds
        assert ledger.current == self.screen
        assert set(ledger.choices.audited) == self.drawn


class AuditedMachine(SessionMachine):
    """The same where every other item is drawn to measure with."""

    begins = replace(BEGIN, audit=0.25)


SessionMachine.TestCase.settings = AuditedMachine.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    derandomize=not LARGE,
)
TestSession = SessionMachine.TestCase
TestAudited = AuditedMachine.TestCase
