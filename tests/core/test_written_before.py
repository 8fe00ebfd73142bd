"""What the program wrote at commit 09bf380 is opened, replayed, exported, merged, checked, reported and gone on with.

The files stand in `tests/data/09bf380`, where its README says what is in each. Almost everything here goes through the command
line, so that it holds however the modules lie.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from al_core.labelling.model import model_round
from al_core.labelling.opening import open_items
from al_core.labelling.session import LabelSession
from al_core.task.spec import TaskSpec
from al_tui.main import main

WRITTEN = Path(__file__).parents[1] / "data" / "09bf380"
SOFTWARE = {"numpy": "2.4.6", "scipy": "1.17.1", "scikit-learn": "1.9.1"}
SAME_NUMBERS = all(version(name) == number for name, number in SOFTWARE.items())
"""Other versions may round otherwise, and then other items are picked: what is computed anew is the same only with these."""
CLOCKS = ("seconds_per_round", "fit_seconds_per_round", "query_seconds_per_round", "version", "versions")
MEANS_MORE = ("saved_vs_random", "conclusion")
"""See docs/comparison.md, "What changed in 0.2"."""
LATER = ("by_person", "by_person_right")
"""What there was not then."""
COMPARED = ("saved", "data_utilisation_rate", "mean_rank", "verdict_words", "conclusion", "saved_vs_random")
"""What is said of a strategy against random and the others: no more of a run in which a person answered."""
STORE_BENCH = (
    "bench",
    "--strategies",
    "random,margin,entropy",
    "--seeds",
    "3",
    "--budget",
    "40",
    "--target",
    "0.8",
    "--oracle",
)
PAIRS_BENCH = (
    *("bench", "--strategies", "margin,entropy,vote_entropy,badge,expected_error_reduction"),
    *("--learners", "logistic,gaussian_field", "--seeds", "2", "--budget", "40", "--target", "0.8", "--no-results"),
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A directory with a copy of everything that was written then."""
    return Path(shutil.copytree(WRITTEN, tmp_path / "old"))


