"""How much a Gaussian field is expected to err once a candidate has a label: a rank-one update for each candidate and class.

A label y at candidate k moves the field at item i to f_i + (e_y − f_k) g_ik with g_ik = cov(i, k) / var(k). Where items hang on
anchors the same moves the field at the anchors, and each counts for what hangs on it: then nothing is as large as the pool
squared, and every candidate of a large pool can be tried.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.learners.anchor_graph import NOISE, AnchoredCovariance
from al_core.learners.gaussian_field import GaussianField

_CELLS = 1 << 18
"""Numbers worked on at a time: what fits into a processor's cache."""
_CANDIDATES = 4096
"""Candidates whose covariance with all anchors is held at a time."""


class Lessons(Protocol):
    """What the label of each candidate would do to a field, and the field once one of them has it."""

    def now(self) -> float:
        """Mean error that the field expects of itself as it is, with 0/1 loss."""
        ...

    def errors(self, eligible: IntArray, loss: str) -> FloatArray:
        """Mean error expected after the label of each candidate, shape (candidates,); of others it means nothing."""
        ...

    def learn(self, best: int, eligible: IntArray) -> None:
        """Give a candidate its most probable label."""
        ...


def lessons_of(model: GaussianField, rows: IntArray, tried: IntArray) -> Lessons:
    """Lessons of the candidates ``rows[tried]`` about the items ``rows``, or about the anchors that these hang on."""
    return OfAnchors(model, rows[tried]) if isinstance(model.prior, AnchoredCovariance) else OfItems(model, rows, tried)


class OfItems:
    """Lessons about items, each counting the same."""

    def __init__(self, model: GaussianField, rows: IntArray, tried: IntArray) -> None:
        self._tried, self._all = tried, np.arange(len(tried))
        self._f = model.field(rows)  # not the sharpened one: what a label does to the field is linear
        self._covariance = model.covariance(rows[tried], rows)

    def now(self) -> float:
        return float((1.0 - self._f.max(axis=1)).mean())

    def errors(self, eligible: IntArray, loss: str) -> FloatArray:
        return expected_errors(self._f, self._covariance, self._variance(eligible), self._f[self._tried], loss)

    def learn(self, best: int, eligible: IntArray) -> None:
        variance = float(self._variance(eligible)[best])
        self._f, self._covariance = with_label(self._f, self._covariance, variance, best, int(self._tried[best]))

    def _variance(self, eligible: IntArray) -> FloatArray:
        return np.where(eligible, self._covariance[self._all, self._tried], 1.0)


class OfAnchors:
    """Lessons about anchors, each counting for what hangs on it."""

    def __init__(self, model: GaussianField, candidates: IntArray) -> None:
        from scipy.linalg import cho_solve

        prior = model.prior
        assert isinstance(prior, AnchoredCovariance)
        assert model.at_anchors is not None
        known = prior.shares[model.known] @ prior.anchors
        self._shares = prior.shares[model.graph.positions(candidates)[0]]
        self._mass = np.asarray(prior.shares.sum(axis=0)).ravel()
        self._a = model.at_anchors
        self._covariance = prior.anchors - known.T @ cho_solve(model.factor, known)

    def now(self) -> float:
        return float(self._mass @ (1.0 - self._a.max(axis=1)) / self._mass.sum())

    def errors(self, eligible: IntArray, loss: str) -> FloatArray:
        parts = []
        for begin in range(0, self._shares.shape[0], _CANDIDATES):
            shares = self._shares[begin : begin + _CANDIDATES]
            covariance = shares @ self._covariance
            variance = np.asarray(shares.multiply(covariance).sum(axis=1)).ravel() + NOISE
            parts.append(expected_errors(self._a, covariance, variance, shares @ self._a, loss, self._mass))
        return np.concatenate(parts)

    def learn(self, best: int, eligible: IntArray) -> None:
        share = self._shares[[best]]
        belief, covariance = (share @ self._a)[0], (share @ self._covariance)[0]
        response = covariance / (float((share @ covariance)[0]) + NOISE)
        self._a = self._a + np.outer(response, np.eye(len(belief))[belief.argmax()] - belief)
        self._covariance = self._covariance - np.outer(covariance, response)


