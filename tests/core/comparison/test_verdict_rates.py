"""How often verdicts are wrong, and how often they are there: drawn from the real runs in `benchmarks/data`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

pytestmark = pytest.mark.scale

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
SETS = ("digits", "wine", "iris", "breast_cancer", "three_clouds", "two_clouds")
TRIALS = 300


@pytest.fixture(scope="module")
def verdicts() -> ModuleType:
    """The benchmark, with the module it stands beside."""
    for name in ("bank", "verdicts"):
        spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return module


def test_random_against_random_gives_a_verdict_in_at_most_5_percent(verdicts: ModuleType) -> None:
    rates = []
    for name in SETS:
        runs = verdicts.read_sample(name)
        assert runs.seeds == verdicts.SAMPLE_SEEDS
        found = list(verdicts.draw(runs, None, 30, 1000))
        rates.append(verdicts.said(found))
        assert {one.verdict for (one,) in found} == {"saves", "costs", "none"}
    assert np.mean(rates) <= 0.05
    assert max(rates) <= 0.065


@pytest.mark.parametrize("name", SETS)
def test_a_saving_is_found_as_often_as_a_t_test_finds_it(verdicts: ModuleType, name: str) -> None:
    runs = verdicts.read_sample(name)
    assert runs.truth("margin") > 0.15
    found = [one for (one,) in verdicts.draw(runs, "margin", 30, TRIALS)]
    said, tested = np.mean([one.verdict == "saves" for one in found]), np.mean([verdicts.t_test(one) for one in found])
    assert said >= tested - 0.05
    assert not any(one.verdict == "costs" for one in found)


def test_on_digits_margin_is_found_in_at_least_95_percent(verdicts: ModuleType) -> None:
    found = [one for (one,) in verdicts.draw(verdicts.read_sample("digits"), "margin", 30, TRIALS)]
    assert np.mean([one.verdict == "saves" for one in found]) >= 0.95


@pytest.mark.parametrize("seeds", [30, 60])
def test_the_95_percent_interval_covers_the_truth(verdicts: ModuleType, seeds: int) -> None:
    shares = []
    for name in SETS:
        runs = verdicts.read_sample(name)
        for strategy in (None, "margin"):
            shares.append(np.mean([verdicts.covers(one) for (one,) in verdicts.draw(runs, strategy, seeds, TRIALS)]))
    assert 0.94 <= np.mean(shares) <= 0.97
    assert min(shares) >= 0.91  # of 300, four standard errors below 95 %


def test_a_cost_is_found_as_well(verdicts: ModuleType) -> None:
    """Without it a simulation that always says nothing would pass the first test."""
    runs = verdicts.read_sample("digits")
    twice = 2 * runs.held["random"]
    worse = np.where((twice < 0) | (twice > runs.budget), -1, twice)
    runs.held["worse"], runs.area["worse"] = worse, runs.area["random"] - 400
    found = list(verdicts.draw(runs, "worse", 30, 20))
    assert verdicts.said(found) == 1
    assert {one.verdict for (one,) in found} == {"costs"}


def test_comparisons_with_seeds_of_their_own_share_none(verdicts: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = verdicts.read_sample("iris")
    drawn: list[int] = []
    monkeypatch.setattr(verdicts, "compared", lambda runs, strategy, chosen, rng, others: drawn.extend(chosen.tolist()) or [])
    list(verdicts.with_own_seeds(runs, None, 30))
    assert sorted(drawn) == list(range(150))
