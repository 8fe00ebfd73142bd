"""What a person does to the classes while labelling: no terminal, no worker, no model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import CAT, DOG, EEL, ITEMS, SETTINGS, Desk, MadeUp, learnt

from al_core.labelling.session import LabelSession
from al_tui.screens.label.reclassing import What, Wish


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    session = LabelSession.create(tmp_path / "pets.session", SETTINGS, ITEMS, "ann")
    session.next()
    yield Desk(MadeUp(session))
    session.close()


def wish(at: Desk, what: What, label: int | None, text: str = "") -> str:
    return at.do(at.flow.reclass(Wish(what, label, text)))


def named(at: Desk) -> dict[int, str]:
    classes = at.session.ledger.classes
    return {row: "" if label is None else classes[label] for row, label in at.labels.items()}


def test_a_class_that_is_added_labels_by_its_key_and_no_other_key_moves(at: Desk) -> None:
    at.label(CAT)
    assert wish(at, "add", None, " fox ") == "fox is a class now (4). u takes it back."
    assert at.view.scheme.living == ("cat", "dog", "eel", "fox")
    for key in "4123":
        assert at.do(at.flow.label_by_key(key)) == ""
    assert [*named(at).values()] == ["cat", "fox", "cat", "dog", "eel"]


def test_a_class_for_which_there_is_no_key_is_labelled_by_its_name(at: Desk) -> None:
    said = [wish(at, "add", None, f"class {number}") for number in range(4, 12)]
    assert said[-2:] == ["class 10 is a class now (0). u takes it back.", "class 11 is a class now (Tab). u takes it back."]
    assert wish(at, "rename", 10, "owl") == "class 11 is called owl now (Tab). u takes it back."


def test_the_item_on_the_screen_stays_whatever_is_done_to_classes(at: Desk) -> None:
    at.label(CAT, CAT)
    before = at.row
    for what, label, text in (("add", None, "fox"), ("rename", CAT, "feline"), ("merge", DOG, "ee"), ("delete", CAT, "")):
        assert "u takes it back." in wish(at, what, label, text)  # type: ignore[arg-type]
        assert at.row == before


def test_a_split_asks_again_and_says_so(at: Desk) -> None:
    at.label(CAT, DOG, CAT)
    rows = [*at.labels]
    assert (
        wish(at, "split", CAT, "lion, cat")
        == "cat is split into lion (4), cat (5); 2 items are asked again next. u takes it back."
    )
    at.label(DOG)
    assert at.row == rows[0]
    assert at.view.asked is not None
    assert (at.view.asked.again, at.view.asked.offer.how) == ("cat", "reopened")
    assert at.do(at.flow.label_by_key("1")) == "1 labels no class of this data set."
    at.do(at.flow.label_by_key("4"))
    assert at.row == rows[2]
    at.do(at.flow.label_by_key("5"))
    assert at.view.asked.again == ""
    assert (named(at)[rows[0]], named(at)[rows[2]]) == ("lion", "cat")


def test_who_looks_back_may_add_a_class_for_that_very_item_and_comes_back_from_what_is_asked_again(at: Desk) -> None:
    at.label(CAT, DOG, CAT)
    there = at.row
    at.do(at.flow.step_back(2))
    dog = at.row
    assert wish(at, "add", None, "fox").startswith("fox is a class now")
    assert (at.row, at.view.where.back) == (dog, 2)
    at.do(at.flow.label_by_key("4"))
    assert dog is not None
    assert named(at)[dog] == "fox"
    at.do(at.flow.step_back(1))
    wish(at, "delete", CAT)
    assert (at.row, at.view.where.back) == (there, 0)


def test_where_everything_was_answered_what_is_asked_again_comes_at_once(at: Desk) -> None:
    while at.row is not None:
        at.label(DOG if at.row % 2 else CAT)
    assert wish(at, "delete", DOG).startswith("dog is deleted; 45 items are asked again next.")
    assert at.view.asked is not None
    assert at.view.asked.again == "dog"


def test_a_merge_says_how_many_and_is_taken_back_and_done_again(at: Desk) -> None:
    at.label(CAT, DOG, CAT)
    assert wish(at, "merge", CAT, "ee") == "cat is eel now, with 2 labels. u takes it back."
    assert [*named(at).values()] == ["eel", "dog", "eel"]
    assert at.do(at.flow.undo()) == "Taken back: a merged class."
    assert [*named(at).values()] == ["cat", "dog", "cat"]
    at.do(at.flow.redo())
    assert [*named(at).values()] == ["eel", "dog", "eel"]


@pytest.mark.parametrize(
    ("what", "label", "text", "words"),
    [
        ("add", None, "fox", "a new class"),
        ("rename", CAT, "feline", "the new name of a class"),
        ("split", CAT, "a,b", "a split class"),
        ("delete", CAT, "", "a deleted class"),
        ("describe", CAT, "purrs", "what a class means"),
    ],
)
def test_everything_is_taken_back_by_its_name(at: Desk, what: What, label: int | None, text: str, words: str) -> None:
    at.label(CAT, DOG)
    before = named(at), at.view.scheme
    wish(at, what, label, text)
    assert (named(at), at.view.scheme) != before
    assert at.do(at.flow.undo()) == f"Taken back: {words}."
    assert (named(at), at.view.scheme) == before


@pytest.mark.parametrize(
    ("what", "label", "text", "words"),
    [
        ("add", None, "dog", "there is a class 'dog' already"),
        ("add", None, "  ", "a class needs a name"),
        ("rename", CAT, "dog", "there is a class 'dog' already"),
        ("merge", CAT, "cat", "cannot be merged into itself"),
        ("merge", CAT, "cow", "no class 'cow'"),
        ("split", CAT, "lion,", "is split into two or more classes"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_changes(
    at: Desk, what: What, label: int | None, text: str, words: str
) -> None:
    assert words in wish(at, what, label, text)
    assert at.view.scheme.done == ()


def test_the_model_is_to_learn_it_and_what_it_said_is_of_the_classes_of_now(at: Desk) -> None:
    learnt(at)
    woken = at.machine.woken
    wish(at, "merge", DOG, "eel")
    assert at.machine.woken == woken + 1
    at.do(at.flow.peek())
    assert at.view.asked is not None
    assert at.view.asked.opinion is not None
    assert at.view.asked.opinion.guess == EEL


def test_a_session_that_may_only_be_read_keeps_its_classes(at: Desk) -> None:
    at.session.close()
    at.machine.session = LabelSession.resume(at.session.file.path, ITEMS, "ann", read_only=True)
    assert wish(at, "add", None, "fox") == "This session is open for reading only."
