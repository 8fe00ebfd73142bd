"""The Gaussian field: labels spread over a graph of neighbours, so that the pool's features teach as well.

The field f minimises Σ_{i<j} w_ij (f_i − f_j)² + pull · Σ_i (f_i − prior)² over all values that agree with the labels: the
harmonic function of Zhu, Ghahramani & Lafferty 2003, with a weak pull that decides where no label reaches. It is also the mean
of a Gaussian process with the inverse of (Laplacian + pull) as its covariance, given the labels. That matrix depends on
features alone, so a task inverts it once; each round then only solves for its few labels.

Beyond 5,000 items that matrix would be too large. There items hang on anchors (`anchor_graph`), and the same is done with the
much smaller matrix of those.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.parameters import Parameter
from al_core.learners.anchor_graph import AnchoredCovariance, AnchorGraph, anchor_graph_of, anchored_covariance
from al_core.learners.model import Model, Training
from al_core.learners.neighbour_graph import NeighbourGraph, graph_of
from al_core.learners.registry import learner

DENSE_LIMIT = 5000
"""Nodes up to which the covariance is held as a matrix: 200 MB at the limit."""
ANCHORS = 1000
"""Centres that larger pools hang on."""

_TOLERANCE = 1e-10
_USUAL_SHARPNESS = 2.0
_SHARPNESSES = np.geomspace(0.5, 8.0, 25)
_PATIENCE = 4.0
"""How much the usual sharpness weighs against the labels: as much as four of them that disagree by a factor of e."""
_SURPRISE = 0.01
"""Probability left for every label to be a surprise, so that a single one does not decide."""


@dataclass(frozen=True, eq=False)
class ExactCovariance:
    """Covariance of all nodes before any label, as a matrix of shape (n, n)."""

    matrix: FloatArray

    def between(self, at: IntArray, of: IntArray) -> FloatArray:
        """Covariance of some nodes with others, shape (len(at), len(of))."""
        return self.matrix[np.ix_(at, of)]


@dataclass(frozen=True, eq=False)
class GaussianField:
    """A fitted field.

    Parameters
    ----------
    graph : the graph it lives on.
    precision : sparse array, shape (n, n): Laplacian plus pull; None on anchors.
    prior : covariance of all nodes before any label, or None where that is too large to hold.
    known : int array, shape (m,), positions of the labelled nodes.
    values : float array, shape (n, n_classes), the field; rows sum to 1.
    features, memo, key : where items outside the graph are looked up, and where what was found is kept.
    sharpness : exponent that turns the field into probabilities, or 0 to choose it by `chosen_sharpness`.
    at_anchors : float array, shape (anchors, n_classes), the field there; None where there are none.
    """

    graph: NeighbourGraph | AnchorGraph
    precision: Any
    prior: ExactCovariance | AnchoredCovariance | None
    known: IntArray
    values: FloatArray
    features: FloatArray = field(repr=False)
    memo: dict[Hashable, Any] = field(repr=False)
    key: Hashable = None
    sharpness: float = 1.0
    at_anchors: FloatArray | None = field(default=None, repr=False)

    def predict(self, rows: IntArray) -> IntArray:
        return np.asarray(self.field(rows).argmax(axis=1), dtype=np.int64)

    def probabilities(self, rows: IntArray) -> FloatArray:
        """Probabilities ∝ field^sharpness: the field itself leads with the right class, but by far too little."""
        return sharpened(self.field(rows), self.sharpness or self.chosen_sharpness)

    def field(self, rows: IntArray) -> FloatArray:
        """The field as it is, shape (m, n_classes); rows sum to 1."""
        positions, inside = self.graph.positions(rows)
        p = self.values[positions]
        if not inside.all():
            links = self._links(rows[~inside])
            p[~inside] = links @ self.values if self.at_anchors is None else _as_shares(links @ self.at_anchors)
        return p

    def _links(self, rows: IntArray) -> Any:
        """Links of rows outside the graph. Those of one set of items, the test rows of the task, are kept."""
        key, X = (self.key, "links"), np.asarray(self.features[rows])
        kept = self.memo.get(key)
        if kept is None or not np.array_equal(kept[0], X):
            kept = (X, self.graph.links(X))
            self.memo.setdefault(key, kept)
        return kept[1]

    @cached_property
    def chosen_sharpness(self) -> float:
        """The exponent under which the labels speak best for each other: the least log loss of every label under the field of
        all others, plus a pull towards 2 that decides while there are few. Only `_USUAL_SHARPNESS` where the covariance is too
        large to hold.

        A label that is the only one of its class says nothing: without it nobody could guess the class.
        """
        if self.prior is None:
            return _USUAL_SHARPNESS
        targets = self.values[self.known]
        seen = targets.any(axis=0)
        without = self._without(np.arange(len(self.known)))[:, seen]
        truth = targets[:, seen].argmax(axis=1)
        told = (targets.sum(axis=0)[seen][truth] > 1) & without.any(axis=1)
        losses = [
            _log_loss(sharpened(without[told], exponent), truth[told]) + _PATIENCE * np.log(exponent / _USUAL_SHARPNESS) ** 2
            for exponent in _SHARPNESSES
        ]
        return float(_SHARPNESSES[int(np.argmin(losses))])

    def held_out(self, folds: IntArray) -> FloatArray | None:
        """Probabilities of every labelled item, in the order of the labels, under the field of the labels of the other folds:
        shape (m, n_classes), rows of NaN where that field says nothing. In closed form; None where the covariance is too
        large to hold.

        Parameters
        ----------
        folds : int array, shape (m,), the fold of each label.
        """
        if self.prior is None:
            return None
        field = self._without(folds)
        field[~field.any(axis=1)] = np.nan
        return sharpened(field, self.sharpness or self.chosen_sharpness)

    def _without(self, folds: IntArray) -> FloatArray:
        """The field at every label, given the labels of the other folds, at least 0; rows need not sum to 1.

        It is what a Gaussian process says of some items when their own observations are left out (Rasmussen & Williams 2006,
        5.12, here for more than one at a time).
        """
        targets = self.values[self.known]
        seen = targets.any(axis=0)
        inverse = self._inverse_of_known
        pulled = inverse @ (targets - seen / seen.sum())
        alone = len(np.unique(folds)) == len(folds)
        if alone:
            without = targets - pulled / inverse.diagonal()[:, None]
        else:
            without = targets.copy()
            for fold in np.unique(folds):
                out = np.flatnonzero(folds == fold)
                without[out] -= np.linalg.solve(inverse[np.ix_(out, out)], pulled[out])
        without[:, ~seen] = 0.0
        return np.asarray(np.maximum(without, 0.0))

    @cached_property
    def _inverse_of_known(self) -> FloatArray:
        from scipy.linalg import cho_solve

        return np.asarray(cho_solve(self.factor, np.eye(len(self.known))))

    @cached_property
    def factor(self) -> Any:
        """Cholesky factor of the labelled nodes' covariance before any label, for `scipy.linalg.cho_solve`."""
        from scipy.linalg import cho_factor

        assert self.prior is not None
        return cho_factor(self.prior.between(self.known, self.known), lower=True)

    def covariance(self, rows: IntArray, given: IntArray) -> FloatArray:
        """Covariance of the field between ``rows`` and ``given``, all unlabelled nodes, under the labels so far.

        This is the block of the inverse of the precision's unlabelled part. Were item k of ``given`` labelled, the field at
        ``rows`` would move by (label − f_k) · covariance[:, k] / variance of k.

        Returns
        -------
        Float array, shape (len(rows), len(given)). Exact where the graph is small, else by one sparse solve for each item of
        the shorter side.
        """
        at, of = self.graph.positions(rows)[0], self.graph.positions(given)[0]
        if self.prior is None:
            return self._columns(at, of) if len(of) <= len(at) else self._columns(of, at).T
        from scipy.linalg import solve_triangular
        from scipy.linalg.blas import dgemm

        factor, _ = self.factor
        left = solve_triangular(factor, self.prior.between(self.known, at), lower=True)
        same = np.array_equal(at, of)
        right = left if same else solve_triangular(factor, self.prior.between(self.known, of), lower=True)
        block = self.prior.between(at, of)
        dgemm(-1.0, right, left, 1.0, block.T, trans_a=True, overwrite_c=True)  # block −= left.T @ right, in place
        return block

    def _columns(self, at: IntArray, of: IntArray) -> FloatArray:
        free = np.setdiff1d(np.arange(len(self.graph.nodes)), self.known)
        units = np.zeros((len(free), len(of)))
        units[np.searchsorted(free, of), np.arange(len(of))] = 1.0
        return _solve(self.precision[free][:, free], units)[np.searchsorted(free, at)]


