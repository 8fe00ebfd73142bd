"""Why a strategy picked an item, in plain words. Free of numerics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.ground.numbers import Told
from al_core.ground.safe_text import safe_text

if TYPE_CHECKING:
    from al_core.run.state import Pick, Query
    from al_core.strategies.description import StrategyInfo


def explain(info: StrategyInfo, query: Query, pick: Pick, classes: tuple[str, ...]) -> str:
    """Why this strategy picked this item, in plain words.

    The sentence may use ``score``, ``rank``, ``candidates``, ``first`` and ``second`` (class names by probability) with
    their probabilities ``p1`` and ``p2``.
    """
    order = sorted(range(len(pick.probabilities)), key=lambda label: -pick.probabilities[label])
    first, second = order[0], order[1] if len(order) > 1 else order[0]
    sentence = info.why.format(
        score=Told(0.0 if pick.score is None else pick.score),
        rank=pick.rank or 0,
        candidates=f"{query.candidates:,}",
        first=classes[first],
        second=classes[second],
        p1=Told(pick.probabilities[first]),
        p2=Told(pick.probabilities[second]),
    )
    return safe_text(sentence)
