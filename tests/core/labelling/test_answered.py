"""The list of answers: who is in it, of what kind, and in what words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from measured import CLASSES, IDS, ITEMS, SETTINGS

from al_core.labelling import answered
from al_core.labelling.answered import KINDS, Answered, answered_items, answered_line, changed_items
from al_core.labelling.session import LabelSession


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LabelSession]:
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, ITEMS, "ann")
    yield session
    session.close()


def lines(session: LabelSession, **guesses: int) -> list[Answered]:
    known = {IDS[int(number[1:])]: guess for number, guess in guesses.items()}
    changed = {item for item in changed_items(session.ledger) if item is not None}
    return [answered_line(session, known, changed, item) for item in answered_items(session) if item is not None]


def test_every_kind_holds_what_it_is_called_after(session: LabelSession) -> None:
    for number, status in ((0, "unsure"), (1, "bad"), (2, "later"), (3, "skip")):
        session.skip(IDS[number], status=status)
    session.label(IDS[4], 0)
    session.label(IDS[5], 1)
    session.label(IDS[5], 2)
    session.label(IDS[6], 2)
    session.label(IDS[7], 1)
    session.label(IDS[7], 2)
    session.undo()
    session.flag(IDS[4], "look again")
    session.flag(IDS[8], "")
    session.label_by_model([(9, 1, 0.99), (4, 1, 0.99)], 0.9)
    found = lines(session, n4=0, n6=1)
    kinds = {kind.name: {int(line.item, 16) for line in found if kind.holds(line)} for kind in KINDS}
    assert kinds == {
        "all": set(range(10)),
        "don't know": {0, 3},
        "bad": {1},
        "later": {2},
        "noted": {4, 8},
        "by machine": {9},
        "surprised": {6},
        "changed": {5},
        "before a class": set(),
    }
    words = {int(line.item, 16): line.words(CLASSES, "") for line in found}
    assert words[4] == f"= cat · item {IDS[4][:8]} · ⚑ look again"
    assert words[6].endswith("surprised the model, which thought dog")
    assert words[8].startswith("not answered")
    assert "by machine" in words[9]
    assert found[0].words(CLASSES, "pots/a.png").startswith("= dog · pots/a.png")


def test_labels_from_before_a_class_are_of_a_kind_and_what_is_done_to_classes_changes_no_answer(session: LabelSession) -> None:
    for number, label in ((1, 0), (2, 1), (3, 0)):
        session.label(IDS[number], label)
    session.skip(IDS[4])
    session.merge_classes(0, 1)
    session.label(IDS[2], session.add_class("fox"))
    kinds = {kind.name: {int(line.item, 16) for line in lines(session) if kind.holds(line)} for kind in KINDS}
    assert (kinds["before a class"], kinds["changed"]) == ({1, 3}, {2})
    session.split_class(1, ["lion", "dog"])
    assert {int(line.item, 16) for line in lines(session) if line.changed} == {2}
    assert {int(line.item, 16) for line in lines(session) if line.before} == {2}


def test_the_newest_answer_stands_first_and_what_is_not_here_is_left_out(session: LabelSession, tmp_path: Path) -> None:
    for number in (5, 390, 7):
        session.label(IDS[number], 0)
    assert [int(line.item, 16) for line in lines(session)] == [7, 390, 5]
    session.close()
    few = replace(ITEMS, ids=IDS[:100], pool=tuple(range(100)), fingerprint="e" * 32)
    fewer = LabelSession.resume(tmp_path / "a.session", few, "ann")
    assert [int(line.item, 16) for line in lines(fewer)] == [7, 5]
    fewer.close()


def test_it_stops_every_so_often_however_long_the_log_is(session: LabelSession, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        session.label(IDS[number], 0)
    monkeypatch.setattr(answered, "TOGETHER", 7)
    assert list(answered_items(session)).count(None) == 30 // 7
    assert list(changed_items(session.ledger)) == [None] * (30 // 7)
