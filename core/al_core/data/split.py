"""From a data set and a seed to a task: test rows, pool rows, and the labels a run starts with."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from al_core.data.catalog import INITIAL_METHODS, load_dataset
from al_core.data.dataset import Dataset, IntArray, stable_seed
from al_core.errors import UserError, unknown
from al_core.task import TaskSpec

TYPICAL_NEIGHBOURS = 20
KMEANS_STARTS = 10


@dataclass(frozen=True, eq=False)
class Task:
    """One data set and one seed, split. All strategies of a seed share it.

    Parameters
    ----------
    spec : what was asked.
    dataset : items and labels.
    test, pool, initial : int arrays of row numbers, ascending, disjoint; together they are all rows.
    memo : what strategies and learners derive from the features alone (neighbours, clusters), kept for later rounds.
        Nothing that depends on a pool label or on a run may be kept here.
    """

    spec: TaskSpec
    dataset: Dataset
    test: IntArray
    pool: IntArray
    initial: IntArray
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)


def split(dataset: Dataset, spec: TaskSpec) -> Task:
    """Split a data set by the protocol: 30 % stratified test rows, then a starting set out of the rest.

    Raises
    ------
    UserError
        The data set is too small for the split, or ``spec.initial`` names no starting set.
    """
    from sklearn.model_selection import train_test_split

    if spec.initial not in INITIAL_METHODS:
        raise unknown("starting set", spec.initial, INITIAL_METHODS)
    rows = np.arange(len(dataset.X))
    try:
        rest, test = train_test_split(rows, test_size=0.3, stratify=dataset.y, random_state=spec.seed)
    except ValueError as error:
        raise UserError(f"data set {dataset.name!r} cannot be split: {error}") from None
    rest = np.sort(rest)
    choose = typical if spec.initial == "typical" else random_per_class
    initial = np.sort(choose(dataset, rest, spec.seed))
    return Task(spec, dataset, np.sort(test), np.setdiff1d(rest, initial), initial)


def random_per_class(dataset: Dataset, rest: IntArray, seed: int) -> IntArray:
    """Two rows of each class, at random; none of a class that has fewer."""
    rng = np.random.default_rng(stable_seed("initial", seed))
    size = INITIAL_METHODS["random_per_class"]
    classes = [rest[dataset.y[rest] == label] for label in range(len(dataset.classes))]
    return np.concatenate([rng.choice(rows, size=size, replace=False) for rows in classes if len(rows) >= size])


def typical(dataset: Dataset, rest: IntArray, seed: int) -> IntArray:
    """The most typical row of each of as many k-means clusters as there are classes: a start that needs no label.

    Typical is what lies close to its nearest neighbours: typicality is the inverse of the mean distance to them, as in
    TypiClust (Hacohen, Dekel & Weinshall 2022). A class without a cluster of its own may go without a label.
    """
    from sklearn.cluster import KMeans
    from sklearn.neighbors import NearestNeighbors

    X = dataset.X[rest]
    clusters = min(len(dataset.classes), len(rest))
    random_state = int(stable_seed("typical", seed).generate_state(1)[0])
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


@lru_cache(maxsize=4)
def _cached_split(spec: TaskSpec) -> Task:
    return split(load_dataset(spec.dataset), spec)


def make_task(spec: TaskSpec) -> Task:
    """The task of ``spec`` over a data set known by name; the last few are kept by the process."""
    return _cached_split(spec)
