"""How much a Gaussian field is expected to err once a candidate has a label: a rank-one update for each candidate and class.

A label y at candidate k moves the field at item i to f_i + (e_y − f_k) g_ik with g_ik = cov(i, k) / var(k).
"""

from __future__ import annotations

import numpy as np

from al_core.data.dataset import FloatArray

_CELLS = 1 << 18
"""Numbers worked on at a time: what fits into a processor's cache."""


def with_label(f: FloatArray, covariance: FloatArray, variance: float, best: int, item: int) -> tuple[FloatArray, FloatArray]:
    """Field and covariance once ``item``, row ``best`` of the covariance, has its most probable label."""
    response = covariance[best] / variance
    label = np.eye(f.shape[1])[f[item].argmax()]
    f = f + np.outer(response, label - f[item])
    covariance = covariance - np.outer(covariance[:, item], response)
    covariance[best] = covariance[:, item] = 0.0  # exactly: what is known moves no more
    return f, covariance


def expected_errors(f: FloatArray, covariance: FloatArray, variance: FloatArray, beliefs: FloatArray, loss: str) -> FloatArray:
    """Mean error over the items of a field, expected after the label of each candidate.

    Parameters
    ----------
    f : float array, shape (n, n_classes), the field at the items.
    covariance : float array, shape (m, n), between candidates and items.
    variance : float array, shape (m,), of the candidates.
    beliefs : float array, shape (m, n_classes), the field at the candidates.
    loss : ``"zero_one"`` or ``"log"``.

    Returns
    -------
    Float array, shape (m,).
    """
    compute = _zero_one if loss == "zero_one" else _log
    out = np.empty(len(covariance))
    step = max(1, _CELLS // len(f))
    for begin in range(0, len(out), step):
        block = slice(begin, begin + step)
        out[block] = compute(f, covariance[block] / variance[block, None], beliefs[block])
    return out / len(f)


def _zero_one(f: FloatArray, responses: FloatArray, beliefs: FloatArray) -> FloatArray:
    """Summed 0/1 error. Where the leading class is ahead by 2 g or more no label of the candidate can overtake it, and what a
    label adds or takes cancels in the mean over labels: only the other pairs need to be looked at, a few in a hundred."""
    if f.shape[1] < 2:
        return np.zeros(len(responses))
    leaders = np.partition(f, -2, axis=1)
    best, second = leaders[:, -1], leaders[:, -2]
    pairs = np.flatnonzero(responses > (best - second) / 2)
    candidate, item = np.divmod(pairs, len(f))
    g = responses.ravel()[pairs]
    belief = np.take(beliefs.T, candidate, axis=1)
    with_label = np.take(f.T, item, axis=1)
    with_label += (1.0 - belief) * g
    without = with_label.max(axis=0) - g
    expected = (belief * np.maximum(with_label, without)).sum(axis=0)
    gains = np.bincount(candidate, expected - best[item], minlength=len(responses))
    return np.asarray(np.sum(1.0 - best) - gains)


def _log(f: FloatArray, responses: FloatArray, beliefs: FloatArray) -> FloatArray:
    """Summed entropy. A label y changes every class by −f_ky g and its own by + g, so each class has two entropies, not C."""
    from scipy.special import entr

    total = np.zeros(len(responses))
    for label in np.flatnonzero(f.any(axis=0)):
        belief = beliefs[:, label]
        without = f[:, label] - belief[:, None] * responses
        other = entr(np.maximum(without, 0.0)).sum(axis=1)
        own = entr(np.clip(without + responses, 0.0, 1.0)).sum(axis=1)
        total += (1.0 - belief) * other + belief * own
    return total
