"""Results that were forged or spoiled, through the commands that read them: one line each, and nothing is missing unsaid."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from forging import flip, forge_store, forged_text, run
from trials import trials

BENCH = ("bench", "--executor", "inline", "--strategies", "margin,random", "--budget", "26", "--seeds", "2", "--json")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a store of three benches and the documents of two of them."""
    place = tmp_path_factory.mktemp("made")
    environment = {**os.environ, "HOME": str(place)}
    several = ("bench", *BENCH[1:4], "entropy,random", *BENCH[5:], "--datasets", "iris,wine,breast_cancer")
    for name, arguments in (
        ("one.json", (*BENCH, "--dataset", "iris", "--oracle")),
        ("several.json", several),
        ("digits.json", (*BENCH, "--dataset", "digits", "--seeds", "1", "--budget", "40")),
    ):
        command = [
            sys.executable,
            "-m",
            "al_tui",
            *arguments,
            "--results",
            str(place / "r.sqlite3"),
            "--out",
            str(place / name),
        ]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    return place


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made / "r.sqlite3", tmp_path / "r.sqlite3"))


@pytest.mark.parametrize("part", range(10))
def test_forged_documents(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    path, refused = tmp_path / "forged.json", 0
    documents = [json.loads((made / name).read_text()) for name in ("one.json", "several.json", "digits.json")]
    count = trials(160, 1600)
    for number in range(part * count, (part + 1) * count):
        dice = random.Random(number)
        path.write_bytes(forged_text(dice.choice(documents), dice))
        kinds = ["md", "csv", "json", "seeds", "methods"] + ["html"] * (number % 10 == 0)
        found = [run(monkeypatch, "report", path, "--format", kind) for kind in kinds]
        assert all(ran.in_order() for ran in found), (number, [ran for ran in found if not ran.in_order()])
        assert len({ran.code for ran in found}) == 1, number
        refused += found[0].code == 2
    assert refused > count / 2


@pytest.mark.parametrize("part", range(10))
def test_forged_stores(made: Path, store: Path, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    refused = 0
    count = trials(65, 650)
    for number in range(part * count, (part + 1) * count):
        dice = random.Random(number)
        shutil.copy(made / "r.sqlite3", store)
        forge_store(store, dice)
        commands = [("report", store, "--bench", bench, "--format", "md") for bench in (1, 2)]
        commands += [("report", store, "--list"), ("report", store, "--format", "html" if number % 10 == 0 else "csv")]
        if number % 5 == 0:
            commands.append((*BENCH, "--dataset", "iris", "--results", store))
        found = [run(monkeypatch, *command) for command in commands]
        if number % 5 == 0:  # a bench tells on stderr what it does, too
            bench = found.pop()
            assert bench.code in (0, 2), (number, bench)
            assert bench.err.count("al-tui: ") == (bench.code == 2), (number, bench)
            refused += bench.code == 2
        assert all(ran.in_order() for ran in found), (number, [ran for ran in found if not ran.in_order()])
        refused += any(ran.code == 2 for ran in found)
    assert refused > count / 4


@pytest.mark.parametrize("part", range(4))
def test_no_flipped_bit_makes_a_finished_run_vanish(
    made: Path, store: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    """What is reported is what was reported before, or that there is damage."""
    told = 0
    count = trials(65, 1000)
    numbers = (1, 2, 3)
    good = {number: run(monkeypatch, "report", store, "--bench", number, "--format", "json").out for number in numbers}
    for number in range(part * count, (part + 1) * count):
        shutil.copy(made / "r.sqlite3", store)
        where = flip(store, random.Random(number))
        for bench in numbers:
            ran = run(monkeypatch, "report", store, "--bench", bench, "--format", "json")
            assert ran.in_order(), (number, where, ran)
            assert ran.code != 0 or ran.out == good[bench], (number, where)
            told += ran.code != 0
    assert told > count / 4


def spoiled(path: Path, statement: str, *values: Any) -> Path:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement, values)
    return path


def test_an_index_that_lost_a_row_is_damage(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page is in order, but a finished run cannot be found under its key."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_cells_1'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    content = bytearray(store.read_bytes())
    page = content[(root - 1) * size : root * size]
    keys = [row[0] for row in closing_rows(store, "SELECT key FROM cells")]
    found = next(key for key in keys if key.encode() in page)
    at = (root - 1) * size + page.index(found.encode()) + 10
    content[at] ^= 1
    store.write_bytes(content)
    ran = run(monkeypatch, "report", store, "--format", "json")
    assert ran.code in (1, 2)
    assert "damaged" in ran.err


def closing_rows(path: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        ("UPDATE benches SET document = replace(document, '\"seeds\":[0,1]', '\"seeds\":[0,2]')", ()),
        ("UPDATE benches SET document = replace(document, 'margin', 'entropy')", ()),
        ("UPDATE benches SET document = replace(document, '\"targets\":[0.9', '\"targets\":[0.8')", ()),
        ("UPDATE benches SET document = replace(document, (SELECT key FROM cells LIMIT 1), ?)", ("0" * 32,)),
        ("UPDATE benches SET document = ?", ('{"specs":' + "[" * 100_000,)),
        ("UPDATE cells SET record = replace(record, '0.9', '0.8')", ()),
    ],
    ids=["seeds", "strategy", "targets", "key", "nested", "record"],
)
def test_what_was_changed_in_a_store_is_damage(
    store: Path, monkeypatch: pytest.MonkeyPatch, statement: str, values: tuple[Any, ...]
) -> None:
    spoiled(store, statement, *values)
    ran = run(monkeypatch, "report", store, "--bench", 1, "--format", "md")
    assert ran.in_order(), ran
    assert ran.code in (1, 2)
    assert "damaged" in ran.err


@pytest.fixture
def little_memory() -> dict[str, Any]:
    """Options of a process that may take two gigabytes of addresses."""
    import resource

    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))}


def test_sizes_are_looked_at_before_anything_is_read(tmp_path: Path, little_memory: dict[str, Any]) -> None:
    """A document of many gigabytes, which takes no room on the disk."""
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(50 << 30)
    ran = subprocess.run(
        [sys.executable, "-m", "al_tui", "report", str(path), "--format", "md"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        **little_memory,
    )
    assert ran.returncode == 2
    assert ran.stderr.count("\n") == 1
    assert "larger than" in ran.stderr
