"""The data sets that come with scikit-learn, and those of them in which one class is made rare."""

from __future__ import annotations

from functools import cache

import numpy as np

from al_core.data.dataset import Dataset
from al_core.data.facts import describe_dataset
from al_core.data.rare import read_rare
from al_core.ground.seeding import stable_seed


@cache
def load_digits() -> Dataset:
    """Digits with features scaled to [0, 1].

    Source: Alpaydin & Kaynak 1998, UCI Optical Recognition of Handwritten Digits, the test part, as in scikit-learn.
    """
    from sklearn import datasets

    bunch = datasets.load_digits()
    images = np.round(bunch.images * (255 / 16)).astype(np.uint8)
    classes = tuple(str(name) for name in bunch.target_names)
    return Dataset("digits", np.asarray(bunch.data / 16.0), np.asarray(bunch.target, dtype=np.int64), classes, images)


@cache
def load_table(name: str) -> Dataset:
    """One of ``"iris"``, ``"wine"``, ``"breast_cancer"``, every feature scaled to mean 0 and standard deviation 1.

    The scale comes from all rows, which uses no label: in pool-based active learning all features are there from the start.

    Source: Fisher 1936; Aeberhard & Forina, UCI Wine; Wolberg, Mangasarian & Street, UCI Breast Cancer Wisconsin (Diagnostic).
    """
    from sklearn import datasets

    loaders = {"iris": datasets.load_iris, "wine": datasets.load_wine, "breast_cancer": datasets.load_breast_cancer}
    bunch = loaders[name]()
    X = np.asarray(bunch.data, dtype=np.float64)
    classes = tuple(str(label) for label in bunch.target_names)
    return Dataset(name, (X - X.mean(axis=0)) / X.std(axis=0), np.asarray(bunch.target, dtype=np.int64), classes)


@cache
def with_rare(data: Dataset, word: str) -> Dataset:
    """A data set in which one class is as rare as a word says, see `al_core.data.rare`; it is called by that word.

    Which items of the class are left, the seed in the word says.
    """
    asked = read_rare(word)
    label = data.classes.index(asked.label)
    others, own = np.flatnonzero(data.y != label), np.flatnonzero(data.y == label)
    kept = np.random.default_rng(stable_seed("rare", asked.seed)).permutation(own)[: describe_dataset(word).class_counts[label]]
    rows = np.sort(np.concatenate([others, kept]))
    return Dataset(word, data.X[rows], data.y[rows], data.classes, None if data.images is None else data.images[rows])
