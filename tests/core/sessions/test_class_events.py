"""What is done to classes stands in the log, and labels follow when it is replayed; the log itself says what was typed."""

from __future__ import annotations

import sqlite3

import pytest

from al_core.exchange.records import export_labels, import_labels, records, take_in
from al_core.ground.errors import UserError
from al_core.sessions.actions import (
    KINDS,
    ClassAdded,
    DamagedSession,
    Labelled,
    MachineLabelled,
    Relabelled,
    Skipped,
    Undone,
    decode,
    encode,
)
from al_core.sessions.checking import check_session
from al_core.sessions.class_actions import (
    CLASS_KINDS,
    ClassDeleted,
    ClassDescribed,
    ClassMerged,
    ClassRenamed,
    ClassSplit,
)
from al_core.sessions.leaving import leave
from al_core.sessions.scheme import Scheme
from al_core.sessions.store import SessionFile

CAT, DOG, EEL, FOX = range(4)


@pytest.fixture
def file(path, settings, clock):
    with SessionFile.create(path, settings, "ann", clock=clock) as file:
        for item, label in zip("abcdef", (CAT, DOG, EEL, CAT, DOG, CAT), strict=True):
            file.append([Labelled(item, label)], "ann")
        file.append([Skipped("g", "bad")], "ann")
        file.append([MachineLabelled("model", 0.9, (("h", CAT), ("i", DOG)))], "ann")
        yield file


def named(ledger) -> dict[str, str]:
    return {item: ledger.classes[label] for item, label in ledger.labels.items()}


def test_a_class_that_can_be_taken_back_says_so_and_one_of_format_2_cannot(path, settings):
    assert encode(ClassAdded(3, "fox")) == ("class", None, '{"label":3,"name":"fox"}')
    assert encode(ClassAdded(3, "fox", step=True)) == ("class", None, '{"label":3,"name":"fox","step":true}')
    assert decode("class", None, '{"label":3,"name":"fox"}') == ClassAdded(3, "fox")
    with SessionFile.create(path, settings, "ann") as file:
        file.append([ClassAdded(3, "fox")], "ann")
        assert file.ledger.done == []
        file.append([ClassAdded(4, "gnu", step=True)], "ann")
        assert [step.kind for step in file.ledger.done] == ["class"]
        with pytest.raises(DamagedSession, match="comes after what can"):
            file.append([ClassAdded(5, "hen")], "ann")


def test_labels_are_of_the_class_that_theirs_was_merged_into(file):
    file.append([ClassMerged(CAT, DOG)], "ann")
    assert named(file.ledger) == dict.fromkeys("abdefhi", "dog") | {"c": "eel"}
    assert (file.ledger.living, file.ledger.scheme.follows) == (("dog", "eel"), (DOG, DOG, EEL))
    assert {record.label for record in records(file.ledger) if record.label} == {"dog", "eel"}
    for action in (Labelled("x", CAT), Relabelled("a", CAT), MachineLabelled("truth", None, (("x", CAT),))):
        with pytest.raises(DamagedSession, match="class 0 is no more"):
            file.append([action], "ann")


def test_what_was_merged_twice_goes_where_the_last_one_went(file):
    file.append([ClassMerged(CAT, DOG)], "ann")
    file.append([ClassMerged(DOG, EEL)], "ann")
    assert {*named(file.ledger).values()} == {"eel"}
    assert [file.ledger.scheme.called(name) for name in ("cat", "dog", "eel", "fox")] == [EEL, EEL, EEL, None]
    file.append([ClassAdded(FOX, "fox", step=True)], "ann")
    file.append([ClassDeleted(EEL)], "ann")
    assert (file.ledger.labels, file.ledger.scheme.follows) == ({}, (-1, -1, -1, FOX))
    assert [*file.ledger.reopened] == [*"abcdef"]


