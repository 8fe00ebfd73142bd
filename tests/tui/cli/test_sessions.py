"""The commands about sessions, through the door: what stands on stdout and stderr, and the exit code."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from al_core.exchange.records import import_labels, records
from al_core.sessions.actions import Flagged, Labelled, MachineLabelled, Settings, Skipped
from al_core.sessions.directory import find_session, in_a_new_file, latest_session
from al_core.sessions.home import sessions_directory
from al_core.sessions.store import SessionFile
from al_tui.main import main

HEADER = "item,label,status,by,annotator,time,flagged,note"
SETTINGS = Settings("pets", "f" * 32, ("cat", "dog", "eel"), "logistic", "margin", 1, 0, "random_per_class")


@pytest.fixture(autouse=True)
def data_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    return sessions_directory()


@pytest.fixture
def run(monkeypatch, capfdbinary):
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["al-tui", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfdbinary.readouterr()
        return stop.value.code or 0, out.decode("latin-1"), err.decode()

    return call


def make(path: Path, annotator: str, labels: dict[str, int], clock=None) -> Path:
    with SessionFile.create(path, SETTINGS, annotator) as file:
        if labels:
            file.append([Labelled(item, label) for item, label in labels.items()], annotator)
    return path


@pytest.fixture
def ann(data_home) -> Path:
    return make(data_home / "pets-a.session", "ann", {"a": 0, "b": 1, "c": 2})


def test_no_sessions(run, data_home):
    code, out, err = run("sessions")
    assert (code, out) == (0, "")
    assert f"no sessions in {data_home} yet" in err
    assert run("sessions", "--json")[1] == "[]\n"


def test_the_directory_is_for_its_owner_only(data_home):
    assert stat.S_IMODE(data_home.stat().st_mode) == 0o700
    data_home.chmod(0o755)
    sessions_directory()
    assert stat.S_IMODE(data_home.stat().st_mode) == 0o700


def test_list_of_sessions_the_latest_first(run, ann, data_home):
    ben = make(data_home / "pets-b.session", "ben", {"a": 0})
    (data_home / "broken.session").write_bytes(b"nonsense")
    for age, path in enumerate((data_home / "broken.session", ann, ben)):
        os.utime(path, (1_700_000_000 + age, 1_700_000_000 + age))
    code, out, err = run("sessions")
    assert code == 0
    header, *lines = out.splitlines()
    assert header.split()[:3] == ["session", "kind", "changed"]
    assert [line.split()[0] for line in lines] == ["pets-b", "pets-a", "broken"]
    assert lines[0].split()[1] == "labels"
    assert re.fullmatch(r"\d\d:\d\d:\d\d", lines[0].split()[3])
    assert lines[1].split()[-6:] == ["pets", "3", "0", "0", "0", "closed"]
    assert lines[2].split()[-1] == "damaged"
    assert "broken: broken.session is no session file" in err
    documents = json.loads(run("sessions", "--json")[1])
    assert [(entry["name"], entry["labels"], entry["state"]) for entry in documents] == [
        ("pets-b", 1, "closed"),
        ("pets-a", 3, "closed"),
        ("broken", 0, "damaged"),
    ]
    assert latest_session() == ben


def test_what_is_listed_of_a_session_is_what_is_in_it(run, ann):
    with SessionFile.open(ann) as file:
        file.append([Skipped("d", "later"), Labelled("e", 1)], "ben")
        file.append([MachineLabelled("model", 0.9, (("f", 2), ("a", 1)))], "ben")  # of a, a person said more
        ledger = file.ledger
    (document,) = json.loads(run("sessions", "--json")[1])
    assert document == {
        "name": "pets-a",
        "file": str(ann),
        "kind": "labels",
        "dataset": "pets",
        "annotators": ["ann", "ben"],
        "started": ledger.started,
        "changed": ledger.time,
        "labels": 4,
        "skipped": 1,
        "machine": 1,
        "rounds": 0,
        "state": "closed",
        "problem": "",
    }
    assert ledger.started < ledger.time
    *_, line = run("sessions")[1].splitlines()
    shown = ["pets-a", "labels", *ledger.time[:19].split("T"), "pets", "4", "1", "1", "0", "closed"]
    assert line.split() == shown


def test_a_session_that_is_held_is_listed_as_open(run, ann):
    with SessionFile.open(ann):
        (entry,) = json.loads(run("sessions", "--json")[1])
        assert entry["state"] == "open"
        assert f"process {os.getpid()}" in entry["problem"]


def test_hostile_names_do_not_reach_the_terminal(run, ann, data_home):
    with SessionFile.open(ann) as file:
        file.append([Flagged("a", "\x1b]52;c;aGk=\x07")], "ann")
    ann.rename(data_home / "\x1b[2Jx.session")
    code, out, err = run("sessions")
    assert code == 0
    assert "\x1b" not in out + err
    code, out, _ = run("export", data_home / "\x1b[2Jx.session", "--format", "csv")
    assert code == 0
    assert "\x1b" not in out


@pytest.mark.parametrize("form", ["jsonl", "csv", "npz"])
def test_export_by_name_to_a_file(run, ann, tmp_path, form):
    out = tmp_path / f"labels.{form}"
    assert run("export", "pets-a", "--format", form, "--out", out) == (0, "", f"wrote {out}\n")
    with SessionFile.open(ann) as file:
        assert import_labels(out) == records(file.ledger)
    content = out.read_bytes()
    code, _, err = run("export", "pets-a", "--format", form, "--out", out)
    assert (code, err) == (2, f"al-tui: {out} is there already; choose another name or use --force\n")
    assert run("export", ann, "--format", form, "--out", out, "--force")[0] == 0
    assert out.read_bytes() == content


def test_export_to_stdout_while_somebody_labels(run, ann):
    with SessionFile.open(ann) as file:
        file.append([Labelled("d", 0)], "ann")
        code, out, err = run("export", "pets-a", "--format", "jsonl")
    assert (code, err) == (0, "")
    assert [json.loads(line)["label"] for line in out.splitlines()] == ["cat", "dog", "eel", "cat"]


def test_a_session_that_there_is_not(run, ann):
    code, out, err = run("export", "pets-b", "--format", "csv")
    assert (code, out, err) == (2, "", "al-tui: no session 'pets-b'; did you mean 'pets-a'?\n")
    assert run("check", "./none.session")[2] == "al-tui: no session file none.session\n"


@pytest.mark.parametrize("words", [("check",), ("report",), ("export", "--format", "csv"), ("resume",)])
def test_a_name_that_the_system_refuses_is_one_line(run, words):
    command, *options = words
    code, out, err = run(command, "x" * 300, *options)
    assert (code, out) == (2, "")
    assert err.startswith("al-tui: ")
    assert "File name too long" in err
    assert err.count("\n") == 1


def test_check(run, ann):
    assert run("check", "pets-a") == (0, "pets-a.session is good: 4 events, 3 labels, 0 skipped\n", "")
    content = bytearray(ann.read_bytes())
    content[content.rindex(b'{"label":1}') + 9] = ord("2")
    ann.write_bytes(content)
    code, out, _ = run("check", "pets-a")
    assert code == 1
    assert out.splitlines() == [
        "pets-a.session: event 3: the checksum does not fit; the event, or the one before it, was changed",
        "good up to there: 2 events, 1 labels, 0 skipped",
    ]
    assert ann.read_bytes() == content
    ann.write_bytes(b"nonsense")
    assert run("check", ann)[:2] == (
        1,
        "pets-a.session: pets-a.session is no session file\ngood up to there: 0 events, 0 labels, 0 skipped\n",
    )


def test_merge(run, ann, data_home, tmp_path):
    make(data_home / "pets-b.session", "ben", {"a": 0, "b": 2, "d": 1})
    out = tmp_path / "both.session"
    code, text, err = run("merge", "pets-a", "pets-b", "--out", out)
    assert (code, err) == (0, f"wrote {out}\n")
    lines = text.splitlines()
    assert lines[0].startswith("3 labels; 2 items labelled by both, 1 alike; Cohen's kappa .333, ")
    assert lines[0].endswith(" (95%, items drawn anew 1,000 times)")
    assert lines[2].split() == ["class", "items", "kappa", "from", "to"]
    assert [line.split()[:3] for line in lines[3:6]] == [["cat", "1", "1.000"], ["dog", "1", ".000"], ["eel", "1", ".000"]]
    assert [line.split() for line in lines[7:]] == [["item", "ann", "ben"], ["b", "dog", "eel"]]
    assert run("check", out)[0] == 0
    code, _, err = run("merge", "pets-a", "pets-b", "--out", out)
    assert code == 2
    assert "is there already" in err
    document = json.loads(run("merge", "pets-a", "pets-b", "--out", tmp_path / "c.session", "--json")[1])
    assert document["disagreements"] == [{"item": "b", "labels": ["dog", "eel"], "annotators": ["ann", "ben"]}]
    assert document["agreement"]["statistic"] == "kappa"
    assert document["agreement"]["value"] == document["kappa"] == pytest.approx(1 / 3)
    assert set(document["agreement"]["classes"]) == {"cat", "dog", "eel"}


def test_names_of_new_sessions_are_free(data_home):
    from datetime import UTC, datetime

    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    first, second = (in_a_new_file("pets", now, lambda path: make(path, "ann", {})) for _ in range(2))
    assert first == data_home / "pets-20260102-030405.session"
    assert second.name == "pets-20260102-030405-2.session"
    assert find_session(first.stem) == find_session(first.name) == find_session(str(first)) == first


def test_the_commands_load_no_numerics():
    code = (
        "import sys; import al_tui.cli.sessions, al_core.labelling.session, al_core.labelling.trainer,"
        " al_core.sessions.directory, al_core.exchange.merging, al_core.sessions.checking;"
        " print([name for name in ('numpy', 'sklearn', 'scipy', 'textual') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_labels_are_imported_in_the_name_of_who_gave_them(run, ann, tmp_path):
    ben = make(tmp_path / "ben.session", "ben", {"b": 2, "c": 2, "d": 0})
    with SessionFile.open(ben) as file:
        file.append([Flagged("d", "blurred \x1b[2J")], "ben")
    out = tmp_path / "labels.csv"
    assert run("export", ben, "--format", "csv", "--out", out)[0] == 0
    told = "1 of 3 taken in; 1 known already, 1 differ and were left out\n\n"
    told += "item  the session says  the file says\nb                  dog            eel\n"
    assert run("import", "pets-a", out) == (0, told, "")
    with SessionFile.open(ann) as file:
        assert file.ledger.person_labels == {"a": 0, "b": 1, "c": 2, "d": 0}
        assert [file.ledger.answers[item].annotator for item in "acd"] == ["ann", "ann", "ben"]
    code, out_of_it, _ = run("import", "pets-a", out, "--json")
    assert code == 0
    assert json.loads(out_of_it) == {
        "records": 3,
        "taken": 0,
        "known": 2,
        "differing": [{"item": "b", "name": "", "file": "eel", "session": "dog"}],
    }


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("labels.csv", "", "labels.csv"),
        ("labels.xlsx", "", "cannot tell the format of labels.xlsx"),
        (
            "labels.csv",
            f"{HEADER}\nx,cow,label,person,,,0,\n",
            "'cow' is no class of pets",
        ),
    ],
)
def test_what_cannot_be_imported_changes_nothing(run, ann, tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    before = ann.read_bytes()
    code, out, err = run("import", ann, tmp_path / name)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert words in err
    assert ann.read_bytes() == before
    code, out, err = run("import", ann, tmp_path / "none.csv")
    assert (code, out) == (2, "")
    assert "none.csv" in err


def test_names_of_files_are_shown_as_text_wherever_they_are_shown(run, data_home):
    """Also where a session is damaged, compared or gone on with: whoever made the file chose its name."""
    bad = "x\x1b[2J\x9bm\u202e"
    first = make(data_home / f"{bad}.session", "ann", {"a": 0})
    second = make(data_home / f"{bad}2.session", "ann", {"a": 1})
    (data_home / f"{bad}3.session").write_text("no session")
    told = [
        run("sessions"),
        run("check", first),
        run("check", data_home / f"{bad}3.session"),
        run("merge", first, second, "--out", data_home / "both.session"),
        run("export", first, "--format", "csv"),
        run("export", data_home / f"{bad}3.session", "--format", "csv"),
        run("report", first),
        run("resume", first),
    ]
    for code, out, err in told:
        words = out.encode("latin-1").decode() + err
        assert code in (0, 1, 2)
        assert not {"\x1b", "\x9b", "\u202e"} & set(words)
    assert sum("x␛[2J<009B>m<202E>" in out.encode("latin-1").decode() + err for _, out, err in told) >= 6
