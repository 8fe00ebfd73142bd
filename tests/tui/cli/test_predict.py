"""Labels to take home, through the door: what is written, what is said, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core.data.identity import identity
from al_core.data.kinds import load_dataset
from al_core.sessions.actions import Changed, Choice, Labelled, Named, RoundFinished, Settings, Skipped
from al_core.sessions.home import sessions_directory
from al_core.sessions.store import RaceFile, SessionFile

CLASSES = tuple("0123456789")


@pytest.fixture(autouse=True)
def scans(tmp_path, monkeypatch) -> Path:
    """A hundred digits as pictures, and a session in which 30 have a label and 10 more measure."""
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "scans", range(100))
    write(tmp_path / "new", range(95, 130))
    digits = load_dataset("digits")
    items = [identity((tmp_path / "scans" / f"{row:03}.png").read_bytes()) for row in range(100)]
    settings = Settings(str(tmp_path / "scans"), "f" * 32, CLASSES, own_classes=True, audit=0.2)
    with SessionFile.create(sessions_directory() / "scans-a.session", settings, "ann") as file:
        file.append([Named(tuple((item, f"{row:03}.png") for row, item in enumerate(items)))], "ann")
        chosen = [Choice("audit", 0.1) if row >= 60 and row < 70 else Choice("strategy") for row in range(100)]
        rows = (*range(30), *range(60, 70))
        file.append([Labelled(items[row], int(digits.y[row]), chosen[row]) for row in rows], "ann")
        file.append([Skipped(items[99], "bad", Choice("strategy"))], "ann")
    return tmp_path / "scans"


def write(folder: Path, rows: range) -> None:
    images = load_dataset("digits").images
    assert images is not None
    folder.mkdir()
    for row in rows:
        Image.fromarray(images[row]).save(folder / f"{row:03}.png")


def test_the_rest_of_a_session_as_a_table(run):
    code, out, err = run("predict", "scans-a", "--out", "labels.csv")
    assert (code, err) == (0, "wrote labels.csv\n")
    lines = out.splitlines()
    assert lines[0] == "items: 100: 40 labelled by a person, 59 predicted, 1 bad"
    assert lines[1] == "model: gaussian_field, labels learnt: 30"
    assert lines[2].endswith("by labels not learnt: 10 drawn, 30 in folds")
    assert lines[3].startswith("estimate, for a random item of scans that was not learnt: ")
    assert " of 10, " in lines[3]
    assert lines[4].startswith("so at most ")
    rows = list(csv.DictReader(io.StringIO(Path("labels.csv").read_text())))
    assert [row["name"] for row in rows] == [f"{number:03}.png" for number in range(100)]
    assert all(row["item"] == identity((Path("scans") / row["name"]).read_bytes()) for row in rows)
    assert [rows[0][name] for name in ("label", "by", "status", "probability")] == ["0", "person", "label", ""]
    assert [rows[40][name] for name in ("by", "status")] == ["predicted", "open"]
    assert [rows[99][name] for name in ("label", "by", "status")] == ["", "", "bad"]
    assert sum(float(rows[40][f"p({name})"]) for name in CLASSES) == pytest.approx(1.0, abs=1e-4)
    assert run("predict", "scans-a", "--out", "labels.csv")[0] == 2
    assert run("predict", "scans-a", "--out", "labels.csv", "--force")[0] == 0


def test_new_pictures_as_json_lines_with_a_summary_for_programs(run):
    (Path("new") / "broken.png").write_bytes(b"\x89PNG")
    code, out, err = run("predict", "scans-a", "new", "--out", "new.jsonl", "--json")
    assert code == 0
    assert err.startswith("wrote new.jsonl\nal-tui: set aside: 1 because it cannot be decoded; the first is broken.png")
    found = json.loads(out)
    counts = ("items", "person", "truth", "predicted", "bad", "new", "most_wrong")
    assert [found[name] for name in counts] == [35, 0, 0, 34, 1, True, None]
    assert found["calibration"] | {"temperature": 1.0} == {
        "method": "temperature",
        "temperature": 1.0,
        "drawn": 10,
        "folds": 30,
    }
    assert (found["estimate"]["asked"], found["estimate"]["population"], found["estimate"]["of"]) == (10, 69, "the model")
    lines = [json.loads(line) for line in Path("new.jsonl").read_text().splitlines()]
    assert [line["name"] for line in lines] == [f"{row:03}.png" for row in range(95, 130)]
    truth = load_dataset("digits").y
    assert np.mean([line["label"] == str(truth[int(line["name"][:3])]) for line in lines]) > 0.6
    text = run("predict", "scans-a", "new", "--out", "new.csv")[1]
    assert "it says nothing of items that are unlike those of scans" in text


def test_a_model_that_learns_all_labels_says_that_nothing_measures_it(run):
    code, out, _ = run("predict", "scans-a", "--with-audit", "--out", "last.csv")
    assert code == 0
    assert "model: gaussian_field, labels learnt: 40\n" in out
    assert (
        "that is the model without the items drawn to measure by; the one that labelled here has learnt them: not measured"
        in out
    )
    assert "so at most" not in out
    found = json.loads(run("predict", "scans-a", "--with-audit", "--out", "last.jsonl", "--json")[1])
    assert (found["with_audit"], found["most_wrong"]) == (True, None)
    assert found["estimate"]["of"] == "the model without the audit"


def test_files_that_were_moved_and_what_is_missing_of_them(run):
    Path("scans").rename("elsewhere")
    (Path("elsewhere") / "000.png").unlink()
    code, out, err = run("predict", "scans-a", "--out", "labels.csv")
    assert (code, out) == (2, "")
    assert "say where it is now: al-tui predict scans-a --data PATH" in err
    code, out, err = run("predict", "scans-a", "--data", "elsewhere", "--out", "labels.csv")
    assert code == 0
    assert out.startswith("items: 99: 39 labelled by a person, ")
    assert "1 of 41 answered items is not in elsewhere now; its label stays in the session" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--out", "labels.txt"), "its name must end in .csv or .jsonl"),
        (("--out", "none/labels.csv"), "there is no directory"),
        (("nothing", "--out", "labels.csv"), "there is no file or folder ./nothing"),
        (("numbers.npy", "--out", "labels.csv"), "pictures were labelled, in files of pictures"),
        (("empty", "--out", "labels.csv"), "there are no pictures in it that can be read"),
        (("--data", "new", "--out", "labels.csv"), "is about another data set"),
        ((), "Missing option '--out'"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(run, words, said):
    np.save("numbers.npy", np.zeros((3, 64)))
    Path("empty").mkdir()
    if "--data" in words:  # nothing in it that was answered
        for row in range(95, 100):
            (Path("new") / f"{row:03}.png").unlink()
    before = {path for path in Path().rglob("*") if "home" not in path.parts}
    code, out, err = run("predict", "scans-a", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert {path for path in Path().rglob("*") if "home" not in path.parts} == before


def test_code_that_a_file_names_is_run_only_when_one_says_so(run):
    with SessionFile.open(sessions_directory() / "scans-a.session") as file:
        file.append([Changed("margin", "sklearn.neighbors:KNeighborsClassifier(n_neighbors=3)", 1)], "ann")
    code, _, err = run("predict", "scans-a", "--out", "labels.csv")
    assert code == 2
    assert "to run that code again, say --learner" in err
    learner = "sklearn.neighbors:KNeighborsClassifier(n_neighbors=3)"
    assert run("predict", "scans-a", "--out", "labels.csv", "--learner", learner)[0] == 0


def test_a_model_goes_along_and_says_the_same(run, tmp_path):
    code, out, err = run("export", "scans-a", "--model", "mine")
    assert (code, out) == (0, "")
    first, second = err.splitlines()
    assert re.fullmatch(r"wrote mine: gaussian_field, labels learnt: 30, \d+\.\d kB", first)
    assert re.match(r"the features of 70 items without a label go along \(\d+\.\d kB\)", second)
    assert run("predict", "scans-a", "new", "--out", "by-session.jsonl")[0] == 0
    assert run("predict", "scans-a", "new", "--out", "by-session.csv", "--json")[0] == 0
    Path("scans").rename("gone")
    (sessions_directory() / "scans-a.session").unlink()
    code, out, err = run("predict", "--model", "mine", "new", "--out", "by-model.jsonl")
    assert (code, err) == (0, "wrote by-model.jsonl\n")
    assert out.startswith("items: 35: 35 predicted\nmodel: gaussian_field, labels learnt: 30\n")
    assert "estimate, for a random item of scans that was not learnt: " in out
    ours, theirs = ([*map(json.loads, Path(f"by-{name}.jsonl").read_text().splitlines())] for name in ("model", "session"))
    assert [line["item"] for line in ours] == [line["item"] for line in theirs]
    assert [line for line, other in zip(ours, theirs, strict=True) if other["by"] == "predicted"] == [
        line for line in theirs if line["by"] == "predicted"
    ]
    found = json.loads(run("predict", "--model", "mine", "new", "--out", "by-model.csv", "--json")[1])
    assert (found["items"], found["new"], found["most_wrong"]) == (35, True, None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("export", "scans-a"), "say what to write: --format "),
        (("export", "scans-a", "--model", "mine", "--format", "csv"), "leave --format and --out away"),
        (("export", "scans-a", "--model", "new"), "new is there already; choose another name or use --force"),
        (("export", "scans-a", "--model", "new", "--force"), "new is no model that was exported, so it is not replaced"),
        (
            ("export", "scans-a", "--format", "csv", "--embeddings", "a.npy"),
            "--embeddings is about a model, and csv is of labels",
        ),
        (("predict", "--out", "a.csv"), "name the session, or with --model DIR a file or folder of items"),
        (("predict", "--model", "new", "--out", "a.csv"), "name one file or folder: al-tui predict --model DIR PATH"),
        (("predict", "--model", "new", "scans", "--out", "a.csv"), "is no model that can be used: recipe.json is missing"),
        (("predict", "--model", "new", "scans", "--with-audit", "--out", "a.csv"), "--with-audit is about a session"),
        (("predict", "--model", "nowhere", "scans", "--out", "a.csv"), "there is no file or folder ./nowhere"),
    ],
)
def test_what_cannot_be_of_a_model_is_one_line_and_nothing_is_written(run, words, said):
    before = {path for path in Path().rglob("*") if "home" not in path.parts}
    code, out, err = run(*words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert {path for path in Path().rglob("*") if "home" not in path.parts} == before


def test_a_race_has_nothing_to_predict(run, tmp_path):
    from al_core.ground.versions import versions
    from al_core.sessions.race_actions import RaceOpened
    from al_core.task.spec import TaskSpec

    opened = RaceOpened(TaskSpec(), ("random",), "f" * 32, CLASSES, versions())
    RaceFile.create(tmp_path / "race.session", opened, "ann").close()
    code, _, err = run("predict", "race.session", "--out", "labels.csv")
    assert (code, err) == (2, "al-tui: race.session: this is a race, not a labelling session\n")


def test_a_certificate_on_stdout_and_in_a_file(run):
    code, out, err = run("certify", "scans-a")
    assert (code, err) == (0, "")
    assert out.startswith("# Labels of scans\n")
    assert "| session | scans-a, " in out
    assert "| ann | 40 | 1 |" in out
    assert "and that it has not learnt: 10. The model has " in out
    assert "## What this does not say" in out
    found = json.loads(run("certify", "scans-a", "--json")[1])
    assert (found["format"], found["labels"], found["estimate"]["asked"]) == ("al-tui certificate 1", 30, 10)
    assert run("certify", "scans-a", "--out", "c.md") == (0, "", "wrote c.md\n")
    assert Path("c.md").read_text() == out
    assert run("certify", "scans-a", "--json", "--out", "c.json")[0] == 0
    assert json.loads(Path("c.json").read_text()) == found
    code, _, err = run("certify", "scans-a", "--out", "c.md")
    assert (code, err) == (2, "al-tui: c.md is there already; choose another name or use --force\n")
    Path("scans").rename("elsewhere")
    code, _, err = run("certify", "scans-a")
    assert code == 2
    assert "say where it is now: al-tui certify scans-a --data PATH" in err
    again = json.loads(run("certify", "scans-a", "--data", "elsewhere", "--json")[1])
    assert (again.pop("dataset"), found.pop("dataset")) == ("elsewhere", "scans")
    assert again == found


def test_an_export_says_what_the_audit_says_and_where_to_read_what_that_means(run):
    with SessionFile.open(sessions_directory() / "scans-a.session") as file:
        file.append([RoundFinished(file.ledger.revision, 30, None, 0.1, None, (), 10, 9)], "ann")
    for form, out in (("csv", "labels.csv"), ("links", "sorted")):
        code, _, err = run("export", "scans-a", "--format", form, "--out", out)
        assert code == 0
        said = "the last model is right about 9 of 10 items drawn to measure by; what that means: al-tui certify scans-a\n"
        assert said in err
