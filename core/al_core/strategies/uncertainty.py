"""Uncertainty sampling: ask where the model's own probabilities say that it does not know."""

from __future__ import annotations

from al_core.data.dataset import FloatArray
from al_core.strategies.parts.doubt import doubt, gap, spread
from al_core.strategies.parts.numbers import Asked, entropy_words, gap_words, number, probabilities_of
from al_core.strategies.registry import Numbers, QueryContext, strategy


def _doubt_of(context: QueryContext, asked: Asked) -> Numbers:
    return Numbers(f"1 − {number(probabilities_of(context, asked).max())}")


def _gap_of(context: QueryContext, asked: Asked) -> Numbers:
    return Numbers(gap_words(probabilities_of(context, asked)))


def _spread_of(context: QueryContext, asked: Asked) -> Numbers:
    return Numbers(entropy_words(probabilities_of(context, asked)))


@strategy(
    "least_confidence",
    family="uncertainty",
    formula="1 − max_y P(y|x)",
    source="Lewis & Gale 1994",
    cost="O(n·C)",
    wants="largest",
    pointwise=True,
    why="Even its best guess, {first}, gets only {p1:.0%}: the rest, {score}, is doubt.",
    numbers=_doubt_of,
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
    why="It cannot decide between {first} ({p1:.0%}) and {second} ({p2:.0%}): they are only {score} apart.",
    numbers=_gap_of,
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
    why="Its probabilities are spread over many classes: an entropy of {score} nats; {first} leads with {p1:.0%}.",
    numbers=_spread_of,
)
def entropy(context: QueryContext) -> FloatArray:
    """Shannon entropy of the class probabilities in nats, shape (n,), with 0·log 0 = 0."""
    return spread(context)
