"""A person's own tables and texts: labelled in a real terminal, killed, resumed, exported, imported elsewhere."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from own_pictures import StartTerminal, killed
from own_tables import mixed, write_mixed, write_numbers, write_texts
from sklearn.datasets import load_wine
from tests.tui.test_label_pty import run

from al_core.sessions.store import SessionFile

WORDS = {
    "wine": ("13 columns", ()),
    "breast_cancer": ("30 columns", ()),
    "texts": ("text( in text)?", ()),
    "mixed": (
        "4 columns",
        ("--classes", "new,old,odd", "--id-column", "key", "--drop", "who", "--show", "note", "--audit", "0"),
    ),
}


def write(folder: Path, name: str) -> None:
    if name == "mixed":
        for form in ("csv", "jsonl"):
            write_mixed(folder / f"mixed.{form}")
    elif name == "texts":
        write_texts(folder)
    else:
        write_numbers(folder, name)


@pytest.mark.parametrize(
    ("name", "form", "other"),
    [
        ("wine", ".csv", ".parquet"),
        ("breast_cancer", ".parquet", ".csv"),
        ("mixed", ".csv", ".jsonl"),
        ("texts", "", ".jsonl"),
    ],
)
def test_rows_are_labelled_by_keystroke_and_their_labels_are_the_same_elsewhere(
    terminal: StartTerminal, tmp_path: Path, name: str, form: str, other: str
) -> None:
    said, options = WORDS[name]
    write(tmp_path, name)
    at = terminal("label", name + form, *options, "--annotator", "anna", "--session", "one.session")
    at.wait("one of the first")
    at.wait(rf"{re.escape(name + form)} \({said}\)")
    for number, key in enumerate("1212", 1):
        at.press(key)
        at.wait(rf"{number} labels? ")
    killed(at)
    # Who resumes from elsewhere need not say again which columns are what.
    (tmp_path / "moved").mkdir()
    (tmp_path / f"{name}{form}").rename(tmp_path / "moved" / f"{name}{form}")
    again = terminal("resume", "one.session", "--data", f"moved/{name}{form}", size=(160, 40))  # who leads is said before it
    again.wait("4 labels ")
    again.wait(rf"{re.escape(name + form)} \({said}\)")
    again.wait("asked by|the model's next best|one of the first|drawn at random|to learn or measure")
    again.press("2")
    again.wait("5 labels ")
    again.press("q")
    assert again.finish() == 0
    with SessionFile.open(tmp_path / "one.session", read_only=True) as file:
        given = {item: answer.label for item, answer in file.ledger.answers.items()}
        assert list(given.values()) == [0, 1, 0, 1, 1]
        assert (file.ledger.strategy, file.ledger.learner) == ("auto", "auto")
        names = [file.ledger.names[item] for item in given]
    keys = {"mixed": {row["key"] for row in mixed()}, "texts": set(names)}
    assert set(names) <= keys.get(name, {f"row {number}" for number in range(1, 570)})

    exported = run(tmp_path, "export", str(tmp_path / "one.session"), "--format", "csv", "--out", str(tmp_path / "labels.csv"))
    assert exported.returncode == 0, exported.stderr
    with (tmp_path / "labels.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["item"]: row["name"] for row in rows} == dict(zip(given, names, strict=True))
    elsewhere = terminal("label", name + other, *options, "--annotator", "ben", "--session", "two.session")
    elsewhere.wait("one of the first")
    elsewhere.press("1")
    elsewhere.wait("1 label ")
    elsewhere.press("u")
    elsewhere.wait("0 labels ")
    elsewhere.press("q")
    assert elsewhere.finish() == 0
    imported = run(tmp_path, "import", str(tmp_path / "two.session"), str(tmp_path / "labels.csv"))
    assert imported.returncode == 0, imported.stderr
    with SessionFile.open(tmp_path / "two.session", read_only=True) as file:
        assert {item: answer.label for item, answer in file.ledger.answers.items()} == given
        assert file.ledger.settings.classes == tuple(file.ledger.classes)


def test_labels_are_predicted_for_the_rest_and_for_new_rows(terminal: StartTerminal, tmp_path: Path) -> None:
    write_numbers(tmp_path, "wine")
    with (tmp_path / "wine.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    new = [{**{key: value for key, value in row.items() if key != "label"}, "more": "x"} for row in rows[:3]]
    (tmp_path / "new.jsonl").write_text("".join(json.dumps(row) + "\n" for row in new))
    (tmp_path / "bad.csv").write_text("alcool,ash\n1,2\n")
    at = terminal("label", "wine.csv", "--session", "w.session")
    at.wait("one of the first")
    for number, key in enumerate("1231", 1):
        at.press(key)
        at.wait(rf"{number} labels? ")
    at.press("q")
    assert at.finish() == 0
    for words, count in (((), 178), (("new.jsonl",), 3)):
        places = [str(tmp_path / word) for word in words]
        done = run(tmp_path, "predict", str(tmp_path / "w.session"), *places, "--out", str(tmp_path / f"{count}.csv"))
        assert done.returncode == 0, done.stderr
        found = list(csv.DictReader(io.StringIO((tmp_path / f"{count}.csv").read_text())))
        assert len(found) <= count
        assert {row["label"] for row in found} <= {"class_0", "class_1", "class_2"}
        assert found[0]["name"] == "row 1"
    bad, out = str(tmp_path / "bad.csv"), str(tmp_path / "bad-labels.csv")
    done = run(tmp_path, "predict", str(tmp_path / "w.session"), bad, "--out", out)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no column 'alcohol'; did you mean 'alcool'?" in done.stderr
    assert not (tmp_path / "bad-labels.csv").exists()


@pytest.mark.parametrize(
    ("content", "options", "words"),
    [
        ("x,kind\n1,a\n2,b\n5,a\n", ("--label-column", "kinds"), "--label-column: no column 'kinds'; did you mean 'kind'?"),
        ("x,kind\n1,a\n2,b\n5,a\n", (), "there is no column 'label'; name the classes, --classes a,b, or the column"),
        ("x,label\n1,a\n2,a\n5,a\n", (), "column 'label' has one class only, 'a'"),
        ("x,x,label\n1,2,a\n", (), "two columns are called 'x'"),
        (
            "x,label\n1\n2\n",
            (),
            "there is no row in it that can be used (row 1: it has fewer cells than there are columns); write rows",
        ),
        ("x,label\n1,a\n2,b\n5,a\n", ("--drop", "x,,"), "--drop is 'x,,'; name columns with commas between them"),
        ("x,label\n1,a\n2,b\n5,a\n", ("--features", "hog"), "features 'hog' are those of pictures, and this is a table"),
    ],
)
def test_what_cannot_be_labelled_is_refused_in_one_line(
    terminal: StartTerminal, tmp_path: Path, content: str, options: tuple[str, ...], words: str
) -> None:
    (tmp_path / "a.csv").write_text(content)
    at = terminal("label", "a.csv", *options)
    assert at.finish() == 2
    (line,) = re.findall("al-tui: .*", at.raw)
    assert words in line
    assert not list(tmp_path.glob(".local/share/al-tui/sessions/*.session"))


def test_options_about_columns_are_refused_where_there_are_none(terminal: StartTerminal, tmp_path: Path) -> None:
    done = run(tmp_path, "label", "digits", "--show", "x")
    assert done.returncode == 2
    assert done.stderr == "al-tui: --show is about tables of your own, and digits has its own columns; leave it away\n"


def test_rows_that_are_set_aside_are_counted_on_the_screen(terminal: StartTerminal, tmp_path: Path) -> None:
    rows = b"".join(b"%d,%d,%c\n" % (number % 7, number % 5, b"ab"[number % 2]) for number in range(35))
    (tmp_path / "a.csv").write_bytes(b"x,y,label\n" + rows + b"1,2\ncaf\xe9,1,a\n")
    at = terminal("label", "a.csv", size=(120, 40))
    at.wait("2 columns: 2 numbers; set aside: 1 because it has fewer cells than there are columns, 1 because it is not UTF-8")
    at.press("q")
    assert at.finish() == 0


def test_a_table_is_learnt_from_by_features_of_ones_own(terminal: StartTerminal, tmp_path: Path) -> None:
    write_numbers(tmp_path, "wine")
    np.save(tmp_path / "mine.npy", load_wine().data[:, :2])
    at = terminal("label", "wine.csv", "--embeddings", "mine.npy", "--session", "w.session")
    at.wait("one of the first")
    at.wait(r"wine.csv \(your embeddings\)")
    at.wait("alcohol")  # the rows look as they do without
    for number, key in enumerate("1231", 1):
        at.press(key)
        at.wait(rf"{number} labels? ")
    killed(at)
    (tmp_path / "mine.npy").rename(tmp_path / "moved.npy")
    refused = terminal("resume", "w.session")
    assert refused.finish() == 2
    assert "--embeddings PATH" in refused.raw
    again = terminal("resume", "w.session", "--embeddings", "moved.npy")
    again.wait("4 labels ")
    again.wait("model knows every answer")
    again.press("q")
    assert again.finish() == 0
    places = ("--embeddings", str(tmp_path / "moved.npy"), "--out", str(tmp_path / "all.csv"))
    done = run(tmp_path, "predict", str(tmp_path / "w.session"), *places)
    assert done.returncode == 0, done.stderr


def test_what_ones_own_model_says_is_heard_in_the_vote(terminal: StartTerminal, tmp_path: Path) -> None:
    write_numbers(tmp_path, "wine")
    mine = np.eye(3)[load_wine().target] * 0.97 + 0.01
    np.save(tmp_path / "mine.npy", mine)
    wrong = terminal("label", "wine.csv", "--probabilities", "mine.npy", "--learner", "knn")
    assert wrong.finish() == 2
    assert "--probabilities are one voice of a vote, and the learner is knn" in wrong.raw
    at = terminal("label", "wine.csv", "--probabilities", "mine.npy", "--session", "w.session")
    at.wait("one of the first")
    at.wait("auto · auto")
    for number, key in enumerate("123", 1):
        at.press(key)
        at.wait(rf"{number} labels? ")
    at.wait("model knows every answer")
    killed(at)
    again = terminal("resume", "w.session")
    again.wait("3 labels ")
    again.wait("model knows every answer")
    again.press("q")
    assert again.finish() == 0
    with SessionFile.open(tmp_path / "w.session", read_only=True) as file:
        assert file.ledger.learner == "auto"
        assert file.ledger.rounds[-1].accuracy is not None
    (tmp_path / "mine.npy").rename(tmp_path / "moved.npy")
    out = ("--out", str(tmp_path / "all.csv"))
    gone = run(tmp_path, "predict", str(tmp_path / "w.session"), *out)
    assert gone.returncode == 2
    assert "--probabilities PATH" in gone.stderr
    done = run(tmp_path, "predict", str(tmp_path / "w.session"), "--probabilities", str(tmp_path / "moved.npy"), *out)
    assert done.returncode == 0, done.stderr
    np.save(tmp_path / "moved.npy", mine[:, :2])
    bad = terminal("label", "wine.csv", "--probabilities", "moved.npy", "--new")
    assert bad.finish() == 2
    assert "has 2 columns, and there are 3 classes" in bad.raw
