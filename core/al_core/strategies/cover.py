"""Covering the pool: ask for items that stand for the others, from features alone."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved
from al_core.strategies.parts.best import argbest
from al_core.strategies.parts.clusters import kmeans_clusters
from al_core.strategies.parts.neighbours import Distances, ball_sizes, nearest_distances, rows_key
from al_core.strategies.parts.numbers import MOST_TERMS, Asked, number
from al_core.strategies.registry import Choice, Numbers, Parameter, QueryContext, strategy

_EPSILON = 1e-7
"""Added to mean distances, so that an item among its own duplicates has a finite typicality."""
_EQUAL = 4.0
"""Squared distances that differ by less than so many roundings are equal."""
_FIRST_CENTERS = 32
"""Centres that every item is measured against; so few that their distances to a chunk of items stay in the cache."""
_HOT = 256
"""Items that are measured against all centres, or this share of a large pool."""


def _distance_of(context: QueryContext, asked: Asked) -> Numbers | None:
    centres = np.concatenate([context.labelled, context.candidates[list(asked.before)]])
    if not len(centres):
        return None
    x = np.asarray(context.features[context.candidates[asked.at]], dtype=np.float64)
    distances = np.sort(np.linalg.norm(np.asarray(context.features[centres], dtype=np.float64) - x, axis=1))
    nearest = ", ".join(map(number, distances[:MOST_TERMS].tolist()))
    more = ", …" if len(distances) > MOST_TERMS else ""
    words = f"its distances to {len(context.labelled)} labelled and {len(asked.before)} picked before it, the nearest first"
    return Numbers(f"min({nearest}{more})", (words,))


def _typicality_of(context: QueryContext, asked: Asked, *, neighbors: int = 20, max_clusters: int = 500) -> Numbers | None:
    return None if not asked.score else Numbers(f"1 / {number(1.0 / asked.score)}")


@strategy(
    "coreset",
    family="cover",
    formula="k-center greedy: again and again arg max_x min_{c labelled or picked} ‖x − c‖",
    source="Sener & Savarese 2018",
    cost="at most O(n·(m + k)·d), m the labels; mostly O(n·d) and little more",
    why="It lies farthest from everything labelled or picked before it: at a distance of {score}.",
    numbers=_distance_of,
)
def coreset(context: QueryContext, k: int) -> Choice:
    """k-center greedy on the features, lazily. With nothing labelled the first is drawn at random.

    Running minimum distances only ever fall. So the distances to some centres bound them from above, and only the few items
    whose bounds are largest, the hot ones, are measured against all centres: while the largest distance among them exceeds
    every other bound, it is the largest of all, and the pick is that of the full computation.
    """
    n, known = len(context.candidates), len(context.labelled)
    centers = np.empty((known + k, context.features.shape[1]))
    centers[:known] = context.features[context.labelled]
    nearest = np.full(n, np.inf)
    chosen: list[int] = []
    scores: list[float] = []

    def take(position: int) -> None:
        chosen.append(position)
        scores.append(math.sqrt(nearest[position]))
        nearest[position] = -1.0
        centers[known + len(chosen) - 1] = context.features[context.candidates[position]]

    if not known:
        take(argbest(nearest, context.rng))
    first = centers[: min(max(known, 1), _FIRST_CENTERS)]
    np.minimum(nearest, _squared_distances(context, first), out=nearest)
    size = max(_HOT, n // _HOT)
    while len(chosen) < k:
        hot = np.sort(np.argpartition(-nearest, size)[:size]) if size < n else np.arange(n)
        others = np.delete(nearest, hot).max(initial=-1.0)
        some = replace(context, candidates=context.candidates[hot])
        seen = 0
        while len(chosen) < k:
            new = centers[seen : known + len(chosen)]
            seen += len(new)
            nearest[hot] = np.minimum(nearest[hot], _squared_distances(some, new))
            if nearest[hot].max() <= others:
                break
            take(int(hot[argbest(nearest[hot], context.rng)]))
        size *= 4
    return Choice(np.array(chosen), np.array(scores), np.arange(1, k + 1))


def _squared_distances(context: QueryContext, centers: FloatArray) -> FloatArray:
    """Squared distance of every candidate to the nearest of ``centers``, (m, d); a few centres at a time stay in the cache."""
    offset = context.offset
    centers = moved(centers, offset)
    blocks = [centers[begin : begin + _FIRST_CENTERS] for begin in range(0, len(centers), _FIRST_CENTERS)]
    parts = [(-2.0 * block, np.einsum("ij,ij->i", block, block)[:, None]) for block in blocks]

    def measure(X: FloatArray) -> FloatArray:
        X = moved(np.asarray(X, dtype=np.float64), offset)
        nearest = np.min([(twice @ X.T + offsets).min(axis=0) for twice, offsets in parts], axis=0)
        nearest += np.einsum("ij,ij->i", X, X)
        return np.asarray(np.maximum(nearest, 0.0))

    return context.over_features(measure)


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
    numbers=_typicality_of,
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
            X = np.asarray(context.features[context.rows[members]])
            distance = nearest_distances(X, neighbors, context.offset).mean(axis=1)
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


def _ball_of(context: QueryContext, asked: Asked, *, delta: float = 0.0, purity: float = 0.95) -> Numbers:
    rows, distances = context.rows, Distances(context.features[context.rows])
    delta = delta or _found_radius(context, distances, purity)
    at = np.searchsorted(rows, context.candidates[[asked.at]])
    taken = np.searchsorted(rows, np.concatenate([context.labelled, context.candidates[list(asked.before)]]))
    covered = ball_sizes(distances, np.arange(len(rows)), taken, delta) > 0
    inside = int(ball_sizes(distances, at, np.arange(len(rows)), delta)[0])
    known = int(ball_sizes(distances, at, np.flatnonzero(covered), delta)[0])
    words = f"items in the ball of radius δ = {number(delta)} around it, less those in balls of labels and of earlier picks"
    return Numbers(f"{inside} − {known}", (words,))


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
    numbers=_ball_of,
)
def probcover(context: QueryContext, k: int, *, delta: float = 0.0, purity: float = 0.95) -> Choice:
    """Greedy cover of the pool by balls; no n × n matrix, ball members are counted block by block."""
    rows, distances = context.rows, Distances(context.features[context.rows])
    delta = delta or _found_radius(context, distances, purity)
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


def _found_radius(context: QueryContext, distances: Distances, purity: float) -> float:
    """The radius of balls where nobody gave one, kept for the last set of rows: labels do not change it."""
    key, print_ = ("pure_radius", context.n_classes, purity), rows_key(context.rows)
    if context.memo.get(key, (None,))[0] != print_:
        clusters = kmeans_clusters(context.features, context.rows, context.n_classes, context.memo)
        context.memo[key] = (print_, pure_radius(distances, clusters, purity))
    found: float = context.memo[key][1]
    return found


def pure_radius(distances: Distances, clusters: IntArray, purity: float) -> float:
    """The largest radius, up to half a step between items, at which ``purity`` of all balls stay within one cluster.

    A ball is pure until it reaches the nearest item of another cluster, so this is a quantile of those distances: half way to
    the next smaller one that differs, for of equal ones all balls become impure at once.
    """
    reach = np.full(len(clusters), np.inf)
    members = [np.flatnonzero(clusters == cluster) for cluster in np.unique(clusters)]
    for position, here in enumerate(members):
        others = np.concatenate([*members[position + 1 :], np.empty(0, dtype=np.int64)])
        for mine, theirs, block in distances.blocks(here, others):
            reach[here[mine]] = np.minimum(reach[here[mine]], block.min(axis=1))
            reach[others[theirs]] = np.minimum(reach[others[theirs]], block.min(axis=0))
    reach = np.sort(np.maximum(reach, 0.0))
    first = reach[min(math.floor((1.0 - purity) * len(reach) + 1e-9), len(reach) - 1)]
    if not np.isfinite(first):
        return math.inf
    smaller = reach[reach < first - _EQUAL * distances.rounding].max(initial=0.0)
    return (math.sqrt(first) + math.sqrt(smaller)) / 2
