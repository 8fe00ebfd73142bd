"""Rows of numbers, some of which say something: what scikit-learn makes to try classifiers with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.data.made import Maker
from al_core.data.sizes import DatasetInfo
from al_core.ground.errors import UserError
from al_core.ground.parameters import Parameter

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

_CLASSES = ("no", "yes")
_CITATION = (
    "Guyon, I. (2003). Design of experiments of the NIPS 2003 variable selection benchmark; make_classification of scikit-learn"
)


def facts(
    *,
    items: int = 600,
    features: int = 6,
    informative: int = 3,
    noise: float = 0.15,
    separation: float = 0.6,
    seed: int = 0,
) -> DatasetInfo:
    """Sizes."""
    if informative > features:
        raise UserError(f"classification: informative is {informative}, and there are {features} features; give no more")
    title = f"made rows of {features} numbers"
    budget = min(64, items // 3)
    return DatasetInfo(
        "classification", title, items, 2, pictures=True, citation=_CITATION, batch=2, budget=budget, class_names=_CLASSES
    )


def make(name: str, *, items: int, features: int, informative: int, noise: float, separation: float, seed: int) -> Dataset:
    """Two classes, two clusters each where there is room for so many; the other features say nothing."""
    import numpy as np
    from sklearn.datasets import make_classification

    from al_core.data.dataset import Dataset
    from al_core.data.scatter import Scatter
    from al_core.ground.seeding import stable_seed

    X, y = make_classification(
        n_samples=items,
        n_features=features,
        n_informative=informative,
        n_redundant=0,
        n_clusters_per_class=2 if informative > 1 else 1,
        flip_y=noise,
        class_sep=separation,
        random_state=int(stable_seed("classification", seed).generate_state(1)[0]),
    )
    looks = Scatter(X) if features == 2 else None
    return Dataset(name, X, np.asarray(y, dtype=np.int64), _CLASSES, looks=looks)


MAKER = Maker(
    "classification",
    facts,
    make,
    {
        "items": Parameter("How many.", 100, 20_000),
        "features": Parameter("How many numbers a row has; of two, a row is a place in the plane.", 1, 500),
        "informative": Parameter("How many of them say something of the class.", 1, 500),
        "noise": Parameter("Share of items whose class is drawn at random.", 0, 1),
        "separation": Parameter("How far apart the classes lie.", 0.01, 100),
        "seed": Parameter("Which rows are drawn.", 0, 2**32 - 1),
    },
)