def with_label(f: FloatArray, covariance: FloatArray, variance: float, best: int, item: int) -> tuple[FloatArray, FloatArray]:
    """Field and covariance once ``item``, row ``best`` of the covariance, has its most probable label."""
    response = covariance[best] / variance
    label = np.eye(f.shape[1])[f[item].argmax()]
    f = f + np.outer(response, label - f[item])
    covariance = covariance - np.outer(covariance[:, item], response)
    covariance[best] = covariance[:, item] = 0.0  # exactly: what is known moves no more
    return f, covariance


def expected_errors(
    f: FloatArray,
    covariance: FloatArray,
    variance: FloatArray,
    beliefs: FloatArray,
    loss: str,
    weights: FloatArray | None = None,
) -> FloatArray:
    """Mean error over the items of a field, expected after the label of each candidate.

    Parameters
    ----------
    f : float array, shape (n, n_classes), the field at the items.
    covariance : float array, shape (m, n), between candidates and items.
    variance : float array, shape (m,), of the candidates.
    beliefs : float array, shape (m, n_classes), the field at the candidates.
    loss : ``"zero_one"`` or ``"log"``.
    weights : float array, shape (n,), what each item counts; all the same without.

    Returns
    -------
    Float array, shape (m,).
    """
    compute = _zero_one if loss == "zero_one" else _log
    out = np.empty(len(covariance))
    step = max(1, _CELLS // len(f))
    for begin in range(0, len(out), step):
        block = slice(begin, begin + step)
        out[block] = compute(f, covariance[block] / variance[block, None], beliefs[block], weights)
    return out / (len(f) if weights is None else weights.sum())


def _zero_one(f: FloatArray, responses: FloatArray, beliefs: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Summed 0/1 error. Where the leading class is ahead by 2 g or more no label of the candidate can overtake it, and what a
    label adds or takes cancels in the mean over labels: only the other pairs need to be looked at, a few in a hundred."""
    if f.shape[1] < 2:
        return np.zeros(len(responses))
    leaders = np.partition(f, -2, axis=1)
    best, second = leaders[:, -1], leaders[:, -2]
    if weights is None:
        pairs = np.flatnonzero(responses > (best - second) / 2)
    else:  # an anchor may answer a label by its contrary, and beliefs at anchors leave [0, 1] by a little
        reach = 1.0 + np.ptp(beliefs, axis=1)
        pairs = np.flatnonzero(np.abs(responses) * reach[:, None] > best - second)
    candidate, item = np.divmod(pairs, len(f))
    g = responses.ravel()[pairs]
    belief = np.take(beliefs.T, candidate, axis=1)
    with_label = np.take(f.T, item, axis=1)
    with_label += (1.0 - belief) * g
    without = with_label.max(axis=0) - g
    leading = np.maximum(with_label, without)
    if weights is not None and (contrary := np.flatnonzero(g < 0)).size:
        leading[:, contrary] = _contrary(with_label[:, contrary], g[contrary])
    expected = (belief * leading).sum(axis=0)
    gained = expected - best[item] if weights is None else weights[item] * (expected - best[item])
    gains = np.bincount(candidate, gained, minlength=len(responses))
    return np.asarray(_total(1.0 - best, weights) - gains)


def _contrary(with_label: FloatArray, g: FloatArray) -> FloatArray:
    """Largest value after each label where g is below 0: the label's own class falls, all others rise; (C, pairs)."""
    others = with_label - g
    second, first = np.partition(others, -2, axis=0)[-2:]
    return np.asarray(np.maximum(with_label, np.where(others == first, second, first)))


def _log(f: FloatArray, responses: FloatArray, beliefs: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Summed entropy. A label y changes every class by −f_ky g and its own by + g, so each class has two entropies, not C."""
    from scipy.special import entr

    total = np.zeros(len(responses))
    for label in np.flatnonzero(f.any(axis=0)):
        belief = beliefs[:, label]
        without = f[:, label] - belief[:, None] * responses
        other = _total(entr(np.clip(without, 0.0, None if weights is None else 1.0)), weights)
        own = _total(entr(np.clip(without + responses, 0.0, 1.0)), weights)
        total += (1.0 - belief) * other + belief * own
    return total


def _total(values: FloatArray, weights: FloatArray | None) -> FloatArray:
    """Sum over the last axis, weighted where there are weights."""
    return np.asarray(values.sum(axis=-1) if weights is None else values @ weights)
