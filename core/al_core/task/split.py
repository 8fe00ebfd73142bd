"""From a data set and a seed to a task: test rows, pool rows, and the labels a run starts with."""

from __future__ import annotations

import warnings
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from al_core.data.dataset import UNKNOWN, Dataset, FloatArray, IntArray
from al_core.data.facts import INITIAL_METHODS, partly_labelled
from al_core.data.given import when_given
from al_core.data.identity import HASH_BYTES, identity
from al_core.data.kinds import load_dataset
from al_core.ground.errors import UserError, about, unknown
from al_core.ground.safe_text import safe_text
from al_core.task.groups import apart
from al_core.task.spec import TaskSpec
from al_core.task.starts import random_per_class, typical

_MEASURED = 3 * (1 << 8 * HASH_BYTES) // 10
"""Hashes below it are 3 in 10."""


@dataclass(frozen=True, eq=False)
class Task:
    """One data set and one seed, split. All strategies of a seed share it.

    Parameters
    ----------
    spec : what was asked.
    dataset : items and labels.
    test, pool, initial : int arrays of row numbers, ascending, disjoint; `split` makes them of all rows whose label is known.
    memo : what strategies and learners derive from the features alone (neighbours, clusters), kept for later rounds.
        Nothing that depends on a pool label or on a run may be kept here.
    added : classes that labels may be of beside those of the data set, numbered after them.
    follows : for every class the one that its labels are of now, `UNKNOWN` where they are of none; empty where each is what it
        was.
    """

    spec: TaskSpec
    dataset: Dataset
    test: IntArray
    pool: IntArray
    initial: IntArray
    memo: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    added: int = 0
    follows: tuple[int, ...] = ()

    @property
    def n_classes(self) -> int:
        """Classes that a label may be of."""
        return len(self.dataset.classes) + self.added

    @cached_property
    def unknown(self) -> IntArray:
        """Rows that are no part of it, for nobody knows their label."""
        return np.setdiff1d(np.arange(len(self.dataset.y)), np.concatenate([self.test, self.pool, self.initial]))

    @cached_property
    def living(self) -> IntArray:
        """The classes that a label may still be of, ascending."""
        numbers = np.arange(self.n_classes)
        return numbers[np.array(self.follows) == numbers] if self.follows else numbers

    def told(self, predictions: FloatArray | None) -> FloatArray | None:
        """What a model of the person's own says, of the classes as they are now: shape (rows, classes that a label may be of).

        What it says of a class that others are part of now is said of that; of a class that is no more it is nothing, and where
        nothing is left each class is as probable as any other.
        """
        if predictions is None:
            return None
        found = np.zeros((len(predictions), self.n_classes))
        for label in range(predictions.shape[1]):
            now = self.follows[label] if self.follows else label
            if now != UNKNOWN:
                found[:, now] += predictions[:, label]
        sums = found.sum(axis=1)
        found[sums == 0, self.living[:, None]] = 1.0
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    @cached_property
    def predictions(self) -> FloatArray | None:
        """The same of every item of the data set."""
        return self.told(self.dataset.predictions)

    @cached_property
    def y(self) -> IntArray:
        """The labels of the data set as they are to be measured by, shape (n_items,); `UNKNOWN` where there is none."""
        y = self.dataset.y
        return np.where(y == UNKNOWN, UNKNOWN, np.array(self.follows)[y]) if self.follows else y

    @cached_property
    def measured(self) -> IntArray:
        """The test rows whose label is known."""
        return np.asarray(self.test[self.y[self.test] != UNKNOWN])


