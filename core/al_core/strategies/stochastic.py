"""Stochastic batches: an uncertainty score, blurred by noise, so that a batch does not ask the same thing ten times."""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray
from al_core.strategies.parts.doubt import gap
from al_core.strategies.parts.numbers import Asked, number, probabilities_of
from al_core.strategies.registry import Numbers, Parameter, QueryContext, strategy


def _drawn_of(context: QueryContext, asked: Asked, *, beta: float = 1.0) -> Numbers | None:
    first, *rest = sorted(probabilities_of(context, asked).tolist(), reverse=True)
    share = 1.0 - (first - (rest[0] if rest else 0.0))
    if asked.score is None or share <= 0:
        return None
    noise = number(asked.score - beta * float(np.log(share)))
    return Numbers(f"{number(beta)}·log {number(share)} + {noise}", (f"the noise that was drawn for it is {noise}",))


@strategy(
    "power_margin",
    family="stochastic",
    formula="β·log(1 − margin) + Gumbel noise: k draws without replacement, with probability ∝ (1 − margin)^β",
    source="Kirsch, Farquhar, Atighehchian, Jesson, Branchaud-Charron & Gal 2023",
    cost="O(n·C)",
    wants="largest",
    pointwise=True,
    why="It wavers between {first} ({p1:.0%}) and {second} ({p2:.0%}), and a draw that favours such items fell on it.",
    parameters={"beta": Parameter("how strongly small margins are favoured; 0 is uniform", low=0)},
    numbers=_drawn_of,
)
def power_margin(context: QueryContext, *, beta: float = 1.0) -> FloatArray:
    """Margin sampling with power batch acquisition: perturbed log scores, shape (n,)."""
    margin = gap(context)
    noise = context.rng.gumbel(size=len(margin))
    if beta == 0:
        return noise
    with np.errstate(divide="ignore"):
        return np.asarray(beta * np.log(np.clip(1.0 - margin, 0.0, None)) + noise)
