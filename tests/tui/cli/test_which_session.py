"""Which session of a person's files to go on with is asked in plain lines, and every answer is one or is asked again."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from al_core.ground.errors import UserError
from al_core.sessions.actions import Settings
from al_core.sessions.entries import Given
from al_core.sessions.ledger import Ledger
from al_core.sessions.of_data import OfData
from al_tui.cli.which_session import which_session


def one(name: str, classes: tuple[str, ...] = ("a", "b"), held: str = "") -> OfData:
    answers = {str(number): Given(0 if number < 57 else None, "anna", "", number) for number in range(60)}
    ledger = Ledger(Settings("/home/anna/pots", "f" * 32, classes), "margin", "logistic", 1, answers, labelled=57)
    ledger.time = "2026-01-02T03:04:05.000000+00:00"
    return OfData(Path(f"/sessions/{name}.session"), ledger, held)


def ask(monkeypatch: pytest.MonkeyPatch, typed: str, *found: OfData, classes: tuple[str, ...] = ()) -> str | None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    path = which_session(found, "/home/anna/pots", classes)
    return None if path is None else path.stem


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("\n", "x"),
        ("1\n", "x"),
        ("2\n", "y"),
        ("n\n", None),
        (" N \n", None),
        ("3\n2\n", "y"),
        ("0\nyes\n-1\n1\n", "x"),
        ("9" * 5000 + "\n\n", "x"),
        ("²\n\n", "x"),
    ],
)
def test_enter_a_number_or_n(monkeypatch: pytest.MonkeyPatch, typed: str, chosen: str | None) -> None:
    assert ask(monkeypatch, typed, one("x"), one("y")) == chosen


@pytest.mark.parametrize("typed", ["", "x\n", "x\n" * 9])
def test_no_answer_is_said_with_what_to_do(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    with pytest.raises(UserError, match="say --new for a new one, or: al-tui resume SESSION"):
        ask(monkeypatch, typed, one("x"))


def test_what_there_is_to_choose_from_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(monkeypatch, "\n", one("x"), one("y\x1b]0;z\x07", held="pid 7 on there")) == "x"
    told = capsys.readouterr().err
    assert told.startswith("there are sessions of pots:\n  1  x: 57 labels, 3 put aside, last changed 2026-01-02 03:04 UTC\n")
    assert ", open now: pid 7 on there\n" in told
    assert "Enter goes on with 1, 2 to 2 with another; n and Enter begins a new one:\n" in told
    assert "\x1b" not in told


def test_a_session_with_other_classes_than_were_named_is_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(monkeypatch, "", one("x"), classes=("a", "c")) is None
    assert ask(monkeypatch, "\n", one("x"), one("y", ("a", "c")), classes=("a", "c")) == "y"
    assert ask(monkeypatch, "") is None
