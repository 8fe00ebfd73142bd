"""Deciding what annotators do not agree about, with the real program in a real terminal: blind, killed, gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import own_pictures
import pytest
from test_label_pty import run

from al_core.data.kinds import load_dataset
from al_core.exchange.merging import merge
from al_core.sessions.actions import Flagged, Labelled, Settings
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile

StartTerminal = Callable[..., Any]
DISPUTED = 4


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """Two people who agree about 20 digits and not about 4."""
    digits = load_dataset("digits")
    settings = Settings("digits", digits.fingerprint, digits.classes)
    paths = tmp_path / "anna.session", tmp_path / "bert.session"
    for path, shift in zip(paths, (0, 1), strict=True):
        with SessionFile.create(path, settings, path.stem) as file:
            said = {digits.item_ids[row]: int(digits.y[row]) for row in range(20 + DISPUTED)}
            wrong = list(said)[:DISPUTED]
            said |= {item: (said[item] + shift) % 10 for item in wrong}
            file.append([Labelled(item, label) for item, label in said.items()], path.stem)
            file.append([Flagged(wrong[0], "never seen such")], path.stem)
    return paths


def ledger_of(path: Path) -> Ledger:
    """What the file says now, whoever has it."""
    with SessionFile.open(path, read_only=True) as file:
        return file.ledger


def test_decide_kill_go_on_merge(terminal: StartTerminal, two: tuple[Path, Path], tmp_path: Path) -> None:
    before = [path.read_bytes() for path in two]
    out = tmp_path / "decided.session"
    words = ("adjudicate", *map(str, two), "--out", str(out), "--annotator", "dora")
    at = terminal(*words)
    at.wait(r"said: \d or \d")
    at.press("7")
    at.wait("21 labels ")
    at.wait(r"said: \d or \d")
    at.press("5")
    at.wait("22 labels ")
    at.read(lambda: ledger_of(out).current is not None)  # the next item is known to the file, before one sees it
    own_pictures.killed(at)
    there = ledger_of(out).current
    assert len(ledger_of(out).open_disagreements) == 2

    again = terminal(*words)
    again.wait("22 labels ")
    again.wait(r"said: \d or \d")
    again.press("v")  # whoever looks for it is told no names either
    again.wait("they said")
    again.press("\x1b")
    again.read(lambda: "they said" not in again.text)
    again.wait("said: ")
    again.press("3")
    again.wait("23 labels ")
    again.wait(r"said: \d or \d")
    again.press("b")
    again.wait("Everything is answered")
    again.press("q")
    assert again.finish() == 0
    for screen in (at.raw, again.raw.partition("going on with")[2].partition("go on with:")[0]):
        told = screen.replace(str(tmp_path), "").replace("anna.session", "").replace("bert.session", "")
        assert "anna" not in told
        assert "bert" not in told
        assert "never seen such" not in told, "a note says who made it, and what they thought"
    assert "Traceback" not in again.raw
    assert "al-tui resume" in again.raw

    ledger = ledger_of(out)
    assert len(ledger.disputed) == DISPUTED
    assert [ledger.answers[item].label for item in ledger.answers if ledger.answers[item].annotator == "dora"] == [
        7,
        5,
        3,
        None,
    ]
    assert list(ledger.answers)[-2] == there, "it went on at the very item"
    assert ledger.open_disagreements == ()
    assert run(tmp_path, "check", str(out)).returncode == 0
    assert [path.read_bytes() for path in two] == before
    result = merge([out, *two], tmp_path / "all.session")
    assert (result.decided, result.disagreements, result.labels) == (DISPUTED, (), 23)
    exported = run(tmp_path, "export", str(out), "--format", "csv", "--out", str(tmp_path / "labels.csv"))
    assert "anna, bert: 24 items labelled by two or more, 20 alike; Cohen's kappa .8" in exported.stderr


def test_where_all_agree_there_is_nothing_to_decide(terminal: StartTerminal, two: tuple[Path, Path], tmp_path: Path) -> None:
    at = terminal("adjudicate", str(two[0]), str(two[0]))
    assert at.finish() == 0
    assert "nothing to decide" in at.raw
    assert list(tmp_path.glob(".local/share/al-tui/sessions/*")) == []


def test_what_is_there_and_decides_nothing_is_not_gone_on_with(terminal: StartTerminal, two: tuple[Path, Path]) -> None:
    at = terminal("adjudicate", *map(str, two), "--out", str(two[0]))
    assert at.finish() == 2
    assert "is no session in which is decided" in " ".join(at.raw.split())
