"""Density weighting: ask about uncertain items that stand for many others, not about outliers."""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray
from al_core.ground.errors import UserError
from al_core.strategies.context import CHUNK
from al_core.strategies.parts.doubt import doubt
from al_core.strategies.parts.neighbours import Distances, mean_distances
from al_core.strategies.parts.numbers import Asked, number, probabilities_of
from al_core.strategies.registry import Numbers, Parameter, QueryContext, resolve_strategy, strategy

_FLOOR = 1e-6
"""Share of the median distance that stands in for 0, so that duplicates are very dense, not infinitely so."""


def _density_of(context: QueryContext, asked: Asked, *, neighbors: int = 5) -> Numbers:
    best = probabilities_of(context, asked).max()
    return Numbers(f"(1 − {number(best)}) / {number(_distances(context, neighbors)[asked.at])}")


def _weighted_of(
    context: QueryContext,
    asked: Asked,
    *,
    base: str = "entropy",
    beta: float = 1.0,
    density: str = "cosine",
    neighbors: int = 5,
) -> Numbers:
    scores, shares = _weighted(context, base, density, neighbors)
    words = f"u is {base}, p̂ is {density} as a share of its largest value"
    return Numbers(f"{number(scores[asked.at])} · {number(shares[asked.at])}^{number(beta)}", (words,))


@strategy(
    "density",
    family="density",
    formula="(1 − max_y P(y|x)) / mean distance to the 5 nearest neighbours",
    source="density weighting with k nearest neighbours; cf. Settles & Craven 2008, Zhu, Wang, Yao & Tsou 2008",
    cost="O(n·C), and O(n²·d) once for the neighbours",
    wants="largest",
    why="It is in doubt about it ({first}: {p1:.0%}), and many others lie close to it.",
    parameters={"neighbors": Parameter("neighbours that density looks at", low=1)},
    numbers=_density_of,
)
def density(context: QueryContext, *, neighbors: int = 5) -> FloatArray:
    """Least confidence times inverse mean distance to the nearest neighbours, shape (n,)."""
    return np.asarray(doubt(context) / _distances(context, neighbors))


def _no_batch(base: str) -> None:
    if resolve_strategy(base).info.wants == "batch":
        raise UserError(f"information_density: base {base} chooses whole batches; name a strategy with a score, e.g. margin")


@strategy(
    "information_density",
    family="density",
    formula="u(x) · p̂(x)^β, u any score and p̂ a density estimate",
    source="Settles & Craven 2008",
    cost="that of the base, and O(n·d) for cosine, O(n²·d) for gaussian, O(n²·d) once for knn",
    wants="largest",
    why="The model is in doubt about it ({first}: {p1:.0%}), and it stands for many others: {score} when both are counted.",
    parameters={
        "base": Parameter(
            "the score u; of one that asks for the smallest, such as margin, 1 − score is taken", check=_no_batch
        ),
        "beta": Parameter("how much density counts; 0 leaves the base alone", low=0),
        "density": Parameter(
            "the estimate p̂; cosine: mean cosine similarity to the candidates; gaussian: mean Gaussian kernel over them;"
            " knn: inverse mean distance to the nearest neighbours; each divided by its largest value",
            choices=("cosine", "gaussian", "knn"),
        ),
        "neighbors": Parameter("neighbours that knn, and the width of gaussian, look at", low=1),
    },
    numbers=_weighted_of,
)
def information_density(
    context: QueryContext, *, base: str = "entropy", beta: float = 1.0, density: str = "cosine", neighbors: int = 5
) -> FloatArray:
    """Any score weighted by how representative the item is of the pool, shape (n,)."""
    scores, shares = _weighted(context, base, density, neighbors)
    return np.asarray(scores * shares**beta)


def _weighted(context: QueryContext, base: str, density: str, neighbors: int) -> tuple[FloatArray, FloatArray]:
    """Any score, and the density estimate as a share of its largest value, each of shape (n,)."""
    strategy = resolve_strategy(base)
    scores = strategy.scores(context)
    if strategy.info.wants == "smallest":
        scores = max(1.0, scores.max()) - scores
    estimate = {"cosine": _cosine, "gaussian": _gaussian, "knn": _knn}[density](context, neighbors)
    peak = estimate.max()
    return scores, np.asarray(estimate / peak if peak > 0 else np.ones_like(estimate))


def _distances(context: QueryContext, neighbors: int) -> FloatArray:
    """Mean distance of every candidate to its nearest neighbours among pool and labels, shape (n,), above 0."""
    distances = mean_distances(context.features, context.rows, neighbors, context.memo)
    positive = distances[distances > 0]
    floor = _FLOOR * float(np.median(positive)) if len(positive) else 1.0
    return np.maximum(distances[np.searchsorted(context.rows, context.candidates)], floor)


def _cosine(context: QueryContext, neighbors: int) -> FloatArray:
    """Mean cosine similarity to all candidates: that to the mean of their directions, so no pairs are needed."""
    lengths = np.sqrt(context.squared_norms())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    direction = np.zeros(context.features.shape[1])
    for begin in range(0, len(scale), CHUNK):
        part = slice(begin, begin + CHUNK)
        direction += scale[part] @ context.features[context.candidates[part]]
    similarity = context.over_features(lambda X: np.asarray(X @ (direction / len(scale)))) * scale
    return np.maximum(similarity, 0.0)


def _gaussian(context: QueryContext, neighbors: int) -> FloatArray:
    """Gaussian kernel density over the candidates; the kernel is as wide as neighbours are apart in the mean."""
    everyone = np.arange(len(context.candidates))
    width = float(_distances(context, neighbors).mean())
    total = np.zeros(len(everyone))
    for here, there, block in Distances(context.X).blocks(everyone):
        block *= -0.5 / width**2
        np.exp(block, out=block)
        total[here] += block.sum(axis=1)
        if here != there:
            total[there] += block.sum(axis=0)
    return total / len(total)


def _knn(context: QueryContext, neighbors: int) -> FloatArray:
    return 1.0 / _distances(context, neighbors)
