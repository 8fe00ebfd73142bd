"""How often verdicts are wrong, and how often they are there: simulated from the sample of real runs in `benchmarks/data`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

pytestmark = pytest.mark.scale


@pytest.fixture(scope="module")
def verdicts() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "verdicts.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_verdicts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


DATA = Path(__file__).parents[3] / "benchmarks" / "data"
SAMPLES = sorted(DATA.glob("verdict_sample*.json"))


def rates(verdicts: ModuleType, path: Path, name: str | None) -> Any:
    """How 200 comparisons of 30 seeds end, for a strategy or for random itself."""
    sample = verdicts.load_sample(path)
    draw = verdicts.shuffled if path in SAMPLES else verdicts.with_own_runs
    candidate = None if name is None else sample.strategies[name]
    return verdicts.shares(verdicts.verdicts(draw(sample, candidate, 30, 200), sample.budget))


@pytest.mark.parametrize("path", [DATA / "verdict_runs.json", *SAMPLES], ids=lambda path: path.stem)
def test_random_against_random_gives_a_verdict_in_at_most_5_percent(verdicts: ModuleType, path: Path) -> None:
    found = rates(verdicts, path, None)
    assert found.saves + found.costs <= 0.05
    assert found.saves + found.costs + found.none == pytest.approx(1)


@pytest.mark.parametrize("path", [DATA / "verdict_runs.json", *SAMPLES], ids=lambda path: path.stem)
def test_margin_is_found_in_at_least_95_percent(verdicts: ModuleType, path: Path) -> None:
    assert rates(verdicts, path, "margin").saves >= 0.95


def test_the_simulation_finds_what_is_there(verdicts: ModuleType) -> None:
    """Without it a simulation that always says nothing would pass the first test."""
    sample = verdicts.load_sample(SAMPLES[0])
    worse = [320 if hit is None else min(320, 2 * hit) for hit in sample.streams[0]]
    for draw in (verdicts.shuffled, verdicts.with_own_runs):
        found = verdicts.shares(verdicts.verdicts(draw(sample, worse, 30, 4), sample.budget))
        assert found.costs == 1


def test_comparisons_with_their_own_runs_share_none(verdicts: ModuleType) -> None:
    seeds = [[1000 * stream + seed for seed in range(60)] for stream in range(3)]
    sample = verdicts.Sample(320, 0.9, "", seeds, {})
    first, second = verdicts.with_own_runs(sample, None, 30, 2)
    assert first.baseline + second.baseline == seeds[0]
    assert first.control + second.control == seeds[1]
    assert first.ours + second.ours == seeds[2]
    with pytest.raises(AssertionError, match="not enough"):
        list(verdicts.with_own_runs(sample, None, 30, 3))
