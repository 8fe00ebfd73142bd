"""Support vector machines, one against the rest, of which many items need to look at each labelled item once only.

Each machine has support vectors of its own, and libsvm works out the kernel between these and an item for every machine anew,
one pair at a time. They are all labelled items, though: one kernel between items and labelled items, and one product with the
weights of all machines, say the same.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from al_core.data.dataset import FloatArray, IntArray

MANY = 5000
"""Items beyond which they are asked about together; of fewer, every one's decision values are libsvm's to the last bit."""
_BLOCK = 4096
"""Items whose kernel is held at a time."""


class OneKernel:
    """A classifier like scikit-learn's `OneVsRestClassifier` of an `SVC`, whose decision values of many items are quick.

    Parameters
    ----------
    machine : an `SVC` that is not fitted; one like it is fitted for each class.
    """

    def __init__(self, machine: Any) -> None:
        from sklearn.multiclass import OneVsRestClassifier

        self.estimator = machine
        self._all = OneVsRestClassifier(machine)

    def fit(self, X: FloatArray, y: IntArray) -> Self:
        self._all.fit(X, y)
        self._learnt = np.asarray(X, dtype=np.float64)
        return self

    @property
    def classes_(self) -> IntArray:
        return np.asarray(self._all.classes_)

    @property
    def estimators_(self) -> list[Any]:
        """The fitted machines, one for each class."""
        return list(self._all.estimators_)

    def predict(self, X: FloatArray) -> IntArray:
        return np.asarray(self._all.predict(X))

    def decision_function(self, X: FloatArray) -> FloatArray:
        """Decision values, shape (n, classes): the same to rounding, however many are asked about."""
        if len(X) <= MANY:
            return np.asarray(self._all.decision_function(X))
        machines = self.estimators_
        weights = np.zeros((len(self._learnt), len(machines)))
        for position, machine in enumerate(machines):
            weights[machine.support_, position] = machine.dual_coef_[0]
        used = np.flatnonzero(weights.any(axis=1))
        learnt, weights = self._learnt[used], weights[used]
        intercepts = np.array([machine.intercept_[0] for machine in machines])
        blocks = (np.asarray(X[begin : begin + _BLOCK], dtype=np.float64) for begin in range(0, len(X), _BLOCK))
        return np.concatenate([_kernel(machines[0], block, learnt) @ weights + intercepts for block in blocks])


def _kernel(machine: Any, X: FloatArray, learnt: FloatArray) -> FloatArray:
    """The kernel of a fitted machine; that of all is the same, as they have learnt the same items."""
    from sklearn.metrics.pairwise import pairwise_kernels

    settings = {"gamma": machine._gamma, "degree": machine.degree, "coef0": machine.coef0}
    return np.asarray(pairwise_kernels(X, learnt, metric=machine.kernel, filter_params=True, **settings))
