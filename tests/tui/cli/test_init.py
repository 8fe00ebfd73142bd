"""A project's file as it is begun: whole, valid line by line, never written over another, and what labelling goes by."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest
from commands import al_tui
from own_pictures import StartTerminal, write_labelled
from own_tables import write_mixed, write_numbers

from al_tui.requests.files import options_files
from al_tui.requests.project import quoted
from al_tui.requests.taken import TAKEN

ODD = 'a "b" \\ c.d', "壺 😀", "e#f"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def run(*args: str) -> subprocess.CompletedProcess[str]:
    return al_tui(args)


def test_it_names_the_data_its_columns_and_classes_and_every_option(tmp_path: Path) -> None:
    write_numbers(tmp_path, "wine")
    done = run("init", "wine.csv")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "wrote al-tui.toml: 178 items, 3 classes; go on with: al-tui label\n"
    text = Path("al-tui.toml").read_text()
    assert "178 items, 118 of them with a label; learnt from: 13 columns" in text
    assert "alcohol, malic_acid" in text
    document = tomllib.loads(text)
    assert document == {"dataset": "./wine.csv", "classes": {f"class_{number}": {"says": ""} for number in range(3)}}
    shown = {row.key for row in TAKEN["label"] if row.where == "anywhere"} | {"target", "second-target"}
    written = {line.lstrip("#").partition(" =")[0] for line in text.splitlines() if " = " in line}
    assert shown - {"classes"} <= written


@pytest.mark.parametrize("data", ["mixed.csv", "digits"])
def test_every_line_that_does_not_hold_could(tmp_path: Path, data: str) -> None:
    write_mixed(tmp_path / "mixed.csv")
    assert run("init", data).returncode == 0
    path = Path("al-tui.toml")
    lines = path.read_text().splitlines()
    hidden = [number for number, line in enumerate(lines) if line[:1] == "#" and line[1:2] not in (" ", "")]
    assert len(hidden) >= 8
    options_files(TAKEN)
    for number in hidden:
        if lines[number][1:].startswith(("[", '"', "key", "says")):
            continue
        path.write_text("\n".join([*lines[:number], lines[number][1:], *lines[number + 1 :]]))
        options_files(TAKEN)
    path.write_text(
        "\n".join(line[1:] if number in hidden else line for number, line in enumerate(lines)).replace('"j"', '""', 1)
    )
    (file,) = options_files(TAKEN)
    assert file.said["label"]["dataset"].value == ("digits" if data == "digits" else "./mixed.csv")


def test_a_file_that_is_there_is_written_over_only_when_that_is_said(tmp_path: Path) -> None:
    Path("al-tui.toml").write_text("batch = 3\n")
    done = run("init", "digits")
    assert (done.returncode, done.stdout) == (2, "")
    assert "al-tui.toml is there already; choose another name or use --force" in done.stderr
    assert Path("al-tui.toml").read_text() == "batch = 3\n"
    assert run("init", "digits", "--out", "other.toml").returncode == 0
    assert run("init", "digits", "--force").returncode == 0
    assert 'dataset = "digits"' in Path("al-tui.toml").read_text()
    assert run("init", "nowhere/").returncode == 2


def test_odd_names_of_classes_and_paths_are_read_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / 'my "pots"\\x'
    place.mkdir()
    np.savez(place / "a.npz", X=np.arange(6.0).reshape(6, 1), y=[*ODD, *ODD])
    done = run("init", str(place / "a.npz"))
    assert done.returncode == 0, done.stderr
    (file,) = options_files(TAKEN)
    assert file.said["label"]["classes"].value == ",".join(sorted(ODD))
    assert file.said["label"]["dataset"].value == 'my "pots"\\x/a.npz'
    assert tomllib.loads(f"a = {quoted('x' + chr(127) + chr(1) + '😀')}") == {"a": "x\x7f\x01😀"}


def test_the_file_lies_where_it_is_wanted_and_leads_to_the_data_from_there(tmp_path: Path) -> None:
    write_numbers(tmp_path, "wine")
    (tmp_path / "sub").mkdir()
    assert run("init", "wine.csv", "--out", "sub/p.toml").returncode == 0
    assert tomllib.loads((tmp_path / "sub" / "p.toml").read_text())["dataset"] == str(tmp_path / "wine.csv")
    (file,) = options_files(TAKEN, "sub/p.toml")
    assert file.said["label"]["dataset"].value == str(tmp_path / "wine.csv")


def test_labelling_goes_by_it_with_keys_and_descriptions(terminal: StartTerminal, tmp_path: Path) -> None:
    write_labelled(tmp_path / "pots")
    done = run("init", "pots")
    assert done.stdout.startswith("wrote al-tui.toml: 200 items, 10 classes")
    text = Path("al-tui.toml").read_text()
    text = text.replace('[classes.7]\n#key = "j"\nsays = ""', '[classes.7]\nkey = "j"\nsays = "a bar, and a slope"')
    Path("al-tui.toml").write_text(text.replace("#batch = 1", "batch = 2"))
    at = terminal("label", "--session", "p.session")
    at.wait("one of the first")
    at.wait("j 7")
    at.press("j")
    at.wait("1 label ")
    at.press("?")
    at.wait("a bar, and a slope")
    at.wait(r"\d\d\d\.png|7/")
    at.press("\x1b")
    at.read(lambda: "a bar, and a slope" not in at.text)
    at.press("q")
    assert at.finish() == 0
    exported = run("export", "p.session", "--format", "jsonl")
    assert [json.loads(line)["label"] for line in exported.stdout.splitlines()] == ["7"]
    again = terminal("resume", "p.session")
    again.wait("1 label ")
    again.press("?")
    again.wait("a bar, and a slope")
    again.press("\x1b")
    again.read(lambda: "a bar, and a slope" not in again.text)
    again.press("q")
    assert again.finish() == 0
