"""A sparse, symmetric graph of nearest neighbours: what features alone say about which items are alike."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved, offset_of
from al_core.learners.model import Training


@dataclass(frozen=True, eq=False)
class NeighbourGraph:
    """Items as nodes, tied to their nearest neighbours.

    Parameters
    ----------
    nodes : int array, shape (n,), row numbers, ascending.
    weights : sparse array, shape (n, n), symmetric, in (0, 1], nothing on the diagonal.
    scale : mean distance to a nearest neighbour, the width of the Gaussian.
    neighbours : ties that a node, or an item outside, sends out.
    searcher : finds the nearest nodes of any feature vector that was moved by ``offset``.
    offset : float array, shape (d,), what the nodes' features were moved by; see `al_core.data.near_zero`.
    """

    nodes: IntArray
    weights: Any
    scale: float
    neighbours: int
    searcher: Any
    offset: FloatArray

    def positions(self, rows: IntArray) -> tuple[IntArray, Any]:
        """Position of every row among the nodes, and a mask of the rows that are nodes; other positions mean nothing."""
        found = np.minimum(np.searchsorted(self.nodes, rows), len(self.nodes) - 1)
        return found, self.nodes[found] == rows

    def links(self, X: FloatArray) -> Any:
        """Sparse array, shape (m, n): the share that each node has in an item outside the graph; rows sum to 1."""
        distances, nearest = self.searcher.kneighbors(moved(X, self.offset), n_neighbors=min(self.neighbours, len(self.nodes)))
        # Relative to the nearest node: however far an item is from all of them, somebody speaks for it.
        excess = distances**2 - distances[:, :1] ** 2
        weights = np.exp(-excess / self.scale**2) if self.scale > 0 else (excess == 0).astype(np.float64)
        return _sparse(weights / weights.sum(axis=1, keepdims=True), nearest, len(self.nodes))


def build_graph(X: FloatArray, nodes: IntArray, neighbours: int) -> NeighbourGraph:
    """Tie every row of ``X``, shape (n, d), to its nearest others: Gaussian weights whose width is the mean distance of all
    such pairs, averaged over both directions. Needs memory for n × ``neighbours`` ties."""
    from sklearn.neighbors import NearestNeighbors

    n = len(nodes)
    count = min(neighbours, n - 1)
    offset = offset_of(X)
    searcher = NearestNeighbors(n_neighbors=max(count, 1)).fit(moved(X, offset))
    if count == 0:
        nothing = _sparse(np.zeros((n, 0)), np.zeros((n, 0), dtype=np.int64), n)
        return NeighbourGraph(nodes, nothing, 0.0, neighbours, searcher, offset)
    distances, nearest = searcher.kneighbors()
    scale = float(distances.mean())
    weights = np.exp(-((distances / scale) ** 2)) if scale > 0 else np.ones_like(distances)
    directed = _sparse(weights, nearest, n)
    return NeighbourGraph(nodes, ((directed + directed.T) * 0.5).tocsr(), scale, neighbours, searcher, offset)


def graph_of(training: Training, neighbours: int) -> tuple[Hashable, NeighbourGraph]:
    """The graph over everything a semi-supervised learner may see, kept in the task's memo, and its key there.

    A label moves an item from the pool to the labelled ones, not out of the graph, so a run has one graph.
    """
    nodes = np.union1d(training.pool, training.rows)
    key = ("neighbour graph", neighbours, hashlib.blake2b(nodes.tobytes(), digest_size=16).digest())
    if key not in training.memo:
        training.memo[key] = build_graph(np.asarray(training.features[nodes]), nodes, neighbours)
    return key, training.memo[key]


def _sparse(weights: FloatArray, columns: IntArray, width: int) -> Any:
    from scipy.sparse import csr_array

    m, count = weights.shape
    starts = np.arange(0, m * count + 1, count) if count else np.zeros(m + 1, dtype=np.int64)
    return csr_array((weights.ravel(), columns.ravel(), starts), shape=(m, width))
