"""Two clouds in the plane: what a straight line parts, but for those that lie where both are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.data.made import Maker
from al_core.data.sizes import DatasetInfo
from al_core.ground.parameters import Parameter

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

_CLASSES = ("left", "right")
CLOUD = 100
"""Items of each class."""
CENTRES = ((-5.0, 2.0), (5.0, -2.0))
"""Where they lie at the separation 1."""
_NARROW, _WIDE = 1.5, 5.0
"""Standard deviations along the axes of a cloud lie between these."""


def facts(*, separation: float = 1.0, seed: int = 0) -> DatasetInfo:
    """Sizes."""
    return DatasetInfo(
        "plane", "two clouds in the plane", 2 * CLOUD, 2, pictures=True, batch=1, budget=44, class_names=_CLASSES
    )


def make(name: str, *, separation: float, seed: int) -> Dataset:
    """Two Gaussian clouds, each with a covariance drawn at random."""
    import numpy as np

    from al_core.data.dataset import Dataset
    from al_core.data.scatter import Scatter
    from al_core.ground.seeding import stable_seed

    rng = np.random.default_rng(stable_seed("plane", seed))
    clouds = []
    for centre in CENTRES:
        turn, spread = rng.uniform(0, np.pi), rng.uniform(_NARROW, _WIDE, 2)
        axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        clouds.append(separation * np.array(centre) + (rng.standard_normal((CLOUD, 2)) * spread) @ axes.T)
    X = np.vstack(clouds)
    return Dataset(name, X, np.repeat([0, 1], CLOUD), _CLASSES, looks=Scatter(X))


MAKER = Maker(
    "plane",
    facts,
    make,
    {
        "separation": Parameter("How far apart the clouds lie: 1 for centres at (−5, 2) and (5, −2), 0 for one place.", 0, 100),
        "seed": Parameter("Which clouds are drawn.", 0, 2**32 - 1),
    },
)
