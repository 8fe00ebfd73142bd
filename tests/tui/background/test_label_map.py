"""Where the items of a session lie: fetched once somebody looks, and anew when there are more of them."""

from __future__ import annotations

import asyncio
import sys
from array import array
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from desk import CAT, DOG, IDS, ITEMS, SETTINGS

from al_core.data.plane import Plane
from al_core.labelling.session import LabelSession
from al_tui.background import label_map
from al_tui.background.label_map import LabelMap
from al_tui.background.patience import Patience


class Places(Executor):
    def __init__(self) -> None:
        self.asked: list[tuple[object, bool]] = []
        self.error: Exception | None = None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.asked.append(args)
        if self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(Plane(array("H", [0] * 100), array("H", [0] * 100), args[1]))
        return future


@pytest.fixture
def session(tmp_path: Path) -> Iterator[LabelSession]:
    session = LabelSession.create(tmp_path / "a.session", SETTINGS, ITEMS, "ann")
    session.label(IDS[3], CAT)
    session.label(IDS[1], DOG)
    session.skip(IDS[7])
    yield session
    session.close()


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_it_is_fetched_once_and_by_neighbours_only_for_who_looks_at_nothing_else(session: LabelSession) -> None:
    places, changes = Places(), []
    there = LabelMap(Patience(places, lambda: None), lambda: session, lambda: changes.append(there.plane))
    assert there.plane is None
    for _ in range(3):
        there.want()
        await turns()
    assert places.asked == [("pets", False)]
    assert list(there.rows) == list(ITEMS.pool)
    there.want(by_neighbours=True)
    await turns()
    there.want(by_neighbours=True)
    await turns()
    assert places.asked == [("pets", False), ("pets", True)]
    assert [plane.by_neighbours for plane in changes if plane is not None] == [False, True]


async def test_of_more_items_it_is_fetched_anew(session: LabelSession) -> None:
    places = Places()
    there = LabelMap(Patience(places, lambda: None), lambda: session, lambda: None)
    there.want()
    await turns()
    session.widen(replace(ITEMS, pool=tuple(range(95))))
    assert there.plane is None, "rows mean others now"
    there.want()
    await turns()
    assert list(there.rows) == list(range(95))


async def test_what_is_the_matter_is_said_and_not_tried_again_and_again(session: LabelSession) -> None:
    places = Places()
    places.error = MemoryError("no memory")
    there = LabelMap(Patience(places, lambda: None), lambda: session, lambda: None)
    for _ in range(3):
        there.want()
        await turns()
    assert there.trouble == "There is no map: no memory"
    assert len(places.asked) == 1


async def test_before_there_is_a_session_nothing_is_wanted() -> None:
    places = Places()
    there = LabelMap(Patience(places, lambda: None), lambda: None, lambda: None)
    there.want()
    await turns()
    assert (places.asked, there.plane) == ([], None)


async def test_labels_by_row_are_the_latest_and_every_class_is_counted(
    session: LabelSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = LabelMap(Patience(Places(), lambda: None), lambda: session, lambda: None)
    assert list(there.labelled(session).items()) == [(3, CAT), (1, DOG)]
    assert there.per_class(session) == {CAT: 1, DOG: 1}
    session.label(IDS[9], CAT)
    assert there.per_class(session) == {CAT: 2, DOG: 1}
    monkeypatch.setattr(label_map, "LATEST", 2)
    assert there.labelled(session) == {1: DOG, 9: CAT}
    session.undo()
    assert there.per_class(session) == {CAT: 1, DOG: 1}
