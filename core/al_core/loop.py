"""One round of active learning, as pure functions: learn from what is labelled, measure, ask for the next batch.

No clock, no input or output, no global randomness: the same task and state give the same result in any process.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from al_core.data.dataset import IntArray, stable_seed
from al_core.data.split import Task
from al_core.learners.registry import Model, Training, resolve_learner
from al_core.state import Pick, Query, RunState, settle
from al_core.strategies.registry import Choice, QueryContext, resolve_strategy

Labelled = tuple[IntArray, IntArray]
"""Rows and their class indices."""


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
    return ask(task, state, learn(task, state))


def learn(task: Task, state: RunState, known: Labelled | None = None) -> Model:
    """Fit the task's learner on everything labelled.

    Rows are sorted, so that the order in which a person answered changes nothing; the learner's random stream depends on the
    seed and the round, not on the strategy, so that strategies stay paired. ``known`` spares looking up what is `labelled`.
    """
    return _fit(task, len(state.rounds), *(known or labelled(task, state)))


def ask(task: Task, state: RunState, model: Model, known: Labelled | None = None) -> RunState:
    """Measure ``model`` on the test rows and let the strategy choose the next batch; ``state`` has no open batch.

    ``known`` spares looking up what is `labelled`.
    """
    rows, labels = known or labelled(task, state)
    hits = model.predict(task.test) == task.dataset.y[task.test]
    asked = np.zeros(len(task.dataset.y), dtype=bool)
    asked[rows] = True
    asked[[given.item for given in state.history if given.label is None]] = True
    candidates = task.pool[~asked[task.pool]]
    k = min(task.spec.batch, task.spec.budget - len(rows), len(candidates))
    picks: tuple[Pick, ...] = ()
    if k > 0:
        strategy = resolve_strategy(state.strategy)
        seed = stable_seed("strategy", task.spec.seed, state.strategy, len(state.rounds))
        context = QueryContext(
            model=model,
            features=task.dataset.X,
            candidates=candidates,
            labelled=rows,
            labels=labels,
            n_classes=len(task.dataset.classes),
            rng=np.random.default_rng(seed),
            memo=task.memo,
            refit=partial(_fit, task, len(state.rounds)),
        )
        picks = _picks(context, strategy.choose(context, k))
    query = Query(len(rows), float(np.mean(hits)), len(candidates), picks)
    return RunState(state.strategy, state.rounds, query)


def labelled(task: Task, state: RunState) -> Labelled:
    """Rows with a label and their class indices, ascending by row: the starting set and every answer that was not a skip."""
    given = [entry for entry in state.history if entry.label is not None]
    rows = np.concatenate([task.initial, np.array([entry.item for entry in given], dtype=np.int64)])
    labels = np.concatenate([task.dataset.y[task.initial], np.array([entry.label for entry in given], dtype=np.int64)])
    order = np.argsort(rows)
    return rows[order], labels[order]


def _fit(task: Task, round_: int, rows: IntArray, labels: IntArray) -> Model:
    learner = resolve_learner(task.spec.learner)
    seed = stable_seed("learner", task.spec.seed, round_)
    return learner.fit(Training(task.dataset.X, rows, labels, len(task.dataset.classes), task.pool, seed, task.memo))


def _picks(context: QueryContext, choice: Choice) -> tuple[Pick, ...]:
    rows = context.candidates[choice.indices]
    nothing = [None] * len(rows)
    scores = nothing if choice.scores is None else np.asarray(choice.scores, dtype=np.float64).tolist()
    ranks = nothing if choice.ranks is None else np.asarray(choice.ranks, dtype=np.int64).tolist()
    probabilities = map(tuple, context.model.probabilities(rows).tolist())
    return tuple(map(Pick, rows.tolist(), scores, ranks, probabilities))
