"""What was fitted on the items of a pool, so that new items are described as those of the pool are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


class Fitted:
    """What was fitted on items that are no pictures; their reader knows what it is."""


@dataclass(frozen=True, eq=False, slots=True)
class Projection:
    """How features are made of pictures; `al_core.data.features.projected` does it.

    Parameters
    ----------
    kind : ``"pixels"`` or ``"hog"``.
    shape : of a picture of which features are computed, (height, width) or (height, width, 3).
    components, centre, scale : principal components, shape (k, d), what they say of the mean item, shape (k,), and what their
        numbers are divided by. Nothing of pixels.
    scaled : the numbers that became the levels 0 and 255; None of files of pictures, which have levels.
    """

    kind: str
    shape: tuple[int, ...]
    components: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    centre: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    scale: float = 1.0
    scaled: tuple[float, float] | None = None
