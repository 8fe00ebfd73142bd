"""What looks nearly the same is offered, labelled by one key only when it was asked for, and taken back as one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from desk import CAT, DOG, EEL, IDS, ITEMS, SETTINGS, Desk, MadeUp

from al_core.labelling.session import LabelSession
from al_core.sessions.actions import Choice, MachineLabelled


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Desk]:
    moments = count(1_790_000_000, 2)
    clock = lambda: datetime.fromtimestamp(next(moments), UTC)  # noqa: E731
    session = LabelSession.create(tmp_path / "pets.session", SETTINGS, ITEMS, "ann", clock=clock)
    session.next()
    desk = Desk(MadeUp(session))
    desk.machine.likes = {3: (IDS[40], IDS[41], IDS[1]), 1: (IDS[50],)}
    yield desk
    session.close()


async def found(at: Desk) -> str:
    """Look at the item, and wait for what looks like it."""
    later = at.flow.look_alike(at.view)
    assert later is not None
    return at.do(await later.work())


async def test_it_is_offered_and_no_label_but_one_is_given_without_a_key(at: Desk) -> None:
    assert at.view.alike == ()
    assert await found(at) == ""
    assert at.view.alike == (40, 41, 1)
    assert at.flow.look_alike(at.view) is None  # it is asked once
    at.label(CAT)
    assert at.labels == {3: CAT}
    assert at.view.alike == ()
    assert at.machine.asked_alike == [3]


async def test_one_key_labels_them_all_and_one_key_takes_all_back(at: Desk) -> None:
    await found(at)
    assert at.do(at.flow.together()) == ""
    assert at.view.where.together
    assert at.do(at.flow.label(DOG)) == "4 labelled alike; u takes all of them back."
    assert at.labels == {3: DOG, 40: DOG, 41: DOG, 1: DOG}
    assert not at.view.where.together
    choices = at.session.ledger.choices
    assert {choices[IDS[row]] for row in (40, 41, 1)} == {Choice("search")}
    assert at.view.standing is not None
    assert at.view.standing.progress.labelled == 4
    assert at.do(at.flow.undo()) == "Taken back: the labels of 4 items."
    assert at.labels == {}
    assert at.row == 3
    assert all(IDS[row] not in choices for row in (40, 41, 1))
    assert not at.view.where.together
    assert at.do(at.flow.redo()) == ""
    assert at.labels == {3: DOG, 40: DOG, 41: DOG, 1: DOG}
    at.do(at.flow.undo())
    at.label(CAT)
    assert at.labels == {3: CAT}


async def test_who_changes_their_mind_labels_one_alone(at: Desk) -> None:
    await found(at)
    for leave in (at.flow.together, at.flow.leave):
        at.do(at.flow.together())
        at.do(leave())
        assert not at.view.where.together
        assert at.view.alike
    at.do(at.flow.together())
    at.do(at.flow.put_aside("unsure"))
    assert at.labels == {3: None}
    at.label(EEL)
    assert at.labels == {3: None, 1: EEL}


async def test_without_anything_alike_the_key_says_so(at: Desk) -> None:
    assert at.do(at.flow.together()) == "Nothing that is open looks nearly the same as this item."
    at.machine.likes = {}
    await found(at)
    assert at.do(at.flow.together()) == "Nothing that is open looks nearly the same as this item."
    assert not at.view.where.together


async def test_what_has_an_answer_or_is_to_measure_with_is_not_among_them(at: Desk) -> None:
    await found(at)
    at.session.file.append([MachineLabelled("truth", None, ((IDS[40], 0),))], "ann")
    assert at.view.alike == (41, 1)
    at.session.ledger.choices[IDS[41]] = Choice("audit")
    assert at.view.alike == (1,)
    at.session.ledger.choices[IDS[3]] = Choice("audit")
    assert at.view.alike == ()


async def test_nothing_is_looked_for_of_an_item_to_measure_with(at: Desk) -> None:
    at.session.ledger.choices[IDS[3]] = Choice("audit")
    assert at.flow.look_alike(at.view) is None


async def test_what_cannot_be_drawn_yet_is_not_labelled(at: Desk) -> None:
    await found(at)
    at.do(at.flow.together())
    at.machine.on_the_way = {41}
    assert at.do(at.flow.label(DOG)) == "Not all of these items are here yet; nothing was labelled."
    assert at.labels == {}
    at.machine.on_the_way = set()
    at.do(at.flow.label(DOG))
    assert len(at.labels) == 4


async def test_an_answer_that_comes_too_late_or_never_is_no_offer(at: Desk) -> None:
    later = at.flow.look_alike(at.view)
    assert later is not None
    at.label(CAT)
    second = at.flow.look_alike(at.view)
    assert second is not None
    await later.work()
    assert at.view.alike == ()
    await second.work()
    assert at.view.alike == (50,)
    at.label(CAT)
    at.machine.error = RuntimeError("the worker died")
    third = at.flow.look_alike(at.view)
    assert third is not None
    assert at.do(await third.work()) == ""
    assert at.view.alike == ()
