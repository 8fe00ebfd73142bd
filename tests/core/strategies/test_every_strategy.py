"""What every registered strategy must keep, through the door the race uses: a task, a state, one round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as draw

from al_core.data.dataset import Dataset, FloatArray, IntArray
from al_core.ground.errors import StrategyError, UserError
from al_core.learners import registry as learner_registry
from al_core.learners.model import Model, Training
from al_core.learners.registry import learner, learners, resolve_learner
from al_core.run.round import advance
from al_core.run.state import RunState
from al_core.strategies import context as contexts
from al_core.strategies import registry as strategy_registry
from al_core.strategies.registry import Choice, QueryContext, resolve_strategy, strategies, strategy
from al_core.task.spec import TaskSpec
from al_core.task.split import Task

STRATEGIES = [found.info.name for found in strategies()]
SCORES = [found.info.name for found in strategies() if found.info.wants != "batch" and found.info.family != "stochastic"]


def usable_learners() -> list[str]:
    """Names of learners that can be written without parameters."""
    names = []
    for found in learners():
        try:
            resolve_learner(found.name)
        except UserError:
            continue
        names.append(found.name)
    return names


LEARNERS = usable_learners()


@dataclass(frozen=True)
class CertainModel:
    """Knows nothing but certainties: probabilities of exactly 0 and 1, and a flat row now and then."""

    features: FloatArray
    n_classes: int

    def probabilities(self, rows: IntArray) -> FloatArray:
        label = np.floor(np.abs(self.features[rows].sum(axis=1)) * 7).astype(int)
        p = np.eye(self.n_classes)[label % self.n_classes]
        p[label % 5 == 0] = 1 / self.n_classes
        return p

    def predict(self, rows: IntArray) -> IntArray:
        return np.asarray(self.probabilities(rows).argmax(axis=1))


@pytest.fixture(autouse=True, scope="module")
def certain_learner() -> Iterator[None]:
    @learner("certain", summary="a test's", source="a test")
    def certain(training: Training) -> Model:
        return CertainModel(training.features, training.n_classes)

    yield
    del learner_registry._LEARNERS["certain"]


@pytest.fixture(autouse=True)
def nothing_resolved_before() -> Iterator[None]:
    """A learner that one test has put in another's place is not what the next one gets."""
    resolve_learner.cache_clear()
    yield
    resolve_learner.cache_clear()


def blobs(n: int, d: int = 4, classes: int = 3, seed: int = 0) -> tuple[FloatArray, IntArray]:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % classes
    return rng.normal(size=(classes, d))[y] * 2 + rng.normal(size=(n, d)), y


def task_of(
    X: FloatArray, y: IntArray, *, learner: str, labelled: int, batch: int, classes: int | None = None, test: int = 4
) -> Task:
    """A task over ``X``: the first rows test, then the labelled ones, the rest the pool."""
    spec = TaskSpec(learner=learner, batch=batch, budget=10**6)
    count = classes or int(y.max()) + 1
    data = Dataset("test", X.copy(), y.copy(), tuple(f"class {label}" for label in range(count)))
    rows = np.arange(len(X))
    return Task(spec, data, rows[:test], rows[test + labelled :], rows[test : test + labelled])


def asked(task: Task, name: str) -> list[int]:
    state = advance(task, RunState(name))
    assert state.query is not None
    return [pick.row for pick in state.query.picks]


def check(task: Task, name: str) -> list[int]:
    items = asked(task, name)
    assert len(items) == min(task.spec.batch, len(task.pool))
    assert len(set(items)) == len(items)
    assert set(items) <= set(task.pool.tolist())
    return items


SLOW = {("expected_error_reduction", learner) for learner in ("random_forest", "mlp", "auto")}
"""Pairs that fit models that are slow, some for every item: run with the slow markers, over fewer items."""
PAIRS = [
    pytest.param(name, learner, marks=pytest.mark.scale if (name, learner) in SLOW else ())
    for name in STRATEGIES
    for learner in LEARNERS
]


