"""A program labels: from arrays, from files, killed and gone on with, beside what a person does in the same file."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from al_core import Dataset, Labelling, UserError
from al_core.data.looks import Card, Picture
from al_core.labelling.model import model_round
from al_core.sessions.store import SessionFile

DOCS = Path(__file__).parents[3] / "docs" / "data.md"


def cloud(n: int = 90, known: bool = False, seed: int = 0) -> tuple[Dataset, list[str]]:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    X = 4 * np.eye(3, 5)[y] + rng.normal(size=(n, 5))
    truth = [("cat", "dog", "owl")[label] for label in y]
    names = [f"animal {row}" for row in range(n)]
    return Dataset("animals", X, truth if known else [None] * n, ["cat", "dog", "owl"], item_names=names), truth


def test_ten_lines_label_and_predict(tmp_path: Path) -> None:
    data, truth = cloud()
    with Labelling(data, tmp_path / "a.session", seed=3) as job:
        assert job.classes == ("cat", "dog", "owl")
        assert job.estimate is None
        while len(job.labels) < 30:
            for asked in job.ask(5):
                assert asked.name == f"animal {asked.row}"
                assert asked.features.tolist() == data.X[asked.row].tolist()
                assert isinstance(asked.look, Card)
                job.tell(asked, truth[asked.row])
        estimate = job.estimate
        assert estimate is not None
        assert estimate.asked > 0
        assert 0 <= estimate.lower < estimate.upper <= 1
        found = job.predict()
        assert len(found.items) == 90
        assert np.mean([one.label == truth[int(one.name.split()[1])] for one in found.items]) > 0.9
        job.export(tmp_path / "labels.jsonl")
    told = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert len(told) >= 30
    assert {line["annotator"] for line in told} == {"script"}
    assert {"start", "strategy", "audit"} <= {line["selected_by"] for line in told}


def test_what_is_drawn_to_measure_by_is_never_learnt(tmp_path: Path) -> None:
    data, truth = cloud()
    with Labelling(data, tmp_path / "a.session", audit=0.5) as job:
        why = {}
        for _ in range(11):
            for asked in job.ask(4):
                job.tell(asked, truth[asked.row])
                why[asked.item] = asked.how
        ledger = job._session.ledger
        drawn = set(ledger.choices.audited)
        assert drawn == {item for item, how in why.items() if how == "audit"}
        assert len(drawn) >= 30  # until there are 30 each turn draws one
        request = job._session.describe()
        assert request is not None
        assert drawn
        assert drawn.isdisjoint(item for item, _ in request.labels)
        assert set(request.audit) == drawn
        assert len(request.labels) + len(drawn) == len(job.labels)
        assert model_round(request).audit


def test_a_session_goes_on_and_comes_to_the_same_as_one_that_was_not_left(tmp_path: Path) -> None:
    data, truth = cloud()

    def told(job: Labelling, rounds: int) -> list[str]:
        asked = []
        for _ in range(rounds):
            for one in job.ask(3):
                job.tell(one, truth[one.row])
                asked.append(one.item)
        return asked

    with Labelling(data, tmp_path / "whole.session") as job:
        whole = told(job, 8)
    with Labelling(data, tmp_path / "parts.session") as job:
        first = told(job, 4)
    with Labelling(Dataset("animals", data.X, data.y, data.classes), tmp_path / "parts.session") as job:
        assert list(job.labels) == first
        assert first + told(job, 4) == whole


def test_what_is_no_label_what_is_taken_back_and_what_nobody_asked(tmp_path: Path) -> None:
    data, truth = cloud(12)
    with Labelling(data, tmp_path / "a.session", audit=0.0) as job:
        first, second, third = job.ask(3)
        job.tell(first, status="bad")
        job.tell(second, status="later")
        job.tell(third, "dog")
        job.tell(third.item, "cat")
        assert job.labels == {third.item: "cat"}
        assert job.undo() == third.item
        assert job.labels == {third.item: "dog"}
        other = next(item for item in data.item_ids if item not in (first.item, second.item, third.item))
        job.tell(other, 2)
        assert job._session.ledger.choices[other].by == "search"
        while rest := [one for one in job.ask(4) if one.how != "later"]:
            for one in rest:
                job.tell(one, truth[one.row])
        (again,) = job.ask(4)
        assert (again.item, again.how) == (second.item, "later")
        job.tell(again, truth[again.row])
        assert job.ask() == ()
        assert len(job.labels) == 11


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda job: job.tell(job.ask()[0], "fish"), "no class 'fish'"),
        (lambda job: job.tell(job.ask()[0], 3), "class 3 of 3"),
        (lambda job: job.tell(job.ask()[0], -1), "class -1 of 3"),
        (lambda job: job.tell(job.ask()[0]), "say a label, or a status"),
        (lambda job: job.tell(job.ask()[0], "cat", status="bad"), "say a label, or a status"),
        (lambda job: job.tell(job.ask()[0], status="skip"), "no status 'skip'"),
        (lambda job: job.tell("0" * 32, "cat"), "is not among those"),
        (lambda job: job.ask(0), "ask for at least 1"),
        (lambda job: job.predict(), "label some first"),
        (lambda job: job.export("labels.pdf"), "no format 'pdf'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_told(tmp_path: Path, call: object, words: str) -> None:
    with Labelling(cloud()[0], tmp_path / "a.session") as job:
        with pytest.raises(UserError, match=words):
            call(job)  # type: ignore[operator]
        assert not job.labels
        assert not job._session.ledger.answers


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    data, _ = cloud()
    with pytest.raises(UserError, match="no setting 'lerner'; did you mean 'learner'"):
        Labelling(data, tmp_path / "a.session", lerner="svm")
    with pytest.raises(UserError, match="no strategy 'margn'"):
        Labelling(data, tmp_path / "a.session", strategy="margn")
    assert not (tmp_path / "a.session").exists()
    with Labelling(data, tmp_path / "a.session") as job:
        (asked,) = job.ask()
        job.tell(asked, "cat")
        with pytest.raises(UserError, match="is held by process"):
            Labelling(data, tmp_path / "a.session")
    with pytest.raises(UserError, match="has its classes and settings"):
        Labelling(data, tmp_path / "a.session", learner="svm")
    with pytest.raises(UserError, match="is about another data set"):
        Labelling(cloud(seed=1)[0], tmp_path / "a.session")
    with Labelling(data, tmp_path / "a.session") as job:  # none of these has kept the lock
        assert job.labels == {asked.item: "cat"}


def test_a_folder_of_pictures_is_labelled_and_a_person_goes_on_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "pots"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(40):
        levels = np.clip(rng.normal(60 + 120 * (number % 2), 20, (16, 16)), 0, 255).astype(np.uint8)
        Image.fromarray(levels).save(folder / f"{number:02}.png")
    with Labelling(folder, tmp_path / "p.session", classes=["bowl", "jug"], features="pixels") as job:
        for _ in range(6):
            for asked in job.ask(2):
                assert isinstance(asked.look, Picture)
                dark = np.frombuffer(asked.look.pixels, dtype=np.uint8).mean() < 120
                assert dark == (int(asked.name[:2]) % 2 == 0)
                job.tell(asked, "bowl" if dark else "jug")
        found = job.predict()
        assert all((one.label == "bowl") == (int(one.name[:2]) % 2 == 0) for one in found.items)
    with SessionFile.open(tmp_path / "p.session") as file:
        assert file.ledger.settings.dataset == str(folder)
        assert file.ledger.settings.own_classes
        assert len(file.ledger.names) == len(file.ledger.answers)
    (folder / "00.png").rename(folder / "moved.png")
    with Labelling(folder, tmp_path / "p.session") as job:
        assert len(job.labels) == 12


SCRIPT = """
import sys
import numpy as np
from al_core import Dataset, Labelling

