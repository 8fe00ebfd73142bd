"""Any sequence of operations leaves a session in the state of a plain Python model of it, and on disk as in memory."""

from __future__ import annotations

import copy
import shutil
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from trials import LARGE, trials

from al_core.exchange.records import export_labels, import_labels, records, take_in
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
LABELS = st.integers(0, len(CLASSES) - 1)
NOTES = st.text(max_size=12)


@dataclass
class Books:
    """What a session must know, as one would write it without any log: values, not events."""

    answers: dict[str, int | None] = field(default_factory=dict)
    machine: dict[str, tuple[int, str]] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)


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

    def remember(self) -> None:
        self.past.append(copy.deepcopy(self.books))
        self.future.clear()

    @rule(row=ROWS, label=LABELS)
    def label(self, row: int, label: int) -> None:
        self.remember()
        self.session.label(IDS[row], label)
        self.books.answers[IDS[row]] = label
        self.answered(IDS[row])

    @precondition(lambda self: self.books.answers)
    @rule(data=st.data(), label=LABELS)
    def relabel(self, data: st.DataObject, label: int) -> None:
        item = data.draw(st.sampled_from(sorted(self.books.answers)))
        self.remember()
        self.session.label(item, label)
        self.books.answers[item] = label
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
            self.books = self.past.pop()
            self.screen = step.item or self.screen

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
            self.comes(offer.item)
        else:
            assert offer is None

    @rule()
    def auto_label_by_truth(self) -> None:
        new = [row for row in ITEMS.pool if IDS[row] not in self.closed]
        if new:
            self.remember()
        assert self.session.label_by_truth() == len(new)
        self.books.machine.update({IDS[row]: (row % 3, "truth") for row in new})

    @rule(rows=st.sets(ROWS), label=LABELS)
    def auto_label_by_model(self, rows: set[int], label: int) -> None:
        new = [row for row in rows if IDS[row] not in self.closed]
        if new:
            self.remember()
        assert self.session.label_by_model([(row, label, 0.9) for row in rows] + [(0, label, 0.5)], 0.8) == len(new)
        self.books.machine.update({IDS[row]: (label, "model") for row in new})

    @rule()
    def remove_machine_labels(self) -> None:
        if self.books.machine:
            self.remember()
        assert self.session.remove_machine_labels() == len(self.books.machine)
        self.books.machine = {}

    @rule(
        strategy=st.sampled_from(["margin", "entropy"]), learner=st.sampled_from(["logistic", "knn"]), batch=st.integers(1, 3)
    )
    def change(self, strategy: str, learner: str, batch: int) -> None:
        self.session.change(strategy=strategy, learner=learner, batch=batch)
        self.choice = (strategy, learner, batch)

    @rule(wanted=ROWS)
    def retrain(self, wanted: int) -> None:
        request = self.session.request()
        labels = {item: label for item, label in self.books.answers.items() if label is not None}
        truth = {item: label for item, (label, by) in self.books.machine.items() if by == "truth"}
        expected = {item: label for item, label in truth.items() if item not in self.books.answers} | labels
        expected = {item: label for item, label in expected.items() if item not in self.drawn}
        assert dict(self.session.describe().labels if self.session.describe() else ()) == expected
        if request is not None:
            reply = ModelReply(
                request.revision,
                len(request.labels),
                0.5,
                0.5,
                None,
                3,
                (Pick(wanted, 1.0, 1, (0.2, 0.3, 0.5)),),
                ((),),
                (),
                b"",
                0,
                (1,) * len(self.drawn),
            )
            assert self.session.accept(request, reply) is None
            aside = {item for item in (*self.books.answers, *self.books.machine) if item not in {*expected, *self.drawn}}
            learnt = (list(request.labels), list(request.aside), self.choice)
            assert (dict(request.labels), set(request.aside)) == (expected, aside)
            self.rounds += not self.drawn or learnt != self.learnt
            self.learnt = learnt
            estimate, tried = (
                self.session.estimate,
                [self.books.answers[item] for item in self.drawn & self.books.answers.keys()],
            )
            assert (estimate is None) == (not tried)
            if estimate is not None:
                assert estimate[:3] == (tried.count(1), len(tried), tried.count(None))
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
        with SessionFile.create(self.directory / f"import-{self.exports}.session", self.begins, "bob") as other:
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
        assert {item: given.label for item, given in ledger.answers.items()} == self.books.answers
        assert {item: (entry.label, entry.by) for item, entry in ledger.machine.items()} == self.books.machine
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
