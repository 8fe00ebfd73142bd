"""Commands about what was answered before, about all items, and what goes wrong: no terminal, no worker, no model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from desk import CAT, DOG, EEL, IDS, ITEMS, SETTINGS, Desk, MadeUp, learnt

from al_core.labelling.messages import Suspect
from al_core.labelling.session import LabelSession
from al_core.labelling.view import STRIP, Past
from al_core.sessions.hold import NotSaved


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "pets.session"


@pytest.fixture
def at(path: Path) -> Iterator[Desk]:
    moments = count(1_790_000_000, 2)
    clock = lambda: datetime.fromtimestamp(next(moments), UTC)  # noqa: E731
    session = LabelSession.create(path, SETTINGS, ITEMS, "ann", clock=clock)
    session.next()
    yield Desk(MadeUp(session))
    session.close()


def test_history_goes_back_and_forward_and_returns_to_the_present_item(at: Desk) -> None:
    at.label(CAT, DOG)
    present = at.row
    assert at.do(at.flow.step_back(-1)) == ""
    at.do(at.flow.step_back(1))
    assert (at.row, at.view.where.back) == (1, 1)
    at.do(at.flow.step_back(1))
    assert (at.row, at.view.where.back) == (3, 2)
    assert at.do(at.flow.step_back(1)) == "That was the first answer."
    assert (at.row, at.view.where.back) == (3, 2)
    at.do(at.flow.step_back(-1))
    assert at.row == 1
    at.do(at.flow.step_back(-1))
    assert (at.row, at.view.where.back) == (present, 0)
    at.do(at.flow.go_back(2))
    at.label(EEL)
    assert at.labels == {3: EEL, 1: DOG}
    assert (at.row, at.view.where.back) == (present, 0)
    at.do(at.flow.go_back(1))
    at.do(at.flow.leave())
    assert at.row == present


def test_nothing_answered_is_no_history(at: Desk) -> None:
    assert at.do(at.flow.step_back(1)) == "Nothing is answered yet."
    assert at.row == 3


def test_reading_only_looks_back_and_writes_nothing(at: Desk, path: Path) -> None:
    at.label(CAT, DOG)
    before, size = at.labels, path.read_bytes()
    session = LabelSession.resume(path, ITEMS, "ben", read_only=True)
    other = Desk(MadeUp(session))
    present = other.row
    other.do(other.flow.step_back(1))
    other.do(other.flow.step_back(1))
    assert (other.row, other.view.where.back) == (3, 2)
    assert other.view.asked is not None
    assert (other.view.asked.answered, other.view.asked.label) == (True, CAT)
    flow = other.flow
    for write in (lambda: flow.label(EEL), flow.undo, flow.review, lambda: flow.choose(0), flow.remove_machine):
        assert other.do(write()) == "This session is open for reading only."
    other.do(other.flow.leave())
    assert other.row == present
    session.close()
    assert (at.labels, path.read_bytes()) == (before, size)


def test_the_strip_holds_the_window_that_one_looks_at() -> None:
    past = tuple(Past(row, CAT, False, None) for row in range(80))
    view = Desk(MadeUp(None)).view
    at_the_end = replace(view, past=past[:STRIP])
    assert at_the_end.strip(5) == (past[:5], 1)
    assert at_the_end.strip(STRIP + 30) == (past[:STRIP], 1)
    back = replace(view, where=view.where._replace(back=70), first=70 - STRIP + 1, past=past[70 - STRIP : 70])
    assert back.strip(5) == (past[65:70], 66)
    assert back.strip(STRIP + 30) == (past[70 - STRIP : 70], 70 - STRIP + 1)


def test_a_history_longer_than_the_strip_is_gone_through_to_its_end(at: Desk) -> None:
    at.label(*[CAT] * 80)
    order = list(at.labels)
    for back in (1, STRIP, STRIP + 1, 80):
        at.do(at.flow.go_back(back))
        entries, first = at.view.strip(9)
        assert at.row == order[-back]
        assert order[-back] in [past.row for past in entries]
        assert entries[back - first].row == order[-back]


def test_undo_and_redo_without_limit(at: Desk) -> None:
    at.label(CAT, DOG)
    assert at.do(at.flow.undo()) == "Taken back: a label."
    assert (at.row, at.labels) == (1, {3: CAT})
    assert at.do(at.flow.undo()) == "Taken back: a label."
    assert at.do(at.flow.undo()) == "There is nothing left to take back."
    assert at.labels == {}
    at.do(at.flow.redo())
    at.do(at.flow.redo())
    assert at.labels == {3: CAT, 1: DOG}
    assert at.do(at.flow.redo()) == "There is nothing to do again."


def test_what_the_model_thought_of_an_answer_is_forgotten_with_it(at: Desk) -> None:
    learnt(at)
    at.label(EEL)
    assert at.view.past[0].guess == DOG
    at.do(at.flow.undo())
    at.do(at.flow.redo())
    assert at.view.past[0] == Past(7, EEL, False, None)


def suspects(*rows: int) -> tuple[Suspect, ...]:
    return tuple(Suspect(row, CAT, 0.01, EEL) for row in rows)


async def test_a_review_goes_through_what_looks_wrong_and_ends_at_the_present_item(at: Desk) -> None:
    at.label(CAT, CAT)
    present = at.row
    assert await at.wait(at.flow.review()) == "No label of yours looks wrong to the model."
    at.machine.found = suspects(1, 3)
    await at.wait(at.flow.review())
    review = at.view.where.review
    assert review is not None
    assert (at.row, review.position, len(review.entries)) == (1, 0, 2)
    assert review.entry.why == "you said cat; a model that did not know it says eel (chance of cat: 1%)"
    assert at.view.opinion_shown
    at.do(at.flow.keep())
    assert at.row == 3
    assert at.do(at.flow.label(EEL)) == "That was the last of them."
    assert at.labels == {3: EEL, 1: CAT}
    assert (at.row, at.view.where.review) == (present, None)


async def test_the_label_that_is_there_is_kept_without_an_entry_in_the_log(at: Desk) -> None:
    at.label(CAT, CAT)
    at.machine.found = suspects(3)
    await at.wait(at.flow.review())
    before = len(at.session.ledger.done)
    at.do(at.flow.label(CAT))
    assert len(at.session.ledger.done) == before


async def test_commands_that_are_about_something_else_leave_the_review(at: Desk) -> None:
    at.label(CAT, CAT)
    present = at.row
    at.machine.found = suspects(1, 3)
    for leave in (at.flow.end_review, at.flow.leave, at.flow.review, lambda: at.flow.whole()[1], at.flow.remove_machine):
        await at.wait(at.flow.review())
        assert at.view.where.review is not None
        at.do(leave())
        assert (at.view.where.review, at.row) == (None, present)
    await at.wait(at.flow.review())
    at.do(at.flow.step_back(1))
    assert (at.view.where.review, at.row) == (None, 1)
    at.do(at.flow.leave())
    await at.wait(at.flow.review())
    at.do(at.flow.undo())
    assert (at.view.where.review, at.row) == (None, 1)
    assert at.labels == {3: CAT}
    await at.wait(at.flow.review())
    at.do(at.flow.redo())
    assert at.view.where.review is None
    assert at.labels == {3: CAT, 1: CAT}


async def test_a_review_does_not_burst_in_on_a_person_who_labels_on(at: Desk) -> None:
    at.label(CAT, CAT)
    at.machine.found = suspects(1, 3)
    turn = at.flow.review()
    assert turn.later is not None
    at.label(DOG)
    present = at.row
    assert at.do(await turn.later.work()) == "2 to look at again; press v when you are ready."
    assert (at.row, at.view.where.review) == (present, None)


async def test_no_key_is_about_an_item_that_came_unasked_before_it_is_drawn(at: Desk) -> None:
    at.label(CAT, CAT)
    at.machine.found = suspects(1, 3)
    turn = at.flow.review()
    assert turn.later is not None
    came = await turn.later.work()
    assert came.view.where.just_came
    early = at.flow.label(EEL)
    assert [told.words for told in early.told] == ["This item has just come; nothing was labelled."]
    assert at.flow.about()[0] is None
    assert at.labels == {3: CAT, 1: CAT}
    at.do(early)
    at.do(at.flow.label(EEL))
    assert at.labels == {3: CAT, 1: EEL}


async def test_a_worker_that_fails_is_told_and_not_asked_again_and_again(at: Desk) -> None:
    at.label(CAT, CAT)
    at.machine.error = RuntimeError("gone")
    assert await at.wait(at.flow.review()) == "The worker could not do it: gone"
    at.do(at.flow.go_back(1))
    later = at.flow.drawn(at.view)
    assert later is not None
    turn = await later.work()
    assert not turn.paint  # painting would ask again
    at.machine.error = None
    later = at.flow.drawn(at.view)
    assert later is not None
    turn = await later.work()
    assert turn.paint
    assert turn.view.asked is not None
    assert turn.view.asked.opinion is not None
    assert at.flow.drawn(turn.view) is None


def test_what_is_not_saved_stays_and_the_same_command_tries_again(at: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise NotSaved("not saved: the disk is full")

    monkeypatch.setattr(LabelSession, "_append", full)
    assert at.do(at.flow.label(CAT)) == "not saved: the disk is full; the same key tries again"
    assert (at.row, at.view.not_saved) == (3, "not saved: the disk is full")
    assert at.view.past == ()
    monkeypatch.undo()
    at.label(CAT)
    assert (at.labels, at.view.not_saved) == ({3: CAT}, None)


def test_a_note_is_about_the_item_that_it_was_begun_on(at: Desk) -> None:
    about, _ = at.flow.about()
    assert about is not None
    assert (about.item, about.note) == (IDS[3], None)
    at.label(CAT)
    assert at.do(at.flow.flag(" odd ", about)) == "Marked."
    assert at.view.past[0].marked
    again, _ = at.flow.about()
    assert again is not None
    assert at.do(at.flow.flag("", again)) == ""
    assert at.do(at.flow.flag(" ", about._replace(note="odd"))) == "The mark is gone."
    assert at.session.ledger.flags == {}


def test_a_name_labels_the_item_that_it_was_begun_on_and_no_other(at: Desk) -> None:
    about, _ = at.flow.about()
    assert about is not None
    assert "nothing was labelled" in at.do(at.flow.label_by_name("z", about))
    assert at.do(at.flow.label_by_name(" ", about)) == ""
    at.do(at.flow.label_by_name("e", about))
    assert at.labels == {3: EEL}
    assert at.do(at.flow.label_by_name("e", about)) == "Another item has come; nothing was labelled."
    assert at.labels == {3: EEL}


async def test_the_machine_labels_and_that_is_taken_away(at: Desk) -> None:
    at.label(CAT, DOG)
    session, _ = at.flow.whole()
    assert session is not None
    assert (
        at.do(at.flow.auto_label(session, "maybe"))
        == "'maybe' is neither truth nor a number from 0.5 to 1; nothing was labelled."
    )
    assert await at.wait(at.flow.auto_label(session, " 0.9 ")) == "1 item labelled by machine; x removes them."
    assert at.view.standing is not None
    assert (at.view.standing.any_machine, at.view.standing.progress.machine) == (True, 1)
    assert at.do(at.flow.remove_machine()) == "1 machine label removed."
    assert at.do(at.flow.remove_machine()) == "There are no labels of the machine."
    assert at.do(at.flow.auto_label(session, "Truth")) == "88 items labelled by machine; x removes them."
    assert at.do(at.flow.undo()) == "Taken back: machine labels."
    assert at.labels == {3: CAT, 1: DOG}


async def test_strategy_learner_and_batch_are_changed_together_or_not_at_all(at: Desk) -> None:
    at.label(CAT, DOG)
    session, _ = at.flow.whole()
    assert session is not None
    assert "nothing was changed" in at.do(at.flow.change(session, "entropy logistic"))
    assert await at.wait(at.flow.change(session, "none logistic 2")) == "no strategy 'none'"
    assert await at.wait(at.flow.change(session, "entropy logistic 2")) == "Now entropy with logistic, 2 at a time."
    assert at.view.standing is not None
    assert (at.view.standing.strategy, at.view.standing.batch) == ("entropy", 2)


def test_an_item_of_the_batch_is_chosen_and_its_answer_is_seen_in_the_batch(at: Desk) -> None:
    at.session.change(batch=3)
    at.label(CAT)
    at.machine.ready = True
    at.label(DOG)
    at.machine.learn(7, 8, 9)
    at.do(at.flow.changed())
    assert (at.row, at.view.cursor, len(at.view.picks)) == (7, 0, 3)
    at.do(at.flow.choose(2))
    assert (at.row, at.view.cursor) == (9, 2)
    at.label(EEL)
    assert [(given.row, given.label) for given in at.view.answers] == [(9, EEL)]
    at.do(at.flow.choose(17))
    assert at.row == 7


def test_what_was_chosen_from_a_list_is_gone_to_and_esc_comes_back(at: Desk) -> None:
    at.label(CAT)
    present = at.row
    at.do(at.flow.go_to(IDS[40]))
    assert at.view.asked is not None
    assert (at.row, at.view.asked.offer.how) == (40, "search")
    at.do(at.flow.go_to(IDS[3]))  # one that is answered
    assert (at.row, at.view.where.back, at.view.asked and at.view.asked.answered) == (3, 1, True)
    at.do(at.flow.go_to(IDS[41]))
    assert (at.row, at.view.where.back) == (41, 0)
    at.do(at.flow.step_back(1))
    assert at.row == 3
    at.do(at.flow.step_back(-1))
    assert at.row == present
    at.do(at.flow.go_to(IDS[42]))
    at.do(at.flow.leave())
    assert (at.row, at.labels) == (present, {3: CAT})
    at.do(at.flow.go_to(IDS[43]))
    at.label(EEL)
    assert at.labels == {3: CAT, 43: EEL}
    assert at.row == present
    assert at.session.ledger.choices[IDS[43]].by == "search"
    assert at.session.ledger.choices[IDS[3]].by == "start"


def test_a_key_typed_ahead_is_not_about_what_was_chosen_from_a_list(at: Desk) -> None:
    turn = at.flow.go_to(IDS[40])
    at.flow.drawn(turn.view)
    told = at.flow.label(CAT).told
    assert [one.words for one in told] == ["This item has just come; nothing was labelled."]
    assert at.labels == {}
    at.do(at.flow.go_to("0" * 15 + "z"))
    assert at.row == 40


def test_reading_only_what_was_found_is_shown_and_nothing_written(at: Desk, path: Path) -> None:
    at.label(CAT)
    size = path.read_bytes()
    session = LabelSession.resume(path, ITEMS, "ben", read_only=True)
    other = Desk(MadeUp(session))
    present = other.row
    other.do(other.flow.go_to(IDS[40]))
    assert other.row == 40
    other.do(other.flow.go_to(IDS[3]))
    assert (other.row, other.view.where.back) == (3, 1)
    other.do(other.flow.go_to(IDS[41]))
    other.do(other.flow.leave())
    assert other.row == present
    session.close()
    assert path.read_bytes() == size
