"""Classes that change while one labels, with the real program in a real terminal: digits, own pictures, a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import own_pictures
import own_tables
import pytest
from test_label_pty import run

from al_core.sessions.store import SessionFile

StartTerminal = Callable[..., Any]


def do(at: Any, key: str, about: str, question: str, text: str, said: str) -> None:
    """Open the classes, go to one, and do something to it."""
    at.press("C")
    at.wait("a add")
    at.press(about)
    at.press(key)
    at.wait(question)
    at.press(text)
    at.wait(said)


def label(at: Any, keys: str, already: int = 0) -> None:
    for number, key in enumerate(keys, already + 1):
        at.press(key)
        at.wait(rf"{number} labels? ")


def exported(tmp_path: Path, session: Path) -> dict[str, str]:
    done = run(tmp_path, "export", str(session), "--format", "csv")
    assert done.returncode == 0, done.stderr
    return {row["item"]: row["label"] for row in csv.DictReader(io.StringIO(done.stdout))}


def begin(data: str, tmp_path: Path) -> tuple[str, ...]:
    if data == "digits":
        return ("digits",)
    if data == "pictures":
        own_pictures.write_unlabelled(tmp_path / "scans")
        return (str(tmp_path / "scans"), "--classes", "zero,one,two", "--audit", "0")
    own_tables.write_numbers(tmp_path, "wine")
    return (str(tmp_path / "wine.csv"),)


@pytest.mark.parametrize("data", ["digits", "pictures", "table"])
def test_label_change_classes_kill_resume_export(data: str, terminal: StartTerminal, tmp_path: Path) -> None:
    path = tmp_path / "changing.session"
    at = terminal("label", *begin(data, tmp_path), "--session", str(path))
    at.wait("one of the first")
    first, second = {"digits": "12", "pictures": "12", "table": "12"}[data]
    label(at, first + second + first)
    with SessionFile.open(path, read_only=True) as file:
        items, names = [*file.ledger.answers], file.ledger.living
        typed = [file.ledger.classes[given.label] for given in file.ledger.answers.values()]
    count = len(names)
    do(at, "a", first, "name of the new class", "fox\r", "fox is a class now")
    new = "4" if count == 3 else ""
    if new:
        label(at, new, 3)
    else:
        at.press("\t")
        at.wait("Which class")
        at.press("fo\r")
        at.wait("4 labels ")
    one, two = typed[0], typed[1]
    do(at, "r", second, "to be called", "other\r", "is called other now")
    do(at, "m", first, "to be of", "oth\r", "is other now, with 2 labels")
    at.press("u")
    at.wait("Taken back: a merged class")
    own_pictures.killed(at)
    with SessionFile.open(path, read_only=True) as file:
        items = [*file.ledger.answers]
        assert file.ledger.living == (*("other" if name == two else name for name in names), "fox")
    wanted = dict(zip(items, (one, "other", one, "fox"), strict=True))
    assert exported(tmp_path, path) == wanted
    again = terminal("resume", str(path))
    again.wait("4 labels ")
    again.press("y")
    do(again, "s", second, "is to be split|to be split", "left,right\r", "3 items are asked again next")
    again.press("u")
    again.wait("Taken back: a split class")
    again.press("y")
    again.wait("1 label ")
    again.press("q")
    assert again.finish() == 0
    assert "Traceback" not in at.raw + again.raw
    assert exported(tmp_path, path) == {items[3]: "fox"}
    with SessionFile.open(path, read_only=True) as file:
        assert [*file.ledger.reopened] == items[:3]
        assert file.ledger.living[-3:] == ("fox", "left", "right")
    last = terminal("resume", str(path))
    last.wait("1 label ")
    last.press("\t")
    last.wait("Which class")
    last.press("lef\r")
    last.wait("2 labels ")
    last.wait("again; you said other")
    last.press("q")
    assert last.finish() == 0
