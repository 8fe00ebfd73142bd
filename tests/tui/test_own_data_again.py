"""A person's own files on another day: moved, gone, changed, in the real program in a real terminal."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from own_pictures import (
    CLASSES,
    StartTerminal,
    killed,
    label_five,
    write_unlabelled,
)
from PIL import Image
from tests.tui.test_label_pty import run

from al_core.sessions.store import SessionFile


def test_what_was_moved_is_found_by_its_content_and_what_is_missing_is_said(terminal: StartTerminal, tmp_path: Path) -> None:
    write_unlabelled(tmp_path / "scans")
    at = terminal("label", "scans", "--classes", CLASSES)
    label_five(at)
    at.press("q")
    assert at.finish() == 0
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    with SessionFile.open(path, read_only=True) as file:
        first, *others = file.ledger.answers
        names = dict(file.ledger.names)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "scans").rename(tmp_path / "elsewhere" / "pots")
    (tmp_path / "elsewhere" / "pots" / names[first]).unlink()
    for item in others:
        old = tmp_path / "elsewhere" / "pots" / names[item]
        old.rename(old.with_name(f"new {old.name}"))

    lost = run(tmp_path, "resume")
    assert lost.returncode == 2
    again = terminal("resume")
    assert again.finish() == 2
    assert re.search(
        rf"there is no file or folder \S+scans and 5 answered items were in it; .* al-tui resume {path.stem} --data PATH",
        again.raw,
    )
    found = terminal("resume", "--data", "elsewhere/pots")
    found.wait("1 of 5 answered items is not in pots now; its label stays in the session")
    found.press("2")
    found.wait("6 labels ")
    found.press("q")
    assert found.finish() == 0
    with SessionFile.open(path, read_only=True) as file:
        assert [given.label for given in file.ledger.answers.values()] == [3, 1, 4, 1, 5, 2]


def test_who_comes_back_to_a_folder_goes_on_where_they_were_and_is_told_what_has_changed(
    terminal: StartTerminal, tmp_path: Path
) -> None:
    write_unlabelled(tmp_path / "scans")
    at = terminal("label", "scans", "--classes", CLASSES)
    label_five(at)
    killed(at)
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    with SessionFile.open(path, read_only=True) as file:
        typed = list(file.ledger.answers)
        labelled = {*file.ledger.names.values()}
    others = sorted(str(file.relative_to(tmp_path / "scans")) for file in (tmp_path / "scans").glob("*/*.png"))
    moved, renamed, gone, changed = [name for name in others if name not in labelled][-4:]
    (tmp_path / "scans" / "more").mkdir()
    (tmp_path / "scans" / moved).rename(tmp_path / "scans" / "more" / Path(moved).name)
    (tmp_path / "scans" / renamed).rename(tmp_path / "scans" / "train" / "new.png")
    (tmp_path / "scans" / gone).unlink()
    for number, name in enumerate((changed, "one.png", "two.png")):
        Image.fromarray(np.full((8, 8), 100 + number, np.uint8)).save(tmp_path / "scans" / name)

    again = terminal("label", "scans", "--classes", CLASSES)
    again.wait(rf"there is a session of scans:\s+1  {path.stem}: 5 labels, 0 put aside, last changed")
    again.press("x\n")
    again.wait("Enter goes on with 1; n and Enter begins a new one(?s:.)*Enter goes on with 1; n and")
    again.press("\n")
    again.wait("5 labels ")
    again.wait("since last time: 2 added, 1 gone, 1 moved, 1 renamed, 1 changed")
    again.press("9")
    again.wait("6 labels ")
    again.press("q")
    assert again.finish() == 0

    (tmp_path / "scans").rename(tmp_path / "pots")
    other = terminal("label", "pots", "--classes", CLASSES)
    other.wait(rf"there is a session of pots:\s+1  {path.stem}: 6 labels")
    other.press("\n")
    other.wait("6 labels (?s:.)*to learn or measure")
    assert "since last time" not in other.raw
    other.press("2")
    other.wait("7 labels ")
    other.press("q")
    assert other.finish() == 0
    with SessionFile.open(path, read_only=True) as file:
        assert list(file.ledger.answers)[:5] == typed
        assert [given.label for given in file.ledger.answers.values()] == [3, 1, 4, 1, 5, 9, 2]

    new = terminal("label", "pots", "--classes", CLASSES, "--new")
    label_five(new)
    assert "there is a session" not in new.raw
    new.press("q")
    assert new.finish() == 0
    third = terminal("label", "pots", "--classes", CLASSES)
    third.wait("there are sessions of pots")
    third.press("n\n")
    label_five(third)
    third.press("q")
    assert third.finish() == 0
    assert len(list(tmp_path.glob(".local/share/al-tui/sessions/*.session"))) == 3

    for form in ("csv", "jsonl", "npz"):  # nothing that goes home says where somebody keeps their files
        out = tmp_path / f"labels.{form}"
        assert run(tmp_path, "export", path.stem, "--format", form, "--out", str(out)).returncode == 0
        said = repr({name: array.tolist() for name, array in np.load(out).items()}) if form == "npz" else out.read_text()
        assert "scans" in said if form == "npz" else "train/" in said
        assert str(tmp_path) not in said
        assert tmp_path.name not in said
