"""The model's part of a labelling session: functions that run in a worker process. Numerics load when they are called.

What crosses the border is small, frozen and picklable: items by content hash on the way in, rows on the way out.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from al_core.compute.one_thread import one_thread
from al_core.labelling.items import Items
from al_core.labelling.messages import Explained, ModelReply, ModelRequest, Suspect
from al_core.run.state import Pick
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.data.dataset import IntArray
    from al_core.learners.model import Model
    from al_core.task.split import Task

RESERVE = 30
STOP_SET = 2000
NEIGHBOURS = 3
FOLDS = 5


def open_items(spec: TaskSpec) -> Items:
    """The items of a task."""
    import numpy as np

    task = _label_task(spec)
    data = task.dataset
    first: dict[str, int] = {}
    for row in task.pool.tolist():
        first.setdefault(data.item_ids[row], row)
    pool = tuple(first.values())
    start = tuple(first[data.item_ids[row]] for row in task.initial.tolist())
    assert np.intersect1d(task.pool, task.test).size == 0
    return Items(data.name, data.fingerprint, data.classes, data.item_ids, tuple(dict.fromkeys(start)), pool, data.truth)


def check_choice(strategy: str, learner: str) -> tuple[str, str]:
    """The names as they are written in full; raises `UserError` for one that there is not."""
    from al_core.learners.registry import resolve_learner
    from al_core.strategies.registry import resolve_strategy

    resolve_learner(learner)
    return str(resolve_strategy(strategy)), learner


def model_round(request: ModelRequest) -> ModelReply:
    """Learn what is labelled, measure, and choose the next batch. The same request gives the same reply in any process.

    Raises
    ------
    UserError
        No such strategy or learner, or nothing is labelled.
    StrategyError
        The strategy broke its contract.
    """
    import numpy as np

    from al_core.measures.agreement import cohen_kappa
    from al_core.run.round import accuracy

    with one_thread():
        task = _label_task(request.spec)
        rows, labels = _labelled(task, request)
        model = _fit(task, request.spec, rows, labels)
        candidates = _candidates(task, request)
        share = accuracy(task, model)
        predictions = model.predict(_stop_set(request.spec)).astype("<i2")
        before = np.frombuffer(request.previous, dtype="<i2")
        kappa = cohen_kappa(before.tolist(), predictions.tolist()) if len(before) == len(predictions) else None
        picks, reserve, expected_error = _choose(task, request, model, rows, labels, candidates)
        near = tuple(_nearest(task, rows, pick.row) for pick in picks)
    return ModelReply(
        request.revision,
        len(request.labels),
        share,
        expected_error,
        kappa,
        len(candidates),
        picks,
        near,
        reserve,
        predictions.tobytes(),
    )


def _choose(
    task: Task, request: ModelRequest, model: Model, rows: IntArray, labels: IntArray, candidates: IntArray
) -> tuple[tuple[Pick, ...], tuple[Pick, ...], float | None]:
    """The batch, the next ones by least confidence, and the expected error over the candidates; nothing of no candidates."""
    import numpy as np

    from al_core.ground.seeding import stable_seed
    from al_core.strategies.context import QueryContext
    from al_core.strategies.registry import resolve_strategy

    if not len(candidates):
        return (), (), None
    context = QueryContext(
        model=model,
        features=task.dataset.X,
        candidates=candidates,
        labelled=rows,
        labels=labels,
        n_classes=len(task.dataset.classes),
        rng=np.random.default_rng(stable_seed("label", request.spec.seed, request.strategy, len(rows))),
        memo=task.memo,
        refit=partial(_fit, task, request.spec),
    )
    k = min(request.spec.batch, len(candidates))
    choice = resolve_strategy(request.strategy).choose(context, k)
    doubt = 1.0 - context.probabilities.max(axis=1)
    picks: list[Pick] = []
    reserve: list[Pick] = []
    for position, index in enumerate(choice.indices.tolist()):
        score = None if choice.scores is None else float(choice.scores[position])
        rank = None if choice.ranks is None else int(choice.ranks[position])
        picks.append(Pick(int(candidates[index]), score, rank, _row(context.probabilities[index])))
    chosen = set(choice.indices.tolist())
    for index in np.argsort(-doubt, kind="stable")[: RESERVE + k].tolist():
        if index not in chosen and len(reserve) < RESERVE:
            reserve.append(Pick(int(candidates[index]), None, None, _row(context.probabilities[index])))
    return tuple(picks), tuple(reserve), float(doubt.mean())


def explain_item(request: ModelRequest, row: int) -> Explained:
    """What the model of ``request`` says about one item that it need not have asked for."""
    import numpy as np

    with one_thread():
        task = _label_task(request.spec)
        rows, labels = _labelled(task, request)
        model = _fit(task, request.spec, rows, labels)
        probabilities = model.probabilities(np.array([row], dtype=np.int64))[0]
        return Explained(Pick(row, None, None, _row(probabilities)), _nearest(task, rows[rows != row], row))


def confident_labels(request: ModelRequest, above: float) -> tuple[tuple[int, int, float], ...]:
    """(row, class, probability) of every candidate whose most probable class has at least ``above``, the surest first."""
    import numpy as np

    with one_thread():
        task = _label_task(request.spec)
        candidates = _candidates(task, request)
        if not len(candidates):
            return ()
        rows, labels = _labelled(task, request)
        probabilities = _fit(task, request.spec, rows, labels).probabilities(candidates)
        sure = probabilities.max(axis=1)
        order = [int(index) for index in np.argsort(-sure, kind="stable") if sure[index] >= above]
        return tuple((int(candidates[index]), int(probabilities[index].argmax()), float(sure[index])) for index in order)


def find_suspects(request: ModelRequest, folds: int = FOLDS) -> tuple[Suspect, ...]:
    """Every label with the probability that a model fitted without it gives to it, the most doubtful first.

    Labels are divided into folds, class by class; each fold is judged by a model that learnt the others (self-confidence, out
    of sample: Northcutt, Jiang & Chuang 2021). A label whose class the others do not have cannot be judged and is left out.
    """
    import numpy as np

    from al_core.ground.seeding import stable_seed

    with one_thread():
        task = _label_task(request.spec)
        rows, labels = _labelled(task, request)
        rng = np.random.default_rng(stable_seed("review", request.spec.seed, len(rows)))
        fold = np.empty(len(rows), dtype=np.int64)
        for label in np.unique(labels):
            members = rng.permutation(np.flatnonzero(labels == label))
            fold[members] = (np.arange(len(members)) + rng.integers(folds)) % folds
        found = []
        for part in range(folds):
            held, kept = fold == part, fold != part
            if not held.any() or not kept.any():
                continue
            model = _fit(task, request.spec, rows[kept], labels[kept])
            known = np.isin(labels[held], labels[kept])
            for row, label, p in zip(
                rows[held][known], labels[held][known], model.probabilities(rows[held][known]), strict=True
            ):
                found.append(Suspect(int(row), int(label), float(p[label]), int(p.argmax())))
    return tuple(sorted(found, key=lambda suspect: (suspect.confidence, suspect.row)))


@lru_cache(maxsize=4)
def _label_task(spec: TaskSpec) -> Task:
    """The task with its starting set in the pool: here the person labels the start as well."""
    from dataclasses import replace

    import numpy as np

    from al_core.task.split import make_task

    task = make_task(spec)
    return replace(task, pool=np.union1d(task.pool, task.initial), memo={})


@lru_cache(maxsize=4)
def _stop_set(spec: TaskSpec) -> IntArray:
    """The rows on which successive models are compared: the pool, or a random part of a large one."""
    import numpy as np

    from al_core.ground.seeding import stable_seed

    pool = _label_task(spec).pool
    if len(pool) <= STOP_SET:
        return pool
    rng = np.random.default_rng(stable_seed("stop set", spec.seed))
    return np.sort(rng.choice(pool, STOP_SET, replace=False))


def _labelled(task: Task, request: ModelRequest) -> tuple[IntArray, IntArray]:
    """Rows of the pool whose item is labelled, all rows of an item, ascending; and their classes."""
    import numpy as np

    from al_core.ground.errors import UserError

    known = dict(request.labels)
    ids = task.dataset.item_ids
    pairs = [(row, known[ids[row]]) for row in task.pool.tolist() if ids[row] in known]
    if not pairs:
        raise UserError("nothing is labelled yet, so there is nothing to learn from")
    both = np.array(pairs, dtype=np.int64)
    return both[:, 0], both[:, 1]


def _candidates(task: Task, request: ModelRequest) -> IntArray:
    """Rows that may be asked for, one for every item, ascending."""
    import numpy as np

    taken = {item for item, _ in request.labels}
    taken.update(request.aside)
    ids = task.dataset.item_ids
    rows = []
    for row in task.pool.tolist():
        if ids[row] not in taken:
            taken.add(ids[row])
            rows.append(row)
    return np.array(rows, dtype=np.int64)


def _fit(task: Task, spec: TaskSpec, rows: IntArray, labels: IntArray) -> Model:
    from al_core.learners.model import Training
    from al_core.learners.registry import resolve_learner

    seed = ("learner", spec.seed, len(rows))
    n_classes = len(task.dataset.classes)
    return resolve_learner(spec.learner).fit(Training(task.dataset.X, rows, labels, n_classes, task.pool, seed, task.memo))


def _nearest(task: Task, rows: IntArray, row: int) -> tuple[int, ...]:
    import numpy as np

    distances = np.linalg.norm(task.dataset.X[rows] - task.dataset.X[row], axis=1)
    return tuple(int(rows[index]) for index in np.argsort(distances, kind="stable")[:NEIGHBOURS])


def _row(probabilities: object) -> tuple[float, ...]:
    import numpy as np

    return tuple(float(value) for value in np.asarray(probabilities))
