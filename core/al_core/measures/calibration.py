"""Probabilities made as sure as they are right, by labels that the model did not learn: one temperature for all of them.

A model's guesses stay what they are; only how sure it says it is changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SURPRISE = 0.002
"""Share of each probability that is spread over all classes before anything else: a model may say 0, and is wrong then."""

PATIENCE = 4.0
"""How much a temperature of 1 weighs against the labels: as much as four of them that disagree by a factor of e."""
_COLDEST, _HOTTEST = 0.1, 10.0


def tempered(probabilities: FloatArray, temperature: float) -> FloatArray:
    """Probabilities ∝ p^(1/temperature), where p is what the model says but for a `SURPRISE`.

    Parameters
    ----------
    probabilities : float array, shape (n, n_classes); rows sum to 1.
    temperature : above 0; more than 1 makes a model less sure.
    """
    if not len(probabilities):
        return probabilities
    logarithms = np.log(_never_zero(probabilities)) / temperature
    shares = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def chosen_temperature(
    probabilities: FloatArray, labels: IntArray, weights: FloatArray | None = None, patience: float = PATIENCE
) -> float:
    """The temperature at which the labels surprise least: the least log loss, and a pull towards 1 while there are few.

    Source: Guo, Pleiss, Sun & Weinberger 2017, On calibration of modern neural networks.

    Parameters
    ----------
    probabilities : float array, shape (n, n_classes), of items whose labels the model did not learn.
    labels : int array, shape (n,), what the person says of them.
    weights : float array, shape (n,), how much each label counts; 1 by default.
    patience : how much a temperature of 1 weighs against the labels: as much as so many that disagree by a factor of e.
    """
    from scipy.optimize import minimize_scalar

    if not len(labels):
        return 1.0
    rows, count = np.arange(len(labels)), np.ones(len(labels)) if weights is None else weights

    def loss(logarithm: float) -> float:
        said = tempered(probabilities, float(np.exp(logarithm)))[rows, labels]
        return float(-(count * np.log(said)).sum() + patience * logarithm**2)

    found = minimize_scalar(loss, bounds=(np.log(_COLDEST), np.log(_HOTTEST)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def log_loss(probabilities: FloatArray, labels: IntArray) -> float:
    """Mean of −log of the probability that was given to what is true."""
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-15)).mean())


def calibration_error(probabilities: FloatArray, labels: IntArray, bins: int = 15) -> float:
    """How far confidence and share right are apart, in the mean: the expected calibration error over bins of equal width.

    Source: Naeini, Cooper & Hauskrecht 2015.
    """
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gaps = np.bincount(places, weights=right - confidence, minlength=bins)
    return float(np.abs(gaps).sum() / len(labels))


def _never_zero(probabilities: FloatArray) -> FloatArray:
    return np.asarray((1.0 - SURPRISE) * probabilities + SURPRISE / probabilities.shape[1])
