"""The results store: what it keeps, what it refuses, and what it never mixes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from al_core.comparison import identity as identities
from al_core.comparison import store as stores
from al_core.comparison.asked import Asked
from al_core.comparison.cell import Cell
from al_core.comparison.identity import Identity, identify
from al_core.comparison.store import ResultsStore
from al_core.ground.errors import UserError
from al_core.strategies import registry
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(dataset="iris", budget=30, seed=3)
ONE = Asked((SPEC,), ("margin",), (3,), (0.9,), False, identities.versions(), ("a" * 32, "b" * 32))
TWO = replace(ONE, oracle=True, keys=("a" * 32, "b" * 32, "c" * 32))
OH = {"a" * 32: "oh"}
CELL = Cell(SPEC, "margin", ((6, 0.8), (16, 0.9111111111111111)), ((3, 5), (8, 1)), 0.1, 0.2, 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "results.sqlite3"


def filled(path: Path) -> Identity:
    identity = identify(SPEC, "margin")
    with ResultsStore(path) as store:
        store.put(identity, CELL)
    return identity


def test_a_cell_comes_back_as_it_was(path: Path) -> None:
    identity = filled(path)
    with ResultsStore(path) as store:
        assert store.find([identity.key, "unknown"]) == {identity.key: CELL}
        assert store.computations() == {identity.key: 1}
        store.put(identity, CELL)
        assert store.computations() == {identity.key: 2}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_kept_survives_a_power_cut(path: Path) -> None:
    """SQLite's NORMAL would lose the last cells, which `put` has said are kept."""
    with ResultsStore(path) as store:
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)


@pytest.mark.parametrize(
    "change",
    [{"dataset": "wine"}, {"learner": "other"}, {"seed": 4}, {"batch": 9}, {"budget": 31}, {"initial": "typical"}],
)
def test_every_part_of_the_question_is_in_the_key(change: dict[str, object]) -> None:
    assert identify(replace(SPEC, **change), "margin").key != identify(SPEC, "margin").key


def test_the_target_is_not_in_the_key_and_the_strategy_is() -> None:
    assert identify(replace(SPEC, target=0.5), "margin") == identify(SPEC, "margin")
    assert identify(SPEC, "random").key != identify(SPEC, "random#2").key


@pytest.mark.parametrize("name", ["engine", "source", "numpy", "scipy", "sklearn"])
def test_cells_of_other_versions_are_kept_apart(path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    here = identities.versions()
    old = replace(here, **{name: "0.0.1"})
    monkeypatch.setattr(identities, "versions", lambda: old)
    filled(path)
    monkeypatch.setattr(identities, "versions", lambda: here)
    identity = identify(SPEC, "margin")
    with ResultsStore(path) as store:
        assert store.find([identity.key]) == {}
        assert store.other_versions([identity]) == {old: 1}
        store.put(identity, CELL)
        assert store.other_versions([identity]) == {}


def test_a_changed_record_is_noticed(path: Path) -> None:
    identity = filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE cells SET record = replace(record, '0.8', '0.9')")
    with ResultsStore(path) as store, pytest.raises(UserError, match=r"damaged.*checksum.*--results"):
        store.find([identity.key])


@pytest.mark.parametrize(
    "change",
    [
        {"curve": ()},
        {"curve": ((16, 0.8), (6, 0.9))},
        {"curve": ((6, 0.8), (6, 0.9))},
        {"curve": ((6, 0.8), (151, 0.9))},
        {"curve": ((6, 0.8), (16, 1.1))},
        {"curve": ((6, -0.1), (16, 0.9))},
        {"picks": ((3, 5), ())},
        {"picks": ((3, 150),)},
        {"fit_seconds": -0.1},
        {"query_seconds": -0.1},
    ],
)
def test_what_no_run_can_have_ended_as_is_damage_even_with_a_good_checksum(path: Path, change: dict[str, Any]) -> None:
    identity = identify(SPEC, "margin")
    with ResultsStore(path) as store:
        store.put(identity, replace(CELL, curve=((6, 0.0), (150, 1.0)), picks=((0, 149),), fit_seconds=0.0, query_seconds=0.0))
        assert store.find([identity.key])
    path.unlink()
    with ResultsStore(path) as store:
        store.put(identity, replace(CELL, **change))
        with pytest.raises(UserError, match=f"the record of cell {identity.key} is no run"):
            store.find([identity.key])


def test_a_locked_store_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "BUSY_SECONDS", 0.0)
    filled(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UserError, match=r"locked by another program.*--results FILE.*--no-results"):
        ResultsStore(path)
    other.close()
    ResultsStore(path).close()


