"""How far two labellings of the same items agree beyond chance. Pure Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def cohen_kappa(first: Sequence[int], second: Sequence[int]) -> float | None:
    """Cohen's kappa of two labellings, 1 for full agreement, 0 for as much as chance gives.

    Parameters
    ----------
    first, second : class of every item, in the same order.

    Returns
    -------
    κ = (p_o − p_e) / (1 − p_e), with p_o the observed and p_e the expected agreement; 1 when both use one and the same class
    throughout; None without items.

    Raises
    ------
    ValueError
        The lengths differ.

    Source: Cohen 1960.
    """
    if len(first) != len(second):
        raise ValueError(f"{len(first):,} labels against {len(second)}")
    n = len(first)
    if n == 0:
        return None
    agreed = sum(a == b for a, b in zip(first, second, strict=True))
    left, right = Counter(first), Counter(second)
    chance = sum(count * right[label] for label, count in left.items())
    if chance == n * n:
        return 1.0
    return (agreed * n - chance) / (n * n - chance)
