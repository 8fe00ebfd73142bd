"""Linear learners."""

from __future__ import annotations

from al_core.learners.estimator import ConstantModel as ConstantModel
from al_core.learners.estimator import EstimatorModel as EstimatorModel
from al_core.learners.estimator import fit_estimator
from al_core.learners.registry import Model, Training, learner


@learner(
    "logistic",
    summary="Multinomial logistic regression with an L2 penalty, C = 1",
    source="scikit-learn LogisticRegression(max_iter=1000)",
)
def logistic(training: Training) -> Model:
    from sklearn.linear_model import LogisticRegression

    return fit_estimator(training, LogisticRegression(max_iter=1000))
