"""The committees of query by committee: who is in them, fitted once a round and shared by everything that scores in it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.data.near_zero import moved
from al_core.learners.supervised import SVM_STEPS
from al_core.strategies.context import CHUNK, QueryContext

TREES = 50
NEIGHBORS = 2


@dataclass(frozen=True, eq=False)
class Member:
    """One fitted scikit-learn classifier; a ``hard`` one gives all its probability to the class it predicts.

    ``classes`` are the class indices that stand behind its columns: the trees of a forest only know columns.
    """

    estimator: Any
    classes: IntArray
    n_classes: int
    hard: bool

    def probabilities(self, X: FloatArray) -> FloatArray:
        """Class probabilities of the rows of ``X``, a column each: shape (n_classes, m)."""
        out = np.zeros((self.n_classes, len(X)))
        if self.hard:
            out[np.asarray(self.estimator.predict(X), dtype=np.int64), np.arange(len(X))] = 1.0
            return out
        with np.errstate(divide="ignore", invalid="ignore"):
            p = np.asarray(self.estimator.predict_proba(X), dtype=np.float64)
        # Gaussian naive Bayes has no probabilities where no feature varies at all; it then knows nothing.
        p[~np.isfinite(p).all(axis=1)] = 1.0 / len(self.classes)
        out[self.classes] = p.T
        return out


def committee_members(context: QueryContext, name: str) -> tuple[Member, ...]:
    """The members of the committee ``name``, fitted on the labelled items; none when fewer than two classes are labelled."""
    return context.once(("committee", name), lambda: _fitted(context, name))


def each_member(context: QueryContext, members: tuple[Member, ...], score: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """Apply ``score``, (M, C, m) → (m,), to the members' probabilities of all candidates, in chunks.

    Nobody can disagree in an empty committee: the scores are then all 0.
    """
    if not members:
        return np.zeros(len(context.candidates))
    chunks = [context.candidates[begin : begin + CHUNK] for begin in range(0, len(context.candidates), CHUNK)]
    parts = (moved(context.features[rows], context.offset) for rows in chunks)
    return np.concatenate([score(np.stack([member.probabilities(X) for member in members])) for X in parts])


def _fitted(context: QueryContext, name: str) -> tuple[Member, ...]:
    if len(np.unique(context.labels)) < 2:
        return ()
    X, y = moved(np.asarray(context.features[context.labelled]), context.offset), context.labels
    seed = int(context.rng.integers(2**31))
    if name == "forest":
        return _forest(seed, X, y, context.n_classes)
    made = _hard(seed, len(y)) if name == "hard" else mixed_estimators(seed, len(y))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a member that has not converged still has a vote
        return tuple(Member(estimator.fit(X, y), estimator.classes_, context.n_classes, name == "hard") for estimator in made)


def _forest(seed: int, X: FloatArray, y: IntArray, n_classes: int) -> tuple[Member, ...]:
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(TREES, random_state=seed).fit(X, y)
    return tuple(Member(tree, forest.classes_, n_classes, False) for tree in forest.estimators_)


def mixed_estimators(seed: int, labels: int) -> list[Any]:
    """The mixed committee, not fitted: logistic regression, decision tree, Gaussian naive Bayes, 2-nearest-neighbours."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    neighbors = KNeighborsClassifier(n_neighbors=min(NEIGHBORS, labels))
    return [LogisticRegression(max_iter=1000), DecisionTreeClassifier(random_state=seed), GaussianNB(), neighbors]


def _hard(seed: int, labels: int) -> list[Any]:
    from sklearn.linear_model import SGDClassifier
    from sklearn.svm import SVC

    machines = [SVC(kernel=kernel, max_iter=SVM_STEPS) for kernel in ("linear", "rbf", "poly")]
    # The passive-aggressive classifier, PA-I with C = 1 (Crammer et al. 2006), as scikit-learn spells it since 1.8.
    passive = SGDClassifier(loss="hinge", penalty=None, learning_rate="pa1", eta0=1.0, random_state=seed)
    return [*machines, passive, *mixed_estimators(seed, labels)[1:]]
