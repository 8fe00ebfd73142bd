"""Files as other programs write them, made from what they document: what in them is a label, what is none, and where it is."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from al_core.data.identity import identity
from al_core.data.origin import Places
from al_core.exchange.contents import placed, shown_of
from al_core.exchange.reading import Reading, counted, identity_of, read_labels
from al_core.exchange.record import Record
from al_core.exchange.records import export_labels, take_in, voices
from al_core.ground.errors import UserError
from al_core.sessions.actions import Choice, Labelled, Settings
from al_core.sessions.store import SessionFile

FILES = Path(__file__).parents[2] / "data" / "foreign"
TEXTS = ("The kettle leaks.", "Fine lid.", "A fine spout.", "???", "Lid broken on arrival.", "Both.")


@pytest.fixture
def pots(tmp_path: Path) -> Path:
    """Pictures in folders."""
    root = tmp_path / "pots"
    for number, name in enumerate(("bowl/p01.png", "p02.png", "jug/p03.png", "jug/p04.png")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (9, 9), 20 * number).save(root / name)
    return root


def of_file(root: Path, name: str) -> str:
    return identity((root / name).read_bytes())


@pytest.fixture
def pictures(pots: Path, tmp_path: Path) -> SessionFile:
    settings = Settings(str(pots), "f" * 32, ("bowl", "jug"), "logistic", "margin", 1, 0, own_classes=True)
    with SessionFile.create(tmp_path / "pots.session", settings, "ann") as file:
        yield file


@pytest.fixture
def letters(tmp_path: Path) -> SessionFile:
    table = tmp_path / "letters.jsonl"
    table.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    settings = Settings(str(table), "f" * 32, ("fault", "praise"), "logistic", "margin", 1, 0, own_classes=True)
    with SessionFile.create(tmp_path / "letters.session", settings, "ann") as file:
        yield file


def read(name: str, file: SessionFile) -> Reading:
    return placed(read_labels(FILES / name), file.ledger, file.ledger.dataset, Places())


def said(reading: Reading, names: dict[str, str]) -> list[tuple[str, str, str, str]]:
    return [(names[one.item], one.label, one.status, one.annotator) for one in reading.records]


def names_of(pots: Path) -> dict[str, str]:
    return {of_file(pots, name): name for name in ("bowl/p01.png", "p02.png", "jug/p03.png", "jug/p04.png")}


def test_label_studio(pots: Path, pictures: SessionFile) -> None:
    reading = read("label-studio.json", pictures)
    assert said(reading, names_of(pots)) == [
        ("bowl/p01.png", "bowl", "label", "annotator 1"),
        ("p02.png", "", "unsure", "annotator 2"),
        ("jug/p03.png", "jug", "label", "kim@example.org"),
        ("jug/p03.png", "bowl", "label", "lee@example.org"),
        ("jug/p04.png", "jug", "label", "annotator 1"),
        ("jug/p04.png", "bowl", "label", "annotator 2"),
    ]
    assert counted(reading.problems) == [
        "left out, an annotation that is no choice of a class: 1, task 6",
        "left out, more than one label: 1, task 7",
        "left out, without an answer: 1, task 8",
        "left out, no task with data: 1, task 9",
        "left out, no JSON object: 1, task 10",
        "left out, no item of this data: 1, task 5",
    ]
    assert take_in(pictures, reading.records, "ann", reading.decided) == (6, 0, ())
    ledger = pictures.ledger
    assert ledger.person_labels == {of_file(pots, "bowl/p01.png"): 0, of_file(pots, "jug/p04.png"): 0}, "ground truth decides"
    assert ledger.answers[of_file(pots, "jug/p04.png")].annotator == "annotator 2"
    assert ledger.open_disagreements == (of_file(pots, "jug/p03.png"),)
    assert ledger.disagreements[of_file(pots, "jug/p03.png")] == (("kim@example.org", 1), ("lee@example.org", 0))
    assert take_in(pictures, reading.records, "ann", reading.decided) == (0, 6, ()), "what is known is known"


def test_prodigy(letters: SessionFile) -> None:
    reading = read("prodigy.jsonl", letters)
    assert said(reading, {identity_of(text): text for text in TEXTS}) == [
        ("The kettle leaks.", "fault", "label", "kim"),
        ("The kettle leaks.", "fault", "label", "lee"),
        ("A fine spout.", "praise", "label", "kim"),
        ("???", "", "unsure", "kim"),
        ("Lid broken on arrival.", "fault", "label", "kim"),
        ("Lid broken on arrival.", "praise", "label", "lee"),
    ]
    assert reading.records[0].time == "2026-11-25T09:46:40.000000+00:00"
    assert counted(reading.problems) == [
        "left out, rejected: known only not to be what was suggested: 1, line 3",
        "left out, more than one label: 1, line 8",
        "left out, accepted without a label: 1, line 10",
        "left out, without an answer: 1, line 11",
        "left out, no JSON object: 2, the first is line 12",
        "left out, no text, no picture and no item that is known here: 1, line 14",
        "left out, no item of this data: 1, line 9",
    ]
    assert take_in(letters, reading.records, "ann").taken == 6
    ledger = letters.ledger
    assert ledger.disagreements[identity_of(TEXTS[0])] == (("kim", 0), ("lee", 0)), "who agreed is known as well"
    assert ledger.open_disagreements == (identity_of(TEXTS[4]),)
    assert ledger.person_labels == {identity_of(TEXTS[0]): 0, identity_of(TEXTS[2]): 1}


def test_doccano(letters: SessionFile) -> None:
    reading = read("doccano.jsonl", letters)
    assert said(reading, {identity_of(text): text for text in TEXTS}) == [
        ("The kettle leaks.", "fault", "label", ""),
        ("A fine spout.", "praise", "label", ""),
    ]
    assert reading.records[0].note == "since Monday"
    assert counted(reading.problems) == [
        "left out, without an answer: 1, line 2",
        "left out, more than one label: 1, line 4",
        "left out, labels of parts, not of the whole: 1, line 5",
        "left out, no text, no picture and no item that is known here: 1, line 7",
        "left out, no JSON object: 1, line 8",
        "left out, no item of this data: 1, line 6",
    ]
    take_in(letters, reading.records, "kim")
    assert {given.annotator for given in letters.ledger.answers.values()} == {"kim"}


def test_metadata_of_a_folder(pots: Path, pictures: SessionFile) -> None:
    reading = read("metadata.csv", pictures)
    expected = [("bowl/p01.png", "bowl", "label", ""), ("jug/p03.png", "jug", "label", "")]
    assert said(reading, names_of(pots)) == expected
    assert counted(reading.problems) == [
        "left out, without an answer: 1, line 4",
        "left out, another number of cells than of columns: 1, line 6",
        "left out, no item of this data: 1, line 5",
    ]


def test_what_cleanlab_finds_comes_back_as_notes(pots: Path, pictures: SessionFile) -> None:
    jug = of_file(pots, "jug/p03.png")
    pictures.append([Labelled(jug, 1, Choice("given"))], "ann")
    reading = read("cleanlab.csv", pictures)
    assert len(reading.records) == 3
    assert counted(reading.problems) == [
        "left out, without an answer: 1, line 6",
        "left out, no item of this data: 1, line 5",
    ]
    take_in(pictures, reading.records, "ann")
    assert pictures.ledger.flags == {jug: "cleanlab says bowl"}
    assert pictures.ledger.person_labels[jug] == 1, "and nothing is overwritten"


def test_what_was_changed_there_counts_and_what_was_not_is_as_it_was(pots: Path, pictures: SessionFile, tmp_path: Path) -> None:
    items = [of_file(pots, name) for name in ("bowl/p01.png", "jug/p03.png", "jug/p04.png")]
    pictures.append([Labelled(item, 1) for item in items], "ann")
    tasks = json.loads(export_labels(pictures.ledger, "label-studio", dict.fromkeys(items, "x.png"), pictures=True))
    by_item = {task["data"]["al_tui"][0]["item"]: task for task in tasks}
    changed = by_item[items[0]]["annotations"][0]
    changed |= {"completed_by": 4, "updated_at": "2027-01-01T00:00:00Z"}
    changed["result"][0]["value"]["choices"] = ["bowl"]
    by_item[items[1]]["annotations"] = []
    out = tmp_path / "back.json"
    out.write_text(json.dumps(tasks))
    reading = read_labels(out)
    assert sorted((one.item, one.label, one.annotator) for one in reading.records) == sorted(
        [(items[0], "bowl", "annotator 4"), (items[2], "jug", "ann")]
    )
    assert [problem.kind for problem in reading.problems] == ["an answer of ours that was taken away there"]


def test_several_annotators_stay_several_through_files_of_others(pots: Path, pictures: SessionFile, tmp_path: Path) -> None:
    reading = read("label-studio.json", pictures)
    take_in(pictures, reading.records, "ann", reading.decided)
    for form, decided in (("label-studio", True), ("prodigy", False)):
        out = tmp_path / f"again.{form}"
        out.write_bytes(export_labels(pictures.ledger, form, pictures=True))
        again = read_labels(out)
        assert not again.problems
        assert bool(again.decided) is decided
        fresh = replace(pictures.ledger.settings, seed=1)
        with SessionFile.create(tmp_path / f"{form}.session", fresh, "bob") as other:
            take_in(other, again.records, "bob", again.decided)
            ours, theirs = pictures.ledger, other.ledger
            assert theirs.person_labels == ours.person_labels
            assert theirs.open_disagreements == ours.open_disagreements != ()
            if decided:
                assert theirs.disagreements == ours.disagreements
                assert {replace(one, time="") for one in voices(theirs)[0]} == {
                    replace(one, time="") for one in voices(ours)[0]
                }


def test_files_that_came_in_are_called_what_they_are_called_here(pots: Path, pictures: SessionFile) -> None:
    reading = read("metadata.csv", pictures)
    take_in(pictures, reading.records, "ann")
    assert {pictures.ledger.names[item] for item in pictures.ledger.answers} == {"bowl/p01.png", "jug/p03.png"}


def test_metadata_says_where_files_are_now(pots: Path, pictures: SessionFile) -> None:
    item = of_file(pots, "p02.png")
    pictures.append([Labelled(item, 1, Choice("given"))], "ann")
    shown = shown_of(pictures.ledger, [item], str(pots), Places())
    first, row = export_labels(pictures.ledger, "huggingface", shown.by_item, shown.pictures).decode().splitlines()
    assert (first[:16], row[:12]) == ("file_name,label,", "p02.png,jug,"), "the log has no name of it"


def test_a_file_that_is_taken_in_twice_contradicts_nothing(letters: SessionFile) -> None:
    """Where one labelled and another skipped, the label is the answer; that somebody skipped is no other label."""
    item = identity_of(TEXTS[0])
    one = Record(item, "fault", "label", "person", "kim", "", False, "")
    both = [one, replace(one, label="", status="unsure", annotator="lee")]
    assert take_in(letters, both, "ann")[0] == 2
    assert letters.ledger.person_label(item) == 0
    assert take_in(letters, both, "ann") == (0, 2, ())
    assert len(take_in(letters, both[1:], "ann").differing) == 1, "by itself it does"


def test_a_voice_more_is_noted_and_decides_nothing(letters: SessionFile) -> None:
    reading = read("prodigy.jsonl", letters)
    take_in(letters, reading.records, "ann")
    lid = identity_of(TEXTS[4])
    record = next(one for one in reading.records if one.item == lid)
    assert take_in(letters, [replace(record, annotator="max")], "ann") == (1, 0, ())
    assert letters.ledger.open_disagreements == (lid,)
    assert letters.ledger.disagreements[lid] == (("kim", 0), ("lee", 1), ("max", 0))


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.json", b"{}", "no list of tasks"),
        ("a.json", b"[", "no JSON"),
        ("a.json", b'[{"id": 1, "image": "a.png", "choice": "jug", "annotator": 1, "annotation_id": 4}]', "JSON-MIN"),
        ("a.json", b"\xff\xfe", "no JSON"),
        ("a.huggingface", b'file_name,label\n"a', "no CSV"),
    ],
)
def test_what_is_no_such_file_is_one_line(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=words) as raised:
        read_labels(tmp_path / name)
    assert "\n" not in str(raised.value)


def test_no_path_leads_out_of_the_folder(pots: Path, pictures: SessionFile, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(b"x")
    out = tmp_path / "a.jsonl"
    lines = [
        {"image": path, "label": "jug", "answer": "accept"} for path in ("../secret.png", str(tmp_path / "secret.png"), "..")
    ]
    out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    reading = placed(read_labels(out), pictures.ledger, str(pots), Places())
    assert reading.records == ()
    assert [problem.place for problem in reading.problems] == ["line 1", "line 2", "line 3"]


def test_a_path_that_may_be_of_several_files_is_of_none(pots: Path, pictures: SessionFile, tmp_path: Path) -> None:
    Image.new("L", (9, 9), 200).save(pots / "bowl" / "p03.png")
    out = tmp_path / "a.jsonl"
    lines = [{"image": path, "label": "jug", "answer": "accept"} for path in ("p03.png", "elsewhere/bowl/p03.png")]
    out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    reading = placed(read_labels(out), pictures.ledger, str(pots), Places())
    assert [record.item for record in reading.records] == [of_file(pots, "bowl/p03.png")]
    assert counted(reading.problems) == ["left out, a path that may be of several files: 1, line 1"]
