"""Cluster-margin: uncertain items, spread over the clusters of the pool."""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import IntArray
from al_core.strategies.parts.best import Best
from al_core.strategies.parts.clusters import linkage_clusters
from al_core.strategies.parts.doubt import gap
from al_core.strategies.parts.numbers import Asked, gap_words, probabilities_of
from al_core.strategies.registry import Choice, Numbers, Parameter, QueryContext, strategy


def _gap_of(context: QueryContext, asked: Asked, *, oversample: int = 5, clusters: int = 20) -> Numbers:
    return Numbers(gap_words(probabilities_of(context, asked)))


@strategy(
    "cluster_margin",
    family="cover",
    formula="the t·k smallest margins, taken in turn from their clusters, the smallest cluster first",
    source="Citovsky, DeSalvo, Gentile, Karydas, Rajagopalan, Rostamizadeh & Kumar 2021",
    cost="O(n·C), and O(n²·d) once for the clusters",
    why="One of the smallest margins ({score}, {first} or {second}), taken because its cluster's turn had come.",
    parameters={
        "oversample": Parameter("t: how many times the batch is drawn from", low=1),
        "clusters": Parameter("clusters of the pool, by average linkage", low=1),
    },
    numbers=_gap_of,
)
def cluster_margin(context: QueryContext, k: int, *, oversample: int = 5, clusters: int = 20) -> Choice:
    """Small margins, round-robin over the clusters of the pool."""
    scores = gap(context)
    best = Best(min(oversample * k, len(scores)), context.rng, largest=False)
    best.add(scores)
    labels = linkage_clusters(context.features, context.rows, clusters, context.memo)
    labels = labels[np.searchsorted(context.rows, context.candidates[best.positions])]
    chosen = best.positions[round_robin(labels, context.rng)[:k]]
    return Choice(chosen, scores[chosen])


def round_robin(clusters: IntArray, rng: np.random.Generator) -> IntArray:
    """An order that takes one item of each cluster in turn, the smallest cluster first, each in the order it is given in.

    Clusters of the same size come in random order; one that is used up is passed over.
    """
    ids, inverse, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    turn = np.empty(len(ids))
    turn[np.lexsort((rng.random(len(ids)), sizes))] = np.arange(len(ids))
    lap = np.empty(len(clusters), dtype=np.int64)
    for cluster in range(len(ids)):
        members = inverse == cluster
        lap[members] = np.arange(np.count_nonzero(members))
    return np.lexsort((turn[inverse], lap))
