"""What is written for other programs, read by small readers that know only what those programs document."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from al_core.exchange.record import About, Record
from al_core.exchange.registry import formats

CLASSES = ("bowl", 'jug "red" & <old>', "=1+1")
CONTROLS = "x\x1b[2J\x07\u202e"
WHEN = "2026-11-25T10:00:00.500000+00:00"


def record(item: str, label: str = "", by: str = "person", **more: Any) -> Record:
    status = more.pop("status", "label" if label else "unsure")
    annotator, time = ("ann", WHEN) if by == "person" else ("", "")
    return Record(item, label, status, by, more.pop("annotator", annotator), time, False, "", **more)


ROWS = (
    record("a1", CLASSES[0], name="bowl/p01.png"),
    record("a2", CLASSES[1], name="jug/p 02.png"),
    record("a3", name="p03.png"),
    record("a4", CLASSES[0], by="model", name="p04.png"),
    record("a5", CLASSES[2], name="=cmd.png"),
    record("a6", by="", status="flag", name="p06.png"),
    record("a7", CLASSES[0], name="p07.png"),
    record("a7", CLASSES[1], name="p07.png", annotator="ben"),
)
TEXTS = {row.item: f"text of {row.item} {CONTROLS}" for row in ROWS}
PROBABILITIES = {f"a{number}": (0.6, 0.3, 0.1) for number in range(1, 6)}
PICTURES = About("pots", "f" * 32, CLASSES, {row.item: row.name for row in ROWS}, pictures=True)
LETTERS = About("letters", "f" * 32, CLASSES, TEXTS)


def label_studio(content: bytes, config: bytes) -> list[tuple[str, list[str], list[bool]]]:
    """Tasks as a project takes them: what it shows, the choices of its annotations, and which were cancelled."""
    view = ElementTree.fromstring(config)
    assert view.tag == "View"
    shown, choices = view[0], view[1]
    assert shown.tag in ("Image", "Text")
    assert (choices.tag, choices.get("toName"), choices.get("choice")) == ("Choices", shown.get("name"), "single")
    known = [choice.get("value") for choice in choices]
    variable = str(shown.get("value")).removeprefix("$")
    tasks, found, ids = json.loads(content), [], Counter[tuple[str, Any]]()
    for task in tasks:
        ids["task", task["id"]] += 1
        labels, cancelled = [], []
        for kind in ("annotations", "predictions"):
            for one in task[kind]:
                ids[kind, one["id"]] += 1
                assert "completed_by" not in one, "only people of that project may be named"
                for result in one["result"]:
                    ids["result", result["id"]] += 1
                    assert (result["from_name"], result["to_name"]) == (choices.get("name"), shown.get("name"))
                    assert result["type"] == "choices"
                    assert set(result["value"]["choices"]) <= set(known)
                    if kind == "annotations":
                        labels += result["value"]["choices"]
                if kind == "annotations":
                    cancelled.append(one["was_cancelled"])
        found.append((task["data"][variable], labels, cancelled))
    assert set(ids.values()) == {1}
    return found


def test_label_studio_has_its_tasks_and_its_configuration() -> None:
    form = formats()["label-studio"]
    found = label_studio(form.write(ROWS, PICTURES), form.beside(ROWS, PICTURES)["xml"])
    assert found == [
        ("/data/local-files/?d=pots/bowl/p01.png", [CLASSES[0]], [False]),
        ("/data/local-files/?d=pots/jug/p%2002.png", [CLASSES[1]], [False]),
        ("/data/local-files/?d=pots/p03.png", [], [True]),
        ("/data/local-files/?d=pots/p04.png", [], []),
        ("/data/local-files/?d=pots/%3Dcmd.png", [CLASSES[2]], [False]),
        ("/data/local-files/?d=pots/p06.png", [], []),
        ("/data/local-files/?d=pots/p07.png", [CLASSES[0], CLASSES[1]], [False, False]),
    ]
    texts = label_studio(form.write(ROWS, LETTERS), form.beside(ROWS, LETTERS)["xml"])
    assert [shown for shown, *_ in texts] == [TEXTS[f"a{number}"] for number in range(1, 8)]


def prodigy(content: bytes) -> list[tuple[str, str | None, list[str], str | None]]:
    """Lines of the choice interface: what is shown, the answer, what was accepted, who answered."""
    found = []
    for line in content.decode().splitlines():
        task = json.loads(line)
        options = [option["id"] for option in task["options"]]
        assert all(option["text"] for option in task["options"])
        assert set(task["accept"]) <= set(options)
        assert task["_view_id"] == "choice"
        assert isinstance(task.get("_timestamp", 0), int)
        shown = task["image"] if "image" in task else task["text"]
        found.append((shown, task.get("answer"), task["accept"], task.get("_annotator_id")))
    return found


def test_prodigy_has_its_lines() -> None:
    assert prodigy(formats()["prodigy"].write(ROWS, PICTURES)) == [
        ("bowl/p01.png", "accept", [CLASSES[0]], "ann"),
        ("jug/p 02.png", "accept", [CLASSES[1]], "ann"),
        ("p03.png", "ignore", [], "ann"),
        ("p04.png", None, [CLASSES[0]], None),
        ("=cmd.png", "accept", [CLASSES[2]], "ann"),
        ("p06.png", None, [], None),
        ("p07.png", "accept", [CLASSES[0]], "ann"),
        ("p07.png", "accept", [CLASSES[1]], "ben"),
    ]


def doccano(content: bytes) -> dict[str, list[str]]:
    """Texts, or names of files, and their labels."""
    found = {}
    for line in content.decode().splitlines():
        entry = json.loads(line)
        assert isinstance(entry["label"], list)
        assert all(isinstance(label, str) for label in entry["label"])
        assert isinstance(entry["Comments"], list)
        found[entry["filename"] if "filename" in entry else entry["text"]] = entry["label"]
    return found


def test_doccano_has_no_label_that_a_machine_gave() -> None:
    rows = ROWS[:7]
    expected = [[row.label] if row.by == "person" and row.label else [] for row in rows]
    assert list(doccano(formats()["doccano"].write(rows, PICTURES)).values()) == expected
    assert list(doccano(formats()["doccano"].write(rows, LETTERS))) == [TEXTS[row.item] for row in rows]


def test_a_folder_of_hugging_face_has_its_metadata() -> None:
    """A column ``file_name`` with paths below the folder, and one more for each thing that is known of a file."""
    rows = list(csv.DictReader(io.StringIO(formats()["huggingface"].write(ROWS[:5], PICTURES).decode(), newline="")))
    assert list(rows[0])[:2] == ["file_name", "label"]
    labels = ["bowl", 'jug "red" & <old>', "", "bowl", "'=1+1"]
    assert [row["label"] for row in rows] == labels, "a formula stays a text in a spreadsheet"
    assert [row["file_name"] for row in rows][:4] == ["bowl/p01.png", "jug/p 02.png", "p03.png", "p04.png"]


def test_cleanlab_has_labels_and_probabilities_in_the_order_in_which_it_sorts_labels() -> None:
    form, about = formats()["cleanlab"], About("pots", "f" * 32, ("jug", "bowl", "vase"), probabilities=PROBABILITIES)
    rows = [record("a1", "jug"), record("a2", "bowl"), record("a3"), record("a4", "jug"), record("a9", "bowl")]
    table = list(csv.DictReader(io.StringIO(form.write(rows, about).decode(), newline="")))
    shares = np.load(io.BytesIO(form.beside(rows, about)["pred_probs.npy"]), allow_pickle=False)
    labels = np.array([row["label"] for row in table])
    known = labels != ""
    classes, numbers = np.unique(labels[known], return_inverse=True)
    assert shares.shape == (len(table), len(classes))
    assert classes.tolist() == ["bowl", "jug"]
    np.testing.assert_allclose(shares[:4].sum(axis=1), 1.0)
    np.testing.assert_allclose(shares[0], [0.3 / 0.9, 0.6 / 0.9])
    assert np.isnan(shares[4]).all(), "of an item that no model can judge nothing is said"
    assert numbers.tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("form", ["label-studio", "prodigy", "doccano", "huggingface", "cleanlab"])
def test_nothing_that_is_written_is_obeyed_by_a_terminal(form: str) -> None:
    about = LETTERS if form != "huggingface" else PICTURES
    content = formats()[form].write(ROWS[:6], about)
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", content)
    assert "\u202e" not in content.decode()
