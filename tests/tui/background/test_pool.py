"""Where the items of a race lie: by components while it runs, by neighbours when it is over."""

from __future__ import annotations

import asyncio
from array import array
from concurrent.futures import Executor, Future
from typing import Any

from al_core.data.plane import MOST_BY_NEIGHBOURS, Plane, open_plane
from al_core.run.oracle import oracle_of
from al_core.run.play import pool_rows
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_tui.background.pool import Pool


class Places(Executor):
    """Answers at once, and remembers what was wanted."""

    def __init__(self, items: int, kept: bool = False) -> None:
        self.items, self.kept = items, kept
        self.asked: list[bool] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if fn is pool_rows:
            future.set_result((array("q", range(5)), (0,)))
            return future
        assert fn is open_plane
        self.asked.append(args[1])
        future.set_result(Plane(array("H", [0] * self.items), array("H", [0] * self.items), self.kept or args[1]))
        return future


async def turns() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_a_worker_looks_for_neighbours_when_the_race_is_over_and_not_before() -> None:
    changes: list[bool] = []
    pool, places = Pool(lambda: changes.append(pool.plane is not None and pool.plane.by_neighbours)), Places(100)
    pool.begin(places, TaskSpec(), "digits")
    await turns()
    assert places.asked == [False]
    assert changes == [False]
    pool.refine()
    await turns()
    assert places.asked == [False, True]
    assert changes == [False, True]
    pool.begin(places, TaskSpec(seed=1), "digits")
    pool.refine()
    await turns()
    assert places.asked == [False, True], "items lie where they lay"


async def test_another_race_does_not_count_as_over() -> None:
    pool, places = Pool(lambda: None), Places(100)
    pool.begin(places, TaskSpec(), "digits")
    pool.refine()
    pool.begin(places, TaskSpec(seed=1), "digits")
    await turns()
    assert places.asked == [False]
    pool.close()


async def test_nobody_looks_where_neighbours_are_kept_or_items_are_too_many() -> None:
    for places in (Places(100, kept=True), Places(MOST_BY_NEIGHBOURS + 1)):
        pool = Pool(lambda: None)
        pool.begin(places, TaskSpec(), "digits")
        pool.refine()
        await turns()
        assert places.asked == [False]


async def test_what_was_the_matter_with_one_race_is_forgotten_in_the_next() -> None:
    class Broken(Places):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            raise MemoryError("no memory for a map")

    pool = Pool(lambda: None)
    pool.begin(Broken(1), TaskSpec(), "digits")
    await turns()
    assert pool.trouble == "There is no map: no memory for a map"
    pool.begin(Places(100), TaskSpec(seed=1), "digits")
    await turns()
    assert pool.trouble is None
    assert pool.plane is not None
    pool.close()


async def test_the_starting_set_is_labelled_also_where_somebody_looked_before_it_was_known() -> None:
    pool, places, run = Pool(lambda: None), Places(100), RunState("margin")
    pool.begin(places, TaskSpec(), "digits")
    oracle = oracle_of(TaskSpec(), (3, 1, 4, 1, 5), 10)
    assert pool.labelled(run, oracle) == {}
    await turns()
    assert pool.labelled(run, oracle) == {0: 3}


async def test_models_are_asked_what_they_say_everywhere_only_where_items_lie_as_they_are() -> None:
    pool, places = Pool(lambda: None), Places(100)
    pool.begin(places, TaskSpec(), "digits")
    await turns()
    assert pool.fields is None
    flat, places = Pool(lambda: None), Flat(100)
    flat.begin(places, TaskSpec("plane"), "plane")
    flat.refine()
    await turns()
    assert flat.fields is not None
    assert places.asked == [False], "nothing else is looked for"


class Flat(Places):
    """The same of items that lie where their two features say."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        if fn is pool_rows:
            return future
        flat: Future[Any] = Future()
        flat.set_result(future.result()._replace(as_they_are=True))
        return flat


async def test_the_split_is_fetched_once_a_race_and_that_of_a_race_that_was_left_is_not_taken() -> None:
    class Slow(Places):
        def __init__(self) -> None:
            super().__init__(100)
            self.waiting: list[Future[Any]] = []

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            if fn is not pool_rows:
                return super().submit(fn, *args, **kwargs)
            self.waiting.append(Future())
            return self.waiting[-1]

    pool, places = Pool(lambda: None), Slow()
    first = asyncio.create_task(pool.split(places, TaskSpec()))
    second = asyncio.create_task(pool.split(places, TaskSpec(seed=1)))
    await turns()
    places.waiting[1].set_result((array("I", range(3)), (2,)))
    places.waiting[0].set_result((array("I", range(9)), (8,)))
    await asyncio.gather(first, second)
    assert (list(pool.rows or ()), pool.initial) == ([0, 1, 2], (2,))
    pool.begin(places, TaskSpec(seed=1), "digits")
    await turns()
    assert len(places.waiting) == 2
    assert pool.plane is not None
    pool.close()
