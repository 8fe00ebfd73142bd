"""Round clouds in the plane, a class each; the last one may be rare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.data.made import Maker
from al_core.data.sizes import DatasetInfo
from al_core.ground.errors import UserError
from al_core.ground.parameters import Parameter

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

_LEAST = 8
"""Items that a class has at least: some are measured by, two are a start, and some are left to be found."""
_NAMES = "abcdefghijklmnopqrst"
_SIDE = 10.0
"""Centres are drawn in a square of this half side."""
_TRIES = 200


def facts(*, items: int = 400, centres: int = 4, rare: float = 0.0, spread: float = 1.3, seed: int = 0) -> DatasetInfo:
    """Sizes."""
    few = min(_counts(items, centres, rare))
    if few < _LEAST:
        hint = "give more items" + (", or a larger rare" if rare else " or fewer centres")
        raise UserError(f"blobs: a class would have {few:,} of {items:,} items, and needs {_LEAST}; {hint}")
    budget, names = min(2 * centres + 60, items // 2), tuple(_NAMES[:centres])
    return DatasetInfo("blobs", "clouds in the plane", items, centres, pictures=True, batch=2, budget=budget, class_names=names)


def make(name: str, *, items: int, centres: int, rare: float, spread: float, seed: int) -> Dataset:
    """Gaussian clouds around centres that are drawn one after the other, each where it is far from those before."""
    import numpy as np

    from al_core.data.dataset import Dataset
    from al_core.data.scatter import Scatter
    from al_core.ground.seeding import stable_seed

    rng = np.random.default_rng(stable_seed("blobs", seed))
    places = rng.uniform(-_SIDE, _SIDE, (1, 2))
    while len(places) < centres:
        tried = rng.uniform(-_SIDE, _SIDE, (_TRIES, 2))
        nearest = np.linalg.norm(tried[:, None] - places, axis=2).min(axis=1)
        # Not the farthest of all, which would lie in a corner: the farthest of as few as may meet.
        places = np.vstack([places, tried[: 1 + _TRIES // 50][nearest[: 1 + _TRIES // 50].argmax()]])
    y = np.repeat(np.arange(centres), _counts(items, centres, rare))
    X = places[y] + spread * rng.standard_normal((items, 2))
    return Dataset(name, X, y, tuple(_NAMES[:centres]), looks=Scatter(X))


def _counts(items: int, centres: int, rare: float) -> list[int]:
    """Items of each class: as many of each as of any other, but for the last where its share is said."""
    last = [round(rare * items)] if rare else []
    even, left = divmod(items - sum(last), centres - len(last))
    return [even + (number < left) for number in range(centres - len(last))] + last


MAKER = Maker(
    "blobs",
    facts,
    make,
    {
        "items": Parameter("How many.", 50, 20_000),
        "centres": Parameter("How many clouds, and classes.", 2, len(_NAMES)),
        "rare": Parameter("Share of the last class among all items, such as 0.02; 0 for as many as of any other.", 0, 0.5),
        "spread": Parameter("Standard deviation of a cloud; centres are drawn in a square that is 20 wide.", 0, 100),
        "seed": Parameter("Which clouds are drawn.", 0, 2**32 - 1),
    },
)
