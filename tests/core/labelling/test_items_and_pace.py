"""What is said of items and of the pace without a screen: where an item lies, what it is called, how fast somebody labels."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest
from at_work import answer, learn

from al_core.data.how_far import HowFar
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.labelling.session import LabelSession
from al_core.labelling.view import Where, view
from al_core.run.state import By
from al_core.sessions.actions import Flagged, MachineLabelled


@pytest.fixture
def session(path, settings, items, clock):
    session = LabelSession.create(path, settings, items, "ann", clock=clock)
    yield session
    session.close()


def test_an_item_lies_where_its_file_does_and_is_called_by_its_name_otherwise(
    items, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pots").mkdir()
    (tmp_path / "pots" / "0.png").touch()
    monkeypatch.chdir(tmp_path)
    files = replace(items, dataset="pots", names=tuple(f"{row}.png" for row in range(12)), origin=Origin("pots"))
    assert files.place_of(items.ids[0]) == str(tmp_path / "pots" / "0.png")
    assert files.place_of(items.ids[1]) == "1.png"
    assert files.place_of("f" * 16) == ""
    assert replace(files, origin=None).place_of(items.ids[0]) == "0.png"
    assert replace(items, dataset="pots", origin=Origin("pots")).place_of(items.ids[0]) == ""


@pytest.mark.parametrize("seconds", [0.5, 2.0, 20.0])
def test_the_pace_is_that_of_the_answers_however_few(path, settings, items, ticking, seconds: float) -> None:
    with contextlib.closing(LabelSession.create(path, settings, items, "ann", clock=ticking(seconds))) as session:
        answer(session)
        assert session.progress().per_minute is None
        answer(session)
        assert session.progress().per_minute == pytest.approx(60 / (2 * seconds))
        assert session.progress().seconds_left == pytest.approx(8 * 2 * seconds)
        budget = replace(session.ledger.settings, budget=5)
        session.ledger.settings = budget
        assert session.progress().seconds_left == pytest.approx(3 * 2 * seconds)
        assert session.progress().items == 10


@pytest.mark.parametrize("about", ["shown", "flagged", "machine", "answered"])
def test_whatever_a_session_is_about_makes_it_one_about_its_data(session, path, items, about: str) -> None:
    item = session.next().item
    other = next(each for each in items.ids if each != item)
    if about == "flagged":
        session.file.append([Flagged(other, "odd")], "ann")
    elif about == "machine":
        session.file.append([MachineLabelled("truth", None, ((other, 0),))], "ann")
    elif about == "answered":
        session.label(other, 0)
    kept = item if about == "shown" else other
    session.close()
    ids = tuple(each if each == kept else each[::-1] for each in items.ids)
    there = replace(items, fingerprint="0" * 32, ids=ids)
    LabelSession.resume(path, there, "ann").close()
    with pytest.raises(UserError) as error:
        LabelSession.resume(path, replace(there, ids=tuple(each[::-1] for each in items.ids), dataset="dogs"), "ann")
    answered = ": none of its 1 answered items is in it" if about == "answered" else ""
    assert str(error.value) == f"{path.name} is about another data set than the 'dogs' that is here{answered}"


def test_what_has_no_truth_is_not_labelled_by_it(session) -> None:
    name = "a/very/" + "long" * 30
    session.items = replace(session.items, truth=None, dataset=name)
    with pytest.raises(UserError) as error:
        session.label_by_truth()
    shown, told = str(error.value).split(" has no ")
    assert told == "ground truth to label by"
    assert len(shown) <= 60
    assert shown.startswith("longlong")


def test_before_a_session_is_open_its_view_says_what_is_the_matter() -> None:
    where = Where()
    far = HowFar("reading", "files", 3, 40, 0)
    shown = view(None, where, {}, "not saved: no room", "no worker answers", far)
    assert (shown.where, shown.not_saved, shown.problem, shown.reading) == (
        where,
        "not saved: no room",
        "no worker answers",
        far,
    )


def test_a_batch_shows_which_of_its_items_have_an_answer_and_which(session) -> None:
    session.change(batch=4)
    for _ in range(2):
        answer(session)
    learn(session, 0, 2, 4, 5)
    session.label(session.items.ids[2], 1)
    session.skip(session.items.ids[4], status="unsure")
    shown = view(session, Where(), {}, None, None)
    assert [(given.row, given.label, given.by) for given in shown.answers] == [(2, 1, By.PERSON), (4, None, By.PERSON)]
    assert shown.statuses == {4: "unsure"}
