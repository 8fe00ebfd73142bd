"""Expected error reduction against refitting the learner for every candidate and class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.special import entr

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.errors import StrategyError
from al_core.learners import gaussian_field
from al_core.learners.anchor_graph import AnchorGraph
from al_core.learners.model import Model, Training
from al_core.learners.registry import resolve_learner
from al_core.run.oracle import GroundTruth, answered
from al_core.run.round import advance, start
from al_core.strategies.context import QueryContext
from al_core.strategies.parts import field_errors
from al_core.strategies.parts.field_errors import expected_errors, lessons_of
from al_core.strategies.registry import resolve_strategy
from al_core.task.spec import TaskSpec
from al_core.task.split import split

CLASSES = 5
LOSSES = ["zero_one", "log"]


def error_of(model: Model, rows: IntArray, loss: str) -> FloatArray:
    p = model.probabilities(rows)
    if loss == "zero_one":
        return 1.0 - p.max(axis=1)
    return -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0)), 0.0), axis=1)


@dataclass
class Setting:
    """A pool of 60 with 6 labelled items: three blobs that overlap, one class of five never seen."""

    learner: str = "gaussian_field(sharpness=1)"
    refits: int = 0

    def __post_init__(self) -> None:
        rng = np.random.default_rng(11)
        self.y = rng.integers(0, 4, size=70)
        self.X = 1.2 * np.eye(4, 5)[self.y] + rng.normal(size=(70, 5))
        self.rows = np.array([2, 9, 17, 33, 50, 65])
        self.pool = np.setdiff1d(np.arange(70), self.rows)[:60]
        self.memo: dict[object, object] = {}

    def fit(self, rows: IntArray, labels: IntArray) -> Model:
        self.refits += 1
        training = Training(self.X, rows, labels, CLASSES, self.pool, ("test",), self.memo)
        return resolve_learner(self.learner).fit(training)

    def context(self, seed: int = 0) -> QueryContext:
        labels = self.y[self.rows]
        model, rng = self.fit(self.rows, labels), np.random.default_rng(seed)
        return QueryContext(model, self.X, self.pool, self.rows, labels, CLASSES, rng, self.memo, refit=self.fit)

    def brute(self, loss: str, rows: IntArray, labels: IntArray, candidates: IntArray) -> FloatArray:
        """Expected error after each candidate, as the definition says it; the mean is over the whole pool."""
        p = self.fit(rows, labels).probabilities(candidates)
        errors = np.zeros(len(candidates))
        for position, candidate in enumerate(candidates):
            more = np.append(rows, candidate)
            order = np.argsort(more)
            for label in range(CLASSES):
                model = self.fit(more[order], np.append(labels, label)[order])
                rest = np.setdiff1d(candidates, [candidate])
                errors[position] += p[position, label] * error_of(model, rest, loss).sum() / len(self.pool)
        return errors


class Hidden:
    """A model that does not let on what it is."""

    def __init__(self, model: Model) -> None:
        self.predict: Callable[[IntArray], IntArray] = model.predict
        self.probabilities: Callable[[IntArray], FloatArray] = model.probabilities


def choose(context: QueryContext, k: int, loss: str, tries: int = 20) -> tuple[list[int], list[float]]:
    choice = resolve_strategy(f"expected_error_reduction(loss={loss},tries={tries})").choose(context, k)
    assert choice.scores is not None
    return choice.indices.tolist(), choice.scores.tolist()


@pytest.mark.parametrize("loss", LOSSES)
def test_every_candidate_and_class_equals_refitting(loss: str) -> None:
    setting = Setting()
    context = setting.context()
    expected = setting.brute(loss, setting.rows, setting.y[setting.rows], setting.pool)
    model = context.model
    assert isinstance(model, gaussian_field.GaussianField)
    f, covariance = model.probabilities(setting.pool), model.covariance(setting.pool, setting.pool)
    errors = expected_errors(f, covariance, np.diag(covariance), f, loss)
    np.testing.assert_allclose(errors, expected, atol=1e-9, rtol=0)
    assert np.ptp(expected) > 1e-3
    (pick,), (score,) = choose(context, 1, loss)
    assert pick == expected.argmin()
    assert score == pytest.approx(expected.min(), abs=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_batch_learns_its_own_picks(loss: str) -> None:
    setting = Setting()
    picks, scores = choose(setting.context(), 4, loss)
    rows, labels, candidates = setting.rows, setting.y[setting.rows], setting.pool
    for pick, score in zip(picks, scores, strict=True):
        errors = setting.brute(loss, rows, labels, candidates)
        item = setting.pool[pick]
        assert item == candidates[errors.argmin()]
        assert score == pytest.approx(errors.min(), abs=1e-9)
        guess = setting.fit(rows, labels).predict(np.array([item]))
        more = np.append(rows, item)
        order = np.argsort(more)
        rows, labels = more[order], np.append(labels, guess)[order]
        candidates = np.setdiff1d(candidates, [item])


@pytest.mark.parametrize("loss", LOSSES)
def test_retraining_says_the_same_as_the_field(loss: str) -> None:
    """Of every candidate, and not only of the one that both pick: two ways that pick alike need not compute alike."""
    setting = Setting()
    context = setting.context()
    model = context.model
    assert isinstance(model, gaussian_field.GaussianField)
    f, covariance = model.probabilities(setting.pool), model.covariance(setting.pool, setting.pool)
    exact = expected_errors(f, covariance, np.diag(covariance), f, loss)
    assert np.diff(np.sort(exact)).min() > 1e-9  # no two candidates tie, so there is one order to find
    setting.refits = 0
    picks, scores = choose(replace(context, model=Hidden(model)), 60, loss, tries=60)
    assert picks == np.argsort(exact).tolist()
    assert scores == pytest.approx(np.sort(exact).tolist(), abs=1e-9)
    assert setting.refits == np.count_nonzero(context.probabilities)
    first, _ = choose(replace(context, model=Hidden(model)), 1, loss, tries=60)
    assert first == choose(context, 1, loss)[0] == [int(exact.argmin())]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("k", [1, 3])
def test_sparse_fields_say_the_same(loss: str, k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = choose(Setting().context(), k, loss)
    monkeypatch.setattr(gaussian_field, "DENSE_LIMIT", 0)
    sparse = choose(Setting("gaussian_field(sharpness=1,anchors=0)").context(), k, loss, tries=60)
    assert sparse[0] == exact[0]
    assert sparse[1] == pytest.approx(exact[1], abs=1e-7)


def refitted_on_anchors(setting: Setting, rows: IntArray, labels: IntArray, candidates: IntArray, loss: str) -> FloatArray:
    """Expected error at the anchors, each as often as items hang on it, after refitting with each candidate and class."""
    model = setting.fit(rows, labels)
    assert isinstance(model, gaussian_field.GaussianField)
    graph = model.graph
    assert isinstance(graph, AnchorGraph)
    assert model.at_anchors is not None
    beliefs = graph.shares[graph.positions(candidates)[0]] @ model.at_anchors
    errors = np.zeros(len(candidates))
    for position, candidate in enumerate(candidates):
        more = np.append(rows, candidate)
        order = np.argsort(more)
        for label in np.flatnonzero(np.bincount(labels, minlength=CLASSES)):
            after = setting.fit(more[order], np.append(labels, label)[order])
            assert isinstance(after, gaussian_field.GaussianField)
            assert after.at_anchors is not None
            p = after.at_anchors
            wrong = 1.0 - p.max(axis=1) if loss == "zero_one" else entr(np.clip(p, 0, 1)).sum(axis=1)
            errors[position] += beliefs[position, label] * (graph.mass @ wrong) / graph.mass.sum()
    return errors


@pytest.mark.parametrize("loss", LOSSES)
def test_on_anchors_every_candidate_of_a_large_pool_equals_refitting(loss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gaussian_field, "DENSE_LIMIT", 0)
    monkeypatch.setattr(field_errors, "_CANDIDATES", 7)
    setting = Setting("gaussian_field(sharpness=1,anchors=20)")
    context = setting.context()
    model = context.model
    assert isinstance(model, gaussian_field.GaussianField)
    everyone, rows, labels = np.ones(60, dtype=bool), setting.rows, setting.y[setting.rows]
    lessons = lessons_of(model, setting.pool, np.arange(60))
    expected = refitted_on_anchors(setting, rows, labels, setting.pool, loss)
    np.testing.assert_allclose(lessons.errors(everyone, loss), expected, atol=1e-7)
    assert np.ptp(expected) > 1e-3
    picks, scores = choose(context, 3, loss, tries=1)
    for pick, score in zip(picks, scores, strict=True):
        candidates = np.setdiff1d(setting.pool, rows)
        errors = refitted_on_anchors(setting, rows, labels, candidates, loss)
        assert setting.pool[pick] == candidates[errors.argmin()]
        assert score == pytest.approx(max(errors.min(), 0.0), abs=1e-7)
        guess = setting.fit(rows, labels).predict(np.array([setting.pool[pick]]))
        more = np.append(rows, setting.pool[pick])
        order = np.argsort(more)
        rows, labels = more[order], np.append(labels, guess)[order]


@pytest.mark.parametrize("learner", ["knn(k=3)", "naive_bayes"])
def test_only_so_many_candidates_are_tried(learner: str) -> None:
    setting = Setting(learner)
    context = setting.context()
    setting.refits = 0
    picks, scores = choose(context, 3, "zero_one", tries=5)
    tried = np.sort(np.random.default_rng(0).choice(60, size=5, replace=False))
    assert setting.refits == np.count_nonzero(context.probabilities[tried])
    expected = setting.brute("zero_one", setting.rows, setting.y[setting.rows], setting.pool)
    assert sorted(scores) == pytest.approx(sorted(expected[tried])[:3], abs=1e-12)
    np.testing.assert_allclose(expected[picks], scores, atol=1e-12)


def test_a_large_batch_tries_enough() -> None:
    picks, _ = choose(Setting("naive_bayes").context(), 7, "zero_one", tries=2)
    assert len(set(picks)) == 7


@pytest.mark.parametrize("learner", ["gaussian_field", "naive_bayes"])
@pytest.mark.parametrize("loss", LOSSES)
def test_asks_for_the_whole_pool_when_told_to(learner: str, loss: str) -> None:
    picks, scores = choose(Setting(learner).context(), 99, loss)
    assert sorted(picks) == list(range(60))
    assert np.isfinite(scores).all()


def test_a_single_class_leaves_nothing_to_expect() -> None:
    setting = Setting()
    context = setting.context()
    labels = np.zeros(6, dtype=np.int64)
    one = replace(context, model=setting.fit(setting.rows, labels), labels=labels)
    _, scores = choose(one, 2, "zero_one")
    assert scores == pytest.approx([0, 0], abs=1e-12)


def test_says_when_it_cannot_retrain() -> None:
    with pytest.raises(StrategyError, match="needs to retrain the learner"):
        choose(replace(Setting("knn").context(), refit=None), 1, "log")


@pytest.mark.parametrize("loss", LOSSES)
def test_a_retrained_learner_without_numbers_is_told(loss: str) -> None:
    class Lost(Hidden):
        def __init__(self, model: Model) -> None:
            super().__init__(model)
            self.probabilities = lambda rows: np.full((len(rows), CLASSES), np.nan)

    setting = Setting("naive_bayes")
    context = replace(setting.context(), refit=lambda rows, labels: Lost(setting.fit(rows, labels)))
    with pytest.raises(StrategyError, match="retrained learner gave probabilities that are no numbers"):
        choose(context, 1, loss)


@pytest.mark.parametrize("learner", ["gaussian_field", "naive_bayes"])
def test_plays_in_the_loop(learner: str) -> None:
    from al_core.data.readers.bundled import load_digits

    spec = TaskSpec(learner=learner, batch=2, budget=24)
    task = split(load_digits(), spec)
    states = []
    for _ in range(2):
        state = advance(task, start("expected_error_reduction(tries=2)"))
        while not state.done:
            state = advance(task, answered(state, GroundTruth(task.dataset.y.tolist())))
        states.append(state)
        task = replace(task, memo={})
    assert states[0].curve[-1][0] == 24
    assert states[0] == states[1]
