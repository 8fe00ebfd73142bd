"""What there is to say about a strategy, as plain text: what lists, screens and reports show. Free of numerics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from al_core.state import Pick, Query

Wants = Literal["largest", "smallest", "batch"]


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """One parameter of a strategy: its name, default, meaning and the values it takes, as text."""

    name: str
    default: str
    help: str
    values: str = ""


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


def explain(info: StrategyInfo, query: Query, pick: Pick, classes: tuple[str, ...]) -> str:
    """Why this strategy picked this item, in plain words.

    The sentence may use ``score``, ``rank``, ``candidates``, ``first`` and ``second`` (class names by probability) with
    their probabilities ``p1`` and ``p2``.
    """
    order = sorted(range(len(pick.probabilities)), key=lambda label: -pick.probabilities[label])
    first, second = order[0], order[1] if len(order) > 1 else order[0]
    return info.why.format(
        score=0.0 if pick.score is None else pick.score,
        rank=pick.rank or 0,
        candidates=f"{query.candidates:,}",
        first=classes[first],
        second=classes[second],
        p1=pick.probabilities[first],
        p2=pick.probabilities[second],
    )
