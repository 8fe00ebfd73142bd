"""Clusters of the pool, from features alone: the same in every run and round that asks for the same number of them."""

from __future__ import annotations

import warnings
from collections.abc import Hashable
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import near_zero
from al_core.ground.seeding import stable_seed
from al_core.strategies.parts.neighbours import rows_key

LINKAGE_LIMIT = 2000
ITERATIONS = 20


def kmeans_clusters(features: FloatArray, rows: IntArray, clusters: int, memo: dict[Hashable, Any]) -> IntArray:
    """k-means cluster of every row, shape (n,), kept in ``memo`` for the last set of rows.

    The random start depends on the number of clusters only, never on the run that asks first.
    """
    store = _store(memo, "kmeans", rows)
    clusters = min(clusters, len(rows))
    if clusters not in store:
        store[clusters] = _kmeans(np.asarray(features[rows]), clusters).labels_.astype(np.int64)
    found: IntArray = store[clusters]
    return found


def linkage_clusters(features: FloatArray, rows: IntArray, clusters: int, memo: dict[Hashable, Any]) -> IntArray:
    """Cluster of every row by average linkage, shape (n,), at most ``clusters`` of them, kept in ``memo``.

    Linkage needs every pairwise distance. More than some 2,000 rows are first condensed to that many k-means centres, which are
    then linked; a row goes with its centre.
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import pdist

    store = _store(memo, "linkage", rows)
    if "tree" not in store:
        X, member = np.asarray(features[rows], dtype=np.float64), np.arange(len(rows))
        if len(X) > LINKAGE_LIMIT:
            model = _kmeans(X, LINKAGE_LIMIT)
            X, member = np.asarray(model.cluster_centers_, dtype=np.float64), model.labels_
        store["tree"] = (linkage(pdist(X), method="average") if len(X) > 1 else None, member)
    tree, member = store["tree"]
    if tree is None:
        return np.zeros(len(rows), dtype=np.int64)
    if clusters not in store:
        store[clusters] = fcluster(tree, clusters, criterion="maxclust")[member].astype(np.int64) - 1
    found: IntArray = store[clusters]
    return found


def _kmeans(X: FloatArray, clusters: int) -> Any:
    from sklearn.cluster import KMeans, kmeans_plusplus
    from sklearn.exceptions import ConvergenceWarning

    seed = int(stable_seed("kmeans", clusters).generate_state(1)[0])
    X = near_zero(X)
    # Single precision squares only what is neither very large nor very small; a power of two changes no other digit.
    X = np.ldexp(X, -int(np.frexp(np.abs(X).max())[1]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different items than clusters: some stay empty
        # Half the precision is twice the speed, though not for the start, and what still moves after so many iterations is a
        # few items on a border.
        start, _ = kmeans_plusplus(X, clusters, random_state=seed)
        model = KMeans(clusters, init=start.astype(np.float32), n_init=1, max_iter=ITERATIONS, random_state=seed)
        return model.fit(np.asarray(X, dtype=np.float32))


def _store(memo: dict[Hashable, Any], kind: str, rows: IntArray) -> dict[Hashable, Any]:
    print_ = rows_key(rows)
    if memo.get(kind, (None,))[0] != print_:
        memo[kind] = (print_, {})
    store: dict[Hashable, Any] = memo[kind][1]
    return store
