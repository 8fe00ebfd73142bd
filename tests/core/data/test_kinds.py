"""A reader of data sets is one file: its module is found, asked before the general ones, and its items are raced."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from al_core import TaskSpec, play, read_dataset, split, start
from al_core.data.at_size import look_at
from al_core.data.kinds import readers
from al_core.data.looks import Passage, Size
from al_core.ground.errors import UserError

LINES = """
from al_core.data.dataset import Dataset
from al_core.data.looks import Passage
from al_core.data.reader import Reader

def read_lines(path, classes, features):
    rows = [line.split(";") for line in path.read_text().splitlines()]
    texts = [text for _, text in rows if text]
    return Dataset(
        str(path),
        [[len(text), text.count(" ")] for text in texts],
        [label or None for label, text in rows if text],
        classes,
        looks=[Passage(text) for text in texts],
        aside=[(f"line {number}", "it is empty") for number, (_, text) in enumerate(rows, 1) if not text],
    )

READER = Reader(lambda path: path.suffix == ".lines", read_lines)
"""


@pytest.fixture
def lines(add_module: Callable[..., None], tmp_path: Path) -> Path:
    add_module("al_core.data.readers", "text_lines", LINES, readers)
    path = tmp_path / "mail.lines"
    rows = [f"{('ham', 'spam')[number % 2]};{'a bc' * (number % 2)}{'x' * number} y" for number in range(30)]
    path.write_text("\n".join([*rows[:10], ";", *rows[10:]]))
    return path


def test_a_reader_is_one_file(lines: Path) -> None:
    with pytest.warns(UserWarning, match="set aside: 1 because it is empty; the first is line 11; mend or remove them"):
        data = read_dataset(lines)
    assert (data.classes, len(data.X), data.truth[:3]) == (("ham", "spam"), 30, (0, 1, 0))
    assert look_at(data, 2, Size(9, 9)) == Passage("xx y")
    with warnings.catch_warnings(action="ignore"):
        assert read_dataset(str(lines), classes=["spam", "ham"]).classes == ("spam", "ham")
    played = play(split(data, TaskSpec(batch=2, budget=10)), start("margin"), rounds=0)
    assert played.state.curve[-1][0] == 10


def test_what_no_other_takes_is_for_the_general_ones(lines: Path, tmp_path: Path) -> None:
    (tmp_path / "mail.line").write_bytes(pickle.dumps(1))
    with pytest.raises(UserError, match="no array of NumPy"):
        read_dataset(tmp_path / "mail.line")
    (tmp_path / "pots").mkdir()
    with pytest.raises(UserError, match="no pictures in it"):
        read_dataset(tmp_path / "pots")
