"""Own data through the public door, as a script or a notebook would: it races and ends, or is refused in one line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import al_core
from al_core import Dataset, TaskSpec, UserError, play, split, start

README = Path(__file__).parents[2] / "README.md"


def pets(n: int = 120) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    return 2.5 * np.eye(3, 5)[y] + rng.normal(size=(n, 5)), y


LABELS: dict[str, Any] = {
    "0 to k − 1": lambda y: y,
    "1 to k": lambda y: y + 1,
    "text": lambda y: np.array(["cat", "dog", "owl"])[y],
    "some unknown": lambda y: np.where(np.arange(len(y)) % 4 == 0, -1, y),
    "some NaN": lambda y: np.where(np.arange(len(y)) % 4 == 0, np.nan, y + 1.0),
    "some None": lambda y: [None if row % 4 == 0 else "abc"[label] for row, label in enumerate(y)],
}


@pytest.mark.filterwarnings("ignore:data set 'pets'")
@pytest.mark.parametrize("kind", LABELS)
def test_the_same_race_however_labels_are_written(kind: str) -> None:
    X, y = pets()
    labels = LABELS[kind](y)
    task = split(Dataset("pets", X, labels), TaskSpec(dataset="pets", batch=5, budget=60))
    state = play(task, start("margin"), rounds=0).state
    known = y if "some" not in kind else np.where(np.arange(len(y)) % 4 == 0, -1, y)
    plain = split(Dataset("pets", X, known, ("a", "b", "c")), TaskSpec(dataset="pets", batch=5, budget=60))
    assert state == play(plain, start("margin"), rounds=0).state
    assert state.curve[-1][0] == 60
    assert state.curve[-1][1] > 0.7


def test_the_snippet_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (snippet,) = [code for code in re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL) if "play(" in code]
    X, y = pets()
    exec(compile(snippet, "README.md", "exec"), {"X": X, "y": y})
    assert capsys.readouterr().out.startswith("((6, 0.")


def test_what_cannot_be_meant_is_one_line_and_nothing_runs() -> None:
    X, y = pets()
    X[7, 2] = np.nan
    with pytest.raises(
        UserError, match=r"^data set 'pets': row 7, column 2 is nan; replace or drop what is missing or infinite$"
    ):
        Dataset("pets", X, y)


def test_every_name_of_the_door_is_there() -> None:
    assert [name for name in al_core._ROOMS if not hasattr(al_core, name)] == []
