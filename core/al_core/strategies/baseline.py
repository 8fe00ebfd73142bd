"""The baseline of every comparison."""

from __future__ import annotations

from al_core.data.dataset import IntArray
from al_core.strategies.parts.numbers import Asked
from al_core.strategies.registry import Numbers, QueryContext, strategy
from al_core.task.spec import BASELINE


def _chance_of(context: QueryContext, asked: Asked) -> Numbers:
    return Numbers("", (f"each of {len(context.candidates):,} candidates was as likely as any other",))


@strategy(
    BASELINE,
    family="baseline",
    formula="uniform over the pool",
    source="the baseline of every comparison",
    cost="O(n)",
    why="Drawn at random: each of the {candidates} candidates was equally likely.",
    numbers=_chance_of,
)
def random(context: QueryContext, k: int) -> IntArray:
    """k candidates, uniformly and without replacement."""
    return context.rng.choice(len(context.candidates), size=k, replace=False)
