"""Uncertainty sampling: ask where the model's own probabilities say that it does not know."""

from __future__ import annotations

from al_core.data.dataset import FloatArray
from al_core.strategies.parts.doubt import doubt, gap, spread
from al_core.strategies.registry import QueryContext, strategy


@strategy(
    "least_confidence",
    family="uncertainty",
    formula="1 − max_y P(y|x)",
    source="Lewis & Gale 1994",
    cost="O(n·C)",
    wants="largest",
    pointwise=True,
    why="Even its best guess, {first}, gets only {p1:.0%}: the rest, {score:.3f}, is doubt.",
)
def least_confidence(context: QueryContext) -> FloatArray:
    """One minus the probability of the most probable class, shape (n,)."""
    return doubt(context)


@strategy(
    "margin",
    family="uncertainty",
    formula="P(y₁|x) − P(y₂|x)",
    source="Scheffer, Decomain & Wrobel 2001",
    cost="O(n·C)",
    wants="smallest",
    pointwise=True,
    why="It cannot decide between {first} ({p1:.0%}) and {second} ({p2:.0%}): they are only {score:.3f} apart.",
)
def margin(context: QueryContext) -> FloatArray:
    """Gap between the two most probable classes, shape (n,); 1 where there is only one class."""
    return gap(context)


@strategy(
    "entropy",
    family="uncertainty",
    formula="−Σ_y P(y|x) log P(y|x)",
    source="Shannon 1948; Settles 2009",
    cost="O(n·C)",
    wants="largest",
    pointwise=True,
    why="Its probabilities are spread over many classes: an entropy of {score:.2f} nats; {first} leads with {p1:.0%}.",
)
def entropy(context: QueryContext) -> FloatArray:
    """Shannon entropy of the class probabilities in nats, shape (n,), with 0·log 0 = 0."""
    return spread(context)