@pytest.mark.parametrize(("name", "learner_name"), PAIRS)
def test_k_distinct_items_that_depend_on_seed_and_seen_labels_only(name: str, learner_name: str) -> None:
    X, y = blobs(22 if (name, learner_name) in SLOW else 40)
    task = task_of(X, y, learner=learner_name, labelled=9, batch=5)
    items = check(task, name)
    again = task_of(X, y, learner=learner_name, labelled=9, batch=5)
    assert asked(again, name) == items, "another process, another memo: the same question"
    poisoned = y.copy()
    poisoned[task.pool] = 2 - poisoned[task.pool]
    assert asked(task_of(X, poisoned, learner=learner_name, labelled=9, batch=5), name) == items


ODD = {
    "one class labelled": lambda X, y: task_of(X, y * 0, learner="logistic", labelled=5, batch=4, classes=3),
    "one class there is": lambda X, y: task_of(X, y * 0, learner="logistic", labelled=5, batch=4, classes=1),
    "two of three classes labelled": lambda X, y: task_of(X, y % 2, learner="logistic", labelled=5, batch=4, classes=3),
    "one label": lambda X, y: task_of(X, y, learner="logistic", labelled=1, batch=4),
    "more classes than items": lambda X, y: task_of(X, y, learner="logistic", labelled=9, batch=4, classes=60),
    "two items": lambda X, y: task_of(X[:15], y[:15], learner="logistic", labelled=9, batch=1),
    "one item": lambda X, y: task_of(X[:14], y[:14], learner="logistic", labelled=9, batch=3),
    "k is the pool": lambda X, y: task_of(X, y, learner="logistic", labelled=9, batch=len(X) - 13),
    "k beyond the pool": lambda X, y: task_of(X, y, learner="logistic", labelled=9, batch=1000),
    "duplicates": lambda X, y: task_of(
        X[np.arange(len(X)) % 13], y[np.arange(len(X)) % 13], learner="logistic", labelled=9, batch=15
    ),
    "all the same": lambda X, y: task_of(X * 0 + 1, y, learner="logistic", labelled=9, batch=5),
    "all zero": lambda X, y: task_of(X * 0, y, learner="logistic", labelled=9, batch=5),
    "a constant feature": lambda X, y: task_of(np.c_[X, X[:, :1] * 0], y, learner="logistic", labelled=9, batch=5),
    "large values": lambda X, y: task_of(X * 1e6, y, learner="logistic", labelled=9, batch=5),
    "certainties": lambda X, y: task_of(X, y, learner="certain", labelled=9, batch=5),
    "certainties among duplicates": lambda X, y: task_of(X[np.arange(len(X)) % 5], y, learner="certain", labelled=9, batch=20),
}


@pytest.mark.parametrize("case", ODD)
@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.filterwarnings("error::RuntimeWarning:al_core")
def test_odd_pools(name: str, case: str) -> None:
    check(ODD[case](*blobs(40)), name)


@pytest.mark.parametrize("name", STRATEGIES)
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(data=draw.data())
def test_any_small_pool(name: str, data: draw.DataObject) -> None:
    classes = data.draw(draw.integers(1, 4), label="classes")
    pool = data.draw(draw.integers(1, 12), label="pool")
    values = draw.sampled_from([0.0, 1.0, -1.0, 0.5, 1e-9, 30.0])
    rows = 2 + classes + pool
    X = np.array(data.draw(draw.lists(values, min_size=rows * 2, max_size=rows * 2), label="X")).reshape(rows, 2)
    y = np.arange(rows) % classes
    batch = data.draw(draw.integers(1, 14), label="batch")
    check(task_of(X, y, learner="certain", labelled=classes, batch=batch, classes=classes, test=2), name)


@dataclass(frozen=True)
class ForgetfulModel(CertainModel):
    """Has no numbers for one item."""

    lost: int

    def probabilities(self, rows: IntArray) -> FloatArray:
        p = super().probabilities(rows) * 0.9 + 0.1 / self.n_classes
        p[rows == self.lost] = np.nan
        return p


FROM_FEATURES = {"random", "coreset", "typiclust", "probcover"}


