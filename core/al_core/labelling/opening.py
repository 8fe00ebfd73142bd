"""What a session is about, opened in a worker process: its task, and what it may ask for. Numerics load when it is opened."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from al_core.data.origin import Origin, short_name
from al_core.ground.safe_text import safe_text
from al_core.labelling.items import Items
from al_core.task.spec import TaskSpec

if TYPE_CHECKING:
    from al_core.sessions.ledger import Ledger
    from al_core.task.split import Task


def spoken_of(ledger: Ledger) -> tuple[str, ...]:
    """Items that a session speaks of: they are wanted in any case, however many there are by now that one might ask about."""
    current = () if ledger.current is None else (ledger.current,)
    return tuple(sorted({*ledger.answers, *ledger.flags, *ledger.choices.audited, *ledger.open_disagreements, *current}))


def open_items(spec: TaskSpec, origin: Origin | None = None) -> Items:
    """The items of a task; of a ``origin`` without a fingerprint, as they are there now."""
    import numpy as np

    from al_core.data.kinds import said_aside
    from al_core.data.opened import known_as, open_dataset
    from al_core.data.projection import Fitted

    if origin is not None:
        origin = known_as(origin, open_dataset(origin))
    task = task_of(spec, origin)
    data = task.dataset
    first: dict[str, int] = {}
    for row in task.pool.tolist():
        first.setdefault(data.item_ids[row], row)
    pool = tuple(first.values())
    start = tuple(first[data.item_ids[row]] for row in task.initial.tolist())
    assert np.intersect1d(task.pool, task.test).size == 0
    start = tuple(dict.fromkeys(start))
    names = tuple(data.item_names)
    truth = data.truth if len(data.known) else None
    tested = () if data.test is None else tuple(dict.fromkeys(data.item_ids[row] for row in task.test.tolist()))
    words = "" if origin is None else _measured_on(task, origin)
    items = Items(data.name, data.fingerprint, data.classes, data.item_ids, start, pool, truth, names, said_aside(data), origin)
    others = 0 if data.part is None else data.part.whole - len(data.y)
    made = data.recipe if isinstance(data.projection, Fitted) else ""
    said = _said_of(data.recipe)
    return replace(items, tested=tested, measured_on=words, features=said, others=others, made=made or "")


def _said_of(recipe: str | None) -> str:
    """What is computed of pictures, is learnt from of a table, or is the person's own, in a word or two."""
    from al_core.data.embeddings import RECIPE

    known = {RECIPE: "your embeddings", "hog": "hog", "pixels": "pixels"}
    short, colon, _ = (recipe or "").partition(": ")
    return short if colon else known.get(short.partition(" ")[0], "")


def _measured_on(task: Task, origin: Origin) -> str:
    """How many of what a model of a person's own data is measured by; empty where it is by nothing."""
    data, count = task.dataset, len(task.test)
    if not count:
        return ""
    if data.test is None:
        return f"{count:,} of its own items, drawn from those with a label"
    if origin.test is not None:
        place = safe_text(short_name(origin.test), 60)
    else:
        place = " and ".join(sorted({f"{data.item_names[row].partition('/')[0]}/" for row in task.test.tolist()}))
    all_there = len(data.test)
    words = (
        f"{count:,} items of {place}" if count == all_there else f"the {count:,} of {all_there:,} items of {place} with a label"
    )
    both = len(data.y) - all_there - len(task.pool)
    return f"{words}; {both:,} more are the same as one of them, and not asked either" if both else words


def task_of(spec: TaskSpec, origin: Origin | None, added: int = 0, follows: tuple[int, ...] = ()) -> Task:
    """The task of a session: over the person's own files, or over a data set that comes with the program.

    Parameters
    ----------
    origin : where the data is; None for what ``spec`` names.
    added : classes that the session has beside those of the data.
    follows : what has become of its classes, see `Task`.
    """
    if origin is None:
        task = label_task(spec, added)
    elif origin.bundled:
        task = label_task(replace(spec, dataset=origin.word), added)
    else:
        task = _task_as_it_is(spec, origin, added)
    return replace(task, follows=follows) if follows else task


def _task_as_it_is(spec: TaskSpec, origin: Origin, added: int) -> Task:
    """The task over data of one's own, read anew where its file is not as it was."""
    task = _own_task(spec, origin, added)
    if origin.fingerprint is None:
        return task
    from al_core.data.opened import open_dataset

    if open_dataset(origin) is task.dataset:
        return task
    _own_task.cache_clear()
    return _own_task(spec, origin, added)


@lru_cache(maxsize=4)
def _own_task(spec: TaskSpec, origin: Origin, added: int) -> Task:
    """The task over a person's own files."""
    from al_core.data.opened import open_dataset
    from al_core.task.split import split_by_content

    return replace(split_by_content(open_dataset(origin), spec), memo={}, added=added)


@lru_cache(maxsize=4)
def label_task(spec: TaskSpec, added: int = 0) -> Task:
    """The task with its starting set in the pool: here the person labels the start as well.

    Parameters
    ----------
    added : classes that the session has beside those of the data.
    """
    import numpy as np

    from al_core.task.split import make_task

    task = make_task(spec)
    return replace(task, pool=np.union1d(task.pool, task.initial), memo={}, added=added)