@pytest.fixture
def al_tui(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., bytes]:
    """Runs the command line in a home of its own; returns stdout of a command that ended well."""
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

    def run(*words: object) -> bytes:
        monkeypatch.setattr(sys, "argv", ["al-tui", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfdbinary.readouterr()
        assert not stop.value.code, err.decode()
        return out

    return run


def document(text: bytes | str, without: tuple[str, ...] = ()) -> Any:
    """A JSON document without times, versions and some other fields, numbers to what a float can hold safely."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: bare(entry) for name, entry in value.items() if name not in (*CLOCKS, *LATER, *without)}
        if isinstance(value, list):
            return [bare(entry) for entry in value]
        return float(f"{value:.9g}") if isinstance(value, float) else value

    return bare(json.loads(text))


def as_then(now: Any, then: Any) -> Any:
    """What ``now`` says where ``then`` said something: fields may have come, none may be gone.

    What is in `MEANS_MORE` must be there with all its fields; what it says is that of the held hit since version 0.2.
    """
    if isinstance(then, dict):
        assert then.keys() <= now.keys()
        return {name: value if name in MEANS_MORE else as_then(now[name], value) for name, value in then.items()}
    if isinstance(then, list):
        assert len(now) == len(then)
        return [as_then(*both) for both in zip(now, then, strict=True)]
    return now


def frame(found: Any) -> list[Any]:
    """What a bench was about, whatever it found: protocol and strategies of every comparison in it."""
    return [(one["protocol"], [row["name"] for row in one["strategies"]]) for one in found.get("comparisons", [found])]


def columns(text: str, without: tuple[str, ...] = ()) -> list[dict[str, str]]:
    """The rows of a CSV, without times and some other columns."""
    rows = csv.DictReader(io.StringIO(text, newline=""))
    left_out = (*CLOCKS, *LATER, *without)
    return [{name: cell for name, cell in row.items() if not name.startswith(left_out)} for row in rows]


def said(name: str) -> str:
    return (WRITTEN / name).read_text()


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("anna", "80 events, 19 labels, 1 skipped"),
        ("carl", "48 events, 19 labels, 1 skipped"),
        ("both", "25 events, 20 labels, 1 skipped"),
        ("race", "39 events, 6 labels, 1 skipped"),
        ("seeds", "10 events, 1 labels, 1 skipped"),
    ],
)
def test_a_session_is_good(old: Path, al_tui: Callable[..., bytes], name: str, counts: str) -> None:
    path = old / f"{name}.session"
    before = path.read_bytes()
    assert al_tui("check", path).decode() == f"{name}.session is good: {counts}\n"
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["anna", "both", "race"])
@pytest.mark.parametrize("form", ["jsonl", "csv", "npz"])
def test_an_export_is_what_it_was(old: Path, al_tui: Callable[..., bytes], name: str, form: str) -> None:
    now, then = al_tui("export", old / f"{name}.session", "--format", form), (WRITTEN / f"{name}.{form}").read_bytes()
    if form != "npz":
        assert now == then
        return
    with np.load(io.BytesIO(now), allow_pickle=False) as new, np.load(io.BytesIO(then), allow_pickle=False) as past:
        assert set(new) == set(past)
        assert [new[field].tolist() for field in past] == [past[field].tolist() for field in past]


def test_the_list_tells_them_apart(old: Path, al_tui: Callable[..., bytes], tmp_path: Path) -> None:
    home = tmp_path / ".local" / "share" / "al-tui" / "sessions"
    home.mkdir(parents=True)
    for path in old.glob("*.session"):
        shutil.copy(path, home)
    listed = {entry["name"]: entry for entry in json.loads(al_tui("sessions", "--json"))}
    assert {name: (entry["kind"], entry["rounds"], entry["machine"], entry["state"]) for name, entry in listed.items()} == {
        "anna": ("labels", 19, 3, "closed"),
        "both": ("labels", 0, 0, "closed"),
        "carl": ("labels", 12, 0, "closed"),
        "race": ("race", 22, 2, "closed"),
        "seeds": ("race", 6, 0, "closed"),
    }
    assert listed["anna"]["annotators"] == ["anna", "ben"]
    assert listed["anna"]["started"].startswith("2026-11-01T09:00:02")


def test_they_are_merged_as_they_were(old: Path, al_tui: Callable[..., bytes], tmp_path: Path) -> None:
    out = tmp_path / "again.session"
    found = json.loads(al_tui("merge", old / "anna.session", old / "carl.session", "--out", out, "--json"))
    before = json.loads(said("merged.json"))
    apart = [{name: entry[name] for name in ("item", "labels")} for entry in found["disagreements"]]
    assert (found["labels"], apart) == (before["labels"], before["disagreements"])
    assert found["shared"] - found["agreed"] == before["shared"] - before["agreed"] == 2
    assert before["shared"] - found["shared"] == 7, "what carl took from a file is in both, and nobody agrees with that"
    rows = columns(al_tui("export", out, "--format", "csv").decode())
    for row in (*rows, *(then := columns(said("both.csv")))):
        del row["time"]  # when it was merged
        row["note"] = row["note"].replace(";", ",")  # what stands between notes
    assert rows == then


@pytest.mark.parametrize(("source", "without"), [("race.session", COMPARED), ("store.sqlite3", ())])
def test_a_report_says_what_it_said(old: Path, al_tui: Callable[..., bytes], source: str, without: tuple[str, ...]) -> None:
    name = f"{source.partition('.')[0]}-report"
    now, then = (document(text, without) for text in (al_tui("report", old / source, "--format", "json"), said(f"{name}.json")))
    assert as_then(now, then) == then
    rows, past = (
        columns(text, (*without, "saved_"))
        for text in (al_tui("report", old / source, "--format", "csv").decode(), said(f"{name}.csv"))
    )
    assert as_then(rows, past) == past
    for form in ("md", "html"):
        assert document(said(f"{name}.json"))["conclusion"][:60] in al_tui("report", old / source, "--format", form).decode()


@pytest.mark.parametrize(("words", "name"), [(STORE_BENCH, "store-report"), (PAIRS_BENCH, "bench")])
def test_a_bench_finds_what_it_found(old: Path, al_tui: Callable[..., bytes], words: tuple[str, ...], name: str) -> None:
    kept = () if "--no-results" in words else ("--results", old / "store.sqlite3")
    now, then = document(al_tui(*words, *kept, "--json")), document(said(f"{name}.json"))
    assert frame(as_then(now, then)) == frame(then)
    if SAME_NUMBERS:
        assert as_then(now, then) == then


def test_labelling_goes_on(old: Path, al_tui: Callable[..., bytes]) -> None:
    path = old / "anna.session"
    session = LabelSession.resume(path, open_items(TaskSpec("digits", initial="typical")), "carl")
    offer = session.next()
    assert offer is not None
    session.label(offer.item, 7)
    assert session.undo() is not None
    assert session.redo() is not None
    request = session.request() or session.describe()
    assert request is not None
    assert (offer.item, 7) in request.labels
    assert session.accept(request, model_round(request)) is None
    session.close()
    assert "20 labels, 1 skipped" in al_tui("check", path).decode()
    before, after = (columns(text) for text in (said("anna.csv"), al_tui("export", path, "--format", "csv").decode()))
    (new,) = [row for row in after if row not in before]
    assert (new["item"], new["label"], new["annotator"]) == (offer.item, "7", "carl")
    assert [row for row in after if row != new] == before


def test_a_race_goes_on_to_its_end(old: Path, al_tui: Callable[..., bytes], terminal: Callable[..., Any]) -> None:
    path = old / "seeds.session"
    at = terminal("resume", str(path), "--pace", "max", "--annotator", "carl")
    at.wait("asks you about 5 · 3 left")
    at.press("7")
    at.wait("asks you about 5 · 2 left")
    at.press("h")
    at.wait("Comparison")
    at.press("q")
    assert at.finish() == 0
    assert "Traceback" not in at.raw
    labels = columns(al_tui("export", path, "--format", "csv").decode())
    assert sorted((row["label"], row["status"], row["annotator"]) for row in labels) == [
        ("", "skip", "anna"),
        ("2", "label", "anna"),
        ("7", "label", "carl"),
    ]
    now, then = (document(text) for text in (al_tui("report", path, "--format", "json"), said("race-report.json")))
    rows = [{row["name"]: row["curve"] for row in report["strategies"]} for report in (now, then)]
    assert all(rows[0][name]["labels"][-1] == 50 for name in ("random", "entropy"))
    for name in ("random", "entropy") if SAME_NUMBERS else ():  # no person had a hand in these, then or now
        assert rows[0][name] == rows[1][name]
