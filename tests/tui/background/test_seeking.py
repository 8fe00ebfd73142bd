"""Lists of answers are made in slices, cut by kind and by words; what a worker finds is told of items, not of rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from desk import CAT, CLASSES, DOG, IDS, ITEMS, SETTINGS

from al_core.labelling.answered import KINDS, TOGETHER
from al_core.labelling.finding import Found, Match
from al_core.labelling.session import LabelSession
from al_core.sessions.entries import Given
from al_tui.background.patience import Patience
from al_tui.background.seeking import AnswerList, Seeker, in_slices

ALL, UNSURE = 0, next(number for number, kind in enumerate(KINDS) if kind.name == "don't know")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LabelSession]:
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, ITEMS, "ann")
    yield session
    session.close()


async def test_the_loop_has_its_turn_however_long_the_list_is(session: LabelSession) -> None:
    many = 50_000
    ids = tuple(f"{row:016x}" for row in range(many))
    session.items = replace(ITEMS, ids=ids, pool=tuple(range(many)))
    session.ledger.answers.update({item: Given(CAT, "ann", "", 2) for item in ids})
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(others())
    answers = AnswerList(session, {})
    found = await answers.cut(ALL, "")
    assert len(found.items) == many
    assert turns >= 2 * many // TOGETHER - 2  # while it is gathered, and while it is cut
    before = turns
    assert (await answers.cut(ALL, f"item {ids[-1][:8]}")).items
    assert turns - before >= many // TOGETHER - 1
    task.cancel()


async def test_answers_are_cut_to_a_kind_and_to_words(session: LabelSession) -> None:
    session.label(IDS[1], CAT)
    session.label(IDS[2], DOG)
    session.skip(IDS[3], status="unsure")
    session.flag(IDS[2], "Odd ears")
    answers = AnswerList(session, {IDS[1]: DOG})
    assert list((await answers.cut(ALL, "")).items) == [IDS[3], IDS[2], IDS[1]]
    found = await answers.cut(ALL, "EARS odd")
    assert (list(found.items), found.said) == ([IDS[2]], "1 of 3 answers")
    assert "⚑ Odd ears" in found.words(IDS[2])
    assert list((await answers.cut(UNSURE, "")).items) == [IDS[3]]
    counts = dict(zip((kind.name for kind in KINDS), (await answers.cut(UNSURE, "cat")).counts, strict=True))
    assert counts == dict.fromkeys(counts, 0) | {"all": 3, "don't know": 1, "noted": 1, "surprised": 1}
    assert (await AnswerList(session, {}).cut(ALL, "cat")).said == "1 of 3 answers"


async def test_slices_give_all_things_in_order() -> None:
    assert [thing async for thing in in_slices(range(3 * TOGETHER + 7))] == list(range(3 * TOGETHER + 7))


class Workers(Patience):
    """Answers what it is told to, and notes what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.asked = list(answers), list[tuple[Any, ...]]()
        self.meanwhile = lambda: None

    async def ask(self, fn: Any, *args: Any) -> Any:
        self.asked.append((fn.__name__, *args[2:]))
        self.meanwhile()
        return self.answers.pop(0)


async def test_what_is_found_is_told_with_its_name_and_its_answer(session: LabelSession) -> None:
    session.items = replace(ITEMS, names=tuple(f"pets/{row}.png" for row in range(100)))
    session.label(IDS[5], DOG)
    workers = Workers(Found((Match(5, "a dog"), Match(40, ""), Match(95, "")), 7, 90))
    sought = await Seeker(workers, lambda: session).find("dog")
    assert workers.asked == [("find_items", "dog")]
    assert list(sought.items) == [IDS[5], IDS[40]]  # row 95 may not be asked for
    assert sought.said == "7 of 90 items, the first 2 are shown"
    assert [sought.words(item) for item in sought.items] == ["= dog · pets/5.png · a dog", "40.png"]


async def test_where_there_are_more_items_by_then_it_is_asked_again(session: LabelSession) -> None:
    wider = replace(ITEMS, ids=tuple(reversed(IDS)))
    workers = Workers(Found((Match(5, ""),), 1, 90), Found((Match(6, ""),), 1, 90))

    def widen() -> None:
        session.items = wider

    workers.meanwhile = widen
    sought = await Seeker(workers, lambda: session).find("dog")
    assert (list(sought.items), len(workers.asked)) == ([wider.ids[6]], 2)


async def test_what_is_closed_is_nothing_to_be_looked_for_by_likeness(session: LabelSession) -> None:
    session.label(IDS[5], DOG)
    session.label_by_model([(7, 1, 0.99)], 0.9)
    workers = Workers(Found((Match(40, "x"),), 80, 80))
    sought = await Seeker(workers, lambda: session).like([IDS[5]], "this item")
    ((name, these, closed),) = workers.asked
    assert (name, these, sorted(closed)) == ("items_like", (5,), [5, 7])
    assert "nearest of 80 that are open" in sought.said
    assert (
        await Seeker(workers, lambda: session).like([], CLASSES[0])
    ).said == "Nothing that is learnt from is labelled cat yet."
