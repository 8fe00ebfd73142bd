"""Expected model change: what the gradient of the loss at an item would do to the model.

Both strategies look at a softmax layer on the features, h(x) = x. For a logistic regression that layer is the whole model. For
a learner without one, its probabilities stand in for the layer's: a surrogate, the layer that a network with this input would
end in.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from al_core.data.dataset import FloatArray, IntArray
from al_core.strategies.parts.best import argbest
from al_core.strategies.parts.numbers import Asked, number, probabilities_of, weighted_words
from al_core.strategies.registry import Numbers, QueryContext, strategy


def _lengths_of(context: QueryContext, asked: Asked) -> Numbers:
    p = probabilities_of(context, asked)
    lengths = np.linalg.norm(p - np.eye(len(p)), axis=1)
    x = np.append(context.features[context.candidates[asked.at]], 1.0)
    return Numbers(f"({weighted_words(p, lengths)}) · {number(float(np.linalg.norm(x)))}")


def _embedding_of(context: QueryContext, asked: Asked) -> Numbers:
    p = probabilities_of(context, asked)
    length = float(np.linalg.norm(p - np.eye(len(p))[p.argmax()]))
    size = float(np.linalg.norm(np.asarray(context.features[context.candidates[asked.at]], dtype=np.float64)))
    words = f"its embedding has the length ‖p − e_ŷ‖·‖x‖ = {number(length)}·{number(size)} = {number(length * size)}"
    return Numbers("", (words, "the first of a batch has the longest; others are drawn, the farther from those the likelier"))


@strategy(
    "expected_gradient_length",
    family="gradient",
    formula="Σ_y P(y|x) ‖p − e_y‖ · ‖[x, 1]‖, the expected norm of a softmax layer's gradient",
    source="Settles, Craven & Ray 2008",
    cost="O(n·(C + d))",
    wants="largest",
    pointwise=True,
    why="Whatever its label, learning it would move the model most: a gradient of length {score} is expected.",
    numbers=_lengths_of,
)
def expected_gradient_length(context: QueryContext) -> FloatArray:
    """Expected length of the gradient of a softmax layer on the features, shape (n,); a surrogate for other learners."""
    return context.score_columns(_expected_length) * np.sqrt(1.0 + context.squared_norms())


def _expected_length(p: FloatArray) -> FloatArray:
    squares = np.sum(p * p, axis=0) - 2.0 * p + 1.0
    return np.asarray(np.sum(p * np.sqrt(np.maximum(squares, 0.0)), axis=0))


class GradientEmbedding:
    """Gradient embeddings a ⊗ x with a = p − e_ŷ, never written out: lengths and distances factorise.

    ‖a⊗x − b⊗z‖² = ‖a‖²‖x‖² + ‖b‖²‖z‖² − 2 (a·b)(x·z), so n·(C + d) numbers do instead of n·C·d, and the features, which may be
    a memory map, are read but not copied.
    """

    def __init__(self, context: QueryContext) -> None:
        self._context = context
        residual = context.score_columns(np.array)
        residual[residual.argmax(axis=0), np.arange(residual.shape[1])] -= 1.0
        self._residual = residual
        self.squared_norms = np.einsum("ij,ij->j", residual, residual) * context.squared_norms()

    def squared_distances(self, position: int) -> FloatArray:
        """Squared distance of every embedding to that of the candidate at ``position``, shape (n,)."""
        context = self._context
        x = np.asarray(context.features[context.candidates[position]], dtype=np.float64)
        products = context.over_features(lambda X: np.asarray(X @ x))
        products *= self._residual[:, position] @ self._residual
        products *= -2.0
        products += self.squared_norms
        products += self.squared_norms[position]
        return np.maximum(products, 0.0, out=products)


@strategy(
    "badge",
    family="gradient",
    formula="k-means++ over the gradient embeddings (p − e_ŷ) ⊗ x; the first centre has the largest norm",
    source="Ash, Zhang, Krishnamurthy, Langford & Agarwal 2020",
    cost="O(n·k·(C + d))",
    why="Its loss gradient is long, or points where no other in the batch does.",
    numbers=_embedding_of,
)
def badge(context: QueryContext, k: int) -> IntArray:
    """Diverse gradient embeddings of a softmax layer on the features; a surrogate for other learners."""
    embedding = GradientEmbedding(context)
    picked = np.zeros(len(context.candidates), dtype=bool)
    chosen = [argbest(embedding.squared_norms, context.rng)]
    nearest = np.full(len(picked), np.inf)
    while len(chosen) < k:
        picked[chosen[-1]] = True
        np.minimum(nearest, embedding.squared_distances(chosen[-1]), out=nearest)
        nearest[picked] = 0.0
        chosen.append(draw_proportional(nearest, picked, context.rng))
    return np.array(chosen)


def draw_proportional(weights: FloatArray, picked: NDArray[np.bool_], rng: np.random.Generator) -> int:
    """Draw a position with probability proportional to its weight; uniform over what is not picked where all weights are 0."""
    total = np.cumsum(weights)
    if total[-1] <= 0:
        return int(rng.choice(np.flatnonzero(~picked)))
    position = int(np.searchsorted(total, rng.random() * total[-1], side="right"))
    return min(position, int(np.flatnonzero(weights)[-1]))
