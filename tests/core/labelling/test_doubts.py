"""Labels that were given before a class was there are offered for a review where a model takes them for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest
from trials import PATIENCE

from al_core.compute.inline import Inline
from al_core.data.readers.bundled import load_table
from al_core.labelling.doubts import given_before
from al_core.labelling.messages import Suspect
from al_core.labelling.model import find_suspects, model_round
from al_core.labelling.opening import open_items
from al_core.labelling.review import suspected
from al_core.labelling.session import LabelSession
from al_core.labelling.trainer import Trainer
from al_core.labelling.view import Where, view
from al_core.sessions.actions import Settings
from al_core.task.spec import TaskSpec

SPEC = TaskSpec(dataset="iris", batch=3)
SETOSA, VERSICOLOR, VIRGINICA, LONG = range(4)


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LabelSession]:
    """Of irises, 40 of which have the label that they should have had before anybody thought of long ones."""
    items = open_items(SPEC)
    assert items.truth is not None
    settings = Settings("iris", items.fingerprint, items.classes, learner="logistic", strategy="margin")
    session = LabelSession.create(tmp_path / "irises.session", settings, items, "ann")
    for row in items.pool[:: len(items.pool) // 40]:
        session.label(items.ids[row], items.truth[row])
    yield session
    session.close()


def long_ones(session: LabelSession) -> list[int]:
    """Rows of those that are far from all others, the farthest first."""
    X = load_table("iris").X
    return sorted((row for row in session.items.pool if X[row, 2] > 1.0), key=lambda row: -X[row, 2])


def name_long_ones(session: LabelSession, count: int) -> None:
    """Label so many that have no label yet."""
    free = [row for row in long_ones(session) if session.items.ids[row] not in session.ledger.answers]
    for row in free[:count]:
        session.label(session.items.ids[row], LONG)


def learn(session: LabelSession) -> None:
    request = session.describe()
    assert request is not None
    assert session.accept(request, model_round(request)) is None


def test_it_is_time_to_look_when_a_new_class_has_two_labels_and_when_it_has_twice_as_many(session: LabelSession) -> None:
    learn(session)
    assert session.doubts.unchecked is not None  # there are labels enough to look for wrong ones, once
    session.doubts.checked(session.doubts.unchecked, ())
    session.add_class("long")
    looked = []
    for _ in range(8):
        learn(session)
        looked.append(session.doubts.unchecked is not None)
        if session.doubts.unchecked is not None:
            session.doubts.checked(session.doubts.unchecked, ())
        name_long_ones(session, 1)
    assert looked == [False, False, True, False, True, False, False, False]


def test_without_labels_from_before_there_is_nothing_to_look_for(tmp_path: Path) -> None:
    items = open_items(SPEC)
    settings = Settings("iris", items.fingerprint, items.classes, learner="logistic", strategy="margin")
    with LabelSession.create(tmp_path / "new.session", settings, items, "ann").file as file:
        session = LabelSession(file, items, "ann")
        session.add_class("long")
        name_long_ones(session, 4)
        session.label(items.ids[items.pool[0]], SETOSA)
        learn(session)
        assert session.doubts.unchecked is None


def test_what_a_model_takes_for_the_new_class_is_offered_and_comes_first_in_the_review(session: LabelSession) -> None:
    session.add_class("long")
    name_long_ones(session, 8)
    learn(session)
    assert session.doubts.unchecked is not None
    suspects = find_suspects(session.doubts.unchecked)
    session.doubts.checked(session.doubts.unchecked, suspects)
    found = session.doubts.found
    assert found
    assert {one.by for one in found} == {LONG}
    assert all(given_before(session.ledger, one.item, LONG) for one in found)
    far = {session.items.ids[row] for row in long_ones(session)}
    assert sum(one.item in far for one in found) >= len(found) / 2
    assert view(session, Where(), {}, None, None).doubted == (LONG,) * len(found)
    entries = suspected(session, [one for one in suspects if one.label != one.suggested])
    assert {entry.item for entry in entries[: len(found)]} == {one.item for one in found}
    assert "you said virginica before there was long; a model that did not know it says long" in entries[0].why
    assert all("before there was" not in entry.why for entry in entries[len(found) :])


def test_what_was_changed_or_seen_since_is_offered_no_longer(session: LabelSession) -> None:
    session.add_class("long")
    learn(session)
    one, other = list(session.ledger.answers)[:2]
    found = [Suspect(session.items.row(item), session.ledger.answers[item].label or 0, 0.1, LONG) for item in (one, other)]
    request = session.describe()
    assert request is not None
    session.doubts.checked(request, found)
    assert [doubted.item for doubted in session.doubts.found] == [one, other]
    session.label(one, LONG)
    assert [doubted.item for doubted in session.doubts.found] == [other]
    session.undo()
    assert len(session.doubts.found) == 2
    session.undo()  # the class goes
    assert session.doubts.found == ()
    session.redo()
    session.doubts.seen()
    assert session.doubts.found == ()


def test_a_label_from_after_the_class_and_one_of_the_class_are_nothing_of_the_kind(session: LabelSession) -> None:
    session.add_class("long")
    name_long_ones(session, 1)
    new = list(session.ledger.answers)[-1]
    old = next(iter(session.ledger.answers))
    request = session.describe()
    assert request is not None
    session.label(new, VIRGINICA)
    rows = session.items.row_of
    label = session.ledger.answers[old].label or 0
    session.doubts.checked(request, [Suspect(rows[new], VIRGINICA, 0.1, LONG), Suspect(rows[old], label, 0.1, VIRGINICA)])
    assert session.doubts.found == ()


class Noting(Executor):
    """Does everything at once, and notes what that was."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        self.done.append(fn.__name__)
        return Inline().submit(fn, *args, **kwargs)


async def test_the_trainer_looks_beside_the_learning(session: LabelSession) -> None:
    session.add_class("long")
    name_long_ones(session, 8)
    executor, changed = Noting(), asyncio.Event()
    trainer = Trainer(session, executor, changed.set)
    task = asyncio.create_task(trainer.run())
    while not session.doubts.found:
        await asyncio.wait_for(changed.wait(), PATIENCE)
        changed.clear()
    assert executor.done.count("find_suspects") == 1
    assert executor.done.index("model_round") < executor.done.index("find_suspects")
    assert trainer.trouble is None
    task.cancel()


async def test_a_worker_that_fails_to_look_is_no_trouble(session: LabelSession) -> None:
    session.add_class("long")
    name_long_ones(session, 4)
    looked, changed = [], asyncio.Event()

    def fails(request: object) -> tuple[Suspect, ...]:
        looked.append(request)
        raise RuntimeError("no")

    trainer = Trainer(session, Inline(), changed.set, doubt=fails)
    task = asyncio.create_task(trainer.run())
    while session.doubts.unchecked is not None or not looked:
        await asyncio.wait_for(changed.wait(), PATIENCE)
        changed.clear()
    assert (session.doubts.found, trainer.trouble, len(looked)) == ((), None, 1)
    task.cancel()
