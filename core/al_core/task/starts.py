"""The labels a run starts with."""

from __future__ import annotations

import warnings

import numpy as np

from al_core.data.dataset import Dataset, IntArray
from al_core.data.facts import INITIAL_METHODS
from al_core.data.near_zero import near_zero
from al_core.ground.seeding import stable_seed

TYPICAL_NEIGHBOURS = 20
KMEANS_STARTS = 10
TYPICAL_AMONG = 5000
"""Rows that typical ones are looked for among; of more, so many are drawn at random: distances between all take too long."""


def random_per_class(dataset: Dataset, rest: IntArray, seed: int) -> IntArray:
    """Two rows of each class, at random; none of a class that has fewer."""
    rng = np.random.default_rng(stable_seed("initial", seed))
    size = INITIAL_METHODS["random_per_class"]
    classes = [rest[dataset.y[rest] == label] for label in range(len(dataset.classes))]
    chosen = [rng.choice(rows, size=size, replace=False) for rows in classes if len(rows) >= size]
    return np.concatenate([np.empty(0, dtype=np.int64), *chosen])


def typical(dataset: Dataset, rest: IntArray, seed: int) -> IntArray:
    """The most typical row of each of as many k-means clusters as there are classes: a start that needs no label.

    Typical is what lies close to its nearest neighbours: typicality is the inverse of the mean distance to them, as in
    TypiClust (Hacohen, Dekel & Weinshall 2022). A class without a cluster of its own may go without a label. Of more than
    `TYPICAL_AMONG` rows, so many are drawn, and the others left aside.
    """
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neighbors import NearestNeighbors

    if len(rest) > TYPICAL_AMONG:
        drawn = np.random.default_rng(stable_seed("typical among", seed)).choice(len(rest), TYPICAL_AMONG, replace=False)
        rest = rest[np.sort(drawn)]
    X = near_zero(dataset.X[rest])
    clusters = min(len(dataset.classes), len(rest))
    random_state = int(stable_seed("typical", seed).generate_state(1)[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different items than clusters: some stay empty
        cluster_of = KMeans(clusters, n_init=KMEANS_STARTS, random_state=random_state).fit_predict(X)
    chosen = []
    for cluster in np.unique(cluster_of):
        members = np.flatnonzero(cluster_of == cluster)
        spread = np.zeros(len(members))
        if len(members) > 1:
            neighbours = min(TYPICAL_NEIGHBOURS, len(members) - 1)
            spread = NearestNeighbors(n_neighbors=neighbours).fit(X[members]).kneighbors()[0].mean(axis=1)
        chosen.append(members[np.argmin(spread)])
    return np.asarray(rest[chosen])
