"""The bank of paired runs that `verdicts.py` draws comparisons from: whole curves, as numbers of test rows that were right.

    python benchmarks/bank.py [--bank DIR] [--seeds 2000] [--only digits,wine]

Goes on where it was stopped, also by a kill: a line of the bank is some runs of one seed of one set, and half a line is thrown
away. Every seed has `FEW` streams of random and two strategies; the first `MANY_SEEDS` have `MANY` streams, for whole benches
of eighteen strategies that are all random. Sets take turns, so that a bank that is not finished has as many seeds of each.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from al_core.compute.one_thread import one_thread
from al_core.data.dataset import Dataset
from al_core.data.kinds import load_dataset
from al_core.run.play import play
from al_core.run.state import RunState
from al_core.run.warm_up import warm_up
from al_core.task.spec import TaskSpec
from al_core.task.split import split

BANK = Path(__file__).parent / "bank"
SEEDS, MANY_SEEDS, TURN = 2000, 200, 50
FEW, MANY = 3, 20


@dataclass(frozen=True)
class Setting:
    """What is played on one set: the task, and the strategies beside the streams of random."""

    spec: TaskSpec
    strategies: tuple[str, ...]


SETS = {
    "digits": Setting(TaskSpec("digits", batch=10, budget=180, target=0.9), ("margin", "entropy")),
    "wine": Setting(TaskSpec("wine", batch=2, budget=40, target=0.95), ("margin", "entropy")),
    "iris": Setting(TaskSpec("iris", batch=2, budget=40, target=0.93), ("margin", "entropy")),
    "breast_cancer": Setting(TaskSpec("breast_cancer", batch=3, budget=58, target=0.95), ("margin", "coreset")),
    "three_clouds": Setting(TaskSpec("three_clouds", batch=2, budget=40, target=0.95), ("margin", "entropy")),
    "two_clouds": Setting(TaskSpec("two_clouds", batch=4, budget=64, target=0.9), ("margin", "coreset")),
}
"""Two sets are made up, from a seed."""


@cache
def dataset(name: str) -> Dataset:
    """A bundled set, or one of the two that are made up."""
    from sklearn.datasets import make_classification

    made = {
        "three_clouds": {"n_samples": 450, "n_features": 8, "n_informative": 5, "n_classes": 3, "class_sep": 1.5},
        "two_clouds": {"n_samples": 400, "n_features": 12, "n_informative": 6, "n_classes": 2, "class_sep": 1.3},
    }
    if name not in made:
        return load_dataset(name)
    X, y = make_classification(**made[name], n_redundant=0, n_clusters_per_class=1, flip_y=0.01, random_state=9)
    return Dataset(name, np.ascontiguousarray(X, dtype=float), y.astype(np.int64), tuple(map(str, range(int(y.max()) + 1))))


def streams(count: int) -> list[str]:
    """Names of so many independent random strategies."""
    return ["random", *(f"random#{number}" for number in range(2, count + 1))]


def runs(name: str, seed: int, strategies: list[str]) -> dict[str, list[int]]:
    """Right test rows by round, of every strategy on one seed."""
    spec = replace(SETS[name].spec, seed=seed)
    task = split(dataset(name), spec)
    found = {}
    for strategy in strategies:
        curve = play(task, RunState(strategy), rounds=0).state.curve
        found[strategy] = [round(accuracy * len(task.test)) for _, accuracy in curve]
    return found


def read(directory: Path, name: str) -> dict[int, dict[str, list[int]]]:
    """What the bank has of one set, by seed; a line that was not finished counts as not there."""
    found: dict[int, dict[str, list[int]]] = {}
    path = directory / f"{name}.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            seed, hits = json.loads(line)
        except ValueError:
            continue
        found.setdefault(seed, {}).update(hits)
    return found


def turns(seeds: int, sets: list[str]) -> Iterator[tuple[str, int, list[str]]]:
    """What is to be played, in order: many streams of the first seeds, then few of all."""
    for count, last in ((MANY, min(MANY_SEEDS, seeds)), (FEW, seeds)):
        for start in range(0, last, TURN):
            for name in sets:
                for seed in range(start, min(start + TURN, last)):
                    yield name, seed, [*streams(count), *SETS[name].strategies]


def fill(directory: Path, seeds: int, sets: list[str]) -> None:
    """Play what the bank does not have."""
    warm_up()
    directory.mkdir(parents=True, exist_ok=True)
    for path in directory.glob("*.jsonl"):
        if not path.read_bytes().endswith(b"\n"):  # half a line, from a kill
            with path.open("a", encoding="utf-8") as file:
                file.write("\n")
    known = {name: {seed: set(hits) for seed, hits in read(directory, name).items()} for name in sets}
    for name, seed, wanted in turns(seeds, sets):
        missing = [strategy for strategy in wanted if strategy not in known[name].get(seed, ())]
        if missing:
            with one_thread():
                line = json.dumps([seed, runs(name, seed, missing)], separators=(",", ":"))
            with (directory / f"{name}.jsonl").open("a", encoding="utf-8") as file:
                file.write(line + "\n")
            known[name].setdefault(seed, set()).update(missing)


def main() -> None:
    """Fill the bank."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bank", type=Path, default=BANK)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--only", default=",".join(SETS), help="names of sets, separated by commas")
    options = parser.parse_args()
    fill(options.bank, options.seeds, options.only.split(","))


if __name__ == "__main__":
    main()
