"""How often verdicts are wrong, and how often they are there: simulated from the sample of real runs in `benchmarks/data`."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.scale


@pytest.fixture(scope="module")
def verdicts() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "verdicts.py"
    spec = importlib.util.spec_from_file_location("benchmark_of_verdicts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


SAMPLES = sorted((Path(__file__).parents[2] / "benchmarks" / "data").glob("verdict_sample*.json"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_random_against_random_gives_a_verdict_in_at_most_5_percent(verdicts: ModuleType, path: Path) -> None:
    counts = verdicts.rates(verdicts.load_sample(path), None, seeds=30, trials=200)
    assert counts["saves"] + counts["costs"] <= 10
    assert counts["preview"] == 0


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_margin_is_found_in_at_least_95_percent(verdicts: ModuleType, path: Path) -> None:
    sample = verdicts.load_sample(path)
    counts = verdicts.rates(sample, sample.strategies["margin"], seeds=30, trials=200)
    assert counts["saves"] >= 190


def test_the_simulation_finds_what_is_there(verdicts: ModuleType) -> None:
    """Without it a simulation that always says nothing would pass the first test."""
    sample = verdicts.load_sample()
    worse = [320 if hit is None else min(320, 2 * hit) for hit in sample.streams[0]]
    assert verdicts.rates(sample, worse, seeds=30, trials=20)["costs"] >= 19
