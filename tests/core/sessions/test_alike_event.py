"""Labels that one key gave to several items: one event, taken back as one, the same after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from al_core.exchange.records import records
from al_core.sessions.actions import (
    Choice,
    DamagedSession,
    Labelled,
    LabelledAlike,
    Redone,
    Relabelled,
    Settings,
    Shown,
    Skipped,
    Undone,
)
from al_core.sessions.store import SessionFile

SETTINGS = Settings("pots", "f" * 32, ("cat", "dog"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    SessionFile.create(tmp_path / "pots.session", SETTINGS, "anna").close()
    return tmp_path / "pots.session"


def labels(file: SessionFile) -> dict[str, int | None]:
    return {item: given.label for item, given in file.ledger.answers.items()}


def test_it_is_one_step_back_and_forward_again_before_and_after_a_restart(path: Path) -> None:
    with SessionFile.open(path) as file:
        file.append([Shown("a", "start", Choice("start")), Skipped("a", "later")], "anna")
        file.append([LabelledAlike("a", 1, ("b", "c"))], "anna")
        assert (labels(file), file.ledger.labelled, file.ledger.later) == ({"a": 1, "b": 1, "c": 1}, 3, 0)
        made = file.ledger.sequence
    with SessionFile.open(path) as file:
        assert labels(file) == {"a": 1, "b": 1, "c": 1}
        assert [record.selected_by for record in records(file.ledger)] == ["start", "search", "search"]
        file.append([Undone("a", made)], "anna")
        assert (labels(file), file.ledger.labelled, file.ledger.later) == ({"a": None}, 0, 1)
        assert set(file.ledger.choices) == {"a"}
        file.append([Redone("a", made)], "anna")
        file.append([Relabelled("b", 0)], "anna")
    with SessionFile.open(path, read_only=True) as file:
        assert labels(file) == {"a": 1, "b": 0, "c": 1}
        assert {given.sequence for item, given in file.ledger.answers.items() if item != "b"} == {made}


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (LabelledAlike("a", 2, ("b",)), "class 2 of 2"),
        (LabelledAlike("a", 1, ("b", "b")), "named twice"),
        (LabelledAlike("a", 1, ("a",)), "named twice"),
        (LabelledAlike("x", 1, ("b",)), "has an answer already"),
        (LabelledAlike("a", 1, ("b", "x")), "has an answer already"),
        (LabelledAlike("a", 1, ("aside",)), "has an answer already"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(path: Path, action: LabelledAlike, words: str) -> None:
    with SessionFile.open(path) as file:
        file.append([Labelled("x", 0), Skipped("aside", "bad")], "anna")
        before = (labels(file), file.ledger.sequence)
        with pytest.raises(DamagedSession, match=words):
            file.append([action], "anna")
        assert (labels(file), file.ledger.sequence) == before


def test_nothing_else_is_done_in_the_same_breath(path: Path) -> None:
    with SessionFile.open(path) as file, pytest.raises(ValueError, match="one after the other"):
        file.append([LabelledAlike("a", 1, ("b",)), Labelled("c", 0)], "anna")


def test_what_was_drawn_to_measure_with_stays_that(path: Path) -> None:
    with SessionFile.open(path) as file:
        file.append([Shown("b", "audit", Choice("audit", 0.5))], "anna")
        file.append([LabelledAlike("a", 1, ("b",))], "anna")
        assert file.ledger.choices["b"] == Choice("audit", 0.5)
