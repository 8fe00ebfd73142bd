"""Exports that are folders, through the door: what is said, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core.data.identity import identity
from al_core.exchange.records import import_labels
from al_core.sessions.actions import Labelled, Named, Settings, Skipped
from al_core.sessions.home import sessions_directory
from al_core.sessions.store import SessionFile


@pytest.fixture(autouse=True)
def pots(tmp_path, monkeypatch) -> Path:
    """Three pictures, two of them labelled, and their session."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pots = tmp_path / "pots"
    pots.mkdir()
    names = [f"{number}.png" for number in range(3)]
    for number, name in enumerate(names):
        Image.fromarray(np.full((4, 4), number, np.uint8)).save(pots / name)
    items = [identity((pots / name).read_bytes()) for name in names]
    settings = Settings(str(pots), "f" * 32, ("bowl", "jug"), own_classes=True)
    with SessionFile.create(sessions_directory() / "pots-a.session", settings, "ann") as file:
        file.append([Named(tuple(zip(items, names, strict=True)))], "ann")
        file.append([Labelled(items[0], 0), Labelled(items[1], 1), Skipped(items[2], "unsure")], "ann")
    return pots


@pytest.mark.parametrize("form", ["links", "copies"])
def test_a_folder_for_each_class(run, pots, form):
    assert run("export", "pots-a", "--format", form, "--out", "sorted") == (
        0,
        "",
        f"wrote sorted ({form}: 2, folders: 2)\nwithout a label, in labels.jsonl only: 1\n",
    )
    assert Path("sorted/bowl/0.png").read_bytes() == (pots / "0.png").read_bytes()
    assert len(import_labels(Path("sorted"))) == 3
    code, out, err = run("export", "pots-a", "--format", form, "--out", "sorted")
    assert (code, out, err) == (2, "", "al-tui: sorted is there already; choose another name or use --force\n")
    (pots / "1.png").unlink()
    code, _, err = run("export", "pots-a", "--format", form, "--out", "sorted", "--force")
    assert code == 0
    assert "gone or changed, in labels.jsonl only: 1, the first is 1.png\n" in err
    assert [path.name for path in Path("sorted").glob("*/*")] == ["0.png"]


def test_what_was_moved_is_found_where_one_says(run, pots):
    pots.rename("vases")
    code, out, err = run("export", "pots-a", "--format", "links", "--out", "sorted")
    assert (code, out) == (2, "")
    assert f"there is no file or folder {pots}; say where it is now: al-tui export pots-a --data PATH" in err
    assert run("export", "pots-a", "--format", "links", "--out", "sorted", "--data", "vases")[0] == 0
    assert Path("sorted/jug/1.png").resolve() == Path("vases/1.png").resolve()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "links"), "links are a folder; say which to make: --out FOLDER"),
        (("--format", "copies", "--out", "/dev/stdout"), "copies are a folder; say which to make: --out FOLDER"),
        (
            ("--format", "csv", "--data", "pots"),
            "--data is about files that are read, linked or copied, and csv is",
        ),
        (("--format", "links", "--out", "pots/sorted"), "pots/sorted lies in the folder that was labelled"),
        (("--format", "links", "--out", "pots", "--force"), "pots lies in the folder that was labelled"),
        (("--format", "links", "--out", "none/sorted"), "there is no directory none to make sorted in"),
        (("--format", "links", "--out", "sorted", "--data", "digits"), "the items of digits are no files"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_made(run, words, said):
    before = sorted(Path().rglob("*"))
    code, out, err = run("export", "pots-a", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert sorted(Path().rglob("*")) == before
