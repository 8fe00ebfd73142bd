"""The numbers that a strategy tells are those of its plain formula: NumPy and scikit-learn here, and nothing of the strategies.

What the program computes lazily, in blocks or by updates is written out as it stands in a paper, over models that are fitted
here; the numbers on the screen and the picks of a round on the plane are compared with that.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from tests.core.run.test_numbers import NAMES, NO_FORMULA, value

from al_core.ground.seeding import stable_seed
from al_core.run.numbers import numbers_of
from al_core.run.play import play
from al_core.run.round import known, start
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

BATCH = 3
SPEC = TaskSpec("plane(separation=0.3)", batch=BATCH, budget=40, seed=2)


class Seen(NamedTuple):
    """What a formula is about: the features, the labels that were learnt, the candidates, what the model thinks of them."""

    X: Any
    rows: Any
    labels: Any
    candidates: Any
    p: Any
    committee: Any

    @property
    def pool(self) -> Any:
        return np.sort(np.concatenate([self.rows, self.candidates]))


def fitted(X: Any, y: Any) -> LogisticRegression:
    return LogisticRegression(tol=1e-10, max_iter=10_000).fit(X, y)


@cache
def asked(name: str, rounds: int = 5) -> tuple[Any, RunState, Seen]:
    """A race in which ``name`` asks its next batch, and what it asks by, fitted anew by scikit-learn."""
    task, state = make_task(SPEC), play(SPEC, start(name), rounds=rounds).state
    given, X = known(task, RunState(name, state.rounds)), np.asarray(task.dataset.X)
    rng = np.random.default_rng(stable_seed("strategy", SPEC.seed, name, len(state.rounds)))
    trained = X[given.rows], given.labels
    others = [DecisionTreeClassifier(random_state=int(rng.integers(2**31))), GaussianNB(), KNeighborsClassifier(2)]
    members = [LogisticRegression(max_iter=1000), *others]
    committee = np.stack([member.fit(*trained).predict_proba(X[given.candidates]) for member in members])
    p = fitted(*trained).predict_proba(X[given.candidates])
    return task, state, Seen(X, given.rows, given.labels, given.candidates, p, committee)


def h(p: Any) -> Any:
    """Entropy in nats, 0·log 0 = 0."""
    return -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=-1)


def distances(A: Any, B: Any) -> Any:
    return np.sqrt(((A[:, None] - B[None]) ** 2).sum(axis=2))


def kl(s: Seen) -> Any:
    mean = s.committee.mean(axis=0)
    return sum((one * np.log(np.where(one > 0, one / mean, 1.0))).sum(axis=1) for one in s.committee)


def votes(s: Seen) -> Any:
    chosen = s.committee.argmax(axis=2)
    return h(np.stack([(chosen == label).mean(axis=0) for label in (0, 1)], axis=1))


def gap(p: Any) -> Any:
    ordered = np.sort(p, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def kernel(s: Seen, nearest: int = 50) -> Any:
    """Between all of the pool, as a whole matrix; 0 where neither is among the nearest of the other."""
    d = distances(s.X[s.pool], s.X[s.pool])
    order = np.argsort(d + np.diag(np.full(len(d), -1.0)), axis=1)[:, 1 : nearest + 1]
    near = np.zeros(d.shape, dtype=bool)
    np.put_along_axis(near, order, True, axis=1)
    width = np.median(np.take_along_axis(d, order, axis=1)[:, :20] ** 2)
    return np.where(near | near.T | np.eye(len(d), dtype=bool), np.exp(-(d**2) / (2 * width)), 0.0)


def herding(s: Seen, at: int, before: list[int], K: Any) -> float:
    """What an item adds to Σ w·max K, by the sums over all of the pool with it and without."""
    place = {row: position for position, row in enumerate(s.pool.tolist())}
    weights = np.full(len(K), 0.01)
    weights[[place[row] for row in s.candidates.tolist()]] = np.clip(1 - gap(s.p), 0.01, 1)
    there = [place[row] for row in (*s.rows.tolist(), *s.candidates[before].tolist())]
    covered = K[there].max(axis=0)
    return float(weights @ np.maximum(K[place[int(s.candidates[at])]], covered) - weights @ covered)


def retrained(s: Seen, at: int) -> float:
    total = 0.0
    for label in (0, 1):
        p = fitted(np.vstack([s.X[s.rows], s.X[s.candidates[at]]]), np.append(s.labels, label)).predict_proba(s.X[s.candidates])
        errors = 1 - p.max(axis=1)
        errors[at] = 0
        total += s.p[at, label] * errors.mean()
    return total


def ball(s: Seen, at: int, before: list[int], radius: float = 1.0) -> float:
    inside = distances(s.X[s.pool], s.X[s.pool]) <= radius
    places = np.searchsorted(s.pool, np.concatenate([s.rows, s.candidates[before]]))
    return float((inside[np.searchsorted(s.pool, s.candidates[at])] & ~inside[places].any(axis=0)).sum())


def similar(s: Seen) -> Any:
    units = s.X[s.candidates] / np.linalg.norm(s.X[s.candidates], axis=1)[:, None]
    found = np.maximum((units @ units.T).mean(axis=1), 0)
    return found / found.max()


def sparse(s: Seen) -> Any:
    """Mean distance of each candidate to its five nearest of pool and labels."""
    return np.sort(distances(s.X[s.candidates], s.X[s.pool]), axis=1)[:, 1:6].mean(axis=1)


def lengths(s: Seen) -> Any:
    steps = np.stack([np.linalg.norm(s.p - np.eye(2)[label], axis=1) for label in (0, 1)], axis=1)
    return (s.p * steps).sum(axis=1) * np.sqrt(1 + (s.X[s.candidates] ** 2).sum(axis=1))


def rarest(s: Seen) -> Any:
    return s.p[:, np.bincount(s.labels).argmin()]


Formula = Callable[[Seen, int, list[int]], float]
PLAIN: dict[str, Formula] = {
    "least_confidence": lambda s, at, _: 1 - s.p[at].max(),
    "margin": lambda s, at, _: gap(s.p)[at],
    "cluster_margin": lambda s, at, _: gap(s.p)[at],
    "entropy": lambda s, at, _: h(s.p[at]),
    "vote_entropy": lambda s, at, _: votes(s)[at],
    "consensus_entropy": lambda s, at, _: h(s.committee.mean(axis=0))[at],
    "max_disagreement": lambda s, at, _: kl(s)[at],
    "bald": lambda s, at, _: h(s.committee.mean(axis=0)[at]) - h(s.committee[:, at]).mean(),
    "expected_gradient_length": lambda s, at, _: lengths(s)[at],
    "density": lambda s, at, _: (1 - s.p[at].max()) / sparse(s)[at],
    "information_density": lambda s, at, _: h(s.p[at]) * similar(s)[at],
    "coreset": lambda s, at, before: distances(
        s.X[s.candidates[[at]]], s.X[np.concatenate([s.rows, s.candidates[before]])]
    ).min(),
    "probcover(delta=1)": ball,
    "herding": lambda s, at, before: herding(s, at, before, kernel(s)),
    # Without a field in the model it is herding, by what the first of the batch adds.
    "auto": lambda s, at, before: (
        herding(s, at, before, K := kernel(s)) / max(herding(s, one, [], K) for one in range(len(s.candidates)))
    ),
    "rare_class": lambda s, at, _: rarest(s)[at],
    "expected_error_reduction": lambda s, at, _: retrained(s, at),
}
DRAWN = {"power_margin", "typiclust"}
"""Scores with a draw in them, or of clusters that were drawn: below."""


def test_every_strategy_has_a_plain_formula() -> None:
    assert {name.split("(")[0] for name in PLAIN} | DRAWN | NO_FORMULA == set(NAMES)


@pytest.mark.parametrize("name", PLAIN)
def test_the_numbers_are_those_of_the_plain_formula(name: str) -> None:
    task, state, seen = asked(name)
    assert state.query is not None
    places = [int(np.searchsorted(seen.candidates, pick.row)) for pick in state.query.picks]
    assert len(places) == BATCH
    for rank, (pick, at) in enumerate(zip(state.query.picks, places, strict=True)):
        plain = PLAIN[name](seen, at, places[:rank])
        numbers = numbers_of(task, state, pick.row)
        assert numbers is not None
        assert pick.score == pytest.approx(plain, rel=1e-3, abs=1e-5)
        assert value(numbers.expression) == pytest.approx(plain, rel=0.01, abs=2e-3), numbers


def test_a_draw_that_favours_doubt_begins_with_the_doubt() -> None:
    task, state, seen = asked("power_margin")
    assert state.query is not None
    for pick in state.query.picks:
        numbers = numbers_of(task, state, pick.row)
        assert numbers is not None
        doubt = np.log(1 - gap(seen.p)[np.searchsorted(seen.candidates, pick.row)])
        assert value(numbers.expression.split(" + ")[0]) == pytest.approx(doubt, rel=0.01, abs=2e-3)


def test_typicality_is_the_inverse_mean_distance_to_some_twenty_items_near_it() -> None:
    task, state, seen = asked("typiclust")
    assert state.query is not None
    for pick in state.query.picks:
        numbers = numbers_of(task, state, pick.row)
        assert numbers is not None
        mean = 1 / value(numbers.expression)
        near = np.sort(distances(seen.X[[pick.row]], seen.X[seen.pool])[0])[1:21].mean()
        assert mean <= distances(seen.X[[pick.row]], seen.X[seen.pool]).max()
        assert mean == pytest.approx(near, rel=1.0)  # of its cluster only, so not the same


UNCERTAIN: dict[str, Callable[[Seen], Any]] = {
    "least_confidence": lambda s: 1 - s.p.max(axis=1),
    "margin": lambda s: -gap(s.p),
    "entropy": lambda s: h(s.p),
    "consensus_entropy": lambda s: h(s.committee.mean(axis=0)),
    "max_disagreement": kl,
}


@pytest.mark.parametrize("name", UNCERTAIN)
@pytest.mark.parametrize("rounds", [1, 4, 9])
def test_the_picks_of_a_round_on_the_plane_are_the_plain_formula_s(name: str, rounds: int) -> None:
    _, state, seen = asked(name, rounds)
    assert state.query is not None
    scores = UNCERTAIN[name](seen)
    picked = [scores[np.searchsorted(seen.candidates, pick.row)] for pick in state.query.picks]
    assert picked == pytest.approx(np.sort(scores)[::-1][:BATCH].tolist(), rel=1e-4, abs=1e-6)
    if len(set(np.round(np.sort(scores)[::-1][: BATCH + 1], 6))) == BATCH + 1:  # no ties, which are drawn
        assert [pick.row for pick in state.query.picks] == seen.candidates[np.argsort(-scores)[:BATCH]].tolist()
