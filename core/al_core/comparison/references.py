"""What strategies are measured against but is none: everything labelled, and somebody who knows too much."""

from __future__ import annotations

import time

import numpy as np

from al_core.comparison.cell import ALL_LABELS, ORACLE, Cell
from al_core.data.dataset import IntArray
from al_core.ground.seeding import stable_seed
from al_core.run.oracle import answered
from al_core.run.round import checked_measure, fit, known, labels_given, learn, oracle, query_context
from al_core.run.state import Pick, Query, RunState, settle
from al_core.strategies.context import QueryContext
from al_core.strategies.registry import resolve_strategy
from al_core.task.spec import TaskSpec
from al_core.task.split import Task, make_task

PROPOSERS = ("least_confidence", "margin", "entropy")
RANDOM_PROPOSALS = 9


def all_labels(spec: TaskSpec) -> Cell:
    """Learn once from the starting set and the whole pool; the curve is that one point."""
    task = make_task(spec)
    data = task.dataset
    rows = np.intersect1d(np.concatenate([task.initial, task.pool]), data.known)
    begin = time.perf_counter()
    model = fit(task, rows, labels_given(task, rows), "all labels")
    middle = time.perf_counter()
    point = (len(rows), checked_measure(task, model))
    return Cell(spec, ALL_LABELS, (point,), (), middle - begin, time.perf_counter() - middle, 1)


def greedy_oracle(spec: TaskSpec) -> Cell:
    """A run that sees pool and test labels: each round it tries a dozen batches and keeps the one that tests best.

    The batches are those that the uncertainty strategies would ask for and some random ones. It is no strategy, because nobody
    has those labels, and no upper bound, because it is greedy; it shows how much room there is.
    """
    task = make_task(spec)
    state = RunState(ORACLE)
    begin = time.perf_counter()
    model = learn(task, state)
    curve: list[tuple[int, float]] = []
    while True:
        given = known(task, state)
        curve.append((len(given.rows), checked_measure(task, model)))
        k = min(spec.batch, spec.budget - len(given.rows), len(given.candidates))
        if k <= 0:
            break
        rng = np.random.default_rng(stable_seed("oracle", spec.seed, len(state.rounds)))
        context = query_context(task, given, model, rng, len(state.rounds))
        tried = []
        for batch in _proposals(context, k):
            outcome = _with_batch(task, state, curve[-1], len(given.candidates), batch)
            tried.append((outcome, learn(task, outcome)))
        state, model = max(tried, key=lambda pair: checked_measure(task, pair[1]))
    picks = tuple(tuple(pick.row for pick in entry.query.picks) for entry in state.rounds)
    return Cell(spec, ORACLE, tuple(curve), picks, time.perf_counter() - begin, 0.0, len(curve))


def _proposals(context: QueryContext, k: int) -> list[IntArray]:
    informed = [context.candidates[resolve_strategy(name).choose(context, k).indices] for name in PROPOSERS]
    return informed + [context.rng.choice(context.candidates, size=k, replace=False) for _ in range(RANDOM_PROPOSALS)]


def _with_batch(task: Task, state: RunState, point: tuple[int, float], candidates: int, batch: IntArray) -> RunState:
    query = Query(*point, candidates, tuple(Pick(int(row), None, None, ()) for row in batch))
    return settle(answered(RunState(ORACLE, state.rounds, query), oracle(task)))