@pytest.mark.parametrize(
    "name", [*STRATEGIES, "expected_error_reduction(tries=1)", "expected_error_reduction(loss=log,tries=1)"]
)
def test_what_is_no_number_is_told_and_never_chosen_by(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A strategy that reads probabilities fails when one of them is none; what it picks otherwise does not hang on it."""
    X, y = blobs(400)

    def picks_without(lost: int) -> list[int]:
        registered = learner_registry._LEARNERS["certain"]

        def fit(training: Training) -> Model:
            return ForgetfulModel(training.features, training.n_classes, lost)

        monkeypatch.setitem(learner_registry._LEARNERS, "certain", replace(registered, function=fit))
        resolve_learner.cache_clear()
        return asked(task_of(X, y, learner="certain", labelled=9, batch=3), name)

    picks = picks_without(-1)
    lost = next(row for row in range(13, 400) if row not in picks)
    if name in FROM_FEATURES or resolve_strategy(name).info.family == "committee":
        assert picks_without(lost) == picks
        return
    with pytest.raises((StrategyError, ValueError), match=r"no numbers|NaN for"):
        picks_without(lost)


@pytest.mark.parametrize("scores", [[1.0, np.nan, 2.0], [np.nan] * 3])
def test_a_batch_whose_scores_are_no_numbers_is_told(scores: list[float]) -> None:
    def odd(context: QueryContext, k: int) -> Choice:
        """A test's."""
        return Choice(np.arange(3), np.array(scores))

    strategy("odd", family="test", formula="", source="", cost="", why="")(odd)
    try:
        with pytest.raises(StrategyError, match=r"^odd returned NaN for [13] of 3 scores$"):
            asked(task_of(*blobs(40), learner="certain", labelled=9, batch=3), "odd")
    finally:
        del strategy_registry._STRATEGIES["odd"]


def context_of(task: Task) -> QueryContext:
    """The context that the loop hands to a strategy on this task."""
    seen: list[QueryContext] = []

    def spy(context: QueryContext, k: int) -> Any:
        """Keep what it is given."""
        seen.append(context)
        return np.arange(k)

    strategy("spy", family="test", formula="", source="", cost="", why="")(spy)
    try:
        advance(task, RunState("spy"))
    finally:
        del strategy_registry._STRATEGIES["spy"]
    return replace(seen[0], rng=np.random.default_rng(3))


@pytest.mark.parametrize("learner_name", ["logistic", "certain"])
@pytest.mark.parametrize("name", SCORES)
def test_scores_do_not_depend_on_the_order_of_the_pool(name: str, learner_name: str) -> None:
    X, y = blobs(60)
    task = task_of(X, y, learner=learner_name, labelled=9, batch=5)
    order = np.random.default_rng(1).permutation(len(task.pool))
    shuffled = X.copy()
    shuffled[task.pool] = X[task.pool][order]
    scores = resolve_strategy(name).scores(context_of(task))
    others = resolve_strategy(name).scores(context_of(task_of(shuffled, y, learner=learner_name, labelled=9, batch=5)))
    np.testing.assert_allclose(others, scores[order], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", SCORES)
def test_a_large_pool_is_scored_in_parts_with_the_same_result(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pointwise strategies see parts of the pool; the parts are made small here, and rows that are left out lie between."""
    X, y = blobs(400)
    task = task_of(X, y, learner="logistic", labelled=9, batch=30)
    task = replace(task, pool=np.delete(task.pool, np.arange(0, 40, 7)))
    whole = resolve_strategy(name).choose(context_of(task), 30)
    monkeypatch.setattr(contexts, "_SLICE", 37)
    monkeypatch.setattr(contexts, "CHUNK", 16)
    parts = resolve_strategy(name).choose(context_of(task), 30)
    assert whole.scores is not None
    assert parts.scores is not None
    np.testing.assert_allclose(parts.scores, whole.scores, rtol=1e-9, atol=1e-12)
    if len(np.unique(whole.scores)) == 30:
        assert parts.indices.tolist() == whole.indices.tolist()
