"""A strategy's formula with its numbers for one item that it asks about. Free of numerics until it is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_core.run.state import RunState
from al_core.strategies.description import Numbers
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.task.split import Task


def open_numbers(spec: TaskSpec, state: RunState, row: int) -> Numbers | None:
    """The numbers of the item of a row in the open batch of a run; None where its strategy tells none.

    The model is the one that chose the batch, learnt anew, and so are committees: random streams hang on the round.
    """
    from al_core.compute.one_thread import one_thread
    from al_core.task.split import make_task

    with one_thread():
        return numbers_of(make_task(spec), state, row)


def numbers_of(task: Task, state: RunState, row: int) -> Numbers | None:
    """The same over a task."""
    import numpy as np

    from al_core.ground.seeding import stable_seed
    from al_core.run.round import known, learn, query_context
    from al_core.strategies.parts.numbers import Asked
    from al_core.strategies.registry import resolve_strategy

    strategy, query = resolve_strategy(state.strategy), state.query
    if strategy.numbers is None or query is None:
        return None
    learnt = RunState(state.strategy, state.rounds)
    given, stream = known(task, learnt), len(state.rounds)
    rng = np.random.default_rng(stable_seed("strategy", task.spec.seed, state.strategy, stream))
    context = query_context(task, given, learn(task, learnt, given), rng, stream)
    rows = [pick.row for pick in query.picks]
    at, *before = np.searchsorted(given.candidates, [row, *rows[: rows.index(row)]]).tolist()
    asked = Asked(at, query.picks[rows.index(row)].score, tuple(before))
    found: Numbers | None = strategy.numbers(context, asked, **strategy.kwargs)
    return found
