"""Small tables that come with scikit-learn; no pictures, so they are for the bench, not for labelling by eye."""

from __future__ import annotations

from functools import cache

import numpy as np

from al_core.data.dataset import Dataset


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
