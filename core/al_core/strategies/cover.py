"""Covering the pool: ask for items that stand for the others, from features alone."""

from __future__ import annotations

import math

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.strategies.clusters import kmeans_clusters
from al_core.strategies.neighbors import Distances, ball_sizes, fingerprint, nearest_distances
from al_core.strategies.registry import Choice, Parameter, QueryContext, strategy
from al_core.strategies.top import argbest

_EPSILON = 1e-7
"""Added to mean distances, so that an item among its own duplicates has a finite typicality."""


@strategy(
    "coreset",
    family="cover",
    formula="k-center greedy: again and again arg max_x min_{c labelled or picked} ‖x − c‖",
    source="Sener & Savarese 2018",
    cost="O(n·(m + k)·d), m the labels",
    why="It lies farthest from everything labelled or picked before it: at a distance of {score:.2f}.",
)
def coreset(context: QueryContext, k: int) -> Choice:
    """k-center greedy on the features; keeps running minimum distances. With nothing labelled the first is drawn at random."""
    norms = context.squared_norms()
    nearest = np.full(len(norms), np.inf)
    centers = np.asarray(context.features[context.labelled], dtype=np.float64)
    # A few centres at a time, so that a chunk's distances stay in the cache.
    for begin in range(0, len(centers), 32):
        _approach(context, norms, nearest, centers[begin : begin + 32])
    chosen: list[int] = []
    scores: list[float] = []
    while len(chosen) < k:
        chosen.append(argbest(nearest, context.rng))
        scores.append(math.sqrt(nearest[chosen[-1]]))
        if len(chosen) < k:
            _approach(context, norms, nearest, np.asarray(context.features[context.candidates[chosen[-1:]]], dtype=np.float64))
            nearest[chosen] = -1.0
    return Choice(np.array(chosen), np.array(scores), np.arange(1, k + 1))


def _approach(context: QueryContext, norms: FloatArray, nearest: FloatArray, centers: FloatArray) -> None:
    """Lower ``nearest``, the squared distance of every candidate to its nearest centre so far, by new centres, (m, d)."""
    offsets = np.einsum("ij,ij->i", centers, centers)[:, None]
    twice = -2.0 * centers
    distances = context.over_features(lambda X: (twice @ X.T + offsets).min(axis=0))
    distances += norms
    np.maximum(distances, 0.0, out=distances)
    np.minimum(nearest, distances, out=nearest)


@strategy(
    "typiclust",
    family="cover",
    formula="1 / mean distance to the 20 nearest of its cluster, in the largest of m + k k-means clusters without a label",
    source="Hacohen, Dekel & Weinshall 2022",
    cost="one k-means a round, O(n·(m + k)·d) an iteration",
    why="It is the most typical item of a large cluster in which nothing is labelled yet.",
    parameters={
        "neighbors": Parameter("neighbours that typicality looks at", low=1),
        "max_clusters": Parameter("clusters at most", low=1),
    },
)
def typiclust(context: QueryContext, k: int, *, neighbors: int = 20, max_clusters: int = 500) -> Choice:
    """The most typical item of each of the largest clusters with nothing labelled, then of those with the fewest labels."""
    clusters = min(len(context.labelled) + k, max_clusters)
    labels = kmeans_clusters(context.features, context.rows, clusters, context.memo)
    return typical_of_clusters(context, labels, k, neighbors)


def typical_of_clusters(context: QueryContext, clusters: IntArray, k: int, neighbors: int) -> Choice:
    """Pick the most typical candidates, given the cluster of each of ``context.rows``.

    Clusters are visited in turn: those with the fewest labels first, among them the largest. Typicality is measured against all
    items of the cluster, and only asked of those that may still be picked.
    """
    is_candidate = np.isin(context.rows, context.candidates, assume_unique=True)
    position = np.cumsum(is_candidate) - 1
    sizes = np.bincount(clusters)
    labelled = np.bincount(clusters[~is_candidate], minlength=len(sizes))
    left = np.bincount(clusters[is_candidate], minlength=len(sizes))
    tie = context.rng.random(len(sizes))
    typicality: dict[int, tuple[IntArray, FloatArray]] = {}
    chosen: list[int] = []
    scores: list[float] = []
    while len(chosen) < k:
        open_ = np.flatnonzero(left)
        cluster = int(open_[np.lexsort((tie[open_], -sizes[open_], labelled[open_]))[0]])
        if cluster not in typicality:
            members = np.flatnonzero(clusters == cluster)
            distance = nearest_distances(np.asarray(context.features[context.rows[members]]), neighbors).mean(axis=1)
            values = np.where(is_candidate[members], 1.0 / (distance + _EPSILON), -np.inf)
            typicality[cluster] = position[members], values
        positions, values = typicality[cluster]
        best = argbest(values, context.rng)
        chosen.append(int(positions[best]))
        scores.append(float(values[best]))
        values[best] = -np.inf
        labelled[cluster] += 1
        left[cluster] -= 1
    return Choice(np.array(chosen), np.array(scores))


