"""How well items cover the pool: a sparse kernel between neighbours, and the items that add most to what is covered.

The kernel is kept for the nearest neighbours only and is 0 beyond. So an item adds something to its neighbours alone, a pick
changes what is left to add near to it alone, and what an item would have added before a pick bounds from above what it adds
after it: only items at the top of the list are computed again. Of more than 20,000 items the search for neighbours would take
too long; there anchors are covered instead (`anchored`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved, offset_of
from al_core.strategies.context import QueryContext
from al_core.strategies.parts.anchored import AnchorKernel, anchor_kernel_of
from al_core.strategies.parts.best import argbest
from al_core.strategies.parts.doubt import gap
from al_core.strategies.parts.neighbours import rows_key

WIDTH_NEIGHBOURS = 20
"""Neighbours whose squared distances say how wide the kernel is."""
EXACT = 20_000
"""Items up to which the neighbours of each are looked for among all others."""
LEAST_DOUBT = 0.01
"""What an item weighs that the model is certain of: where it is certain of all, the pool is covered as if it knew nothing."""


@dataclass(frozen=True, eq=False)
class Kernel:
    """A symmetric, sparse kernel over the rows of a pool, its diagonal 1: row i has ``starts[i + 1] − starts[i]`` entries.

    Parameters
    ----------
    starts : int array, shape (n + 1,), where each row begins.
    columns : int array, shape (entries,), positions of the neighbours, ascending within a row.
    values : float array, shape (entries,), the kernel, in (0, 1].
    """

    starts: IntArray
    columns: IntArray
    values: FloatArray

    def row(self, position: int) -> tuple[IntArray, FloatArray]:
        """Neighbours of an item, itself among them, and the kernel between."""
        part = slice(self.starts[position], self.starts[position + 1])
        return self.columns[part], self.values[part]

    @property
    def count(self) -> int:
        """Items that are covered: all there are."""
        return len(self.starts) - 1

    def worth(self, weights: FloatArray) -> FloatArray:
        """What covering each of what is covered is worth, shape (count,)."""
        return weights

    def gains(self, weights: FloatArray, covered: FloatArray) -> FloatArray:
        """What each item would add to the cover, shape (n,)."""
        added = np.maximum(self.values - covered[self.columns], 0.0)
        added *= weights[self.columns]
        return np.asarray(np.add.reduceat(added, self.starts[:-1]))

    def of_rows(self, covered: FloatArray) -> FloatArray:
        """How well each item is covered, shape (n,)."""
        return covered

    def add(self, position: int, covered: FloatArray) -> IntArray:
        """Cover what ``position`` covers, in place; returns the positions that are better covered than before."""
        columns, values = self.row(position)
        better = values > covered[columns]
        covered[columns[better]] = values[better]
        return columns[better]


def doubts(context: QueryContext) -> FloatArray:
    """1 − margin of each of the context's rows, and at least `LEAST_DOUBT`, shape (n,).

    What is labelled counts as certain: it is covered. With fewer than two classes labelled nobody knows what to doubt, and all
    count the same.
    """
    weights = np.full(len(context.rows), LEAST_DOUBT)
    asked = np.searchsorted(context.rows, context.candidates)
    margins = gap(context)
    if not np.isfinite(margins).all():
        raise ValueError("the learner gave probabilities that are no numbers")
    weights[asked] = np.clip(1.0 - margins, LEAST_DOUBT, 1.0) if len(np.unique(context.labels)) > 1 else 1.0
    return weights


def cover(context: QueryContext, kernel: Kernel | AnchorKernel, weights: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
    """Positions of the ``k`` candidates of a greedy cover, and what each added when it was picked.

    Parameters
    ----------
    kernel : over the context's rows.
    weights : float array, shape (n,), what covering each of the rows is worth.
    """
    candidates, covered = np.searchsorted(context.rows, context.candidates), covered_by(context, kernel, context.labelled)
    greedy = _plainly if isinstance(kernel, AnchorKernel) else _lazily
    chosen, scores = greedy(context, kernel, weights, covered, candidates, k)  # type: ignore[arg-type]
    return np.searchsorted(candidates, chosen), scores


def covered_by(context: QueryContext, kernel: Kernel | AnchorKernel, rows: IntArray) -> FloatArray:
    """How well some of the context's rows cover what the kernel is about: shape (n,), or (anchors,)."""
    covered = np.zeros(kernel.count)
    for position in np.searchsorted(context.rows, rows).tolist():
        kernel.add(position, covered)
    return covered


