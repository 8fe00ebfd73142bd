"""Support vector machines, one against the rest, of which many items need to look at each labelled item once only.

Each machine has support vectors of its own, and libsvm works out the kernel between these and an item for every machine anew,
one pair at a time. They are all labelled items, though: one kernel between items and labelled items, and one product with the
weights of all machines, say the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.metrics.pairwise import pairwise_kernels
from sklearn.multiclass import OneVsRestClassifier

from al_core.data.dataset import FloatArray, IntArray

MANY = 5000
"""Items beyond which they are asked about together; of fewer, every one's decision values are libsvm's to the last bit."""
_BLOCK = 4096
"""Items whose kernel is held at a time."""


class OneKernel(OneVsRestClassifier):  # type: ignore[misc]
    """scikit-learn's `OneVsRestClassifier` of `SVC`, whose decision values of many items are quick."""

    def fit(self, X: FloatArray, y: IntArray) -> OneKernel:
        super().fit(X, y)
        self.learnt_ = np.asarray(X, dtype=np.float64)
        return self

    def decision_function(self, X: FloatArray) -> FloatArray:
        """Decision values, shape (n, classes): the same to rounding, however many are asked about."""
        if len(X) <= MANY:
            return np.asarray(super().decision_function(X))
        weights = np.zeros((len(self.learnt_), len(self.estimators_)))
        for position, machine in enumerate(self.estimators_):
            weights[machine.support_, position] = machine.dual_coef_[0]
        used = np.flatnonzero(weights.any(axis=1))
        learnt, weights = self.learnt_[used], weights[used]
        intercepts = np.array([machine.intercept_[0] for machine in self.estimators_])
        blocks = (np.asarray(X[begin : begin + _BLOCK], dtype=np.float64) for begin in range(0, len(X), _BLOCK))
        return np.concatenate([self._kernel(block, learnt) @ weights + intercepts for block in blocks])

    def _kernel(self, X: FloatArray, learnt: FloatArray) -> FloatArray:
        machine: Any = self.estimators_[0]
        settings = {"gamma": machine._gamma, "degree": machine.degree, "coef0": machine.coef0}
        return np.asarray(pairwise_kernels(X, learnt, metric=machine.kernel, filter_params=True, **settings))
