"""A million rows with labels, raced from a memory map: memory stays what it was after the first rounds, and below that."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROWS, COLUMNS = 1_000_000, 32
MEASURED = """
import sys
from al_core import TaskSpec, play, split, start
from al_core.data.kinds import read_dataset

def held():
    lines = open("/proc/self/status").read().splitlines()
    return int(next(line for line in lines if line.startswith("RssAnon")).split()[1]) / 1024

task = split(read_dataset(sys.argv[1]), TaskSpec(budget=500, batch=40))
race = start("margin")
for _ in range(10):
    race = play(task, race, rounds=1).state
    print(held(), race.labels)
"""


@pytest.mark.scale
def test_a_race_by_margin_over_a_million_rows_on_disk_holds_no_more_with_every_round(tmp_path: Path) -> None:
    rng, folder = np.random.default_rng(0), tmp_path / "rows"
    folder.mkdir()
    y = rng.integers(0, 5, ROWS)
    X = np.lib.format.open_memmap(folder / "X.npy", "w+", np.float64, (ROWS, COLUMNS))
    centres = rng.normal(size=(5, COLUMNS))
    for at in range(0, ROWS, 100_000):
        X[at : at + 100_000] = rng.normal(size=(100_000, COLUMNS)) + centres[y[at : at + 100_000]]
    X.flush()
    np.save(folder / "y.npy", y)
    done = subprocess.run([sys.executable, "-c", MEASURED, str(folder)], capture_output=True, text=True, check=True)
    rounds = [line.split() for line in done.stdout.splitlines()]
    held = [float(words[0]) for words in rounds]
    assert [int(words[1]) for words in rounds] == sorted({int(words[1]) for words in rounds}), "every round asked for labels"
    assert max(held) / held[1] < 1.05, held
    assert max(held) < ROWS * COLUMNS * 8 / 2**20, "less than the rows take"
