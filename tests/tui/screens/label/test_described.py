"""The help says what classes mean, with two items of each that somebody labelled so."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import CAT, DOG, EEL, IDS, ITEMS, SETTINGS

from al_core.data.looks import Card
from al_core.labelling.session import LabelSession
from al_tui.commands.class_keys import keys_of
from al_tui.screens.label.described import Described, example_rows
from al_tui.theme.colours import Palette

DARK = Palette(dark=True, ansi=False, colour=True, ground="#121212", ink="#e0e0e0")


@pytest.fixture
def session(tmp_path: Path):
    session = LabelSession.create(tmp_path / "pets.session", SETTINGS, ITEMS, "ann")
    for row, label in ((5, CAT), (3, CAT), (7, CAT), (2, EEL)):
        session.label(IDS[row], label)
    session.skip(IDS[9])
    yield session
    session.close()


def described(session: LabelSession) -> Described:
    looks = {label: tuple(Card(((f"row {row}", "x"),)) for row in rows) for label, rows in example_rows(session).items()}
    return Described(session.ledger.scheme, keys_of(session.ledger.scheme), looks)


def test_the_first_two_items_of_a_class_are_its_examples(session: LabelSession) -> None:
    assert example_rows(session) == {CAT: (5, 3), EEL: (2,)}
    session.merge_classes(EEL, CAT)
    session.label(IDS[5], DOG)
    assert example_rows(session) == {CAT: (3, 7), DOG: (5,)}
    session.delete_class(CAT)
    assert example_rows(session) == {DOG: (5,)}


def test_classes_are_told_with_their_keys_words_and_examples(session: LabelSession) -> None:
    assert not described(session).in_words
    session.describe_class(CAT, "purrs, and\x1b[31m has claws")
    session.rename_class(EEL, "conger")
    found = described(session)
    assert found.in_words
    lines = found.text(DARK).plain.splitlines()
    at = next(number for number, line in enumerate(lines) if line.split()[:2] == ["1", "cat"])
    assert "purrs, and" in lines[at]
    assert "\x1b" not in lines[at]
    assert lines[at + 1].index("row 5") < lines[at + 1].index("row 3")
    assert [line.split()[1] for line in lines if line[2:3].isdigit()] == ["cat", "dog", "conger"]
    session.undo()
    session.undo()
    assert not described(session).in_words


def test_what_the_project_says_holds_until_the_session_says_more(session: LabelSession) -> None:
    session.rename_class(EEL, "conger")
    of_project = described(session)._replace(says={"cat": "of the house", "eel": "long", "conger": "longer"})
    assert of_project.in_words
    lines = of_project.text(DARK).plain.splitlines()
    assert [line.split(maxsplit=2)[2:] for line in lines if line[2:3].isdigit()] == [["of the house"], [], ["longer"]]
    session.rename_class(EEL, "thing")
    session.describe_class(CAT, "purrs")
    again = described(session)._replace(says={"cat": "of the house", "eel": "long", "conger": "longer"})
    lines = again.text(DARK).plain.splitlines()
    assert [line.split(maxsplit=2)[2:] for line in lines if line[2:3].isdigit()] == [["purrs"], [], ["longer"]]
