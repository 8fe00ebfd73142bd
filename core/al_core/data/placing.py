"""Places on a plane for rows of features."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Places = tuple[NDArray[np.uint16], NDArray[np.uint16]]
"""From the left and from the top, a number a row."""

_LAST = int(np.iinfo(np.uint16).max)
_FITTED = 10_000
"""Rows of which components are computed at most; they say of all others where they lie."""
_BLOCK = 8_192
_WIDE = 64
"""Columns from which on components are computed by random projections, and before neighbours are looked for."""
_STEPS = 500
"""Steps of t-SNE: half as many as usual, for a map that one looks at while it races."""
_AROUND = 0.04
"""Share of what rows of two numbers take that is left free at each side."""
_OUTSIDE = 0.2
"""Per cent of rows at each end that may lie at the edge, so that one far off does not press all others together."""


def by_components(X: NDArray[np.float64]) -> Places:
    """The two principal components, the first across; each turned so that what weighs most in it counts upwards.

    Parameters
    ----------
    X : shape (n, d).
    """
    return _places(_components(X, 2))


def near_neighbours(X: NDArray[np.float64]) -> Places:
    """Rows that are near to each other stay so. Source: van der Maaten & Hinton 2008, t-SNE as scikit-learn has it."""
    from sklearn.manifold import TSNE

    features = X if 1 < X.shape[1] < _WIDE else _components(X, _WIDE - 1)
    if len(X) < 8:  # there are no neighbourhoods
        return by_components(X)
    perplexity = min(30.0, (len(X) - 1) / 3)
    found = TSNE(2, perplexity=perplexity, init="pca", max_iter=_STEPS, random_state=0, n_jobs=1).fit_transform(features)
    return _places(np.asarray(found, dtype=np.float64))


class Frame(NamedTuple):
    """What of a plane is shown: the least and the largest numbers, across and upwards."""

    left: float
    right: float
    bottom: float
    top: float


def frame_of(X: NDArray[np.float64]) -> Frame:
    """All rows of two numbers, the first across and the second upwards, with some room around them."""
    low, high = X.min(axis=0), X.max(axis=0)
    room = np.where(high > low, _AROUND * (high - low), 1.0)
    (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
    return Frame(left, right, bottom, top)


def places_in(X: NDArray[np.float64], frame: Frame) -> Places:
    """Where rows of two numbers lie in a frame."""
    low, high = np.array([frame.left, frame.bottom]), np.array([frame.right, frame.top])
    across, up = np.round(np.clip((X - low) / (high - low), 0.0, 1.0) * _LAST).astype(np.uint16).T
    return np.ascontiguousarray(across), np.ascontiguousarray(_LAST - up)


def _components(X: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    from sklearn.decomposition import PCA

    sample = np.asarray(X[:: -(-len(X) // _FITTED)], dtype=np.float64)
    if (sample == sample[0]).all():
        return np.zeros((len(X), 2))
    count = min(count, *sample.shape)
    solver = "randomized" if X.shape[1] > _WIDE else "full"
    fitted = PCA(count, svd_solver=solver, random_state=0).fit(sample)
    axes = fitted.components_
    strongest = axes[np.arange(count), np.abs(axes).argmax(axis=1)]
    axes = axes * np.where(strongest < 0, -1.0, 1.0)[:, None]
    blocks = [(X[begin : begin + _BLOCK] - fitted.mean_) @ axes.T for begin in range(0, len(X), _BLOCK)]
    found = np.vstack(blocks)
    return found if count >= 2 else np.hstack([found, np.zeros((len(X), 2 - count))])


def _places(points: NDArray[np.float64]) -> Places:
    """Points as places, from one edge to the other."""
    low, high = np.percentile(points, [_OUTSIDE, 100 - _OUTSIDE], axis=0)
    span = np.where(high > low, high - low, 1.0)
    share = np.clip((points - low) / span, 0.0, 1.0)
    share[:, high <= low] = 0.5
    across, down = np.round(share * _LAST).astype(np.uint16).T
    return np.ascontiguousarray(across), np.ascontiguousarray(_LAST - down)