@learner(
    "gaussian_field",
    summary="Semi-supervised: labels spread harmonically over a nearest-neighbour graph of pool and labelled items",
    source="Zhu, Ghahramani & Lafferty 2003; beyond 5,000 items on anchors: Liu, He & Chang 2010",
    parameters={
        "neighbours": Parameter("nearest neighbours that an item is tied to", low=1, high=1000),
        "pull": Parameter("weight of every item's tie to the mean of the classes seen so far", low=1e-6, high=10),
        "sharpness": Parameter(
            "exponent that turns the field into probabilities; 1 takes it as it is, 0 lets the labels choose", low=0, high=100
        ),
        "anchors": Parameter(
            "k-means centres that more than 5,000 items hang on; 0 ties the items to each other, however many", low=0, high=5000
        ),
    },
    semi_supervised=True,
)
def gaussian_field(
    training: Training, *, neighbours: int = 7, pull: float = 0.01, sharpness: float = 0.0, anchors: int = ANCHORS
) -> Model:
    seen = np.bincount(training.labels, minlength=training.n_classes) > 0
    mean = seen / seen.sum()
    targets = np.zeros((len(training.rows), training.n_classes))
    targets[np.arange(len(targets)), training.labels] = 1.0
    if anchors and len(np.union1d(training.pool, training.rows)) > DENSE_LIMIT:
        return _on_anchors(training, targets, mean, anchors, pull, sharpness)
    key, graph = graph_of(training, neighbours)
    precision, prior = _prior(training, key, graph, pull)
    known = np.searchsorted(graph.nodes, training.rows)
    if prior is None:
        values = _field_by_solving(precision, known, targets, mean, seen)
    else:
        from scipy.linalg import cho_factor, cho_solve

        factor = cho_factor(prior.between(known, known), lower=True)
        values = mean + prior.matrix[:, known] @ cho_solve(factor, targets - mean)
    values[known] = targets
    values = _as_shares(values)
    return GaussianField(graph, precision, prior, known, values, training.features, training.memo, key, sharpness)