@strategy(
    "probcover",
    family="cover",
    formula="again and again the item whose δ-ball holds most items that no labelled or picked item's ball holds",
    source="Yehuda, Dekel, Hacohen & Weinshall 2022",
    cost="O(n²·d) in blocks",
    why="The ball around it covers {score:.0f} items that no labelled item covers yet.",
    parameters={
        "delta": Parameter("radius of the balls; 0 finds the largest that is pure enough", low=0),
        "purity": Parameter("share of balls that stay within one of C k-means clusters, when delta is 0", low=0, high=1),
    },
)
def probcover(context: QueryContext, k: int, *, delta: float = 0.0, purity: float = 0.95) -> Choice:
    """Greedy cover of the pool by balls; no n × n matrix, ball members are counted block by block."""
    rows, key = context.rows, ("pure_radius", context.n_classes, purity)
    distances = Distances(context.features[rows])
    if delta == 0:
        print_ = fingerprint(rows)
        if context.memo.get(key, (None,))[0] != print_:
            clusters = kmeans_clusters(context.features, rows, context.n_classes, context.memo)
            context.memo[key] = (print_, pure_radius(distances, clusters, purity))
        delta = context.memo[key][1]
    is_candidate = np.isin(rows, context.candidates, assume_unique=True)
    gain = np.full(len(rows), -np.inf)
    covered = ball_sizes(distances, np.arange(len(rows)), np.flatnonzero(~is_candidate), delta) > 0
    free, taken = np.flatnonzero(~covered), np.flatnonzero(covered & is_candidate)
    gain[free] = ball_sizes(distances, free, None, delta)
    gain[taken] = ball_sizes(distances, taken, free, delta)
    candidates = np.flatnonzero(is_candidate)
    chosen: list[int] = []
    scores: list[float] = []
    while len(chosen) < k:
        chosen.append(argbest(gain, context.rng))
        scores.append(float(gain[chosen[-1]]))
        if len(chosen) < k:
            free = np.flatnonzero(~covered)
            new = free[ball_sizes(distances, free, np.array(chosen[-1:]), delta) > 0]
            covered[new] = True
            gain[candidates] -= ball_sizes(distances, candidates, new, delta)
            gain[chosen] = -np.inf
    return Choice(np.searchsorted(candidates, chosen), np.array(scores), np.arange(1, k + 1))


def pure_radius(distances: Distances, clusters: IntArray, purity: float) -> float:
    """The largest radius, up to half a step between items, at which ``purity`` of all balls stay within one cluster.

    A ball is pure until it reaches the nearest item of another cluster, so this is a quantile of those distances.
    """
    reach = np.full(len(clusters), np.inf)
    members = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    for position, here in enumerate(members):
        others = np.concatenate([*members[position + 1 :], np.empty(0, dtype=np.int64)])
        for mine, theirs, block in distances.blocks(here, others):
            reach[here[mine]] = np.minimum(reach[here[mine]], block.min(axis=1))
            reach[others[theirs]] = np.minimum(reach[others[theirs]], block.min(axis=0))
    reach = np.sort(np.sqrt(np.maximum(reach, 0.0)))
    impure = min(math.floor((1.0 - purity) * len(reach) + 1e-9), len(reach) - 1)
    if not np.isfinite(reach[impure]):
        return math.inf
    return float((reach[impure] + (reach[impure - 1] if impure else 0.0)) / 2)
