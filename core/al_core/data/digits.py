"""The handwritten digits that come with scikit-learn: 1,797 images of 8×8 pixels, 10 classes."""

from __future__ import annotations

from functools import cache

import numpy as np

from al_core.data.dataset import Dataset


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
