"""The radius of probcover's balls, against every distance there is."""

from __future__ import annotations

import numpy as np
import pytest

from al_core.data.dataset import FloatArray, IntArray
from al_core.strategies.cover import pure_radius
from al_core.strategies.parts.clusters import kmeans_clusters
from al_core.strategies.parts.neighbours import Distances


def reaches(X: FloatArray, clusters: IntArray) -> FloatArray:
    """Squared distance of every item to the nearest of another cluster."""
    squared = ((X[:, None] - X) ** 2).sum(axis=2)
    squared[clusters[:, None] == clusters] = np.inf
    return np.asarray(squared.min(axis=1))


def pools(kind: str) -> list[FloatArray]:
    made = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(20, 90))
        X = rng.normal(size=(n, 3)) + 2.0 * rng.integers(0, 3, size=(n, 1))
        made.append(
            {"any": X, "pixels": np.round(2 * X) / 16, "far": np.round(2 * X) + 1e6, "pairs": np.repeat(X, 2, axis=0)}[kind]
        )
    return made


@pytest.mark.parametrize("kind", ["any", "pixels", "far", "pairs"])
def test_the_balls_are_as_pure_as_asked_and_the_next_larger_ones_are_not(kind: str) -> None:
    for X in pools(kind):
        clusters = kmeans_clusters(X, np.arange(len(X)), 3, {})
        reach = reaches(X, clusters)
        for purity in (0.95, 0.8, 1.0, 0.5):
            radius = pure_radius(Distances(X), clusters, purity)
            assert np.mean(reach > radius**2) >= purity - 1e-12
            larger = reach[reach > radius**2]  # with a radius that reaches the next item, too many balls would be impure
            assert np.mean(reach > larger.min() * (1 + 1e-9)) < purity


def test_the_radius_is_half_way_to_the_next_smaller_reach_that_differs() -> None:
    X = np.array([[0.0], [1.0], [3.0], [5.0], [6.0], [14.0]])
    clusters = np.array([0, 0, 0, 1, 1, 1])  # reaches: 5, 4, 2, 2, 3, 11
    for purity, radius in [(1.0, 1.0), (5 / 6, 1.0), (4 / 6, 2.5), (3 / 6, 3.5), (2 / 6, 4.5), (1 / 6, 8.0)]:
        assert pure_radius(Distances(X), clusters, purity) == pytest.approx(radius)


def test_one_cluster_has_no_bound_and_items_on_top_of_each_other_no_room() -> None:
    X = np.random.default_rng(0).normal(size=(10, 2))
    assert pure_radius(Distances(X), np.zeros(10, dtype=np.int64), 0.95) == np.inf
    assert pure_radius(Distances(np.zeros((10, 2))), np.arange(10) % 2, 0.95) == 0.0