def _plainly(
    context: QueryContext, kernel: AnchorKernel, weights: FloatArray, covered: FloatArray, candidates: IntArray, k: int
) -> tuple[IntArray, FloatArray]:
    """All gains anew for each pick: with three anchors to an item that is quick."""
    chosen, scores, open_ = np.empty(k, dtype=np.int64), np.empty(k), np.zeros(len(context.rows), dtype=bool)
    open_[candidates] = True
    for pick in range(k):
        worth = np.where(open_, kernel.gains(weights, covered), -np.inf)
        chosen[pick] = argbest(worth, context.rng)
        scores[pick] = worth[chosen[pick]]
        open_[chosen[pick]] = False
        kernel.add(int(chosen[pick]), covered)
    return chosen, scores


def _lazily(
    context: QueryContext, kernel: Kernel, weights: FloatArray, covered: FloatArray, candidates: IntArray, k: int
) -> tuple[IntArray, FloatArray]:
    """Only what may be the best is looked at again."""
    bounds = np.full(len(context.rows), -np.inf)
    bounds[candidates] = kernel.gains(weights, covered)[candidates]
    fresh = np.ones(len(bounds), dtype=bool)
    chosen, scores = np.empty(k, dtype=np.int64), np.empty(k)
    for pick in range(k):
        best = argbest(bounds, context.rng)
        while not fresh[best]:
            bounds[best], fresh[best] = _gain(kernel, weights, covered, best), True
            best = argbest(bounds, context.rng)
        chosen[pick], scores[pick] = best, bounds[best]
        bounds[best] = -np.inf
        for changed in kernel.add(best, covered).tolist():
            fresh[kernel.row(changed)[0]] = False
    return chosen, scores


def _gain(kernel: Kernel, weights: FloatArray, covered: FloatArray, position: int) -> float:
    columns, values = kernel.row(position)
    added = np.maximum(values - covered[columns], 0.0)
    added *= weights[columns]
    return float(np.add.reduceat(added, [0])[0])  # as `gains` adds up: equal items stay equal to the last bit


def kernel_of(context: QueryContext, neighbours: int, bandwidth: float) -> Kernel | AnchorKernel:
    """The kernel over pool and labels, kept in the context's memo for the last set of rows: labels do not change it.

    Of more than `EXACT` items it is between each and its anchors, and ``neighbours`` means nothing.
    """
    if len(context.nodes) > EXACT:
        return anchor_kernel_of(context, bandwidth)
    key, print_ = ("herding kernel", neighbours, bandwidth), rows_key(context.rows)
    if context.memo.get(key, (None,))[0] != print_:
        context.memo[key] = (print_, sparse_kernel(np.asarray(context.features[context.rows]), neighbours, bandwidth))
    found: Kernel = context.memo[key][1]
    return found


def sparse_kernel(X: FloatArray, neighbours: int, bandwidth: float) -> Kernel:
    """exp(−‖x − s‖² / 2σ²) between items of which one is among the ``neighbours`` nearest of the other, 1 of an item itself.

    σ² is ``bandwidth``² times the median of the squared distances of all items to their 20 nearest.
    """
    from scipy.sparse import csr_array, eye_array
    from sklearn.neighbors import NearestNeighbors

    n = len(X)
    count = min(neighbours, n - 1)
    if count < 1:
        return Kernel(np.arange(n + 1), np.arange(n), np.ones(n))
    near = moved(X, offset_of(X))
    distances, nearest = NearestNeighbors(n_neighbors=count).fit(near).kneighbors()
    squared = np.asarray(distances, dtype=np.float64) ** 2
    width = 2.0 * bandwidth**2 * float(np.median(squared[:, :WIDTH_NEIGHBOURS]))
    values = np.exp(-squared / width) if width > 0 else (squared == 0).astype(np.float64)
    directed = csr_array((values.ravel(), nearest.ravel(), np.arange(0, n * count + 1, count)), shape=(n, n))
    whole = (directed.maximum(directed.T) + eye_array(n)).tocsr()
    whole.sort_indices()
    return Kernel(whole.indptr, whole.indices, whole.data)
