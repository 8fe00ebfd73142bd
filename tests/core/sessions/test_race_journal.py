"""A race that is kept is the race that was played, wherever it is left."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Collection, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from al_core.compute.inline import Inline
from al_core.data.facts import comes_with
from al_core.data.origin import Origin
from al_core.data.sources import Source
from al_core.exchange.records import export_labels, import_labels, records
from al_core.ground.errors import UserError
from al_core.ground.versions import versions
from al_core.race.driver import Race
from al_core.race.events import ByPerson, HandChanged, RaceEvent
from al_core.race.reducer import reduce
from al_core.run.oracle import Careless, GroundTruth, answered
from al_core.run.play import Played, Timing, play
from al_core.run.state import Answer, By, Pick, Query, RunState, settle
from al_core.sessions.actions import DamagedSession, Settings, kind_of
from al_core.sessions.checking import check_session
from al_core.sessions.directory import describe_session
from al_core.sessions.events import GENESIS, UNSEEN, chain, utc_now
from al_core.sessions.race_actions import RaceAction, RaceAnswered, RaceHand, RaceOpened, RacePlayed, RaceTakenBack
from al_core.sessions.race_journal import Journal
from al_core.sessions.race_ledger import RaceLedger, begin_race, kept_view
from al_core.sessions.store import NotSaved, RaceFile, SessionFile, is_race
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(budget=32, batch=4)
NAMES = ("margin", "entropy")
TRUTH = tuple(row % 10 for row in range(60))
IDS = tuple(f"id{row}" for row in range(60))
OPENED = RaceOpened(SPEC, NAMES, "f" * 32, tuple("0123456789"), versions())


class MadeUp(Executor):
    """Rounds that ask for rows in an order that depends on the strategy and on what was answered."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        spec, state, *_ = args
        future.set_result(Played(self.next(spec, state), (Timing(0.5, 0.25),)))
        return future

    def next(self, spec: TaskSpec, state: RunState) -> RunState:
        state = settle(answered(state, GroundTruth(TRUTH)))
        history = state.history
        labels = 20 + sum(entry.label is not None for entry in history)
        asked = {entry.row for entry in history}
        step = NAMES.index(state.strategy) * 2 + 1
        order = [row * (step + sum(entry.label or 0 for entry in history) % 2 * 6) % 59 for row in range(59)]
        free = [row for row in dict.fromkeys(order) if row not in asked]
        picks = tuple(Pick(row, 0.1 * row, None, (0.1,) * 10) for row in free[: max(0, min(spec.batch, spec.budget - labels))])
        return RunState(state.strategy, state.rounds, Query(labels, labels / 100, len(free), picks))


