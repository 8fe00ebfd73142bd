"""The committees of query by committee: who is in them, fitted once a round and shared by everything that scores in it."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.strategies.context import CHUNK, QueryContext

BAGGED_MEMBERS = 10
NEIGHBORS = 2


@dataclass(frozen=True, eq=False)
class Member:
    """One fitted scikit-learn classifier; a ``hard`` one gives all its probability to the class it predicts."""

    estimator: Any
    n_classes: int
    hard: bool

    def probabilities(self, X: FloatArray) -> FloatArray:
        """Class probabilities of the rows of ``X``, a column each: shape (n_classes, m)."""
        classes = np.asarray(self.estimator.classes_, dtype=np.int64)
        out = np.zeros((self.n_classes, len(X)))
        if self.hard:
            out[np.asarray(self.estimator.predict(X), dtype=np.int64), np.arange(len(X))] = 1.0
            return out
        p = np.asarray(self.estimator.predict_proba(X), dtype=np.float64)
        # Gaussian naive Bayes has no probabilities where no feature varies at all; it then knows nothing.
        p[~np.isfinite(p).all(axis=1)] = 1.0 / len(classes)
        out[classes] = p.T
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
    return np.concatenate(
        [score(np.stack([member.probabilities(context.features[rows]) for member in members])) for rows in chunks]
    )


def _fitted(context: QueryContext, name: str) -> tuple[Member, ...]:
    if len(np.unique(context.labels)) < 2:
        return ()
    X, y = np.asarray(context.features[context.labelled]), context.labels
    if name == "bagged":
        return tuple(_fit(_logistic(), X, y, context, sample) for sample in _bootstraps(y, context.rng))
    seed = int(context.rng.integers(2**31))
    made = _hard(seed, len(y)) if name == "hard" else _mixed(seed, len(y))
    return tuple(_fit(estimator, X, y, context, np.arange(len(y)), hard=name == "hard") for estimator in made)


def _bootstraps(y: IntArray, rng: np.random.Generator) -> list[IntArray]:
    """Bootstrap samples that hold every class at least once: first one item of each class, then items at random."""
    samples = []
    for _ in range(BAGGED_MEMBERS):
        shuffled = rng.permutation(len(y))
        _, first = np.unique(y[shuffled], return_index=True)
        samples.append(np.sort(np.concatenate([shuffled[first], rng.integers(len(y), size=len(y) - len(first))])))
    return samples


def _fit(estimator: Any, X: FloatArray, y: IntArray, context: QueryContext, sample: IntArray, *, hard: bool = False) -> Member:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a member that has not converged still has a vote
        return Member(estimator.fit(X[sample], y[sample]), context.n_classes, hard)


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1000)


def _mixed(seed: int, labels: int) -> list[Any]:
    from sklearn.naive_bayes import GaussianNB
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.tree import DecisionTreeClassifier

    neighbors = KNeighborsClassifier(n_neighbors=min(NEIGHBORS, labels))
    return [_logistic(), DecisionTreeClassifier(random_state=seed), GaussianNB(), neighbors]


def _hard(seed: int, labels: int) -> list[Any]:
    from sklearn.linear_model import SGDClassifier
    from sklearn.svm import SVC

    machines = [SVC(kernel="linear"), SVC(kernel="rbf"), SVC(kernel="poly")]
    # The passive-aggressive classifier, PA-I with C = 1 (Crammer et al. 2006), as scikit-learn spells it since 1.8.
    passive = SGDClassifier(loss="hinge", penalty=None, learning_rate="pa1", eta0=1.0, random_state=seed)
    return [*machines, passive, *_mixed(seed, labels)[1:]]
