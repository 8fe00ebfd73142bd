"""Herding: items that together look like the whole pool, and most like the part of it that the model is in doubt about.

How well a set S of labels covers the pool is F(S) = Σᵢ wᵢ · max_{s ∈ S} K(xᵢ, s), with a Gaussian kernel K. F is monotone and
submodular, so taking again and again the item that adds most to it reaches at least 1 − 1/e of what any set of that size does.
With w = 1 this is MaxHerding; with wᵢ the model's doubt about item i it is UHerding.
"""

from __future__ import annotations

import numpy as np

from al_core.strategies.parts.anchored import AnchorKernel
from al_core.strategies.parts.coverage import cover, covered_by, doubts, kernel_of
from al_core.strategies.parts.numbers import Asked, gain_words, taken
from al_core.strategies.registry import Choice, Numbers, Parameter, QueryContext, strategy


def _gains_of(
    context: QueryContext, asked: Asked, *, weight: str = "uncertainty", neighbors: int = 50, bandwidth: float = 1.0
) -> Numbers:
    kernel = kernel_of(context, neighbors, bandwidth)
    weights = doubts(context) if weight == "uncertainty" else np.ones(len(context.rows))
    columns, values = kernel.row(int(np.searchsorted(context.rows, context.candidates[asked.at])))
    covered = covered_by(context, kernel, taken(context, asked))[columns]
    expression, count = gain_words(kernel.worth(weights)[columns], values, covered)
    what = "anchors, w what hangs on them," if isinstance(kernel, AnchorKernel) else "items"
    words = f"of {count} {what} that are more like it than like any label or earlier pick: w·(K to it − K to those)"
    return Numbers(expression, (words,))


@strategy(
    "herding",
    family="cover",
    formula="again and again arg max_x Σᵢ wᵢ·max(0, K(xᵢ, x) − max_{s labelled or picked} K(xᵢ, s)), w = 1 or 1 − margin",
    source="MaxHerding: Bae, Noh & Sutherland 2024; uncertainty weights (UHerding): Bae, Oliveira & Sutherland 2025",
    cost="O(n²·d) once for the neighbours, of more than 20,000 items O(n·d·anchors) for anchors; then O(n·(C + neighbours))",
    why="No other item stands for more that nothing labelled stands for yet: as much as {score} items.",
    parameters={
        "weight": Parameter(
            "what an item of the pool counts; uncertainty: 1 − margin; none: all the same", choices=("uncertainty", "none")
        ),
        "neighbors": Parameter("nearest items between which the kernel is not 0", low=1),
        "bandwidth": Parameter("width of the kernel in median distances to the 20 nearest", low=1e-3, high=1e6),
    },
    numbers=_gains_of,
)
def herding(
    context: QueryContext, k: int, *, weight: str = "uncertainty", neighbors: int = 50, bandwidth: float = 1.0
) -> Choice:
    """Greedy cover of the pool by a Gaussian kernel, weighted by the model's doubt."""
    kernel = kernel_of(context, neighbors, bandwidth)
    weights = doubts(context) if weight == "uncertainty" else np.ones(len(context.rows))
    indices, scores = cover(context, kernel, weights, k)
    return Choice(indices, scores, np.arange(1, k + 1))