@pytest.mark.parametrize("keep", [0, 10, 100, 5000])
def test_a_damaged_file_is_told(path: Path, keep: int) -> None:
    filled(path)
    whole = path.read_bytes()
    path.write_bytes(whole[:keep] + b"no database at all" * 40)
    with pytest.raises(UserError, match=r"damaged|no results store"):
        ResultsStore(path)


def test_files_of_others_are_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    with pytest.raises(UserError, match="no results store of al-tui"):
        ResultsStore(path)
    assert path.read_bytes() == before


def test_a_newer_format_is_told(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(UserError, match="format 9, this al-tui reads format 1"):
        ResultsStore(path)


def test_a_hidden_trigger_is_refused(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON cells BEGIN DELETE FROM benches; END")
    with pytest.raises(UserError, match="damaged"):
        ResultsStore(path)


@pytest.fixture
def nobody() -> Iterator[Path]:
    """A directory that everybody may enter, and a process that is not the superuser while the test runs."""
    directory = Path(tempfile.mkdtemp())
    directory.chmod(0o755)
    root = os.geteuid() == 0
    yield directory
    if root:
        os.seteuid(0)
    directory.chmod(0o755)
    shutil.rmtree(directory)


def test_a_readonly_store_is_told(nobody: Path) -> None:
    path = nobody / "results.sqlite3"
    identity = filled(path)
    path.chmod(0o444)
    nobody.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(65534)
    with pytest.raises(UserError, match=r"is read-only.*--no-results"):
        ResultsStore(path)
    with ResultsStore(path, readonly=True) as store:
        assert store.find([identity.key]) == {identity.key: CELL}
    with pytest.raises(UserError, match=r"cannot open.*Permission denied"):
        ResultsStore(nobody / "new.sqlite3")


def test_a_store_that_is_not_there_is_told(path: Path) -> None:
    with pytest.raises(UserError, match="there is no results store"):
        ResultsStore(path, readonly=True)


def test_benches_are_remembered_once(path: Path) -> None:
    with ResultsStore(path) as store:
        store.record_bench(ONE)
        store.record_bench(TWO)
        store.record_bench(ONE)
        assert [bench.asked for bench in store.benches()] == [TWO, ONE]


def test_what_failed_is_noted_with_the_bench_and_forgotten_when_it_is_asked_again(path: Path) -> None:
    with ResultsStore(path) as store:
        store.record_bench(ONE)
        store.record_bench(replace(ONE, failed=OH))
        assert [bench.asked for bench in store.benches()] == [replace(ONE, failed=OH)]
        store.record_bench(ONE)
        assert [bench.asked for bench in store.benches()] == [ONE]


@pytest.mark.parametrize(
    ("learner", "strategy"),
    [
        ("pluggedin:make", "margin"),
        ("soft_vote('pluggedin:make')", "margin"),
        ("soft_vote(logistic,soft_vote('pluggedin:make',knn))", "margin"),
        ("logistic", "foreign"),
        ("logistic", "foreign#2"),
        ("logistic", "information_density(base=foreign)"),
    ],
)
def test_a_changed_plug_in_is_another_question_wherever_it_is_named(
    learner: str, strategy: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "pluggedin.py"
    file.write_text("def make(): ...")
    monkeypatch.syspath_prepend(str(tmp_path))

    def foreign(context: Any) -> Any:
        """Never called."""

    foreign.__module__ = "pluggedin"
    margin = registry.resolve_strategy("margin")
    plugged = replace(margin, info=replace(margin.info, name="foreign"), function=foreign)
    monkeypatch.setattr(registry, "_STRATEGIES", {**registry._STRATEGIES, "foreign": plugged})
    keys = []
    for text in ("A = 1", "A = 2"):
        file.write_text(text)
        identities._plugins.cache_clear()
        identity = identify(replace(SPEC, learner=learner), strategy)
        assert identity.plugins
        keys.append(identity.key)
    registry.resolve_strategy.cache_clear()
    identities._plugins.cache_clear()
    assert keys[0] != keys[1]


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_bench_that_cannot_be_read_is_damage(path: Path, text: str) -> None:
    with ResultsStore(path) as store:
        store.record_bench(ONE)
        store._connection.execute("UPDATE benches SET document = ?", (text,))
        for use in (store.benches, lambda: store.record_bench(TWO)):
            with pytest.raises(UserError, match="is damaged: what was asked"):
                use()
