"""Anchors of a large pool: some hundred centres that all items hang on, so that a field has no more unknowns than these.

Every item i is a mix of its nearest anchors with weights Z_ij that sum to 1, and two items are tied as far as they share
anchors: W = Z Λ⁻¹ Zᵀ with Λ = diag(Zᵀ1). A field f = Z a over such a graph has the smoothness fᵀ(I − W)f = aᵀ L a with the
reduced Laplacian L = ZᵀZ − ZᵀZ Λ⁻¹ ZᵀZ, which is of the size of the anchors: Liu, He & Chang 2010.
"""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved, offset_of
from al_core.ground.seeding import stable_seed
from al_core.learners.model import Training

NEAREST = 3
"""Anchors that an item hangs on."""
NOISE = 0.01
"""Variance of what an item is beside the mix of its anchors, where the field's own differences weigh 1: Liu, He & Chang's γ."""
_LEAST_MASS = 1e-6
"""Items that hang on an anchor, at least: next to nothing is known of the field at one with less, and nothing hangs on it."""
_EQUAL = 1e-6
"""Centres this near to each other, as a share of the mean size of the items, are one."""
_BATCH = 4096
_PASSES = 3
_FOUND_BY = 20
"""Items a centre that k-means looks at: with five times as many, all of 100,000, items lie nearer to their anchors by 2 %."""


@dataclass(frozen=True, eq=False)
class AnchorGraph:
    """Items as mixes of anchors.

    Parameters
    ----------
    nodes : int array, shape (n,), row numbers, ascending.
    shares : sparse array, shape (n, anchors), what each anchor has of each item; rows sum to 1.
    scale : mean distance to a nearest anchor, the width of the Gaussian.
    searcher : finds the nearest anchors of any feature vector that was moved by ``offset``.
    offset : float array, shape (d,), what features were moved by; see `al_core.data.near_zero`.
    """

    nodes: IntArray
    shares: Any
    scale: float
    searcher: Any
    offset: FloatArray

    @property
    def mass(self) -> FloatArray:
        """How many items hang on each anchor, shape (anchors,); sums to n."""
        return np.asarray(self.shares.sum(axis=0)).ravel()

    def positions(self, rows: IntArray) -> tuple[IntArray, Any]:
        """Position of every row among the nodes, and a mask of the rows that are nodes; other positions mean nothing."""
        found = np.minimum(np.searchsorted(self.nodes, rows), len(self.nodes) - 1)
        return found, self.nodes[found] == rows

    def links(self, X: FloatArray) -> Any:
        """Sparse array, shape (m, anchors): the share that each anchor has in an item outside; rows sum to 1."""
        near = moved(X, self.offset)
        distances, nearest = self.searcher.kneighbors(near)
        return _shares(distances, nearest, self.scale, self.shares.shape[1])


@dataclass(frozen=True, eq=False)
class AnchoredCovariance:
    """Covariance before any label of f = Z a + noise, where a has the precision L + pull · Λ.

    Parameters
    ----------
    shares : sparse array Z, shape (n, anchors).
    anchors : float array, shape (anchors, anchors), the covariance of a.
    """

    shares: Any
    anchors: FloatArray

    def between(self, at: IntArray, of: IntArray) -> FloatArray:
        """Covariance of some nodes with others, shape (len(at), len(of))."""
        block = self.shares[at] @ (self.shares[of] @ self.anchors).T
        block[at[:, None] == of[None, :]] += NOISE
        return np.asarray(block)


def anchor_graph_of(training: Training, count: int) -> tuple[Hashable, AnchorGraph]:
    """The graph over everything that a semi-supervised learner may see, kept in the task's memo, and its key there."""
    return anchors_over(training.features, np.union1d(training.pool, training.rows), count, training.memo)


def anchors_over(features: FloatArray, nodes: IntArray, count: int, memo: dict[Hashable, Any]) -> tuple[Hashable, AnchorGraph]:
    """The graph over some rows, ascending, kept in a memo that is about these features, and its key there."""
    key = ("anchor graph", count, hashlib.blake2b(nodes.tobytes(), digest_size=16).digest())
    if key not in memo:
        memo[key] = build_anchors(np.asarray(features[nodes]), nodes, count)
    return key, memo[key]


