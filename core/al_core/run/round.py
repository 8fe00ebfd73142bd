"""One round of active learning, as pure functions: learn from what is labelled, measure, ask for the next batch.

No clock, no input or output, no global randomness: the same task and state give the same result in any process.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from al_core.data.dataset import UNKNOWN, IntArray
from al_core.ground.errors import UserError
from al_core.ground.seeding import stable_seed
from al_core.learners.model import Model, Training
from al_core.learners.registry import resolve_learner
from al_core.measures.metrics import ACCURACY, Metric, metric_of
from al_core.run.oracle import Oracle, oracle_of
from al_core.run.state import Answer, Pick, Query, RunState, settle
from al_core.strategies.context import QueryContext
from al_core.strategies.registry import Strategy, resolve_strategy
from al_core.task.split import Task


class Known(NamedTuple):
    """What is known of a task at one point of a run.

    Parameters
    ----------
    said : int array, shape (n_items,), the class index of every item with a label; `UNKNOWN` where there is none.
    rows : int array, shape (m,), rows with a label, ascending: the starting set and every answer that was not a skip.
    labels : int array, shape (m,), their class indices.
    candidates : int array, shape (n,), rows of the pool that nobody was asked about, ascending. An item that was asked about
        and has no label all the same, put aside or with an answer that nobody knew, is not among them.
    """

    said: IntArray
    rows: IntArray
    labels: IntArray
    candidates: IntArray


def oracle(task: Task) -> Oracle:
    """Who answers in ``task``, beside the person."""
    return oracle_of(task.spec, task.dataset.truth, len(task.dataset.classes))


def labels_given(task: Task, rows: IntArray) -> IntArray:
    """The class indices that the task's oracle gives to ``rows``, shape (m,); `UNKNOWN` where it gives none."""
    who = oracle(task)
    said = [who.answer(row) for row in rows.tolist()]
    return np.array([UNKNOWN if given is None or given.label is None else given.label for given in said], dtype=np.int64)


def known(task: Task, state: RunState) -> Known:
    """What the starting set and all answers of the run tell."""
    said = np.full(len(task.dataset.y), UNKNOWN)
    said[task.initial] = labels_given(task, task.initial)
    return _with(said, task.pool, state.history)


def known_further(task: Task, before: Known, answers: Sequence[Answer]) -> Known:
    """What these answers add: the same as `known` of a run with them, without going through all those before."""
    return _with(before.said.copy(), before.candidates, answers)


def _with(said: IntArray, candidates: IntArray, answers: Sequence[Answer]) -> Known:
    """What is known once these answers are as well; overwrites ``said``."""
    asked = [given.row for given in answers]
    said[asked] = [UNKNOWN if given.label is None else given.label for given in answers]
    open_ = np.zeros(len(said), dtype=bool)
    open_[candidates] = True
    open_[asked] = False
    rows = np.flatnonzero(said != UNKNOWN)
    return Known(said, rows, said[rows], candidates[open_[candidates]])


def start(strategy: str) -> RunState:
    """A run that has not begun: nothing asked, nothing learnt beyond the task's starting set."""
    return RunState(str(resolve_strategy(strategy)))


def advance(task: Task, state: RunState) -> RunState:
    """Play one round: learn the answered batch, measure the model, and ask for the next one.

    Parameters
    ----------
    task : the task that the run is on.
    state : a state whose batch, if it has one, is completely answered.

    Returns
    -------
    The state that waits for the next labels, or one that is ``done``.

    Raises
    ------
    UserError
        Items of the batch still wait for an answer.
    StrategyError
        The strategy broke its contract.
    """
    if state.done:
        return state
    state = settle(state)
    given = known(task, state)
    return ask(task, state, learn(task, state, given), given, resolve_strategy(state.strategy))


def learn(task: Task, state: RunState, given: Known | None = None) -> Model:
    """Fit the task's learner on what is `known` in ``state``; ``given`` spares looking it up.

    Rows are ascending, so that the order in which a person answered changes nothing; the learner's random stream depends on
    the seed and the round, not on the strategy, so that strategies stay paired.
    """
    given = given or known(task, state)
    return fit(task, given.rows, given.labels, len(state.rounds))


