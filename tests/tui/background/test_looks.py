"""Looks are fetched ahead, the most wanted first, one call at a time; what fails is fetched again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

import pytest

from al_core.data.looks import COMING, Passage
from al_tui.background.looks import KEPT, SMALL, TOGETHER, Looks


class Shelf(Executor):
    """Has a text for every row; ``held`` keeps answers back, ``fail`` makes calls fail."""

    def __init__(self, weight: int) -> None:
        self.asked: list[tuple[int, ...] | None] = []
        self.held: list[Callable[[], None]] | None = None
        self.fail: Callable[[], Exception | None] = lambda: None
        self.items = 10_000
        self._weight = weight

    def text(self, row: int) -> Passage:
        return Passage(f"{row}:".ljust(self._weight, "."))

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        _, rows, _ = args
        self.asked.append(rows)
        future: Future[Any] = Future()

        def finish() -> None:
            if (error := self.fail()) is not None:
                future.set_exception(error)
            else:
                future.set_result(tuple(self.text(row) for row in (range(self.items) if rows is None else rows)))

        if self.held is None:
            finish()
        else:
            self.held.append(finish)
        return future


HEAVY = SMALL // 1000


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def opened(weight: int = HEAVY, items: int = 10_000, first: range = range(5)) -> tuple[Looks, Shelf, list[int]]:
    shelf, changes = Shelf(weight), []
    shelf.items = items
    at = Looks("made up", items, shelf, lambda: changes.append(1))
    await at.open(first)
    return at, shelf, changes


async def test_a_small_set_is_fetched_whole_before_anything_is_shown() -> None:
    at, shelf, _ = await opened(weight=64, items=1797)
    assert shelf.asked == [tuple(range(5)), None]
    assert at.whole
    assert at.get(1796) == shelf.text(1796)
    at.want(range(1797))
    await settle()
    assert len(shelf.asked) == 2


async def test_of_a_large_set_what_is_wanted_comes_and_what_is_there_is_not_fetched_again() -> None:
    at, shelf, changes = await opened()
    assert shelf.asked == [tuple(range(5))]
    assert not at.whole
    assert at.all([3, 700, 4]) == (shelf.text(3), COMING, shelf.text(4))
    assert not at.has(700)
    await settle()
    assert shelf.asked[1:] == [(700,)]
    assert changes == [1]
    assert at.get(700) == shelf.text(700)


async def test_what_is_wanted_last_comes_first_and_one_call_is_under_way_at_a_time() -> None:
    at, shelf, _ = await opened()
    shelf.held = []
    at.want(range(100, 100 + 2 * TOGETHER))
    await settle()
    assert at.get(5000) == COMING
    at.get(5001)
    await settle()
    assert len(shelf.held) == 1
    shelf.held.pop()()
    await settle()
    assert shelf.asked[1] == tuple(range(100, 100 + TOGETHER))
    assert shelf.asked[2] is not None
    assert shelf.asked[2][:3] == (5001, 5000, 100 + TOGETHER)
    shelf.held.pop()()
    await settle()
    assert at.has(5000)


async def test_the_last_few_hundred_stay() -> None:
    at, _, _ = await opened()
    for row in range(0, 2 * KEPT, TOGETHER):
        at.get(0)
        await at.bring(range(row, row + TOGETHER))
    assert at.has(0)  # looked at all the time
    assert not at.has(TOGETHER)
    assert at.has(2 * KEPT - 1)
    assert sum(at.has(row) for row in range(10_000)) == KEPT


async def test_what_fails_is_told_and_fetched_again_after_pauses_that_grow() -> None:
    shelf, pauses, told = Shelf(HEAVY), [], []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            shelf.fail = lambda: None

    at = Looks("made up", 10_000, shelf, lambda: told.append(at.trouble), pause=pause)
    await at.open(range(5))
    shelf.fail = lambda: OSError("gone \x1b[2J")
    assert at.get(9) == COMING
    await settle()
    assert pauses == [0.5, 1.0, 2.0]
    assert told == [*["the looks of items could not be fetched: gone ␛[2J"] * 3, None]
    assert at.get(9) == shelf.text(9)


async def test_a_failure_that_somebody_waits_for_is_theirs_and_one_ahead_is_not() -> None:
    shelf = Shelf(HEAVY)
    shelf.fail = lambda: OSError("gone")
    at = Looks("made up", 10_000, shelf)
    with pytest.raises(OSError, match="gone"):
        await at.open(range(5))
    await at.bring([1])
    assert at.trouble == "the looks of items could not be fetched: gone"
    shelf.fail = lambda: None
    await at.bring([1])
    assert at.trouble is None
    assert at.has(1)


async def test_a_worker_that_gives_too_few_is_not_believed() -> None:
    at, shelf, _ = await opened()
    shelf.text = lambda row: Passage("")  # type: ignore[method-assign]
    real = shelf.submit

    def short(fn: Any, /, *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(real(fn, *args).result()[1:])
        return future

    shelf.submit = short  # type: ignore[method-assign]
    await at.bring([50, 51])
    assert not at.has(50)
    assert not at.has(51)
    assert "1 looks for 2 items" in (at.trouble or "")
