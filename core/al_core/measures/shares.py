"""How sure a share of rows is. Pure Python, so that a screen can say it."""

from __future__ import annotations

from math import sqrt

_Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""


def share_interval(share: float, rows: int) -> tuple[float, float] | None:
    """The 95 % interval of a share that was measured on ``rows`` independent rows; None without any.

    At the ends it stays within 0 and 1, and is not empty. It says how sure the accuracy of *this* model is on items like the
    test rows, not how much accuracy would differ with other labels.

    Source: Wilson 1927.
    """
    if rows < 1:
        return None
    weight = _Z**2 / rows
    middle = (share + weight / 2) / (1 + weight)
    reach = _Z * sqrt(share * (1 - share) / rows + weight / (4 * rows)) / (1 + weight)
    return max(0.0, middle - reach), min(1.0, middle + reach)
