"""What there is to say about a strategy, as plain text: what lists, screens and reports show. Free of numerics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from al_core.ground.parameters import ParameterInfo as ParameterInfo

Wants = Literal["largest", "smallest", "batch"]


@dataclass(frozen=True, slots=True)
class StrategyInfo:
    """Metadata of a query strategy.

    Parameters
    ----------
    name, family, formula, source, cost : as in the literature; ``cost`` is per query, for n candidates and C classes.
    wants : which scores are picked, ``"largest"`` or ``"smallest"``; ``"batch"`` when the strategy chooses the set itself.
    why : one sentence with fields in braces, filled in by `explain`.
    summary : first line of the function's docstring.
    """

    name: str
    family: str
    formula: str
    source: str
    cost: str
    wants: Wants
    why: str
    summary: str
    parameters: tuple[ParameterInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """A strategy's formula with its numbers for one item.

    Parameters
    ----------
    expression : the formula, every name in it replaced by its number.
    terms : what the numbers come from, a line each; ``{0}`` stands for the name of class 0.
    """

    expression: str
    terms: tuple[str, ...] = ()


_WHY_FIELDS = {"score": 0.5, "rank": 1, "candidates": "1", "first": "a", "second": "b", "p1": 0.5, "p2": 0.5}
"""What a ``why`` may ask for, with values of the right types."""


def check_why(info: StrategyInfo) -> None:
    """Raise ValueError when ``why`` cannot be filled in, which would otherwise come out on somebody's screen."""
    try:
        info.why.format(**_WHY_FIELDS)
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        fields = ", ".join(f"{{{name}}}" for name in _WHY_FIELDS)
        raise ValueError(f"why of strategy {info.name!r} cannot be filled in ({error}); it may use {fields}") from None