def build_anchors(X: FloatArray, nodes: IntArray, count: int) -> AnchorGraph:
    """Hang every row of ``X``, shape (n, d), on its nearest of at most ``count`` k-means centres.

    Gaussian weights, relative to the nearest centre, whose width is the mean distance of all such pairs. A centre that nothing
    hangs on, or next to nothing, is left out. The same features have the same anchors, whatever the labels. Of more than 20
    items a centre, so many are drawn to find the centres by.
    """
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.neighbors import NearestNeighbors

    offset = offset_of(X)
    near = moved(X, offset)
    clusters = MiniBatchKMeans(
        min(count, len(X)),
        batch_size=_BATCH,
        max_iter=_PASSES,
        n_init=1,
        random_state=int(stable_seed("anchors").generate_state(1)[0]),
    ).fit(_drawn(near, count * _FOUND_BY))
    centres = _apart(np.asarray(clusters.cluster_centers_, dtype=np.float64), _EQUAL * float(np.sqrt(np.mean(near**2))))
    while True:
        nearest = min(NEAREST, len(centres))
        distances, found = NearestNeighbors(n_neighbors=nearest).fit(centres).kneighbors(near)
        used = np.unique(found)
        scale = float(distances.mean())
        shares = _shares(distances, np.searchsorted(used, found), scale, len(used))
        enough = np.asarray(shares.sum(axis=0)).ravel() >= _LEAST_MASS
        if enough.all():
            searcher = NearestNeighbors(n_neighbors=nearest).fit(centres[used])
            return AnchorGraph(nodes, shares, scale, searcher, offset)
        centres = centres[used[enough]]


def _apart(centres: FloatArray, least: float) -> FloatArray:
    """Different centres, shape (m, d), in the order of their coordinates: of those nearer than ``least``, the first.

    Where there are fewer different items than centres, k-means has some of them several times, up to rounding.
    """
    from scipy.spatial import KDTree

    centres = np.unique(centres, axis=0)
    first = np.ones(len(centres), dtype=bool)
    if least > 0:
        first[KDTree(centres).query_pairs(least, output_type="ndarray").max(axis=1)] = False
    return np.asarray(centres[first])


def _drawn(X: FloatArray, most: int) -> FloatArray:
    """All rows, or so many drawn at random, always the same of the same number."""
    if len(X) <= most:
        return X
    rng = np.random.default_rng(stable_seed("anchors", len(X)))
    return np.asarray(X[np.sort(rng.choice(len(X), most, replace=False))])


def anchored_covariance(graph: AnchorGraph, pull: float) -> AnchoredCovariance:
    """What the field is before any label, by the inverse of reduced Laplacian and pull."""
    from scipy.linalg import inv

    return AnchoredCovariance(graph.shares, inv(reduced_precision(graph, pull)))


def reduced_precision(graph: AnchorGraph, pull: float) -> FloatArray:
    """L + pull · Λ, shape (anchors, anchors): the precision of the field at the anchors; positive definite."""
    overlap = (graph.shares.T @ graph.shares).toarray()
    return np.asarray(overlap - (overlap / graph.mass) @ overlap + pull * np.diag(graph.mass))


def parts_of(distances: FloatArray, scale: float) -> FloatArray:
    """What each of its nearest anchors has of an item, shape (n, nearest), rows summing to 1, by how far they are."""
    excess = distances**2 - distances[:, :1] ** 2
    weights = np.exp(-excess / scale**2) if scale > 0 else (excess == 0).astype(np.float64)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _shares(distances: FloatArray, nearest: IntArray, scale: float, width: int) -> Any:
    from scipy.sparse import csr_array

    weights = parts_of(distances, scale)
    m, count = weights.shape
    return csr_array((weights.ravel(), nearest.ravel(), np.arange(0, m * count + 1, count)), shape=(m, width))
