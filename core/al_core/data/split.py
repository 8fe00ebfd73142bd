"""From a data set and a seed to a task: test rows, pool rows, and the labels a run starts with."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from al_core.data.catalog import load_dataset
from al_core.data.dataset import Dataset, IntArray, stable_seed
from al_core.errors import UserError
from al_core.task import TaskSpec

PER_CLASS = 2


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
    """Split a data set by the protocol: 30 % stratified test rows, then a starting set of two random labels per class.

    Raises
    ------
    UserError
        The data set is too small for the split, or ``spec.initial`` names no starting set.
    """
    from sklearn.model_selection import train_test_split

    if spec.initial != "random_per_class":
        raise UserError(f"no starting set {spec.initial!r}; there is: random_per_class")
    rows = np.arange(len(dataset.X))
    try:
        rest, test = train_test_split(rows, test_size=0.3, stratify=dataset.y, random_state=spec.seed)
    except ValueError as error:
        raise UserError(f"data set {dataset.name!r} cannot be split: {error}") from None
    rng = np.random.default_rng(stable_seed("initial", spec.seed))
    rest = np.sort(rest)
    initial = np.sort(
        np.concatenate(
            [
                rng.choice(rest[dataset.y[rest] == label], size=PER_CLASS, replace=False)
                for label in range(len(dataset.classes))
                if np.count_nonzero(dataset.y[rest] == label) >= PER_CLASS
            ]
        )
    )
    return Task(spec, dataset, np.sort(test), np.setdiff1d(rest, initial), initial)


@lru_cache(maxsize=4)
def _cached_split(spec: TaskSpec) -> Task:
    return split(load_dataset(spec.dataset), spec)


def make_task(spec: TaskSpec) -> Task:
    """The task of ``spec`` over a data set known by name; the last few are kept by the process."""
    return _cached_split(spec)