def ask(task: Task, state: RunState, model: Model, given: Known, strategy: Strategy) -> RunState:
    """Measure ``model`` on the test rows and let ``strategy``, which is the state's, choose the next batch.

    ``state`` has no open batch, and ``given`` is what is `known` in it.
    """
    share = checked_measure(task, model)
    k = min(task.spec.batch, task.spec.budget - len(given.rows), len(given.candidates))
    picks: tuple[Pick, ...] = ()
    if k > 0:
        stream = len(state.rounds)
        rng = np.random.default_rng(stable_seed("strategy", task.spec.seed, state.strategy, stream))
        picks = choose(strategy, query_context(task, given, model, rng, stream), k)
    query = Query(len(given.rows), share, len(given.candidates), picks)
    return RunState(state.strategy, state.rounds, query)


def accuracy(task: Task, model: Model) -> float | None:
    """Share of the test rows with a known label that ``model`` gets right; None when there are none."""
    return measure(task, model, metric_of(ACCURACY))


def measure(task: Task, model: Model, metric: Metric) -> float | None:
    """What a metric says of ``model`` on the test rows with a known label; None where there is nothing to measure it by."""
    rows = task.measured
    return metric.measure(task.y[rows], model.predict(rows), task.dataset.classes) if len(rows) else None


def checked_measure(task: Task, model: Model) -> float:
    """What the task's metric says of ``model``.

    Raises
    ------
    UserError
        There is nothing to measure it by.
    """
    share = measure(task, model, task.spec.measured_by)
    if share is None:
        raise UserError(f"data set {task.dataset.name!r}: no test item has a known label, so nothing can be measured")
    return share


def fit(task: Task, rows: IntArray, labels: IntArray, stream: Hashable) -> Model:
    """Fit the task's learner.

    Parameters
    ----------
    rows, labels : int arrays, shape (m,), the labelled rows, ascending, and their class indices.
    stream : what names the learner's random stream beside the seed: the round, or how much is labelled.

    Raises
    ------
    UserError
        Nothing is labelled.
    """
    if not len(rows):
        raise UserError(f"data set {task.dataset.name!r}: nothing is labelled yet, so there is nothing to learn from")
    seed = ("learner", task.spec.seed, stream)
    data = task.dataset
    given = Training(data.X, rows, labels, task.n_classes, task.pool, seed, task.memo, task.predictions)
    return resolve_learner(task.spec.learner).fit(given)


def query_context(task: Task, given: Known, model: Model, rng: np.random.Generator, stream: Hashable) -> QueryContext:
    """What a strategy is handed: the candidates, what is known, the model, and a way to fit it again on the same ``stream``."""
    return QueryContext(
        model=model,
        features=task.dataset.X,
        candidates=given.candidates,
        labelled=given.rows,
        labels=given.labels,
        n_classes=task.n_classes,
        rng=rng,
        memo=task.memo,
        refit=lambda rows, labels: fit(task, rows, labels, stream),
        pool=task.pool,
        dead=task.n_classes - len(task.living),
    )


def choose(strategy: Strategy, context: QueryContext, k: int) -> tuple[Pick, ...]:
    """The batch that ``strategy`` chooses, the most wanted first, with what the model thinks of each of its items.

    Raises
    ------
    StrategyError
        The strategy broke its contract.
    """
    choice = strategy.choose(context, k)
    rows = context.candidates[choice.indices]
    nothing = [None] * len(rows)
    scores = nothing if choice.scores is None else np.asarray(choice.scores, dtype=np.float64).tolist()
    ranks = nothing if choice.ranks is None else np.asarray(choice.ranks, dtype=np.int64).tolist()
    scores = [None if score is None or not math.isfinite(score) else score for score in scores]
    return tuple(map(Pick, rows.tolist(), scores, ranks, opinions(context.model, rows)))


def opinions(model: Model, rows: IntArray) -> list[tuple[float, ...]]:
    """What the model thinks of rows: for each the probability of every class.

    Raises
    ------
    ValueError
        It gives what is no number.
    """
    probabilities = model.probabilities(rows)
    if not np.isfinite(probabilities).all():
        raise ValueError("the learner gave probabilities that are no numbers")
    return [tuple(row) for row in probabilities.tolist()]
