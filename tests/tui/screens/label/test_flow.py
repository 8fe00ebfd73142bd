"""Where one is in a labelling session, and what commands do there: no terminal, no worker, no model."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from desk import CAT, CLASSES, DOG, EEL, IDS, ITEMS, SETTINGS, Desk, MadeUp, learnt

from al_core.data.how_far import HowFar
from al_core.ground.errors import UserError
from al_core.labelling.session import LabelSession
from al_core.labelling.view import Past
from al_core.sessions.actions import ClassAdded
from al_core.sessions.store import SessionFile
from al_tui.screens.telling import Told


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


def test_it_needs_no_terminal() -> None:
    code = (
        "import sys, al_tui.screens.label.flow; print([name for name in ('textual', 'rich', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_before_the_session_is_open_it_is_seen_how_far_the_data_is_read() -> None:
    machine = MadeUp(None)
    at = Desk(machine)
    assert at.view.reading is None
    machine.reading = HowFar("reading", "files", 1200, 1797)
    assert str(at.view.reading) == "reading 1,200 of 1,797 files"
    assert str(HowFar("reading", "pots")) == "reading pots"


def test_before_the_session_is_open_nothing_is_done_and_that_is_told() -> None:
    at = Desk(MadeUp(None))
    assert at.view.standing is at.view.asked is None
    for write in (lambda: at.flow.label(CAT), lambda: at.flow.label_by_key("1"), at.flow.undo, at.flow.redo, at.flow.review):
        assert at.do(write()) == "The engine is still starting; nothing was done."
    assert at.flow.about()[0] is at.flow.whole()[0] is None
    for look in (lambda: at.flow.step_back(1), at.flow.leave, at.flow.keep, at.flow.peek, at.flow.changed):
        at.do(look())
    assert at.view.where.back == 0


def test_a_letter_that_a_project_binds_labels_and_names_its_class(at: Desk) -> None:
    at.machine.bound = {"eel": "k", "cat": "2"}
    assert at.do(at.flow.label_by_key("k")) == ""
    assert at.do(at.flow.label_by_key("2")) == ""
    assert at.labels == {3: EEL, 1: CAT}


def test_a_class_that_was_added_has_the_next_key_and_a_name(at: Desk, path: Path) -> None:
    at.session.close()
    with SessionFile.open(path) as file:
        file.append([ClassAdded(3, "fox")], "ann")
        file.append([ClassAdded(4, "1")], "ann")
    at.machine.session = LabelSession.resume(path, ITEMS, "ann")
    at.flow.drawn(at.view)
    assert (at.view.classes, at.view.added) == ((*CLASSES, "fox", "1"), 2)
    assert at.do(at.flow.label_by_key("4")) == ""
    assert at.do(at.flow.label_by_key("1")) == ""
    assert at.labels == {3: 3, 1: CAT}
    about, _ = at.flow.about()
    assert about is not None
    at.do(at.flow.label_by_name("FO", about))
    assert list(at.labels.values())[2:] == [3]
    assert at.do(at.flow.label_by_key("6")) == "6 labels no class of this data set."


def test_a_key_labels_what_is_there_and_the_next_item_comes(at: Desk) -> None:
    assert at.row == 3
    assert at.do(at.flow.label_by_key("2")) == ""
    assert at.do(at.flow.label_by_key("9")) == "9 labels no class of this data set."
    assert at.row == 1
    at.do(at.flow.put_aside("bad"))
    assert at.labels == {3: DOG, 1: None}
    assert at.view.past == (Past(1, None, False, None, "bad"), Past(3, DOG, False, None))
    assert at.view.last == Past(1, None, False, None, "bad")
    assert at.machine.woken == 2


def test_the_next_item_waits_for_a_model_that_may_come_soon_and_a_key_does_not(at: Desk) -> None:
    at.label(CAT)
    at.machine.ready = True
    at.label(DOG)
    first = at.view.where.waiting
    assert first
    assert at.view.asked is None
    assert at.view.last is not None
    assert at.view.last.row == 1
    assert at.do(at.flow.label_by_pointing(EEL)) == "The next item is being chosen; nothing was labelled."
    assert at.view.where.waiting == first
    at.label(EEL)  # typed ahead: about the item that comes next
    assert len(at.labels) == 3
    assert at.view.where.waiting > first
    at.do(at.flow.waited())
    assert not at.view.where.waiting
    assert at.view.asked is not None
    assert at.view.asked.offer.how == "random"
    shown = at.row
    at.machine.learn(7)
    at.do(at.flow.changed())
    assert at.row == shown


def test_no_label_is_about_an_item_that_cannot_be_drawn_yet(at: Desk) -> None:
    at.machine.on_the_way = {3, 1}
    for turn in (at.flow.label(CAT), at.flow.label_by_key("1"), at.flow.label_by_pointing(CAT)):
        assert [told.words for told in turn.told] == ["This item is still being fetched; nothing was labelled."]
    assert at.labels == {}
    at.machine.on_the_way = {1}
    at.label(CAT)
    assert at.do(at.flow.label(CAT)) == "This item is still being fetched; nothing was labelled."
    assert at.do(at.flow.put_aside("bad")) == ""  # what can never be drawn must not hold a person up
    assert at.labels == {3: CAT, 1: None}


def test_a_worker_in_trouble_is_not_waited_for(at: Desk) -> None:
    at.label(CAT)
    at.machine.ready = True
    at.label(DOG)
    assert at.view.where.waiting
    at.machine.ready, at.machine.problem = False, "the model could not learn"
    at.do(at.flow.changed())
    assert at.row is not None
    assert at.view.problem == "the model could not learn"


def test_what_the_model_thinks_is_kept_back_until_one_answers_or_peeks_and_that_is_stored(at: Desk) -> None:
    learnt(at)
    asked = at.view.asked
    assert asked is not None
    assert asked.offer.pick is not None
    assert asked.opinion is None
    at.now += 3
    at.label(EEL)
    assert at.view.last == Past(7, EEL, False, DOG)
    at.machine.learn(8)
    at.do(at.flow.changed())
    at.do(at.flow.peek())
    assert at.view.asked is not None
    assert at.view.asked.opinion is not None
    at.do(at.flow.peek())
    at.label(DOG)
    assert seen(at)[2:] == [(False, 3.0), (True, 0.0)]


def seen(at: Desk) -> list[tuple[bool, float]]:
    """How items were seen when they were labelled, as it is stored."""
    with closing(sqlite3.connect(at.session.file.path)) as file:
        rows = file.execute("SELECT visible, seconds FROM event WHERE kind = 'label' ORDER BY sequence").fetchall()
    return [(bool(visible), seconds) for visible, seconds in rows]


def test_time_in_which_the_program_was_stopped_is_not_time_on_the_screen(at: Desk) -> None:
    at.now += 3600
    at.flow.slept(3590)
    at.label(CAT)
    assert seen(at) == [(False, 10.0)]


def test_when_all_is_answered_a_key_says_so_and_what_comes_then_is_not_labelled_by_it(at: Desk) -> None:
    while at.row is not None:
        at.label(CAT)
    assert at.do(at.flow.label(DOG)) == "Everything is answered."
    assert len(at.labels) == 90
    at.session.widen(replace(ITEMS, pool=tuple(range(92))))
    assert at.do(at.flow.label(DOG)) == "Here is the next item."
    assert len(at.labels) == 90
    assert at.row in (90, 91)


def test_a_note_is_kept_with_how_the_item_was_seen(at: Desk, path: Path) -> None:
    learnt(at)
    at.do(at.flow.peek())
    at.now += 4.5
    about, _ = at.flow.about()
    assert about is not None
    assert at.do(at.flow.flag(" odd ", about)) == "Marked."
    assert at.do(at.flow.flag("odd", about._replace(note="odd"))) == ""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT item, value, model_age, visible, seconds FROM event WHERE kind = 'flag'").fetchall()
    assert rows == [(IDS[7], '{"note":"odd"}', 0, 1, 4.5)]


@pytest.mark.parametrize("whole", [True, False])
def test_a_model_that_lacks_a_part_of_the_start_is_no_judge(at: Desk, whole: bool) -> None:
    at.label(CAT)
    if whole:
        at.label(DOG)
    at.machine.learn(7)
    at.do(at.flow.changed())
    at.do(at.flow.choose(0))
    assert at.row == 7
    at.label(EEL)
    guesses = {past.row: past.guess for past in at.view.past}
    assert guesses[7] == (DOG if whole else None)


def test_where_nothing_is_there_there_is_no_place_and_nothing_to_keep(at: Desk) -> None:
    before = at.row
    assert at.do(at.flow.keep()) == ""
    assert (at.row, at.labels) == (before, {})
    at.label(CAT)
    at.machine.ready = True
    at.label(DOG)
    assert at.row is None
    assert at.flow.place() == ""


@pytest.mark.parametrize(
    ("error", "words"),
    [(UserError("no such thing"), "no such thing"), (OSError("it broke"), "The worker could not do it: it broke")],
)
async def test_what_a_worker_could_not_do_is_told_as_a_problem_and_nothing_is_drawn(
    at: Desk, error: Exception, words: str
) -> None:
    learnt(at)
    at.machine.error = error
    later = at.flow.review().later
    assert later is not None
    turn = await later.work()
    assert (turn.told, turn.paint) == ((Told(words, problem=True),), False)
