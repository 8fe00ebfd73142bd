"""What a run's model says everywhere in the plane: which class, and how sure it is. Free of numerics until it is computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from al_core.run.state import RunState
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.data.dataset import FloatArray
    from al_core.learners.model import Model
    from al_core.task.split import Task


@dataclass(frozen=True, slots=True)
class Field:
    """What a model says at the centre of each cell of a grid over the plane, line by line from the top left.

    Parameters
    ----------
    width, height : cells.
    classes : the class index at each, a byte.
    certainty : of each, a byte: 0 where all classes are as probable, 255 where one is certain.
    members : of the committee that asks, if one does and it is small: who it is, and the class index that it says at each.
    """

    width: int
    height: int
    classes: bytes
    certainty: bytes
    members: tuple[tuple[str, bytes], ...] = ()


MOST_MEMBERS = 7
"""Of a committee that has more, nobody could tell the lines."""


def open_field(spec: TaskSpec, state: RunState, width: int, height: int) -> Field:
    """The field of the model that a run has learnt from its rounds; what is answered since is not in it.

    Parameters
    ----------
    spec : of a data set of two features.
    state : the run.
    width, height : cells of the grid.
    """
    import numpy as np

    from al_core.compute.one_thread import one_thread
    from al_core.task.split import make_task

    task = make_task(spec)
    with one_thread():
        model = model_with(task, state, centres(task.dataset.X, width, height))
        p = model.probabilities(np.arange(len(task.dataset.X), len(task.dataset.X) + width * height))
        members = tuple(said_by_members(task, state, model, centres(task.dataset.X, width, height)))
    even = 1 / p.shape[1]
    certain = np.clip((p.max(axis=1) - even) / (1 - even), 0.0, 1.0)
    classes, certainty = p.argmax(axis=1).astype(np.uint8), np.round(255 * certain).astype(np.uint8)
    return Field(width, height, classes.tobytes(), certainty.tobytes(), members)


def said_by_members(task: Task, state: RunState, model: Model, places: FloatArray) -> Iterator[tuple[str, bytes]]:
    """Who is in the committee that asks in a run, and the classes that each says at places, shape (m, 2), as bytes.

    It is fitted as when it asked: random streams hang on the round. Nobody where no committee asks, or one of too many.
    """
    import numpy as np

    from al_core.data.near_zero import moved
    from al_core.ground.seeding import stable_seed
    from al_core.run.round import known, query_context
    from al_core.strategies.parts.committees import committee_members
    from al_core.strategies.parts.numbers import member_name
    from al_core.strategies.registry import resolve_strategy

    strategy = resolve_strategy(state.strategy)
    if strategy.info.family != "committee":
        return
    given, stream = known(task, RunState(state.strategy, state.rounds)), len(state.rounds)
    rng = np.random.default_rng(stable_seed("strategy", task.spec.seed, state.strategy, stream))
    context = query_context(task, given, model, rng, stream)
    members = committee_members(context, str(strategy.kwargs.get("committee", "mixed")))
    if len(members) <= MOST_MEMBERS:
        grid = moved(places, context.offset)
        for member in members:
            yield member_name(member), member.probabilities(grid).argmax(axis=0).astype(np.uint8).tobytes()


def centres(X: FloatArray, width: int, height: int) -> FloatArray:
    """The centres of the cells of a grid over the frame of ``X``, shape (width · height, 2), line by line from the top left."""
    import numpy as np

    from al_core.data.placing import frame_of

    frame = frame_of(X)
    across = frame.left + (np.arange(width) + 0.5) / width * (frame.right - frame.left)
    up = frame.top - (np.arange(height) + 0.5) / height * (frame.top - frame.bottom)
    return np.column_stack([np.tile(across, height), np.repeat(up, width)])


def model_with(task: Task, state: RunState, more: FloatArray) -> Model:
    """The model that the run has learnt from its rounds; rows behind those of the data set are those of ``more``.

    Learners see the same items as in the race, so it is the same model: what is derived from features was derived from those.
    """
    import numpy as np

    from al_core.data.dataset import as_float
    from al_core.data.near_zero import kept_offset
    from al_core.learners.model import Training
    from al_core.learners.registry import resolve_learner
    from al_core.run.round import known

    given = known(task, RunState(state.strategy, state.rounds))
    memo = dict(task.memo)  # nothing of the grid may come into that of the race
    kept_offset(as_float(task.dataset.X), memo)
    seed = ("learner", task.spec.seed, len(state.rounds))
    features = np.vstack([task.dataset.X, more])
    training = Training(features, given.rows, given.labels, task.n_classes, task.pool, seed, memo)
    return resolve_learner(task.spec.learner).fit(training)
