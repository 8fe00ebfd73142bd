"""Two half circles that reach into each other: what no straight line parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.data.made import Maker
from al_core.data.sizes import DatasetInfo
from al_core.ground.parameters import Parameter

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

_CLASSES = ("upper", "lower")
_CITATION = "make_moons of scikit-learn"


def facts(*, items: int = 300, noise: float = 0.2, seed: int = 0) -> DatasetInfo:
    """Sizes."""
    return DatasetInfo(
        "moons", "two moons in the plane", items, 2, pictures=True, citation=_CITATION, batch=1, budget=44, class_names=_CLASSES
    )


def make(name: str, *, items: int, noise: float, seed: int) -> Dataset:
    """As scikit-learn makes them."""
    import numpy as np
    from sklearn.datasets import make_moons

    from al_core.data.dataset import Dataset
    from al_core.data.scatter import Scatter
    from al_core.ground.seeding import stable_seed

    drawn = int(stable_seed("moons", seed).generate_state(1)[0])
    X, y = make_moons(n_samples=items, noise=noise, random_state=drawn)
    return Dataset(name, X, np.asarray(y, dtype=np.int64), _CLASSES, looks=Scatter(X))


MAKER = Maker(
    "moons",
    facts,
    make,
    {
        "items": Parameter("How many.", 100, 20_000),
        "noise": Parameter("Standard deviation of what is added to each place; a moon is 2 wide.", 0, 10),
        "seed": Parameter("Which are drawn.", 0, 2**32 - 1),
    },
)
