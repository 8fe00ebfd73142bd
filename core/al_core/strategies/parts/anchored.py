"""How well items cover a pool in which it takes too long to look for the neighbours of each: they cover its anchors.

Every item is a mix of the few anchors that it hangs on (`al_core.learners.anchor_graph`), Z_ia its shares, and so is what
covers it: labels S cover item i by Σₐ Z_ia · max_{s ∈ S} K(a, s), with a Gaussian kernel K between an item and its nearest
anchors that is 0 of others. Summed over the pool that is monotone and submodular as well, and nothing is as large as the pool
squared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved
from al_core.learners.anchor_graph import NEAREST, AnchorGraph, anchors_over, parts_of
from al_core.learners.gaussian_field import ANCHORS
from al_core.strategies.context import QueryContext

REACH = 20
"""Nearest anchors that an item covers at all."""


@dataclass(frozen=True, eq=False)
class AnchorKernel:
    """A kernel between the rows of a pool and their nearest anchors.

    Parameters
    ----------
    count : anchors there are.
    nearest : int array, shape (n, 20), the nearest anchors of each row, the very nearest first.
    values : float array, of the same shape, the kernel, in [0, 1].
    shares : float array, shape (n, 3), what each of the first of them has of the row; rows sum to 1.
    """

    count: int
    nearest: IntArray
    values: FloatArray
    shares: FloatArray

    def row(self, position: int) -> tuple[IntArray, FloatArray]:
        """Nearest anchors of an item, and the kernel between."""
        return self.nearest[position], self.values[position]

    def worth(self, weights: FloatArray) -> FloatArray:
        """What covering each anchor is worth: what hangs on it, shape (count,)."""
        hung = (self.shares * weights[:, None]).ravel()
        return np.asarray(np.bincount(self._hung_on.ravel(), hung, minlength=self.count), dtype=np.float64)

    def gains(self, weights: FloatArray, covered: FloatArray) -> FloatArray:
        """What each row would add to the cover of all, shape (n,).

        Parameters
        ----------
        weights : float array, shape (n,), what covering each row is worth.
        covered : float array, shape (count,), how well each anchor is covered.
        """
        hanging = self.worth(weights)
        added = self.values - covered[self.nearest]
        np.maximum(added, 0.0, out=added)
        return np.asarray(np.einsum("ij,ij->i", added, hanging[self.nearest]))

    def of_rows(self, covered: FloatArray) -> FloatArray:
        """How well each row is covered, shape (n,)."""
        return np.asarray((self.shares * covered[self._hung_on]).sum(axis=1))

    def add(self, position: int, covered: FloatArray) -> None:
        """Cover what a row covers, in place."""
        at = self.nearest[position]
        covered[at] = np.maximum(covered[at], self.values[position])

    @property
    def _hung_on(self) -> IntArray:
        return self.nearest[:, : self.shares.shape[1]]


def anchor_kernel_of(context: QueryContext, bandwidth: float) -> AnchorKernel:
    """The kernel over the context's rows, by the anchors of the Gaussian field, kept in the memo as these are."""
    key, graph = anchors_over(context.features, context.nodes, ANCHORS, context.memo)
    own = (key, "kernel", bandwidth)
    if own not in context.memo:
        context.memo[own] = anchor_kernel(graph, np.asarray(context.features[graph.nodes]), bandwidth)
    whole: AnchorKernel = context.memo[own]
    if len(context.rows) == len(graph.nodes):
        return whole
    at = np.searchsorted(graph.nodes, context.rows)
    return replace(whole, nearest=whole.nearest[at], values=whole.values[at], shares=whole.shares[at])


def anchor_kernel(graph: AnchorGraph, X: FloatArray, bandwidth: float) -> AnchorKernel:
    """exp(−‖x − a‖² / 2σ²) between the graph's items, whose features are ``X``, and the 20 nearest anchors a of each.

    σ² is ``bandwidth``² times the median of the squared distances of all items to the three anchors that they hang on.
    """
    count = graph.shares.shape[1]
    distances, nearest = graph.searcher.kneighbors(moved(X, graph.offset), n_neighbors=min(REACH, count))
    hung, squared = distances[:, :NEAREST], distances**2
    width = 2.0 * bandwidth**2 * float(np.median(squared[:, :NEAREST]))
    values = np.exp(-squared / width) if width > 0 else (squared == 0).astype(np.float64)
    return AnchorKernel(count, nearest, values, parts_of(hung, graph.scale))
