"""The model's part of a labelling session: functions that run in a worker process. Numerics load when they are called.

What crosses the border is small, frozen and picklable: items by content hash on the way in, rows on the way out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from al_core.compute.one_thread import one_thread
from al_core.data.origin import Origin
from al_core.labelling.folds import FOLDS, believed, judged, temperature_by
from al_core.labelling.messages import Explained, ModelReply, ModelRequest, Predictions, Suspect, Wanted
from al_core.labelling.opening import task_of
from al_core.run.state import Pick
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset, FloatArray, IntArray
    from al_core.labelling.learnt import Learnt
    from al_core.learners.model import Model
    from al_core.run.round import Known
    from al_core.task.split import Task

RESERVE = 30
STOP_SET = 2000
NEIGHBOURS = 3


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
        task = _task(request)
        given = _known(task, request)
        model = _fit(task, given)
        share = accuracy(task, model)
        predictions = model.predict(_stop_set(request.spec, request.origin)).astype("<i2")
        before = np.frombuffer(request.previous, dtype="<i2")
        kappa = None
        if len(before) == len(predictions):
            unlabelled = np.isin(_stop_set(request.spec, request.origin), given.candidates)
            kappa = cohen_kappa(before[unlabelled].tolist(), predictions[unlabelled].tolist())
        picks, reserve, expected_error = _choose(task, request, model, given)
        near = tuple(_nearest(task, given.rows, pick.row) for pick in picks)
    return ModelReply(
        request.revision,
        len(request.labels),
        share,
        expected_error,
        kappa,
        len(given.candidates),
        picks,
        near,
        reserve,
        predictions.tobytes(),
        len(task.measured),
        _told(task, model, request.audit),
        tuple(getattr(model, "voices", ())),
    )


def _told(task: Task, model: Model, items: tuple[str, ...]) -> tuple[int, ...]:
    """The class that a model gives to each of the items."""
    import numpy as np

    if not items:
        return ()
    ids, wanted = task.dataset.item_ids, frozenset(items)
    row_of = {ids[row]: row for row in task.pool.tolist() if ids[row] in wanted}
    return tuple(model.predict(np.array([row_of[item] for item in items], dtype=np.int64)).tolist())


def _choose(
    task: Task, request: ModelRequest, model: Model, given: Known
) -> tuple[tuple[Pick, ...], tuple[Pick, ...], float | None]:
    """The batch, the next ones by least confidence, and the expected error over the candidates; nothing of no candidates."""
    import numpy as np

    from al_core.ground.seeding import stable_seed
    from al_core.run.round import choose, opinions, query_context
    from al_core.strategies.registry import resolve_strategy

    if not len(given.candidates):
        return (), (), None
    known = len(given.rows)
    rng = np.random.default_rng(stable_seed("label", request.spec.seed, request.strategy, known))
    context = query_context(task, given, model, rng, known)
    k = min(request.spec.batch, len(given.candidates))
    doubt = 1.0 - context.probabilities.max(axis=1)  # asked first, so that a strategy needs not ask it all again
    picks = choose(resolve_strategy(request.strategy), context, k)
    chosen = {pick.row for pick in picks}
    next_best = given.candidates[np.argsort(-doubt, kind="stable")[: RESERVE + k]]
    rows = np.array([row for row in next_best.tolist() if row not in chosen][:RESERVE], dtype=np.int64)
    told = opinions(model, rows) if len(rows) else []
    reserve = tuple(Pick(row, None, None, shares) for row, shares in zip(rows.tolist(), told, strict=True))
    return picks, reserve, float(doubt.mean())


def alike_rows(spec: TaskSpec, origin: Origin, row: int) -> tuple[int, ...]:
    """Rows that may be asked for and look nearly as one does, the nearest first."""
    from al_core.data.alike import alike

    with one_thread():
        task = task_of(spec, origin)
        return alike(task.dataset, row, task.pool)


def claim_holds(request: ModelRequest) -> bool:
    """Whether what a model of ``request`` says about its own errors may be believed: judged on labels it does not know."""
    with one_thread():
        task = _task(request)
        given = _known(task, request)
        return believed(task, given.rows, given.labels)


def explain_item(request: ModelRequest, row: int) -> Explained:
    """What the model of ``request`` says about one item that it need not have asked for."""
    import numpy as np

    from al_core.run.round import opinions

    with one_thread():
        task = _task(request)
        given = _known(task, request)
        (shares,) = opinions(_fit(task, given), np.array([row], dtype=np.int64))
        return Explained(Pick(row, None, None, shares), _nearest(task, given.rows[given.rows != row], row))


def confident_labels(request: ModelRequest, above: float) -> tuple[tuple[int, int, float], ...]:
    """(row, class, probability) of every candidate whose most probable class has at least ``above``, the surest first."""
    import numpy as np

    with one_thread():
        task = _task(request)
        given = _known(task, request)
        candidates = given.candidates
        if not len(candidates):
            return ()
        probabilities = _fit(task, given).probabilities(candidates)
        sure = probabilities.max(axis=1)
        order = [int(index) for index in np.argsort(-sure, kind="stable") if sure[index] >= above]
        return tuple((int(candidates[index]), int(probabilities[index].argmax()), float(sure[index])) for index in order)


def predict(request: ModelRequest, wanted: Wanted) -> Predictions:
    """What the model of ``request`` says of every item, or of new ones, with probabilities that are as sure as they are right.

    Guesses are those of the model as it is. Probabilities are tempered by labels that it did not learn: those that were drawn
    to measure by, and, at a quarter of the weight, those that it did learn, each judged by a model that learnt other folds.

    Raises
    ------
    UserError
        New items cannot be read, or are of another kind.
    """
    import numpy as np

    from al_core.data.kinds import said_aside
    from al_core.labelling.learnt import Learnt
    from al_core.run.round import accuracy

    with one_thread():
        task = _task(request)
        more = _others(task, request.origin, wanted)
        given = _known(task, request)
        model = _fit(task, given)
        guesses = _told(task, model, request.audit)
        ids, first = task.dataset.item_ids, dict[str, int]()
        for row in task.pool.tolist():
            first.setdefault(ids[row], row)
        drawn = np.array([first[item] for item, _ in wanted.audited], dtype=np.int64)
        if wanted.learn_audited:
            given = _known(task, replace(request, labels=(*request.labels, *wanted.audited), audit=()))
            model = _fit(task, given)
        said = np.array([label for _, label in wanted.audited], dtype=np.int64)
        temperature, judged_by = 1.0, (0, 0)
        if wanted.tempered:
            temperature, judged_by = temperature_by(task, given, model, drawn, None if wanted.learn_audited else said)
        share, tested = accuracy(task, model), len(task.measured)
        learnt = Learnt.of(task, given)
        items, names, found = ((), (), []) if wanted.more is not None else _of_pool(task, model, first)
        if more is not None:
            new = np.arange(len(more.y)) if wanted.more is not None else _beside(more, ids)
            items = (*items, *(more.item_ids[row] for row in new.tolist()))
            names = (*names, *(more.item_names[row] if more.item_names else "" for row in new.tolist()))
            told = None if more.predictions is None else task.told(more.predictions[new])
            found.append(learnt.raw(more.X[new], told))
        aside = "" if more is None or wanted.more is None else said_aside(more)
        probabilities = learnt.made_sure(np.concatenate(found), temperature)
    labels = len(given.rows)
    return Predictions(items, names, probabilities, temperature, judged_by, guesses, labels, share, tested, aside)


def learnt_by(request: ModelRequest) -> tuple[Learnt, Dataset]:
    """What the model of ``request`` is fitted from, and the data that its items are of."""
    from al_core.labelling.learnt import Learnt

    task = _task(request)
    return Learnt.of(task, _known(task, request)), task.dataset


def _of_pool(task: Task, model: Model, first: Mapping[str, int]) -> tuple[tuple[str, ...], tuple[str, ...], list[FloatArray]]:
    """Items of the pool by the rows that stand for them, what they are called, and what the model says of them."""
    import numpy as np

    called, rows = task.dataset.item_names, [*first.values()]
    names = tuple(called[row] for row in rows) if called else ("",) * len(rows)
    return (*first,), names, [model.probabilities(np.array(rows, dtype=np.int64))]


def _others(task: Task, origin: Origin | None, wanted: Wanted) -> Dataset | None:
    """New items, or all of those that the items of the task were drawn from: they are described in the very same way."""
    from al_core.data.kinds import read_more
    from al_core.data.opened import open_dataset, whole

    if wanted.more is not None:
        return read_more(Path(wanted.more), task.dataset)
    if task.dataset.part is None or origin is None:
        return None
    return open_dataset(replace(whole(origin), fingerprint=None))


def _beside(everything: Dataset, here: Collection[str]) -> IntArray:
    """Rows of items that are not here, the first of each; none of what is measured by."""
    import numpy as np

    first, known = dict[str, int](), frozenset(here)
    for row in everything.parted()[0].tolist():
        if (item := everything.item_ids[row]) not in known:
            first.setdefault(item, row)
    return np.array([*first.values()], dtype=np.int64)


def find_suspects(request: ModelRequest, folds: int = FOLDS) -> tuple[Suspect, ...]:
    """Every label with the probability that a model fitted without it gives to it, the most doubtful first.

    Labels are divided into folds, class by class; each fold is judged by a model that learnt the others (self-confidence, out
    of sample: Northcutt, Jiang & Chuang 2021). A label whose class the others do not have cannot be judged and is left out.
    """
    with one_thread():
        task = _task(request)
        _, rows, labels, _ = _known(task, request)
        found = [
            Suspect(int(row), int(label), float(p[label]), int(p.argmax()))
            for part in judged(task, rows, labels, folds)
            for row, label, p in zip(*part, strict=True)
        ]
    return tuple(sorted(found, key=lambda suspect: (suspect.confidence, suspect.row)))


@lru_cache(maxsize=4)
def _stop_set(spec: TaskSpec, origin: Origin | None) -> IntArray:
    """The rows on which successive models are compared: the pool, or a random part of a large one."""
    import numpy as np

    from al_core.ground.seeding import stable_seed

    pool = task_of(spec, origin).pool
    if len(pool) <= STOP_SET:
        return pool
    rng = np.random.default_rng(stable_seed("stop set", spec.seed))
    return np.sort(rng.choice(pool, STOP_SET, replace=False))


def _known(task: Task, request: ModelRequest) -> Known:
    """What the person said, row by row: all rows of a labelled item, and one row of every item that may be asked for."""
    import numpy as np

    from al_core.data.dataset import UNKNOWN
    from al_core.run.round import Known

    known, ids = dict(request.labels), task.dataset.item_ids
    taken = {*known, *request.aside, *request.audit}
    said = np.full(len(ids), UNKNOWN)
    candidates = []
    for row in task.pool.tolist():
        item = ids[row]
        if item in known:
            said[row] = known[item]
        elif item not in taken:
            taken.add(item)
            candidates.append(row)
    rows = np.flatnonzero(said != UNKNOWN)
    return Known(said, rows, said[rows], np.array(candidates, dtype=np.int64))


def _task(request: ModelRequest) -> Task:
    return task_of(request.spec, request.origin, request.added, request.follows)


def _fit(task: Task, given: Known) -> Model:
    from al_core.run.round import fit

    return fit(task, given.rows, given.labels, len(given.rows))


def _nearest(task: Task, rows: IntArray, row: int) -> tuple[int, ...]:
    import numpy as np

    distances = np.linalg.norm(task.dataset.X[rows] - task.dataset.X[row], axis=1)
    return tuple(int(rows[index]) for index in np.argsort(distances, kind="stable")[:NEIGHBOURS])


def judged_items(request: ModelRequest) -> dict[str, tuple[float, ...]]:
    """What is said of every item by a model that has not learnt its label: the model of ``request``, and of those items that it
    has learnt a model of the other folds, see `find_suspects`; an item whose class the others do not have is left out.
    """
    with one_thread():
        task = _task(request)
        given = _known(task, request)
        ids, first = task.dataset.item_ids, dict[str, int]()
        for row in task.pool.tolist():
            first.setdefault(ids[row], row)
        learnt = {ids[row] for row in given.rows.tolist()}
        (shares,) = _of_pool(task, _fit(task, given), first)[2]
        found = {item: tuple(said) for item, said in zip(first, shares.tolist(), strict=True) if item not in learnt}
        for rows, _, told in judged(task, given.rows, given.labels):
            found.update({ids[row]: tuple(said) for row, said in zip(rows.tolist(), told.tolist(), strict=True)})
    return found