y = np.arange(90) % 3
X = 4 * np.eye(3, 5)[y] + np.random.default_rng(0).normal(size=(90, 5))
job = Labelling(Dataset("animals", X, [None] * 90, ["cat", "dog", "owl"]), sys.argv[1])
while len(job.labels) < 60:
    for asked in job.ask(3):
        job.tell(asked, int(y[asked.row]))
        print(asked.item, flush=True)
"""


def test_what_was_told_is_on_disk_when_the_script_is_killed(tmp_path: Path) -> None:
    """The script has no main guard: nothing is started beside it."""
    (tmp_path / "script.py").write_text(SCRIPT)
    words = [sys.executable, str(tmp_path / "script.py"), str(tmp_path / "a.session")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as script:
        assert script.stdout is not None
        told = [script.stdout.readline().strip() for _ in range(10)]
        os.kill(script.pid, signal.SIGKILL)
        told += script.stdout.read().split()
    with SessionFile.open(tmp_path / "a.session") as file:
        assert set(told) <= file.ledger.person_labels.keys()
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert not set(told) & set(done.stdout.split())


def test_the_snippet_of_the_docs_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (snippet,) = [code for code in re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL) if "Labelling(" in code]
    assert len([line for line in snippet.splitlines() if line.strip()]) <= 10
    data, truth = cloud()
    monkeypatch.chdir(tmp_path)
    told: list[object] = []
    known = {"X": data.X, "look_up": lambda row: truth[row], "print": lambda *words: told.extend(words)}
    exec(compile(snippet, "data.md", "exec"), known)
    assert (tmp_path / "animals.csv").exists()
    assert told


def archives(folder: Path) -> tuple[str, ...]:
    """Pools as archives, all of one kind: one to label, one to measure by, and one of new items; returns their labels."""
    data, truth = cloud(90)
    for name, rows in (("pool", slice(0, 60)), ("kept", slice(60, 75)), ("new", slice(75, 90))):
        known = {"y": np.arange(90)[rows] % 3} if name == "kept" else {}
        np.savez(folder / f"{name}.npz", X=data.X[rows], classes=["cat", "dog", "owl"], **known)
    return tuple(truth)


def test_who_answers_and_what_was_said_of_a_session_stand_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    truth = archives(tmp_path)
    monkeypatch.chdir(tmp_path)
    said = {"learner": "logistic", "strategy": "margin", "seed": 4, "audit": 0.25, "test": "kept.npz"}
    with Labelling("pool.npz", "a.session", annotator="zoe", **said) as job:
        assert job.path == Path("a.session")
        assert job.accuracy is None
        for asked in job.ask(8):
            job.tell(asked, truth[asked.row])
        job.tell(job.ask()[0], status="unsure")
        accuracy = job.accuracy
        assert accuracy is not None
        assert accuracy > 0.7
    (tmp_path / "moved").mkdir()
    (tmp_path / "pool.npz").rename(tmp_path / "moved" / "pool.npz")
    with Labelling("moved/pool.npz", "a.session", annotator="max") as job:
        asked = job.ask()[0]
        job.tell(asked, truth[asked.row])
        assert job.accuracy == pytest.approx(accuracy, abs=0.3)
    with SessionFile.open(tmp_path / "a.session", read_only=True) as file:
        settings, answers = file.ledger.settings, file.ledger.answers
    kept = str(tmp_path / "kept.npz")
    assert (settings.learner, settings.strategy, settings.seed, settings.audit) == ("logistic", "margin", 4, 0.25)
    assert (settings.dataset, settings.test) == (str(tmp_path / "pool.npz"), kept)
    assert (settings.classes, settings.own_classes, len(settings.tested)) == (("cat", "dog", "owl"), False, 15 * 16)
    assert [given.annotator for given in answers.values()] == ["zoe"] * 9 + ["max"]
    assert [given.status for given in answers.values() if given.label is None] == ["unsure"]


def test_new_items_are_predicted_and_a_file_is_replaced_only_by_a_word(tmp_path: Path) -> None:
    truth = archives(tmp_path)
    with Labelling(tmp_path / "pool.npz", tmp_path / "a.session", audit=0.0, learner="gaussian_field") as job:
        for asked in job.ask(12):
            job.tell(asked, truth[asked.row])
        assert len(job.predict().items) == 60
        found = job.predict(tmp_path / "new.npz")
        assert (found.new, [one.label for one in found.items]) == (True, [*truth[75:]])
        job.export(tmp_path / "labels.csv")
        before = (tmp_path / "labels.csv").read_text()
        job.undo()
        with pytest.raises(UserError, match="is there already"):
            job.export(tmp_path / "labels.csv")
        assert (tmp_path / "labels.csv").read_text() == before
        job.export(tmp_path / "labels.csv", force=True)
        assert (tmp_path / "labels.csv").read_text().count("\n") == before.count("\n") - 1


def test_a_program_changes_classes_by_their_names(tmp_path: Path) -> None:
    data, _ = cloud(12)
    with Labelling(data, tmp_path / "a.session", audit=0.0) as job:
        first, second, third = data.item_ids[:3]
        job.add_class("fox")
        job.tell(first, "fox")
        job.tell(second, "dog")
        job.tell(third, 3)
        job.rename_class("fox", "vixen")
        assert job.labels == {first: "vixen", second: "dog", third: "vixen"}
        assert job.merge_classes("vixen", "dog") == 2
        assert set(job.labels.values()) == {"dog"}
        assert job.undo() is None
        assert job.split_class("vixen", ["young", "old"]) == 2
        assert job.classes == ("cat", "dog", "owl", "young", "old")
        assert job.labels == {second: "dog"}
        assert {one.how for one in job.ask(2)} == {"reopened"}
        job.tell(first, "old")
        assert job.delete_class("old") == 1
        assert job.classes == ("cat", "dog", "owl", "young")
        with pytest.raises(UserError, match="no class 'old'"):
            job.rename_class("old", "older")