@pytest.mark.parametrize("action", [ClassSplit(CAT, ("lion", "cat")), ClassDeleted(CAT)])
def test_items_of_a_class_that_is_no_more_are_asked_again_in_the_order_of_their_answers(file, action):
    before = dict(file.ledger.labels), [*file.ledger.answers.items()], [*file.ledger.machine.items()]
    file.append([action], "ann")
    ledger = file.ledger
    assert named(ledger) == {"b": "dog", "c": "eel", "e": "dog", "i": "dog"}
    assert [*ledger.reopened.items()] == [("a", CAT), ("d", CAT), ("f", CAT)]
    assert ledger.answers["g"].status == "bad"
    assert (ledger.labelled, ledger.skipped) == (3, 1)
    file.append([Undone(None, ledger.sequence)], "ann")
    assert (dict(ledger.labels), [*ledger.answers.items()], [*ledger.machine.items()]) == before
    assert (ledger.reopened, ledger.labelled, ledger.living) == ({}, 6, ("cat", "dog", "eel"))


def test_the_classes_of_a_split_come_after_all_others_and_one_may_have_the_old_name(file):
    file.append([ClassSplit(CAT, ("lion", "cat"))], "ann")
    assert file.ledger.living == ("dog", "eel", "lion", "cat")
    assert [one.spare for one in file.ledger.scheme.classes] == [frozenset()] * 3 + [frozenset({CAT})] * 2
    file.append([Labelled("a", 4)], "ann")
    assert named(file.ledger)["a"] == "cat"
    assert file.ledger.scheme.called("cat") == 4


def test_names_and_descriptions_change_nothing_that_a_model_learns(file):
    revision = file.ledger.revision
    file.append([ClassRenamed(CAT, "feline")], "ann")
    file.append([ClassDescribed(CAT, "purrs")], "ann")
    assert (file.ledger.revision, named(file.ledger)["a"]) == (revision, "feline")
    assert file.ledger.scheme.classes[CAT].says == "purrs"
    file.append([ClassMerged(CAT, DOG)], "ann")
    assert file.ledger.revision == revision + 1


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (ClassAdded(3, "cat", step=True), "cannot be added"),
        (ClassAdded(4, "fox", step=True), "cannot be added"),
        (ClassAdded(3, "", step=True), "cannot be added"),
        (ClassRenamed(CAT, "dog"), "cannot be called 'dog'"),
        (ClassRenamed(CAT, ""), "cannot be called ''"),
        (ClassRenamed(7, "fox"), "there is no class 7"),
        (ClassMerged(CAT, CAT), "cannot be merged"),
        (ClassMerged(CAT, 7), "cannot be merged"),
        (ClassSplit(CAT, ()), "cannot be split"),
        (ClassSplit(CAT, ("fox", "fox")), "cannot be split"),
        (ClassSplit(CAT, ("fox", "dog")), "cannot be split"),
        (ClassDeleted(9), "there is no class 9"),
        (ClassDescribed(9, "x"), "there is no class 9"),
    ],
)
def test_what_cannot_be_done_to_classes_is_not_written(file, action, reason):
    before = file.ledger.sequence
    with pytest.raises(DamagedSession, match=reason):
        file.append([action], "ann")
    assert file.ledger.sequence == before
    assert check_session(file.path).problems == ()


def test_nothing_can_be_done_to_a_class_that_is_no_more_and_the_last_one_stays(file):
    file.append([ClassMerged(CAT, DOG)], "ann")
    file.append([ClassMerged(DOG, EEL)], "ann")
    gone = ClassRenamed(CAT, "x"), ClassDeleted(DOG), ClassSplit(CAT, ("x",)), ClassDescribed(DOG, "x"), ClassMerged(CAT, EEL)
    for action in gone:
        with pytest.raises(DamagedSession, match="there is no class"):
            file.append([action], "ann")
    with pytest.raises(DamagedSession, match="cannot be merged"):
        file.append([ClassMerged(EEL, CAT)], "ann")
    with pytest.raises(DamagedSession, match="is the only one"):
        file.append([ClassDeleted(EEL)], "ann")


def test_the_log_has_what_was_typed_and_is_read_to_the_same_state(file):
    file.append([ClassAdded(FOX, "fox", step=True)], "ann")
    file.append([ClassRenamed(CAT, "feline")], "ann")
    file.append([ClassMerged(DOG, CAT)], "ann")
    file.append([ClassSplit(EEL, ("moray", "conger"))], "ann")
    file.append([Labelled("c", 5)], "ann")
    file.append([ClassDescribed(FOX, "red")], "ann")
    file.append([ClassDeleted(FOX)], "ann")
    with SessionFile.open(file.path, read_only=True) as again:
        assert again.ledger == file.ledger
        assert again.ledger.scheme.done == file.ledger.scheme.done
    with sqlite3.connect(file.path) as connection:
        typed = connection.execute("SELECT item, value FROM event WHERE kind = 'label' ORDER BY sequence").fetchall()
    connection.close()
    numbers = (CAT, DOG, EEL, CAT, DOG, CAT, 5)
    assert typed == [(item, f'{{"label":{number}}}') for item, number in zip("abcdefc", numbers, strict=True)]
    assert named(file.ledger)["b"] == "feline"


