"""Searching, more like this and the list of answers in a real terminal: what was found, labelled, gone back to and changed is
what is exported after a kill, with how it was chosen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from own_pictures import StartTerminal, killed, write_archive
from own_tables import texts, write_texts
from tests.tui.test_label_pty import run

from al_core.sessions.store import SessionFile


def exported(tmp_path: Path, session: str) -> dict[str, dict[str, Any]]:
    done = run(tmp_path, "export", str(tmp_path / session), "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    return {record["name"]: record for record in map(json.loads, done.stdout.splitlines())}


def current(tmp_path: Path, session: str) -> tuple[str, str | None]:
    """What is on the screen by the log: its name, and why it is there."""
    with SessionFile.open(tmp_path / session, read_only=True) as file:
        return file.ledger.names.get(file.ledger.current or "", ""), file.ledger.how


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_search_go_label_list_go_back_change_kill_resume_export(
    terminal: StartTerminal, tmp_path: Path, size: tuple[int, int]
) -> None:
    write_texts(tmp_path)
    options = ("--label-column", "stars", "--classes", "1,2,3,4,5", "--audit", "0.3")
    at = terminal("label", "texts.jsonl", "--session", "t.session", *options, size=size)
    at.wait("one of the first|to learn or measure")
    at.press("1")
    at.wait("1 label ")
    at.press("/")
    at.wait("Search texts")
    at.press("lovely fits 11")
    at.wait("1 of .* items")
    at.wait("row 12 · lovely fits 11|row 12 · lovely lovely 11|row 12")
    at.press("\r")
    at.wait("row 12 · found by you")
    at.press("2")
    at.wait("2 labels ")
    at.press("l")
    at.wait("All answers")
    at.wait("all 2")
    at.press("row 12")
    at.wait("1 of 2 answers")
    at.press("\r")
    at.wait("row 12 · you said 2")
    at.press("3")
    at.wait("Answered")
    at.read(lambda: "you said" not in at.text)
    at.wait("2 labels ")
    at.press("l")
    at.wait("changed 1")
    at.press("\x1b[Z\x1b[Z")  # the kind before the first is the last, and before that stands "changed"
    at.wait("1 of 2 answers")
    at.wait("= 3 · row 12 · changed")
    at.press("\x1b")
    at.read(lambda: "All answers" not in at.text)
    at.press("/")
    at.wait("Search texts")
    at.press("stars:4 lid")
    at.wait("in none of")  # labels are no column that is searched
    at.press("\x7f" * 11)
    at.press("lid fits")
    at.wait("of .* items · Enter")
    at.press("\x1b[B")
    at.press("\r")
    at.wait("found by you")
    killed(at)
    name, how = current(tmp_path, "t.session")
    assert how == "search"

    again = terminal("resume", "t.session", size=size)
    again.wait("2 labels ")
    again.wait("found by you")
    again.press("5")
    again.wait("3 labels ")
    again.press("q")
    assert again.finish() == 0
    records = exported(tmp_path, "t.session")
    assert "lid" in texts()[int(name.split()[1]) - 1]["text"]
    assert {
        one: (record["label"], record["selected_by"]) for one, record in records.items() if record["selected_by"] == "search"
    } == {
        "row 12": ("3", "search"),
        name: ("5", "search"),
    }
    assert len(records) == 3


def test_more_like_this_and_like_a_class_are_gone_to_by_their_pictures(terminal: StartTerminal, tmp_path: Path) -> None:
    write_archive(tmp_path / "scans.npz")
    at = terminal("label", "scans.npz", "--classes", "0,1,2", "--session", "s.session", "--audit", "0")
    at.wait("one of the first")
    at.press("1")
    at.wait("1 label ")
    at.press("n")
    at.wait("the nearest of 198 that are open, most like this item")
    at.press("1")
    at.wait("the nearest of 199 that are open, most like 1")
    at.press("\x1b[B\x1b[A")
    at.press("\r")
    at.wait("found by you")
    at.press("1")
    at.wait("2 labels ")
    killed(at)
    records = exported(tmp_path, "s.session")
    assert sorted(record["selected_by"] for record in records.values()) == ["search", "start"]
    assert {record["label"] for record in records.values()} == {"1"}
