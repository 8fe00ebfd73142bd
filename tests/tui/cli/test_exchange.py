"""Labels for other programs and from them, through the door: what is written, what is said, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core.data.identity import identity
from al_core.exchange.records import records
from al_core.sessions.actions import Labelled, Named, Settings, Skipped
from al_core.sessions.home import sessions_directory
from al_core.sessions.store import SessionFile

LABELS = (0, 1, 0, 1, 0, 1)


@pytest.fixture(autouse=True)
def pots(tmp_path, monkeypatch) -> Path:
    """Eight pictures, six of them labelled and one put aside, and their session."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    pots = tmp_path / "pots"
    (pots / "new").mkdir(parents=True)
    names = [f"new/{number}.png" for number in range(8)]
    for number, name in enumerate(names):
        levels = np.full((12, 12), number, np.uint8)
        levels[:6] = 200
        Image.fromarray(levels.T if number % 2 else levels).save(pots / name)
    items = [identity((pots / name).read_bytes()) for name in names]
    settings = Settings(str(pots), "f" * 32, ("bowl", "jug"), own_classes=True, learner="logistic")
    with SessionFile.create(sessions_directory() / "pots-a.session", settings, "ann") as file:
        file.append([Named(tuple(zip(items, names, strict=True)))], "ann")
        file.append([Labelled(item, label) for item, label in zip(items, LABELS, strict=False)], "ann")
        file.append([Skipped(items[6], "bad")], "ann")
    SessionFile.create(sessions_directory() / "pots-b.session", settings, "ben").close()
    return pots


def session(name: str):
    with SessionFile.open(sessions_directory() / f"{name}.session", read_only=True) as file:
        return file.ledger


@pytest.mark.parametrize(
    ("form", "name", "beside"),
    [
        ("label-studio", "tasks.json", ["tasks.xml"]),
        ("prodigy", "tasks.jsonl", []),
        ("doccano", "tasks.jsonl", []),
        ("huggingface", "metadata.csv", []),
        ("cleanlab", "labels.csv", ["labels.pred_probs.npy"]),
    ],
)
def test_what_is_written_for_another_program_is_taken_in_again(run, pots, form, name, beside):
    code, out, err = run("export", "pots-a", "--format", form, "--out", name)
    assert (code, out) == (0, "")
    assert err.splitlines() == [f"wrote {each}" for each in (name, *beside)]
    assert "new/0.png" in Path(name).read_text()
    assert run("import", "pots-b", name) == (
        0,
        "7 of 7 taken in; 0 known already, 0 differ and were left out\nwithout a label, put aside there: 1\n",
        "",
    )
    ours, theirs = records(session("pots-a")), records(session("pots-b"))
    assert [(one.item, one.label, one.status, one.annotator, one.name) for one in theirs] == [
        (one.item, one.label, one.status, one.annotator, one.name) for one in ours
    ]
    for each in (name, *beside):
        code, _, err = run("export", "pots-a", "--format", form, "--out", name)
        assert code == 2
        assert "is there already" in err
        Path(each).unlink()


def test_what_belongs_beside_is_told_where_one_reads_from_a_pipe(run):
    code, out, err = run("export", "pots-a", "--format", "label-studio")
    assert (code, err) == (0, "a .xml belongs beside it; give --out FILE to have both\n")
    assert len(json.loads(out)) == 7


def test_probabilities_for_cleanlab_are_of_models_that_did_not_know_the_label(run):
    assert run("export", "pots-a", "--format", "cleanlab", "--out", "labels.csv")[0] == 0
    rows = list(csv.DictReader(io.StringIO(Path("labels.csv").read_text(), newline="")))
    shares = np.load("labels.pred_probs.npy", allow_pickle=False)
    assert shares.shape == (7, 2)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    known = np.array([row["label"] != "" for row in rows])
    labels = np.array([("bowl", "jug").index(row["label"]) for row in rows if row["label"]])
    assert (shares[known].argmax(axis=1) == labels).all(), "edges across and edges down are told apart"


def test_a_file_of_another_program_with_what_is_no_label(run, pots):
    lines = [
        {"image": "/mnt/pots/new/7.png", "label": "jug", "answer": "accept", "_annotator_id": "kim"},
        {"image": "new/6.png", "label": "jug", "answer": "reject"},
        {"image": "new/5.png", "label": "jug", "answer": "reject"},
        {"image": "new/none.png", "label": "jug", "answer": "accept"},
    ]
    Path("kim.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + "{\x1b\n")
    code, out, err = run("import", "pots-a", "kim.jsonl")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "1 of 1 taken in; 0 known already, 0 differ and were left out",
        "left out, rejected: known only not to be what was suggested: 2, the first is line 2",
        "left out, no JSON object: 1, line 5",
        "left out, no item of this data: 1, line 4",
    ]
    assert session("pots-a").person_labels[identity((pots / "new/7.png").read_bytes())] == 1
    document = json.loads(run("import", "pots-a", "kim.jsonl", "--json")[1])
    assert document["known"] == 1
    assert len(document["left_out"]) == 3


def test_a_class_that_there_is_not_changes_nothing(run):
    Path("kim.jsonl").write_text('{"image": "new/7.png", "label": "vase", "answer": "accept"}\n')
    before = session("pots-a").sequence
    code, out, err = run("import", "pots-a", "kim.jsonl")
    assert (code, out) == (2, "")
    assert "'vase' is no class of" in err
    assert session("pots-a").sequence == before


def test_where_the_data_has_gone_one_is_asked_where_it_is(run, pots):
    Path("kim.jsonl").write_text('{"image": "new/7.png", "label": "jug", "answer": "accept"}\n')
    pots.rename("moved")
    for words in (("import", "pots-a", "kim.jsonl"), ("export", "pots-a", "--format", "prodigy")):
        code, out, err = run(*words)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "say where it is now" in err
    assert run("import", "pots-a", "kim.jsonl", "--data", "moved")[0] == 0


def test_items_that_are_no_files_have_no_metadata_of_files(run):
    settings = Settings("digits", "f" * 32, tuple("0123456789"))
    with SessionFile.create(sessions_directory() / "digits-a.session", settings, "ann") as file:
        file.append([Labelled("a", 0)], "ann")
    code, out, err = run("export", "digits-a", "--format", "huggingface", "--out", "metadata.csv")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "are no files" in err
    assert not Path("metadata.csv").exists()


def test_pictures_that_are_no_files_are_shown_all_the_same(run):
    from al_core.data.kinds import load_dataset

    item = load_dataset("digits").item_ids[0]
    with SessionFile.create(
        sessions_directory() / "digits-a.session", Settings("digits", "f" * 32, tuple("0123456789")), "ann"
    ) as file:
        file.append([Labelled(item, 0)], "ann")
    (task,) = json.loads(run("export", "digits-a", "--format", "label-studio")[1])
    kind, _, content = task["data"]["image"].partition(",")
    assert kind == "data:image/png;base64"
    import base64

    assert Image.open(io.BytesIO(base64.b64decode(content))).size == (8, 8)
