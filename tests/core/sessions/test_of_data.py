"""Sessions of a folder are found by the path they were made from, and by what lies there by now."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from al_core.data.identity import identity
from al_core.data.table_rows import row_identity, text_identity
from al_core.sessions import of_data
from al_core.sessions.actions import Labelled, Named, Settings
from al_core.sessions.home import sessions_directory
from al_core.sessions.of_data import sessions_of
from al_core.sessions.store import SessionFile


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))


def files(root: Path, **contents: bytes) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (root / name).write_bytes(content)
    return root


def made(name: str, data: Path | str, *labelled: str, named: bool = True) -> Path:
    """A session in which files of a folder have a label."""
    path = sessions_directory() / f"{name}.session"
    with SessionFile.create(path, Settings(str(data), "f" * 32, ("a", "b")), "anna") as file:
        for name in labelled:
            item = identity((Path(data) / name).read_bytes())
            file.append([*([Named(((item, name),))] if named else []), Labelled(item, 0)], "anna")
    return path


def found(data: Path | str) -> list[str]:
    return [one.path.stem for one in sessions_of(str(data))]


def test_those_that_were_made_from_the_path_are_found_the_latest_first(tmp_path: Path) -> None:
    pots, cups = files(tmp_path / "pots", x=b"1", y=b"2"), files(tmp_path / "cups", x=b"3")
    old = made("old", pots, "x")
    os.utime(old, (1, 1))
    made("new", pots, "x", "y")
    made("nothing-yet", pots)
    made("cups", cups, "x")
    made("digits", "digits")
    assert set(found(pots)) == {"new", "old", "nothing-yet"}
    assert found(pots)[-1] == "old"
    (tmp_path / "link").symlink_to(pots)
    assert set(found(tmp_path / "link")) == {"new", "old", "nothing-yet"}
    assert found("digits") == []
    assert [one.ledger.labelled for one in sessions_of(str(cups))] == [1]


def test_what_lies_there_decides_and_not_what_it_is_called(tmp_path: Path) -> None:
    pots = files(tmp_path / "pots", x=b"1", y=b"2")
    made("pots", pots, "x", "y")
    files(pots, x=b"other")
    assert found(pots) == ["pots"]
    files(pots, y=b"other too")
    assert found(pots) == []
    (pots / "x").unlink()
    (pots / "y").unlink()
    assert found(pots) == ["pots"]  # nothing there says that it is another folder


def test_a_folder_that_was_moved_is_known_by_its_files(tmp_path: Path) -> None:
    pots = files(tmp_path / "pots", x=b"1", y=b"2")
    made("pots", pots, "x", "y")
    made("unnamed", pots, "x", named=False)
    assert found(files(tmp_path / "copy", x=b"1")) == []  # the other is where it was
    pots.rename(tmp_path / "elsewhere")
    assert found(tmp_path / "elsewhere") == ["pots"]
    assert found(files(tmp_path / "another", x=b"9")) == []


def test_what_is_no_session_or_names_what_it_should_not_is_passed_over(tmp_path: Path) -> None:
    pots = files(tmp_path / "pots", x=b"1")
    path = made("pots", pots, "x")
    (sessions_directory() / "broken.session").write_bytes(b"nonsense")
    os.mkfifo(sessions_directory() / "pipe.session")
    os.mkfifo(pots / "pipe")
    with SessionFile.open(path) as file:
        file.append([Named((("0" * 16, "pipe"), ("1" * 16, "../pots"), ("2" * 16, "a\0b"), ("3" * 16, "")))], "anna")
    assert found(pots) == ["pots"]


def test_only_the_latest_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pots = files(tmp_path / "pots", x=b"1")
    os.utime(made("old", pots, "x"), (1, 1))
    made("new", files(tmp_path / "cups", x=b"2"), "x")
    monkeypatch.setattr(of_data, "MOST_SESSIONS", 1)
    assert found(pots) == []


def rows(path: Path, *cells: str) -> Path:
    path.write_text("x,label,text\n" + "".join(f"{cell}\n" for cell in cells))
    return path


@pytest.mark.parametrize("kind", ["rows", "texts"])
def test_a_table_that_was_moved_is_known_by_its_rows(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pots = rows(tmp_path / "pots.csv", "1,a,one", "2,b,two", "3,,three")
    item = row_identity(["x", "text"], ["2", "two"], ()) if kind == "rows" else text_identity("two")
    with SessionFile.create(sessions_directory() / "s.session", Settings(str(pots), "f" * 32, ("a", "b")), "anna") as file:
        file.append([Named(((item, "row 2"),)), Labelled(item, 0)], "anna")
    assert found(pots) == ["s"]
    assert found(rows(tmp_path / "copy.csv", "2,,two")) == [], "the other is where it was"
    pots.unlink()
    assert found(rows(tmp_path / "new.csv", "9,a,nine", "2,,two")) == ["s"], "whatever label it has there"
    assert found(rows(tmp_path / "other.csv", "9,a,nine")) == []
    (tmp_path / "bad.csv").write_text("x,x\n")
    assert found(tmp_path / "bad.csv") == []
    monkeypatch.setattr("al_core.data.whereabouts.ROWS_LOOKED_AT", 1)
    assert found(tmp_path / "new.csv") == []
    assert found(rows(pots, "9,a,nine", "4,,four")) == ["s"], "where it was, and nobody waits for all of it"
    monkeypatch.undo()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    assert found(pots) == [], "all that was named is another table now"
