"""What a session says since format 2: how an item was chosen, what an answer without a label means, names, classes by name."""

from __future__ import annotations

import contextlib
import sqlite3
from functools import partial

import pytest

from al_core.exchange.records import export_labels, import_labels, records, take_in
from al_core.ground.errors import UserError
from al_core.sessions.actions import (
    Choice,
    ClassAdded,
    DamagedSession,
    Labelled,
    Named,
    Redone,
    Shown,
    Skipped,
    Undone,
    decode,
    encode,
)
from al_core.sessions.checking import check_session
from al_core.sessions.database import FORMAT
from al_core.sessions.leaving import leave
from al_core.sessions.store import SessionFile


def of_version(path, version: int) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


def version_of(path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def rows_of(path) -> list[tuple]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT * FROM event ORDER BY sequence").fetchall()


@pytest.fixture
def file(path, settings, clock):
    with SessionFile.create(path, settings, "ann", clock=clock) as file:
        yield file


def test_an_action_that_says_nothing_new_stands_as_it_did_in_format_1():
    assert encode(Shown("aa", "start")) == ("shown", "aa", '{"how":"start"}')
    assert encode(Labelled("aa", 1)) == ("label", "aa", '{"label":1}')
    assert encode(Skipped("aa")) == ("skip", "aa", "{}")
    assert decode("skip", "aa", "{}") == Skipped("aa", "skip", None)
    assert encode(Skipped("aa", "bad", Choice("audit", 0.5))) == (
        "skip",
        "aa",
        '{"status":"bad","choice":{"by":"audit","probability":0.5}}',
    )
    assert encode(Labelled("aa", 1, Choice("given"))) == ("label", "aa", '{"label":1,"choice":{"by":"given"}}')


def test_a_file_of_format_1_is_read_as_it_is_and_goes_on_without_a_row_written_anew(path, settings):
    with SessionFile.create(path, settings, "ann") as file:
        file.append([Labelled("aa", 1), Skipped("bb")], "ann")
    of_version(path, 1)
    before, rows = path.read_bytes(), rows_of(path)
    with SessionFile.open(path, read_only=True) as file:
        assert file.ledger.person_labels == {"aa": 1}
        assert (file.ledger.answers["bb"].status, file.ledger.choices) == ("skip", {})
    assert check_session(path).problems == ()
    assert path.read_bytes() == before
    with SessionFile.open(path) as file:
        file.append([Skipped("cc", "later", Choice("strategy"))], "ben")
    assert version_of(path) == FORMAT.version == 3
    assert rows_of(path)[:-1] == rows
    with SessionFile.open(path, read_only=True) as file:
        assert {item: given.status for item, given in file.ledger.answers.items() if given.label is None} == {
            "bb": "skip",
            "cc": "later",
        }


def test_the_latest_choice_counts_but_an_audit_stays_one(file):
    file.append([Shown("aa", "strategy", Choice("strategy")), Shown("bb", "random", Choice("audit", 0.25))], "ann")
    file.append([Shown("aa", "random", Choice("audit", 0.5)), Shown("bb", "strategy", Choice("strategy"))], "ann")
    file.append([Shown("aa", "jump")], "ann")
    assert file.ledger.choices == {"aa": Choice("audit", 0.5), "bb": Choice("audit", 0.25)}


def test_the_choice_of_a_label_that_did_not_come_by_the_screen_is_undone_with_it(file):
    (event,) = file.append([Labelled("aa", 1, Choice("given"))], "ann")
    assert file.ledger.choices == {"aa": Choice("given")}
    file.append([Undone("aa", event.sequence)], "ann")
    assert (file.ledger.choices, file.ledger.labelled) == ({}, 0)
    file.append([Redone("aa", event.sequence)], "ann")
    assert (file.ledger.choices, file.ledger.labelled) == ({"aa": Choice("given")}, 1)


@pytest.mark.parametrize("probability", [0.0, -0.5, 1.5])
@pytest.mark.parametrize("action", [partial(Shown, "aa", "random"), partial(Labelled, "aa", 0), partial(Skipped, "aa", "bad")])
def test_what_is_no_probability_is_refused(file, action, probability):
    with pytest.raises(DamagedSession, match="is no probability"):
        file.append([action(Choice("audit", probability))], "ann")


def test_a_class_that_is_added_has_the_next_number_for_good(file):
    for label, name in ((2, "fox"), (4, "fox"), (3, "dog"), (3, "")):
        with pytest.raises(DamagedSession, match="cannot be added"):
            file.append([ClassAdded(label, name)], "ann")
    with pytest.raises(DamagedSession, match="class 3 of 3"):
        file.append([Labelled("aa", 3)], "ann")
    file.append([ClassAdded(3, "fox")], "ann")
    file.append([Labelled("aa", 3)], "ann")
    assert file.ledger.classes == ("cat", "dog", "eel", "fox")
    with SessionFile.open(file.path, read_only=True) as again:
        assert again.ledger == file.ledger
    assert [record.label for record in records(file.ledger)] == ["fox"]


@pytest.fixture
def full(file):
    """A session that says everything there is to say since format 2."""
    file.append([Named((("aa", "=pots/1.png"), ("bb", "pots/Ä 2.png"), ("dd", "pots/4.png")))], "ann")
    file.append([Shown("aa", "random", Choice("audit", 0.1)), Labelled("aa", 1)], "ann")
    file.append([Shown("bb", "strategy", Choice("strategy")), Skipped("bb", "later")], "ann")
    file.append([Skipped("cc", "bad", Choice("search")), Skipped("dd", "unsure", Choice("start")), Skipped("ee")], "ann")
    return file


WHOLE = [
    ("aa", "dog", "label", "=pots/1.png", "audit", 0.1),
    ("bb", "", "later", "pots/Ä 2.png", "strategy", None),
    ("cc", "", "bad", "", "search", None),
    ("dd", "", "unsure", "pots/4.png", "start", None),
    ("ee", "", "skip", "", "", None),
]


@pytest.mark.parametrize("form", ["jsonl", "csv", "npz"])
def test_an_export_says_all_of_it_and_is_read_back(full, tmp_path, settings, form):
    found = records(full.ledger)
    assert [(r.item, r.label, r.status, r.name, r.selected_by, r.probability) for r in found] == WHOLE
    out = tmp_path / f"labels.{form}"
    out.write_bytes(export_labels(full.ledger, form))
    assert import_labels(out) == found
    with SessionFile.create(tmp_path / "other.session", settings, "cat") as other:
        assert take_in(other, import_labels(out), "cat") == (5, 0, ())
        assert take_in(other, import_labels(out), "cat") == (0, 5, ())
        again = [(r.item, r.label, r.status, r.name, r.selected_by, r.probability) for r in records(other.ledger)]
    assert again == [*WHOLE[:-1], ("ee", "", "skip", "", "given", None)]


def test_an_export_has_the_columns_that_something_is_said_in(file):
    file.append([Labelled("aa", 1)], "ann")
    first = "item,label,status,by,annotator,time,flagged,note"
    assert export_labels(file.ledger, "csv").decode().splitlines()[0] == first
    file.append([Named((("aa", "pots/1.png"),))], "ann")
    assert export_labels(file.ledger, "csv").decode().splitlines()[0] == f"{first},name"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ('"selected_by": "magic"', "selected by 'magic'"),
        ('"probability": 2', "probability 2"),
        ('"probability": true', "wrong type"),
        ('"name": null', "wrong type"),
        ('"weight": 1', "has the fields"),
    ],
)
def test_what_a_file_of_labels_cannot_mean_is_refused(tmp_path, more, reason):
    out = tmp_path / "labels.jsonl"
    out.write_text(
        '{"item": "aa", "label": "", "status": "bad", "by": "person", "annotator": "ann", "time": "", "flagged": false, '
        f'"note": "", {more}}}\n'
    )
    with pytest.raises(UserError, match=reason):
        import_labels(out)


def test_what_is_written_anew_beside_a_spoiled_file_says_all_of_it(full, path):
    full.append([ClassAdded(3, "fox")], "ann")
    full.append([Labelled("ff", 3, Choice("given"))], "ben")
    path.write_bytes(b"spoiled")
    left = leave(full)
    assert left.path is not None
    with SessionFile.open(left.path, read_only=True) as again:
        assert again.ledger.classes == full.ledger.classes
        assert again.ledger.choices == {**full.ledger.choices}
        assert again.ledger.names == full.ledger.names
        for item, given in full.ledger.answers.items():
            assert (again.ledger.answers[item].label, again.ledger.answers[item].status) == (given.label, given.status)
