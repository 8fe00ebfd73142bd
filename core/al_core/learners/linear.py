"""Linear learners."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.errors import UserError
from al_core.learners.estimator import ConstantModel
from al_core.learners.linear_head import LinearHead
from al_core.learners.model import Model, Training
from al_core.learners.registry import learner
from al_core.learners.softmax import fit_softmax


@dataclass(frozen=True, eq=False)
class LinearModel:
    """A softmax over linear scores of the rows of one feature matrix; classes it never saw have probability 0."""

    linear_head: LinearHead
    features: FloatArray
    n_classes: int

    def predict(self, rows: IntArray) -> IntArray:
        return np.asarray(self.linear_head.classes[self.linear_head.logits(self.features[rows]).argmax(axis=0)])

    def probabilities(self, rows: IntArray) -> FloatArray:
        odds = self.linear_head.logits(self.features[rows])
        odds -= odds.max(axis=0)
        np.exp(odds, out=odds)
        odds /= odds.sum(axis=0)
        full = np.zeros((len(rows), self.n_classes))
        full[:, self.linear_head.classes] = odds.T
        return full


@learner(
    "logistic",
    summary="Multinomial logistic regression with an L2 penalty, C = 1, solved to convergence",
    source="the minimum that scikit-learn's LogisticRegression approaches; Newton's method with conjugate gradients",
    labelled_only=True,
)
def logistic(training: Training) -> Model:
    """The minimum of scikit-learn's objective: over two classes the penalty is on the one vector of log odds, as there."""
    classes, y = training.seen
    if len(classes) < 2:
        return ConstantModel(int(classes[0]), training.n_classes)
    X = np.asarray(training.X, dtype=np.float64)
    if not np.isfinite(np.vdot(X, X)):  # without squares that are numbers no solver would ever come back
        raise UserError(
            "logistic: some labelled items have features that are missing or infinite, or too large; replace or drop them"
        )
    # For two classes the log odds are w = w₁ − w₀ with w₀ = −w₁, and ½‖w‖² = ½·2·(‖w₀‖² + ‖w₁‖²).
    weights, intercepts = fit_softmax(X, y, len(classes), penalty=2.0 if len(classes) == 2 else 1.0)
    return LinearModel(LinearHead(weights, intercepts, classes), training.features, training.n_classes)
