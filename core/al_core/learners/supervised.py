"""Supervised learners of scikit-learn, by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from al_core.ground.parameters import Parameter
from al_core.learners.estimator import fit_estimator
from al_core.learners.model import Model, Training
from al_core.learners.registry import learner

SVM_STEPS = 100_000
"""Most steps of a support vector machine. On digits it takes some hundreds, on badly scaled features for ever."""


@learner(
    "svm",
    summary="Support vector machines, one against the rest; probabilities are a softmax of their decision values",
    source="scikit-learn SVC",
    parameters={
        "C": Parameter("cost of a violated margin; larger fits closer", low=1e-6),
        "kernel": Parameter("shape of the boundary", choices=("linear", "poly", "rbf")),
    },
)
def svm(training: Training, *, C: float = 10.0, kernel: str = "rbf") -> Model:
    from sklearn.svm import SVC

    from al_core.learners.one_kernel import OneKernel

    estimator = SVC(C=C, kernel=kernel, max_iter=SVM_STEPS)
    if len(np.unique(training.labels)) > 2:
        estimator = OneKernel(estimator)
    return fit_estimator(training, estimator)


@learner(
    "random_forest",
    summary="Random forest: the mean of many randomised decision trees",
    source="scikit-learn RandomForestClassifier; Breiman 2001",
    parameters={"trees": Parameter("decision trees in the forest", low=1)},
    labelled_only=True,
)
def random_forest(training: Training, *, trees: int = 100) -> Model:
    from sklearn.ensemble import RandomForestClassifier

    return fit_estimator(training, RandomForestClassifier(trees, n_jobs=1, random_state=training.random_state))


@learner(
    "knn",
    summary="Votes of the nearest labelled items, weighted by inverse distance",
    source="scikit-learn KNeighborsClassifier; Cover & Hart 1967",
    parameters={"k": Parameter("neighbours that vote; fewer while there are fewer labels", low=1)},
    labelled_only=True,
)
def knn(training: Training, *, k: int = 5) -> Model:
    from sklearn.neighbors import KNeighborsClassifier

    return fit_estimator(training, KNeighborsClassifier(min(k, len(training.rows)), weights="distance", n_jobs=1))


@learner(
    "naive_bayes",
    summary="Gaussian naive Bayes",
    source="scikit-learn GaussianNB",
    parameters={"smoothing": Parameter("share of the largest variance that is added to all variances", low=0, high=1)},
    labelled_only=True,
)
def naive_bayes(training: Training, *, smoothing: float = 0.01) -> Model:
    from sklearn.dummy import DummyClassifier
    from sklearn.naive_bayes import GaussianNB

    estimator: Any = GaussianNB(var_smoothing=smoothing)
    if not np.var(training.X, axis=0).max() * smoothing > 0:  # no variance to add: densities would divide by zero
        estimator = DummyClassifier(strategy="prior") if not np.var(training.X, axis=0).any() else GaussianNB()
    return fit_estimator(training, estimator)


@learner(
    "mlp",
    summary="Neural network with one hidden layer, fitted by L-BFGS",
    source="scikit-learn MLPClassifier",
    parameters={
        "hidden": Parameter("units of the hidden layer", low=1, high=10_000),
        "alpha": Parameter("L2 penalty on the weights", low=0),
    },
    labelled_only=True,
)
def mlp(training: Training, *, hidden: int = 100, alpha: float = 0.1) -> Model:
    from sklearn.neural_network import MLPClassifier

    return fit_estimator(
        training,
        MLPClassifier((hidden,), solver="lbfgs", alpha=alpha, max_iter=500, random_state=training.random_state),
    )
