"""The k best of a stream."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as draw

from al_core.strategies.parts import best
from al_core.strategies.parts.best import Best, argbest, top


@given(
    values=draw.lists(draw.sampled_from([0.0, 1.0, 2.0, -np.inf, np.inf, 0.5]), min_size=1, max_size=40),
    k=draw.integers(1, 40),
    largest=draw.booleans(),
    cut=draw.integers(0, 40),
)
def test_it_keeps_what_sorting_keeps(values: list[float], k: int, largest: bool, cut: int) -> None:
    scores, k = np.array(values), min(k, len(values))
    best = Best(k, np.random.default_rng(0), largest=largest)
    best.add(scores[:cut])
    best.add(scores[cut:], min(cut, len(scores)))
    expected = np.sort(scores)[::-1][:k] if largest else np.sort(scores)[:k]
    assert best.scores.tolist() == expected.tolist()
    assert scores[best.positions].tolist() == expected.tolist()
    assert len(set(best.positions.tolist())) == k
    assert best.ranks.tolist() == [1 + int(np.sum((expected > score) if largest else (expected < score))) for score in expected]


def test_equal_scores_have_equal_chances_wherever_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best, "_BLOCK", 4)
    scores = np.array([1.0, 0, 1, 0, 0, 2, 0, 0, 1, 1, 1, 0, 0, 0, 1])
    rng = np.random.default_rng(0)
    counts = np.bincount(np.concatenate([top(scores, 3, rng) for _ in range(6000)]), minlength=len(scores))
    assert counts[5] == 6000
    tied = counts[scores == 1]
    assert counts.sum() == 6000 + tied.sum()
    assert np.abs(tied - 2000).max() < 5 * np.sqrt(6000 / 3 * 2 / 3)


def test_argbest_draws_among_the_largest() -> None:
    rng = np.random.default_rng(0)
    assert {argbest(np.array([3.0, 1, 3, 0]), rng) for _ in range(50)} == {0, 2}
