"""Runs over one's own data in a results store: found by the content of the data, reported where nobody has it any more."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from al_core import Dataset, Inline, ResultsStore, TaskSpec, bench, findings_of, plan, read_dataset, render, summary
from al_core.comparison.campaign import campaign
from al_core.comparison.cell import BenchResult
from al_core.comparison.identity import digest
from al_core.comparison.lookup import recalled, remember
from al_core.data import facts, given, opened, sources
from al_core.data.origin import Origin
from al_core.data.sources import Knowing, describe, meet
from al_core.ground.errors import UserError
from al_core.reports.findings import load_findings

pytestmark = pytest.mark.filterwarnings("ignore:data set")
SPEC = TaskSpec(batch=5, budget=30)
NAMES = ("random", "margin")


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module, name in ((facts, "_given"), (given, "_given"), (given, "_opens"), (sources, "_origins"), (opened, "_open")):
        monkeypatch.setattr(module, name, {})
    for forget in given._forget:
        forget()
    yield
    for forget in given._forget:
        forget()


def forget_all() -> None:
    """What a process that has just begun knows of own data: nothing."""
    for known in (facts._given, given._given, given._opens, sources._origins, opened._open):
        known.clear()
    for forget in given._forget:
        forget()


def numbers(seed: int = 0, n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    y = np.arange(n) % 3
    return 2.5 * np.eye(3, 5)[y] + np.random.default_rng(seed).normal(size=(n, 5)), np.where(np.arange(n) % 10 == 0, -1, y)


def pots(path: Path, seed: int = 0) -> Path:
    X, y = numbers(seed)
    np.savez(path, X=X, y=y)
    return path


def asked(path: Path, name: str, store: ResultsStore | None, **how: object) -> tuple[BenchResult, int]:
    """What comes of a bench over a file, and how many of its runs were known before."""
    source = describe(Origin(str(path), **how), name)  # type: ignore[arg-type]
    meet(source)
    told: list[int] = []
    spec = TaskSpec(dataset=name, batch=5, budget=30)
    (result,) = campaign(
        plan([spec], NAMES), Knowing([source], Inline()), store=store, progress=lambda done, total: told.append(done)
    )
    return result, told[0]


def curves(result: BenchResult) -> Sequence[object]:
    return [(cell.strategy, cell.seed, cell.curve, cell.picks) for cell in result.cells]


def test_runs_are_found_by_content_whatever_the_file_is_called_and_wherever_it_lies(tmp_path: Path) -> None:
    with ResultsStore(tmp_path / "r.sqlite3") as store:
        first, known = asked(pots(tmp_path / "pots.npz"), "pots.npz", store)
        assert known == 0
        (tmp_path / "b").mkdir()
        shutil.move(tmp_path / "pots.npz", tmp_path / "b" / "jugs.npz")
        forget_all()
        again, known = asked(tmp_path / "b" / "jugs.npz", "jugs.npz", store)
        assert known == len(again.cells) == 3
        assert curves(again) == curves(first)
        assert {cell.spec.dataset for cell in again.cells} == {"jugs.npz"}
        _, known = asked(pots(tmp_path / "b" / "jugs.npz", seed=1), "jugs.npz", store)
        assert known == 0
        for how in ({"classes": ("a", "b", "c")}, {"test": str(pots(tmp_path / "kept.npz", seed=2))}):
            _, known = asked(pots(tmp_path / "pots.npz"), "pots.npz", store, **how)
            assert known == 0


def test_a_script_finds_its_runs_again_and_a_file_those_of_a_script(tmp_path: Path) -> None:
    X, y = numbers()
    with ResultsStore(tmp_path / "r.sqlite3") as store:
        told: list[tuple[int, int]] = []

        def raced(data: Dataset) -> BenchResult:
            told.clear()
            return bench(SPEC, NAMES, Inline(), data=data, store=store, progress=lambda *counts: told.append(counts))

        first = raced(Dataset("pots", X, y))
        assert told[0] == (0, 3)
        assert curves(raced(Dataset("pots", X, y))) == curves(first)
        assert told == [(3, 3)]
        raced(Dataset("pots", X + 1, y))
        assert told[0] == (0, 3)
        by_file = raced(read_dataset(pots(tmp_path / "pots.npz")))
        assert curves(by_file) == curves(first)
        same, known = asked(tmp_path / "pots.npz", "pots.npz", store)
        assert known == 3
        assert curves(same) == curves(by_file)


def test_data_with_items_that_have_no_label_is_no_damage(tmp_path: Path) -> None:
    """A row may be beyond the number of items with a label."""
    with ResultsStore(tmp_path / "r.sqlite3") as store:
        result, _ = asked(pots(tmp_path / "pots.npz"), "pots.npz", store)
        assert max(row for cell in result.cells for batch in cell.picks for row in batch) >= 108
        assert asked(tmp_path / "pots.npz", "pots.npz", store)[1] == 3


def test_a_report_is_made_where_nobody_has_the_data_any_more(tmp_path: Path) -> None:
    with ResultsStore(tmp_path / "r.sqlite3") as store:
        result, _ = asked(pots(tmp_path / "pots.npz"), "pots.npz", store)
        here = render(findings_of([result]), "json")
    (tmp_path / "pots.npz").unlink()
    forget_all()
    findings = load_findings(tmp_path / "r.sqlite3")
    assert json.loads(render(findings, "json")) == json.loads(here)
    for form in ("html", "md", "methods", "csv", "seeds"):
        text = render(findings, form)
        assert "pots.npz" in text
        assert str(tmp_path) not in text


def test_the_command_names_files_where_they_lie_and_a_script_has_none(tmp_path: Path) -> None:
    result, _ = asked(pots(tmp_path / "pots.npz"), "pots.npz", None, classes=("a", "b", "c"))
    document = summary(result)
    assert document["command"].startswith("al-tui bench ./pots.npz --classes a,b,c --learner logistic ")
    assert document["data"]["own"] == "files"
    assert "in the folder that holds pots.npz:" in render(findings_of([result]), "md")
    given_by_script = summary(bench(SPEC, NAMES, Inline(), data=Dataset("pets", *numbers())))
    assert given_by_script["command"] == "# no command has data that a script gave: pets"
    assert given_by_script["data"]["own"] == "script"
    odd, _ = asked(pots(tmp_path / "a\tb.npz"), "a b.npz", None)
    assert summary(odd)["command"] == "# no command has files with such a name: a b.npz"
    assert "whose name no command can say" in render(findings_of([odd]), "methods") + render(findings_of([odd]), "md")


def test_what_was_asked_is_recalled_of_the_same_content_alone(tmp_path: Path) -> None:
    with ResultsStore(tmp_path / "r.sqlite3") as store:
        asked(pots(tmp_path / "pots.npz"), "pots.npz", store)
        (bench_before,) = store.benches()
        mine = plan([TaskSpec(dataset="pots.npz", batch=5, budget=30)], NAMES)
        assert recalled(store, mine, bench_before.asked.machine) is not None
        meet(describe(Origin(str(pots(tmp_path / "pots.npz", seed=1))), "pots.npz"))
        assert recalled(store, mine, bench_before.asked.machine) is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"name": "digits"}, "a data set of this program is called 'digits'"),
        ({"name": "po\x1bts"}, "is damaged, no data set"),
        ({"items": 3}, "has only"),
    ],
)
def test_a_store_that_says_what_cannot_be_of_data_is_refused(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    path = tmp_path / "r.sqlite3"
    with ResultsStore(path) as store:
        asked(pots(tmp_path / "pots.npz"), "pots.npz", store)
    connection = sqlite3.connect(path)
    ((text,),) = connection.execute("SELECT document FROM benches")
    document = json.loads(text)
    document["data"][0] |= change
    del document["checksum"]
    connection.execute("UPDATE benches SET document = ?", (json.dumps(document),))
    connection.commit()
    connection.close()
    forget_all()
    with pytest.raises(UserError, match=problem):
        load_findings(path)


def test_a_run_that_cannot_be_over_this_data_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite3"
    with ResultsStore(path) as store:
        asked(pots(tmp_path / "pots.npz"), "pots.npz", store)
    connection = sqlite3.connect(path)
    for key, record in connection.execute("SELECT key, record FROM cells").fetchall():
        cell = json.loads(record)
        if cell["strategy"] == "margin":
            cell["picks"][0][0] = 120
            text = json.dumps(cell)
            connection.execute("UPDATE cells SET record = ?, checksum = ? WHERE key = ?", (text, digest(text), key))
    connection.commit()
    connection.close()
    with ResultsStore(path) as store, pytest.raises(UserError, match="answers another question"):
        asked(tmp_path / "pots.npz", "pots.npz", store)


def test_older_programs_wrote_no_data_and_are_read(tmp_path: Path) -> None:
    with ResultsStore(tmp_path / "r.sqlite3") as store:
        asked_of = plan([TaskSpec(budget=40)], NAMES)
        identities = Inline().submit(_identities, asked_of).result()
        remember(store, asked_of, identities, "here")
        assert store.benches()[0].asked.data == ()
    connection = sqlite3.connect(tmp_path / "r.sqlite3")
    ((text,),) = connection.execute("SELECT document FROM benches")
    connection.close()
    assert '"data"' not in text


def _identities(asked_of: object) -> list[object]:
    from al_core.comparison.lookup import identify_all

    return identify_all(asked_of.questions)  # type: ignore[attr-defined,return-value]