def split(dataset: Dataset, spec: TaskSpec) -> Task:
    """Split a data set by the protocol: 30 % stratified test rows, or those that it names, then a starting set out of the rest.

    Where items are in groups, all of a group are on one side, and test rows some 30 %.

    Rows whose label nobody knows can neither be measured nor answered: they are left out, with a warning that says how many.

    Raises
    ------
    UserError
        The data set is too small for the split, ``spec.initial`` names no starting set, or the metric is about no class of it.
    """
    from sklearn.model_selection import train_test_split

    if spec.initial not in INITIAL_METHODS:
        raise unknown("starting set", spec.initial, INITIAL_METHODS)
    rows = dataset.known
    if not len(rows):
        raise UserError(f"data set {dataset.name!r}: no label is known, so there is nothing to race over")
    if words := partly_labelled(len(dataset.y), len(dataset.y) - len(rows)):
        warnings.warn(f"data set {dataset.name!r}: {words}", stacklevel=2)
    if dataset.test is not None:
        rest, test = dataset.parted()
        rest = np.intersect1d(rest, rows)
    else:
        try:
            if dataset.groups is None:
                rest, test = train_test_split(rows, test_size=0.3, stratify=dataset.y[rows], random_state=spec.seed)
            else:
                rest, test = apart(rows, dataset.y[rows], dataset.groups[rows], spec.seed)
        except ValueError as error:
            alone = _alone(dataset, rows) if dataset.groups is None else ""
            raise UserError(f"data set {dataset.name!r}: it cannot be split: {alone or error}") from None
    rest = np.sort(rest)
    choose = typical if spec.initial == "typical" else random_per_class
    initial = np.sort(choose(dataset, rest, spec.seed))
    if not len(initial):
        raise UserError(f"data set {dataset.name!r}: no class has two labels to start from besides those it is measured by")
    return _measurable(Task(spec, dataset, np.sort(test), np.setdiff1d(rest, initial), initial))


def _alone(dataset: Dataset, rows: IntArray) -> str:
    """Which classes have but one label, so that it cannot be on both sides of a split; empty where none has."""
    labels, counts = np.unique(dataset.y[rows], return_counts=True)
    alone = [safe_text(dataset.classes[label], 40) for label in labels[counts == 1].tolist()]
    if not alone:
        return ""
    named = ", ".join(alone[:5]) + (", …" if len(alone) > 5 else "")
    return f"there is only one label of {named}; give two of each class at least, or measure by other files (--test)"


def _measurable(task: Task) -> Task:
    """The task itself; raises `UserError` where its metric is about a class that there is not, or that has no test row."""
    classes, metric = task.dataset.classes, task.spec.measured_by
    with about("metric"):
        metric.check(classes)
        if metric.label and classes.index(metric.label) not in task.y[task.test]:
            raise UserError(
                f"data set {task.dataset.name!r}: no test item is of class {metric.label!r}, and --metric is {metric}"
            )
    return task


def split_by_content(dataset: Dataset, spec: TaskSpec) -> Task:
    """A task for a person who labels files of their own: all that is not measured by may be asked for, the start included.

    Measured by are the rows that the data names, and else those 3 in 10 of the items with a known label whose content says
    so, whatever else is there: when files are added or taken away, no item that was labelled becomes one that is held back.

    Raises
    ------
    UserError
        ``spec.initial`` names no starting set, or one that takes labels, and there are none.
    """
    if spec.initial not in INITIAL_METHODS:
        raise unknown("starting set", spec.initial, INITIAL_METHODS)
    rest, test = dataset.parted()
    if dataset.test is None:
        drawn = (identity(f"{spec.seed} {dataset.item_ids[row]}".encode()) for row in dataset.known.tolist())
        test = dataset.known[np.array([int(number, 16) < _MEASURED for number in drawn], dtype=bool)]
        rest = np.setdiff1d(rest, test)
        if not len(rest):
            test, rest = rest, np.arange(len(dataset.y))
    elif not len(rest):
        raise UserError(f"data set {dataset.name!r}: all of it is among what is measured by, so there is nothing to label")
    choose = typical if spec.initial == "typical" else random_per_class
    initial = np.sort(choose(dataset, rest, spec.seed))
    if not len(initial):
        raise UserError(f"data set {dataset.name!r}: no class has two known labels to start from; use the start 'typical'")
    return Task(spec, dataset, test, rest, initial)


@lru_cache(maxsize=4)
def _cached_split(spec: TaskSpec) -> Task:
    return split(load_dataset(spec.dataset), spec)


when_given(_cached_split.cache_clear)


def make_task(spec: TaskSpec) -> Task:
    """The task of ``spec`` over a data set known by name; the last few are kept by the process."""
    return _cached_split(spec)