def test_every_kind_of_class_event_is_one_that_a_file_can_have():
    assert CLASS_KINDS.items() <= KINDS.items()


@pytest.mark.parametrize("form", ["jsonl", "csv", "npz"])
def test_labels_by_a_name_that_a_class_had_are_taken_in_as_what_it_is_now(file, tmp_path, settings, form):
    out = tmp_path / f"labels.{form}"
    out.write_bytes(export_labels(file.ledger, form))
    found = import_labels(out)
    with SessionFile.create(tmp_path / "other.session", settings, "bob") as other:
        other.append([ClassRenamed(CAT, "feline")], "bob")
        other.append([ClassMerged(DOG, EEL)], "bob")
        assert take_in(other, found, "bob") == (9, 0, ())
        assert take_in(other, found, "bob") == (0, 9, ())
        assert named(other.ledger) == {
            item: {"cat": "feline", "dog": "eel"}.get(name, name) for item, name in named(file.ledger).items()
        }
        out.write_bytes(export_labels(other.ledger, form))
        assert {record.label for record in import_labels(out) if record.label} == {"feline", "eel"}
    with SessionFile.create(tmp_path / "third.session", settings, "bob") as third:
        third.append([ClassDeleted(CAT)], "bob")
        with pytest.raises(UserError, match="'cat' is no class of pets; there are: dog, eel"):
            take_in(third, found, "bob")


def test_an_archive_names_the_classes_that_there_are(file):
    import io

    import numpy as np

    file.append([ClassMerged(CAT, DOG)], "ann")
    with np.load(io.BytesIO(export_labels(file.ledger, "npz"))) as archive:
        assert archive["classes"].tolist() == ["dog", "eel"]
        assert {*archive["y"].tolist()} == {-1, 0, 1}


def test_what_is_written_anew_beside_a_spoiled_file_has_its_classes(file, path):
    file.append([ClassRenamed(CAT, "feline")], "ann")
    file.append([ClassSplit(DOG, ("hound", "pug"))], "ann")
    file.append([Labelled("b", 4)], "ann")
    path.write_bytes(b"spoiled")
    left = leave(file)
    assert left.path is not None
    with SessionFile.open(left.path, read_only=True) as again:
        assert again.ledger.living == ("feline", "eel", "hound", "pug")
        assert named(again.ledger) == named(file.ledger)


def test_a_model_that_knew_the_classes_as_they_were_is_heard_as_they_are():
    scheme = Scheme.of(("cat", "dog", "eel"))
    added = scheme.after(ClassAdded(3, "fox", step=True), 2)
    assert added.shared((0.2, 0.3, 0.5)) == (0.2, 0.3, 0.5, 0.0)
    merged = scheme.after(ClassMerged(CAT, EEL), 2)
    assert merged.shared((0.25, 0.25, 0.5)) == (0.0, 0.25, 0.75)
    deleted = scheme.after(ClassDeleted(EEL), 2)
    assert deleted.shared((0.25, 0.25, 0.5)) == (0.5, 0.5, 0.0)
    assert deleted.shared((0.0, 0.0, 1.0)) == (0.5, 0.5, 0.0)
    assert scheme.shared((0.2, 0.3, 0.4, 0.1)) == pytest.approx((2 / 9, 3 / 9, 4 / 9))


def test_a_label_was_given_before_the_classes_that_came_later():
    scheme = Scheme.of(("cat", "dog")).after(ClassAdded(2, "fox", step=True), 5).after(ClassSplit(DOG, ("pug", "hound")), 9)
    assert scheme.given_before(CAT, 3) == (2, 3, 4)
    assert scheme.given_before(CAT, 7) == (3, 4)
    assert scheme.given_before(3, 12) == ()
