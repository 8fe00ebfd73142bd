"""A pool that is too large to be asked about as a whole, in the real program in a real terminal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from own_pictures import StartTerminal, killed
from tests.tui.test_label_pty import run

from al_core.data.identity import identity
from al_core.sessions.store import SessionFile


def write_rows(path: Path, count: int) -> NDArray[np.float64]:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(count, 4)) + 6.0 * rng.integers(0, 3, count)[:, None]
    np.save(path, rows)
    return rows


def label_three(at: Any) -> None:
    for number, key in enumerate("123", 1):
        at.wait("one of the first|least confidence|margin|drawn at random")
        at.press(key)
        at.wait(rf"{number} labels? ")


def test_some_of_it_are_asked_from_and_labels_of_all_are_taken_home(terminal: StartTerminal, tmp_path: Path) -> None:
    rows = write_rows(tmp_path / "rows.npy", 30_000)
    at = terminal("label", "rows.npy", "--classes", "a,b,c", "--audit", "0", "--learner", "logistic")
    label_three(at)
    at.wait("of 20,000 drawn from 30,000 rows.npy")
    at.press("q")
    assert at.finish() == 0
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")
    with SessionFile.open(path, read_only=True) as file:
        typed = {item: given.label for item, given in file.ledger.answers.items()}
        assert file.ledger.strategy == "auto"
    assert list(typed.values()) == [0, 1, 2]
    everything = {identity(row.tobytes()) for row in rows}
    assert set(typed) < everything
    done = run(tmp_path, "predict", path.stem, "--out", str(tmp_path / "labels.jsonl"))
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in (tmp_path / "labels.jsonl").read_text().splitlines()]
    assert {row["item"] for row in said} == everything
    assert len(said) == len(everything)
    assert {row["item"]: "abc".index(row["label"]) for row in said if row["by"] == "person"} == typed


@pytest.mark.scale
def test_one_begins_before_all_is_read_and_nothing_is_lost_when_it_is(terminal: StartTerminal, tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.npy", 1_000_000)
    at = terminal("label", "rows.npy", "--classes", "a,b,c", "--audit", "0", "--learner", "logistic")
    at.wait("of 2,000 drawn from 1,000,000 rows.npy")
    label_three(at)
    at.wait(r"all 1,000,000 items are here now")
    at.press("1")
    at.wait("4 labels ")
    killed(at)
    (path,) = tmp_path.glob(".local/share/al-tui/sessions/*.session")

    again = terminal("resume")
    again.wait(r"4 labels (?s:.)*of 20,\d+ drawn from 1,000,000 rows.npy")
    assert "not in rows.npy now" not in again.raw
    again.press("2")
    again.wait("5 labels ")
    again.press("q")
    assert again.finish() == 0
    with SessionFile.open(path, read_only=True) as file:
        assert [given.label for given in file.ledger.answers.values()] == [0, 1, 2, 0, 1]
