"""How the items of a plane look: each as its place among the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.looks import Point
from al_core.data.placing import frame_of, places_in
from al_core.ground.numbers import typed

MOST_OTHERS = 2_000
"""Others that are shown with an item; of more, so many evenly."""


class Scatter(Sequence[Point]):
    """Looks of points, made when they are asked for; all have the same others.

    Parameters
    ----------
    X : shape (n, 2).
    """

    def __init__(self, X: NDArray[np.float64]) -> None:
        self._X = X
        self._across, self._down = places_in(X, frame_of(X))
        step = -(-len(X) // MOST_OTHERS)
        self._others = np.column_stack([self._across, self._down])[::step].tobytes()

    def __len__(self) -> int:
        return len(self._X)

    def words(self, row: int) -> tuple[tuple[str, str], ...]:
        """The numbers of a row."""
        return tuple((f"x{number}", typed(value, 3)) for number, value in enumerate(self._X[row].tolist(), 1))

    def __getitem__(self, row: Any) -> Any:
        return Point(int(self._across[row]), int(self._down[row]), self._others, self.words(row))
