"""The field of a model: each cell is what the race's own model says at its centre."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from al_core.data.kinds import load_dataset
from al_core.data.looks import Point
from al_core.run.field import Field, centres, model_with, open_field
from al_core.run.play import play
from al_core.run.round import known, learn, start
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

WIDE, HIGH = 31, 13


def played(learner: str, dataset: str = "plane(separation=0.5)", rounds: int = 6) -> tuple[TaskSpec, RunState]:
    spec = TaskSpec(dataset, learner, batch=1, budget=30, seed=2)
    return spec, play(spec, start("margin"), rounds=rounds).state


@pytest.mark.parametrize(
    "learner", ["logistic", "gaussian_field", "knn", "random_forest", "soft_vote(logistic,gaussian_field)"]
)
def test_it_is_of_the_model_that_the_race_has(learner: str) -> None:
    spec, state = played(learner)
    task = make_task(spec)
    rows = np.arange(len(task.dataset.X))
    race = learn(task, RunState(state.strategy, state.rounds))
    ours = model_with(task, state, centres(task.dataset.X, WIDE, HIGH))
    np.testing.assert_array_equal(ours.probabilities(rows), race.probabilities(rows))
    again = model_with(task, state, task.dataset.X)
    np.testing.assert_allclose(again.probabilities(rows + len(rows)), race.probabilities(rows), atol=0.35)


def test_a_cell_is_the_most_probable_class_at_its_centre_and_how_sure_that_is() -> None:
    for dataset, classes in (("plane(separation=0.5)", 2), ("blobs", 4)):
        spec, state = played("logistic", dataset)
        task = make_task(spec)
        given = known(task, RunState(state.strategy, state.rounds))
        plain = LogisticRegression(max_iter=10_000, tol=1e-10).fit(task.dataset.X[given.rows], given.labels)
        field = open_field(spec, state, WIDE, HIGH)
        assert (len(field.classes), len(field.certainty)) == (WIDE * HIGH, WIDE * HIGH)
        p = plain.predict_proba(by_hand(task.dataset.X, WIDE, HIGH))
        clear = np.sort(p, axis=1)[:, -1] - np.sort(p, axis=1)[:, -2] > 1e-3
        assert clear.mean() > 0.9
        assert (np.frombuffer(field.classes, np.uint8) == p.argmax(axis=1))[clear].all()
        certain = 255 * (p.max(axis=1) - 1 / classes) / (1 - 1 / classes)
        np.testing.assert_allclose(np.frombuffer(field.certainty, np.uint8), certain, atol=1.5)
        assert len(set(field.classes)) > 1


def by_hand(X: np.ndarray, width: int, height: int) -> np.ndarray:
    """The middles of cells, one after the other, from the numbers that the frame is made of."""
    low, high = X.min(axis=0), X.max(axis=0)
    left, bottom = low - 0.04 * (high - low)
    right, top = high + 0.04 * (high - low)
    found = []
    for line in range(height):
        for column in range(width):
            share_across, share_down = (2 * column + 1) / (2 * width), (2 * line + 1) / (2 * height)
            found.append((left + share_across * (right - left), top - share_down * (top - bottom)))
    return np.array(found)


def test_a_cell_is_what_neighbours_say_at_its_centre() -> None:
    spec, state = played("knn", "moons", rounds=9)
    task = make_task(spec)
    given = known(task, RunState(state.strategy, state.rounds))
    plain = KNeighborsClassifier(5, weights="distance").fit(task.dataset.X[given.rows], given.labels)
    field = open_field(spec, state, WIDE, HIGH)
    assert list(field.classes) == plain.predict(by_hand(task.dataset.X, WIDE, HIGH)).tolist()


def test_an_item_lies_in_the_cell_whose_centre_is_near_it() -> None:
    """The places of looks and of the map, and the cells of the field, are of one frame."""
    data = load_dataset("moons")
    middles = centres(data.X, WIDE, HIGH)
    assert data.looks is not None
    for row in range(0, 300, 17):
        look = data.looks[row]
        assert isinstance(look, Point)
        cell = look.down * HIGH // 65536 * WIDE + look.across * WIDE // 65536
        step = np.array([middles[1, 0] - middles[0, 0], middles[0, 1] - middles[WIDE, 1]])
        assert (np.abs(middles[cell] - data.X[row]) <= 0.51 * step).all()


def test_answers_that_are_not_learnt_yet_are_not_in_it_and_nothing_is_left_in_the_race() -> None:
    spec, state = played("gaussian_field")
    task = make_task(spec)
    before = dict(task.memo)
    settled = open_field(spec, RunState(state.strategy, state.rounds), WIDE, HIGH)
    assert open_field(spec, state, WIDE, HIGH) == settled
    assert isinstance(settled, Field)
    assert task.memo.keys() == before.keys()
    assert open_field(spec, RunState(state.strategy, state.rounds[:-3]), WIDE, HIGH) != settled


def test_a_committee_s_members_are_in_it_each_with_what_it_says_at_a_cell_s_centre() -> None:
    spec = TaskSpec("plane(separation=0.5)", batch=1, budget=30, seed=2)
    for name, count in (("consensus_entropy", 4), ("max_disagreement", 4), ("vote_entropy(committee=hard)", 7)):
        state = play(spec, start(name), rounds=6).state
        found, task = open_field(spec, state, WIDE, HIGH), make_task(spec)
        assert len(found.members) == count
        given, said = known(task, RunState(name, state.rounds)), dict(found.members)
        X, y, places = task.dataset.X, task.dataset.y, centres(task.dataset.X, WIDE, HIGH)
        assert given.labels.tolist() == y[given.rows].tolist()
        for words, member in (("naive Bayes", GaussianNB()), ("2 nearest", KNeighborsClassifier(2))):
            expected = member.fit(X[given.rows], y[given.rows]).predict_proba(places).argmax(axis=1)
            assert list(said[words]) == expected.tolist()
        if count == 4:
            expected = LogisticRegression(max_iter=1000).fit(X[given.rows], y[given.rows]).predict(places)
            assert list(said["logistic regression"]) == expected.tolist()
    for name in ("margin", "bald(committee=forest)"):
        assert open_field(spec, play(spec, start(name), rounds=2).state, WIDE, HIGH).members == ()