class Kept:
    """A race with its journal, driven from a test; `leave` closes the file and `come_back` goes on with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.journal = Journal(path, "ann")
        self.journal.begin(OPENED, IDS, lambda: 7.0)
        self.start([RunState(name) for name in NAMES], {}, [], [set() for _ in NAMES])

    def start(
        self, states: Sequence[RunState], known: dict[int, Answer], in_hand: list[int], given: Sequence[Collection[int]]
    ) -> None:
        runs = [(SPEC, state) for state in states]
        self.race = Race(runs, MadeUp(), emit=self.note, keep=self.keep, known=known, in_hand=in_hand, given=given)
        self.race.set_paused(True)
        self.driver = asyncio.create_task(self.race.run())

    def note(self, event: RaceEvent) -> None:
        self.journal.note(event)

    def keep(self, events: Sequence[ByPerson]) -> None:
        self.journal.keep(events)

    async def settle(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)

    def leave(self) -> None:
        self.driver.cancel()
        assert self.journal.close() is None

    def come_back(self) -> None:
        self.journal = Journal.resume(self.path, "ben")
        ledger = self.journal.ledger
        assert ledger is not None
        self.journal.begin(OPENED, IDS, lambda: 9.0)
        in_hand = [index for index, run in enumerate(ledger.runs) if run.by_hand]
        self.start([run.state for run in ledger.runs], dict(ledger.known), in_hand, [run.given for run in ledger.runs])

    @property
    def in_hand(self) -> list[bool]:
        return [run.by_hand for run in self.race._runs]


def on_disk(path: Path) -> RaceLedger:
    with RaceFile.open(path, read_only=True) as file:
        return file.ledger


OPERATIONS = ("step", "take", "fork", "back", "label", "skip", "rest", "undo", "reopen")


@settings(max_examples=40)
@example([("take", 0, 0), ("label", 0, 3), ("label", 0, 4), ("undo", 0, 0), ("reopen", 0, 0), ("take", 1, 0), ("label", 1, 5)])
@example([("take", 0, 0), ("take", 1, 0), ("rest", 0, 0), ("rest", 1, 0), ("undo", 1, 0), ("reopen", 0, 0), ("undo", 0, 0)])
@example([("label", 0, 3), ("skip", 0, 0), ("reopen", 0, 0), ("undo", 0, 0), ("reopen", 0, 0), ("undo", 0, 0), ("undo", 0, 0)])
@example([("rest", 0, 0), ("reopen", 0, 0), *[("undo", 0, 0)] * 5])
@example(
    [
        ("back", 0, 0),
        ("fork", 0, 0),
        ("label", 2, 3),
        ("step", 0, 0),
        ("reopen", 0, 0),
        ("fork", 1, 0),
        ("undo", 2, 0),
        ("rest", 3, 0),
    ]
)
@given(st.lists(st.tuples(st.sampled_from(OPERATIONS), st.integers(0, 3), st.integers(0, 9)), max_size=30))
def test_whatever_is_done_the_file_holds_it_and_the_race_goes_on(
    tmp_path_factory: pytest.TempPathFactory, operations: list[tuple[str, int, int]]
) -> None:
    """And a race that is left and gone on with is at every point the one that nobody left."""
    folder = tmp_path_factory.mktemp("race")
    path = folder / "a.session"

    async def go(path: Path, *, leaving: bool) -> list[tuple[RunState, ...]]:
        kept, passed = Kept(path), []
        for name, run, digit in [("step", 0, 0), ("take", 0, 0), *operations]:
            before = kept.race.states
            run %= len(before)
            waiting = before[run].waiting
            held = kept.in_hand[run]
            match name:
                case "step":
                    kept.race.step()
                case "take":
                    kept.race.hands.take_over(run)
                case "fork" if len(before) < 4:
                    assert kept.race.hands.fork(run) == len(before)
                    assert kept.race.states[: len(before)] == before
                case "back":
                    kept.race.hands.hand_back(run)
                case "label" if held and waiting:
                    kept.race.hands.answer(run, waiting[digit % len(waiting)], digit, visible=digit > 4, seconds=1.5)
                case "skip" if held and waiting:
                    kept.race.hands.answer(run, waiting[0], None)
                case "rest" if held:
                    kept.race.hands.answer_rest(run, GroundTruth(TRUTH))
                case "undo" if held:
                    kept.race.hands.undo(run)
                case "reopen" if leaving:
                    kept.leave()
                    kept.come_back()
                    assert kept.race.states == before
            await kept.settle()
            passed.append(kept.race.states)
        states, answers, in_hand = kept.race.states, dict(kept.race.hands.known), kept.in_hand
        kept.leave()
        ledger = on_disk(path)
        assert tuple(run.state for run in ledger.runs) == states
        assert ledger.known == answers
        assert [run.by_hand for run in ledger.runs] == in_hand
        assert check_session(path).problems == ()
        return passed

    assert asyncio.run(go(path, leaving=True)) == asyncio.run(go(folder / "b.session", leaving=False))


async def test_undo_after_a_race_was_gone_on_with_takes_back_what_was_said_before(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "a.session")
    kept.race.hands.take_over(0)
    await kept.settle()
    start = kept.race.states[0]
    rows = start.waiting
    for row, label in zip(rows, (3, None, 5, 6), strict=True):
        kept.race.hands.answer(0, row, label)
    await kept.settle()
    assert len(kept.race.states[0].rounds) == 1
    for left, row in reversed(list(enumerate(rows))):
        kept.leave()
        kept.come_back()
        taken = kept.race.hands.undo(0)
        await kept.settle()
        assert taken is not None
        assert (taken.row, taken.by) == (row, By.PERSON)
        assert [entry.row for entry in kept.race.states[0].answers] == list(rows[:left])
    assert kept.race.states[0] == start
    assert kept.race.hands.undo(0) is None
    kept.leave()


def test_a_real_race_that_is_left_and_resumed_has_the_history_of_one_that_is_not(tmp_path: Path) -> None:
    spec = TaskSpec(budget=60, seed=3)
    expected = tuple(play(spec, RunState(name), rounds=0).state for name in NAMES)
    path = tmp_path / "a.session"
    opened = replace(OPENED, spec=spec)
    ids = tuple(str(row) for row in range(1797))

    async def part(journal: Journal, states: Sequence[RunState], rounds: int) -> tuple[RunState, ...]:
        enough = asyncio.Event()

        def note(event: RaceEvent) -> None:
            journal.note(event)
            if sum(len(state.rounds) for state in race.states) >= rounds or all(state.done for state in race.states):
                enough.set()

        race = Race([(spec, state) for state in states], Inline(), emit=note, keep=journal.keep, rounds=1)
        driver = asyncio.create_task(race.run())
        await enough.wait()
        driver.cancel()
        assert journal.close() is None
        return race.states

    journal = Journal(path, "ann")
    journal.begin(opened, ids, lambda: 1.0)
    left = asyncio.run(part(journal, [RunState(name) for name in NAMES], 3))
    assert left != expected
    again = Journal.resume(path, "ann")
    assert again.ledger is not None
    states = [run.state for run in again.ledger.runs]
    assert tuple(states) == left
    again.begin(opened, ids, lambda: 2.0)
    assert asyncio.run(part(again, states, 1000)) == expected
    ledger = on_disk(path)
    assert ledger.finished
    assert ledger.elapsed == 2.0
    view = kept_view(ledger, None)
    assert view.done
    assert view.runs[0].rounds_timed == len(expected[0].rounds) + 1


async def test_what_cannot_be_written_has_not_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Kept(tmp_path / "a.session")
    kept.race.hands.take_over(0)
    await kept.settle()
    before, item = kept.race.states, kept.race.states[0].waiting[0]
    append = RaceFile.append

    def full(*arguments: Any) -> Any:
        raise NotSaved("not saved in a.session: no space left on device")

    monkeypatch.setattr(RaceFile, "append", full)
    for attempt in (
        lambda: kept.race.hands.answer(0, item, 3),
        lambda: kept.race.hands.hand_back(0),
        lambda: kept.race.hands.take_over(1),
    ):
        with pytest.raises(UserError, match="no space left"):
            attempt()
    assert kept.race.states == before
    assert kept.in_hand == [True, False]
    with pytest.raises(UserError, match="no space left"):
        kept.journal.flush().result()
    monkeypatch.setattr(RaceFile, "append", append)
    kept.race.hands.answer(0, item, 3)
    states = kept.race.states
    kept.leave()
    assert [run.state for run in on_disk(kept.path).runs] == list(states)


async def test_what_a_person_said_is_told_apart_and_exported(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "a.session")
    kept.race.hands.take_over(0)
    await kept.settle()
    first, second, *_ = kept.race.states[0].waiting
    kept.race.hands.answer(0, first, 3, visible=True, seconds=2.5)
    kept.race.hands.answer(0, second, None)
    kept.race.hands.answer_rest(0, GroundTruth(TRUTH))
    await kept.settle()
    kept.leave()
    ledger = on_disk(kept.path)
    assert (ledger.labelled, ledger.skipped, len(ledger.machine)) == (1, 1, 2)
    said = {record.item: (record.status, record.label, record.by, record.annotator) for record in records(ledger)}
    assert said[IDS[first]] == ("label", "3", "person", "ann")
    assert said[IDS[second]] == ("skip", "", "person", "ann")
    assert {entry[2] for entry in said.values()} == {"person", "truth"}
    assert export_labels(ledger, "csv").count(b"\n") == 5
    with contextlib.closing(sqlite3.connect(kept.path)) as connection:
        strategies = connection.execute("SELECT DISTINCT kind, strategy FROM event ORDER BY kind, strategy").fetchall()
    assert strategies == [("race", ""), ("race_hand", "margin"), ("race_label", "margin"), ("race_round", "margin")]
    listed = describe_session(kept.path)
    assert (listed.kind, listed.dataset, listed.labels, listed.machine) == ("race", "digits", 1, 2)


async def test_what_somebody_careless_said_is_never_exported_as_truth(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "a.session")
    kept.race.hands.take_over(0)
    await kept.settle()
    waiting = kept.race.states[0].waiting
    careless = Careless(TRUTH, 10, 0.9, seed=1)
    kept.race.hands.answer_rest(0, careless)
    await kept.settle()
    kept.leave()
    said = {record.item: (record.label, record.by) for record in records(on_disk(kept.path))}
    assert said == {IDS[row]: (str(careless.answer(row).label), "careless") for row in waiting}
    assert on_disk(kept.path).runs[0].state.history[0].by is By.CARELESS
    exported = tmp_path / "labels.csv"
    exported.write_bytes(export_labels(on_disk(kept.path), "csv"))
    assert {(record.item, record.by) for record in import_labels(exported)} == {(IDS[row], "careless") for row in waiting}


def test_a_race_that_was_left_before_it_began_leaves_no_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "a.session", "ann")
    journal.begin(OPENED, IDS, lambda: 0.0)
    assert journal.close() is None
    assert list(tmp_path.iterdir()) == []


async def test_each_kind_of_session_is_known_and_refused_as_the_other(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "a.session")
    kept.race.step()
    await kept.settle()
    kept.leave()
    assert is_race(kept.path)
    with pytest.raises(DamagedSession, match="a race, not a labelling session"):
        SessionFile.open(kept.path, read_only=True)


async def test_a_race_does_not_go_on_over_other_data(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "a.session")
    kept.race.step()
    await kept.settle()
    kept.leave()
    journal = Journal.resume(kept.path, "ann")
    newer = replace(OPENED, software=replace(OPENED.software, numpy="99"))
    journal.begin(newer, IDS, lambda: 0.0)
    with pytest.raises(UserError, match="other data"):
        journal.begin(replace(OPENED, fingerprint="e" * 32), IDS, lambda: 0.0)
    journal.close()
    journal.close()


QUERY = Query(20, 0.5, 40, tuple(Pick(row, None, None, (0.1,) * 10) for row in (1, 2)))
ASKED: tuple[RaceAction, ...] = (RacePlayed(0, (), QUERY, 0.1, 0.1, 1.0),)


@pytest.mark.parametrize(
    ("actions", "complaint"),
    [
        ((RacePlayed(5, (), QUERY, 0.1, 0.1, 1.0),), "there is no run of that number"),
        ((RaceHand(2, True),), "there is no run of that number"),
        ((*ASKED, RacePlayed(0, (), QUERY, 0.1, 0.1, 1.0)), "the answers are not those that the batch waited for"),
        ((*ASKED, RaceAnswered("id9", 0, 9, 3, By.PERSON)), "row 9 does not wait for an answer"),
        ((*ASKED, RaceAnswered("id1", 0, 1, 10, By.PERSON)), "class 10 of 10"),
        ((*ASKED, RaceTakenBack("id1", 0, 1)), "row 1 has no answer to take back"),
        ((RacePlayed(0, (), QUERY._replace(picks=(QUERY.picks[0],) * 2), 0.1, 0.1, 1.0),), "the batch names an item twice"),
        (
            (RacePlayed(0, (), QUERY._replace(picks=(Pick(1, None, None, (1.0,)),)), 0.1, 0.1, 1.0),),
            "row 1 has 1 probabilities for 10 classes",
        ),
        (
            (RacePlayed(0, (), QUERY._replace(picks=()), 0.1, 0.1, 1.0), RacePlayed(0, (), QUERY, 0.1, 0.1, 1.0)),
            "the run had spent its budget",
        ),
        ((RaceHand(3, True, 0),), "a run begins behind all others, from one of them"),
        ((RaceHand(2, True, 2),), "a run begins behind all others, from one of them"),
        ((OPENED,), "it does not belong into a race"),
        (
            (*ASKED, RaceAnswered("id1", 0, 1, 3, By.PERSON), RaceAnswered("id2", 0, 2, 4, By.TRUTH), OPENED),
            "it does not belong into a race",
        ),
    ],
)
def test_events_that_cannot_follow_are_refused(actions: tuple[RaceAction, ...], complaint: str) -> None:
    first = chain(GENESIS, 1, utc_now(), OPENED, "ann", "")
    ledger = begin_race(first)
    events = []
    for number, action in enumerate(actions, start=2):
        events.append(chain(events[-1].checksum if events else first.checksum, number, utc_now(), action, "", "", UNSEEN))
    with pytest.raises(DamagedSession) as error:
        ledger.check(events)
    assert str(error.value) == f"event {events[-1].sequence} ({kind_of(events[-1].action)}): {complaint}"
    assert ledger == begin_race(first)


def test_a_view_that_begins_with_a_kept_race_takes_its_events() -> None:
    first = chain(GENESIS, 1, utc_now(), OPENED, "ann", "")
    ledger = begin_race(first)
    ledger.apply(chain(first.checksum, 2, utc_now(), ASKED[0], "", ""))
    view = kept_view(ledger, 1.5)
    assert view.runs[0].state.query == QUERY
    assert view.runs[1].status == "starting"
    assert reduce(view, HandChanged(0, True)).runs[0].by_hand


def test_a_race_with_a_run_of_a_persons_own_is_read_as_it_was() -> None:
    first = chain(GENESIS, 1, utc_now(), OPENED, "ann", "")
    ledger = begin_race(first)
    for number, action in enumerate((ASKED[0], RaceHand(2, True, 0), RaceAnswered("id1", 2, 1, 3, By.PERSON)), start=2):
        ledger.apply(chain(ledger.checksum, number, utc_now(), action, "", ""))
    view = kept_view(ledger, None)
    assert [run.name for run in view.runs] == ["margin", "entropy", "you + margin"]
    assert [run.by_hand for run in view.runs] == [False, False, True]
    assert view.runs[0].person is None
    assert view.runs[2].person == (1, None, 0)
    assert view.runs[0].state.answers == ()
    assert ledger.strategy_of(RaceHand(3, True, 2)) == "margin"


@pytest.mark.parametrize(
    "change",
    [{"classes": ()}, {"strategies": ()}, {"spec": replace(SPEC, batch=0)}, {"seeds": 0}],
    ids=lambda change: next(iter(change)),
)
def test_what_no_race_can_begin_with_is_damage(change: dict[str, Any]) -> None:
    assert begin_race(chain(GENESIS, 1, utc_now(), OPENED, "ann", "")).settings == OPENED
    with pytest.raises(DamagedSession):
        begin_race(chain(GENESIS, 1, utc_now(), replace(OPENED, **change), "ann", ""))


async def test_a_race_of_a_new_name_holds_what_it_is_about(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    journal = Journal.under_new_name("digits", utc_now(), "ann")
    journal.begin(OPENED, IDS, lambda: 0.0)
    journal.keep([HandChanged(0, True)])
    assert journal.path is not None
    assert journal.close() is None
    assert on_disk(journal.path).settings == OPENED
    assert is_race(journal.path)
    with SessionFile.create(tmp_path / "pets.session", Settings("pets", "f" * 32, ("cat", "dog")), "ann"):
        assert not is_race(tmp_path / "pets.session")


@pytest.mark.parametrize("name", ["plane", "moons", "blobs", "classification", "plane(separation=2)"])
def test_one_s_own_folder_that_is_called_as_a_made_data_set_goes_on_as_the_folder(tmp_path: Path, name: str) -> None:
    source = Source(name, "f" * 32, 60, 0, 10, origin=Origin(f"/home/ann/{name}"))
    opened = replace(OPENED, spec=replace(SPEC, dataset=name), source=source)
    RaceFile.create(tmp_path / "r.session", opened, "ann").close()
    journal = Journal.resume(tmp_path / "r.session", "ben")
    ledger = journal.ledger
    assert ledger is not None
    assert ledger.settings.source is not None
    assert (ledger.settings.spec.dataset, ledger.settings.source.name) == (f"./{name}", f"./{name}")
    assert ledger.dataset == f"/home/ann/{name}"
    assert not comes_with(kept_view(ledger, None).spec.dataset)
    journal.begin(ledger.settings, IDS, lambda: 1.0)
    journal.keep([HandChanged(0, True)])
    assert journal.close() is None
    assert on_disk(tmp_path / "r.session").runs[0].by_hand
    made = replace(OPENED, spec=replace(SPEC, dataset=name))
    RaceFile.create(tmp_path / "made.session", made, "ann").close()
    assert on_disk(tmp_path / "made.session").settings.spec.dataset == name