def _on_anchors(
    training: Training, targets: FloatArray, mean: FloatArray, anchors: int, pull: float, sharpness: float
) -> GaussianField:
    from scipy.linalg import cho_factor, cho_solve

    key, graph = anchor_graph_of(training, anchors)
    own = (key, "prior", pull)
    if own not in training.memo:
        training.memo[own] = anchored_covariance(graph, pull)
    prior: AnchoredCovariance = training.memo[own]
    known = np.searchsorted(graph.nodes, training.rows)
    factor = cho_factor(prior.between(known, known), lower=True)
    at_anchors = mean + prior.anchors @ (prior.shares[known].T @ cho_solve(factor, targets - mean))
    values = _as_shares(prior.shares @ at_anchors)
    values[known] = targets
    return GaussianField(graph, None, prior, known, values, training.features, training.memo, key, sharpness, at_anchors)


def _as_shares(values: FloatArray) -> FloatArray:
    """A field with rows that sum to 1; it lies in [0, 1], but rounding may leave that by 1e-16."""
    values = np.maximum(values, 0.0)
    values /= values.sum(axis=1, keepdims=True)
    return values


def sharpened(field: FloatArray, exponent: float) -> FloatArray:
    """Rows ∝ field^exponent that sum to 1; what is 0 stays 0, and the order within a row stays."""
    p = np.asarray((field / field.max(axis=1, keepdims=True)) ** exponent)
    p /= p.sum(axis=1, keepdims=True)
    return p


def _log_loss(p: FloatArray, truth: IntArray) -> float:
    return float(-np.log((1.0 - _SURPRISE) * p[np.arange(len(p)), truth] + _SURPRISE / p.shape[1]).sum())


def _prior(training: Training, key: Hashable, graph: NeighbourGraph, pull: float) -> tuple[Any, ExactCovariance | None]:
    """Precision and covariance of the field before any label; both follow from the features, so the task's memo keeps them."""
    own = (key, "prior", pull)
    if own not in training.memo:
        precision = _precision(graph, pull)
        dense = len(graph.nodes) <= DENSE_LIMIT
        training.memo[own] = (precision, ExactCovariance(_inverse(precision.toarray())) if dense else None)
    return training.memo[own]  # type: ignore[no-any-return]


def _precision(graph: NeighbourGraph, pull: float) -> Any:
    from scipy.sparse import diags_array

    degrees = np.asarray(graph.weights.sum(axis=1)).ravel()
    return (diags_array(degrees + pull) - graph.weights).tocsr()


def _inverse(matrix: FloatArray) -> FloatArray:
    """Inverse of a symmetric positive definite matrix, by its Cholesky factor; overwrites the matrix."""
    from scipy.linalg.lapack import dpotrf, dpotri

    factor, _ = dpotrf(matrix.T, lower=1, overwrite_a=1)
    lower, _ = dpotri(factor, lower=1, overwrite_c=1)
    for row in range(len(lower)):
        lower[row, row + 1 :] = lower[row + 1 :, row]
    return np.asarray(lower.T)  # symmetric by now; transposed, its rows are contiguous


def _field_by_solving(precision: Any, known: IntArray, targets: FloatArray, mean: FloatArray, seen: Any) -> FloatArray:
    free = np.setdiff1d(np.arange(precision.shape[0]), known)
    rows = precision[free]
    values = np.tile(mean, (precision.shape[0], 1))
    # Around the mean the pull vanishes from the right-hand side; a class that nobody saw stays at 0.
    away = -(rows[:, known] @ (targets - mean)[:, seen])
    values[np.ix_(free, np.flatnonzero(seen))] += _solve(rows[:, free], away)
    return values


def _solve(matrix: Any, right: FloatArray) -> FloatArray:
    """Solve for every column by conjugate gradients, always from zero: a warmer start would let the past change the result."""
    from scipy.sparse import diags_array
    from scipy.sparse.linalg import cg

    if not len(right):
        return right
    jacobi = diags_array(1.0 / matrix.diagonal())
    columns = []
    for column in right.T:
        solution, info = cg(matrix, column, rtol=_TOLERANCE, M=jacobi)
        if info != 0:
            raise RuntimeError(f"the field did not converge within {info} steps")
        columns.append(solution)
    return np.column_stack(columns)
