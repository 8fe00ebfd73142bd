"""Labels out and in again. The state machine tries any session; here is what the files look like and what is refused."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.exchange.records import export_labels, import_labels, records, take_in
from al_core.ground.errors import UserError
from al_core.sessions.actions import Flagged, Labelled, MachineLabelled, Relabelled, Skipped
from al_core.sessions.checking import check_session
from al_core.sessions.store import SessionFile


@pytest.fixture
def file(path, settings, clock):
    with SessionFile.create(path, settings, "ann", clock=clock) as file:
        file.append([Labelled("b2", 1), Skipped("a1")], "ann")
        file.append([Relabelled("b2", 2), Flagged("b2", 'odd, "very"\nodd')], "ben")
        file.append([MachineLabelled("model", 0.9, (("c3", 0), ("b2", 0)))], "ann")
        file.append([Flagged("d4", "")], "ann")
        yield file


def test_json_lines(file):
    lines = [json.loads(line) for line in export_labels(file.ledger, "jsonl").decode().splitlines()]
    assert lines[1] == {
        "item": "b2",
        "label": "eel",
        "status": "label",
        "by": "person",
        "annotator": "ben",
        "time": "2026-01-02T03:04:11.000000+00:00",
        "flagged": True,
        "note": 'odd, "very" odd',
    }
    assert [(line["item"], line["status"], line["by"], line["label"]) for line in lines] == [
        ("a1", "skip", "person", ""),
        ("b2", "label", "person", "eel"),
        ("c3", "label", "model", "cat"),
        ("d4", "flag", "", ""),
    ]


def test_csv(file):
    lines = export_labels(file.ledger, "csv").decode().splitlines()
    assert lines[0] == "item,label,status,by,annotator,time,flagged,note"
    assert lines[3] == "c3,cat,label,model,,2026-01-02T03:04:15.000000+00:00,0,"


def test_npz_needs_no_pickle(file, tmp_path):
    out = tmp_path / "labels.npz"
    out.write_bytes(export_labels(file.ledger, "npz"))
    with np.load(out, allow_pickle=False) as arrays:
        assert arrays["item"].tolist() == ["a1", "b2", "c3", "d4"]
        assert arrays["y"].tolist() == [-1, 2, 0, -1]
        assert arrays["classes"].tolist() == ["cat", "dog", "eel"]
        assert arrays["dataset"].tolist() == ["pets", "f" * 32]
    assert export_labels(file.ledger, "npz") == out.read_bytes()


def test_an_unknown_format_is_refused(file, tmp_path):
    with pytest.raises(UserError, match=r"csv, doccano, .*jsonl"):
        export_labels(file.ledger, "xls")
    with pytest.raises(UserError, match="must end in"):
        import_labels(tmp_path / "labels.xls")


def test_importing_into_a_session_changes_what_differs_only(file, tmp_path, settings):
    out = tmp_path / "labels.jsonl"
    out.write_bytes(export_labels(file.ledger, "jsonl"))
    found = import_labels(out)
    assert take_in(file, found, "cat") == (0, 4, ())
    with SessionFile.create(tmp_path / "other.session", settings, "cat") as other:
        other.append([Labelled("c3", 1), Labelled("e5", 1)], "cat")
        assert take_in(other, found, "cat") == (3, 1, ())
        assert other.ledger.person_labels == {"b2": 2, "c3": 1, "e5": 1}
        assert other.ledger.answers["b2"].annotator == "ben"
        assert other.ledger.answers["c3"].annotator == "cat"
        assert other.ledger.flags == {"b2": 'odd, "very" odd', "d4": ""}
        assert other.ledger.machine == {}, "a person's label counts before the machine's"


def test_what_a_session_knows_is_never_overwritten(file, tmp_path, settings):
    out = tmp_path / "labels.jsonl"
    out.write_bytes(export_labels(file.ledger, "jsonl"))
    found = {record.item: record for record in import_labels(out)}
    with SessionFile.create(tmp_path / "other.session", settings, "cat") as other:
        other.append([Labelled("b2", 0), Labelled("a1", 1)], "cat")
        other.append([MachineLabelled("model", 0.9, (("c3", 1),))], "cat")
        other.append([Flagged("d4", "mine")], "cat")
        before = dict(other.ledger.answers), dict(other.ledger.machine)
        taken, known, differing = take_in(other, [*found.values()], "cat")
        assert (before, other.ledger.flags["d4"]) == ((other.ledger.answers, other.ledger.machine), "mine")
        assert (taken, known) == (1, 0), "the note on b2, on which there was none"
        assert differing == tuple(found[item] for item in ("a1", "b2", "c3", "d4"))
        assert check_session(other.path).problems == ()


def test_labels_of_somebody_careless_stay_that_in_another_session(file, tmp_path, settings):
    file.append([MachineLabelled("careless", None, (("e5", 1),))], "ann")
    out = tmp_path / "labels.jsonl"
    out.write_bytes(export_labels(file.ledger, "jsonl"))
    with SessionFile.create(tmp_path / "other.session", settings, "carl") as other:
        assert take_in(other, import_labels(out), "carl").taken == 5
        assert other.ledger.machine["e5"].by == "careless"
        assert other.ledger.machine["c3"].by == "model"
        assert take_in(other, import_labels(out), "carl") == (0, 5, ())


def through_a_spreadsheet(content: bytes, *, delimiter: str = ",", end: str = "\r\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    """A table as other programs save it."""
    out = io.StringIO()
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


BOM = "\ufeff"
SAVED: dict[str, Callable[[bytes], bytes]] = {
    "a byte-order mark": lambda content: BOM.encode() + content,
    "a blank last line": lambda content: content + b"\n",
    "blank lines here and there": lambda content: b"\n" + content.replace(b"\n", b"\n \n\r\n") + b"\n\n\n",
    "Windows' line ends": lambda content: content.replace(b"\n", b"\r\n"),
    "no last line end": lambda content: content.rstrip(b"\n"),
    "sixteen bits": lambda content: (BOM + content.decode()).encode("utf-16-le"),
    "sixteen bits, the other way round": lambda content: (BOM + content.decode()).encode("utf-16-be"),
}
SAVED_CSV: dict[str, Callable[[bytes], bytes]] = {
    "a spreadsheet": lambda content: (BOM + through_a_spreadsheet(content)).encode(),
    "semicolons": lambda content: (BOM + through_a_spreadsheet(content, delimiter=";")).encode(),
    "tabs": lambda content: (BOM + through_a_spreadsheet(content, delimiter="\t")).encode("utf-16-le"),
    "everything quoted": lambda content: through_a_spreadsheet(content, end="\n", quoting=csv.QUOTE_ALL).encode(),
    "rows without a cell": lambda content: content + b",,,,,,,\n" * 3,
    "old line ends": lambda content: content.replace(b"\n", b"\r"),
}


@pytest.mark.parametrize(
    ("form", "how"), [*((form, how) for form in ("csv", "jsonl") for how in SAVED), *(("csv", how) for how in SAVED_CSV)]
)
def test_what_another_program_saved_again_holds_the_same_labels(file, tmp_path, form, how):
    file.append([Flagged("a1", 'commas, "quotes"; semicolons\tand tabs')], "ann")
    content = export_labels(file.ledger, form)
    out = tmp_path / f"labels.{form}"
    out.write_bytes(content)
    expected = import_labels(out)
    assert [record.item for record in expected] == ["a1", "b2", "c3", "d4"]
    out.write_bytes({**SAVED, **SAVED_CSV}[how](content))
    assert out.read_bytes() != content
    assert import_labels(out) == expected


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.jsonl", b"{", "line 1 is no JSON"),
        ("a.jsonl", b"\n[]", "line 2 is no JSON object"),
        ("a.jsonl", b'{"item": "a"}', "entry 1 has the fields"),
        ("a.csv", b"", "first line must be"),
        ("a.csv", b"\xff\xfe", "first line must be"),
        ("a.csv", b"\xff\xfe\x00", "first line must be"),
        ("a.csv", b"item;label,status;by;annotator;time;flagged;note\n", "first line must be"),
        ("a.csv", b"item,label\n", "first line must be"),
        ("a.csv", b"item,label,status,by,annotator,time,flagged,note\na,b\n", "2 columns"),
        ("a.csv", b"item,label,status,by,annotator,time,flagged,note\na,cat,label,person,,,yes,\n", "wrong type"),
        ("a.csv", b"item,label,status,by,annotator,time,flagged,note\na,cat,label,god,,,0,\n", "neither a label"),
        ("a.csv", b"item,label,status,by,annotator,time,flagged,note\na,,label,person,,,0,\n", "neither a label"),
        (
            "a.csv",
            b"item,label,status,by,annotator,time,flagged,note\na,cat,label,person,,,0,\na,cat,label,person,,,0,\n",
            "twice",
        ),
        ("a.npz", b"PK\3\4 nonsense", "no file of labels"),
        ("a.npz", b"", "no file of labels"),
    ],
)
def test_files_that_hold_no_labels_are_refused(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=reason):
        import_labels(tmp_path / name)


def test_pickled_arrays_are_refused(tmp_path):
    np.savez(tmp_path / "a.npz", item=np.array([{}], dtype=object))
    with pytest.raises(UserError, match="no file of labels"):
        import_labels(tmp_path / "a.npz")


def test_a_label_that_is_no_class_writes_nothing(file, tmp_path):
    out = tmp_path / "labels.csv"
    out.write_text("item,label,status,by,annotator,time,flagged,note\nx,cat,label,person,,,0,\ny,cow,label,person,,,0,\n")
    events = file.ledger.sequence
    with pytest.raises(UserError, match="'cow' is no class of pets"):
        take_in(file, import_labels(out), "ann")
    assert file.ledger.sequence == events


@given(st.sampled_from([".jsonl", ".csv", ".npz"]), st.binary(max_size=200))
def test_any_bytes_are_labels_or_a_reason(tmp_path_factory, suffix, content):
    path = tmp_path_factory.mktemp("any") / f"a{suffix}"
    path.write_bytes(content)
    try:
        assert import_labels(path) == ()
    except UserError as error:
        message = str(error)
        assert "\n" not in message


FORMULAS = ("=cmd|' /C calc'!A0", "+1", "-1+1", "@A1", "'=1", "-0.5", "it's")


@pytest.mark.parametrize("formula", FORMULAS)
def test_formulas_in_csv_are_defused_and_read_back_unchanged(path, settings, clock, tmp_path, formula):
    named = replace(settings, classes=(formula, "dog", "eel"))
    with SessionFile.create(path, named, "ann", clock=clock) as file:
        file.append([Labelled("a1", 0), Flagged("a1", formula)], formula)
        content = export_labels(file.ledger, "csv")
        line = next(csv.DictReader(io.StringIO(content.decode())))
        for column in ("label", "annotator", "note"):
            assert not line[column].startswith(("=", "+1+", "-1+", "@"))
        (tmp_path / "labels.csv").write_bytes(content)
        assert import_labels(tmp_path / "labels.csv") == records(file.ledger)
        (record,) = records(file.ledger)
    assert (record.label, record.annotator, record.note) == (formula, formula, formula)


def test_what_a_file_says_is_made_safe_where_it_enters(tmp_path):
    line = {
        "item": "a\x1b",
        "label": "cat",
        "status": "label",
        "by": "person",
        "annotator": "x\x07",
        "time": "",
        "flagged": True,
    }
    (tmp_path / "labels.jsonl").write_text(json.dumps({**line, "note": "n\u202e"}) + "\n")
    (record,) = import_labels(tmp_path / "labels.jsonl")
    assert (record.item, record.annotator, record.note) == ("a␛", "x␇", "n<202E>")
