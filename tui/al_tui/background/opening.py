"""What there is of a race before it begins: its data, and with which labels all start, as soon as a worker has the split."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING, Protocol

from al_core.data.contents import Contents, open_contents
from al_core.run.play import describe_strategies
from al_tui.background.looks import Looks
from al_tui.commands.class_keys import class_keys

if TYPE_CHECKING:
    from al_core.data.origin import Origin
    from al_core.race.events import RaceEvent
    from al_core.race.view import RaceView
    from al_core.strategies.description import StrategyInfo
    from al_tui.background.pool import Pool
    from al_tui.commands.class_keys import Bound


class Opens(Protocol):
    """What shows a race, as far as that is opened."""

    view: RaceView
    strategies: tuple[str, ...]
    bound: Bound
    contents: Contents | None
    looks: Looks | None
    infos: dict[str, StrategyInfo]
    pool: Pool
    changed: Callable[[RaceEvent | None], None]


async def open_race(engine: Opens, executor: Executor, place: str | Origin) -> None:
    """Give the engine what screens show: the data and the split first, which are told at once, then what strategies are.

    Parameters
    ----------
    place : where the data is.

    Raises
    ------
    Exception
        Whatever the workers raise; of several things that fail for one reason the first is told.
    """
    spec, there = engine.view.spec, engine.contents is not None and bool(engine.infos)
    opening = None if there else asyncio.wrap_future(executor.submit(open_contents, spec.dataset))
    splitting = asyncio.ensure_future(engine.pool.split(executor, spec))
    describing = None
    if opening is not None:
        describing = asyncio.wrap_future(executor.submit(describe_strategies, engine.strategies))
        describing.add_done_callback(lambda done: done.cancelled() or done.exception())  # else asyncio would complain of it
        contents = await opening
        class_keys(contents.classes, engine.bound)  # or says what is wrong with them
        looks = Looks(place, len(contents.ids), executor, lambda: engine.changed(None))
        await looks.open(range(len(contents.ids)))
        engine.contents, engine.looks = contents, looks
    await splitting
    engine.changed(None)
    if describing is not None:
        engine.infos = dict(zip(engine.strategies, await describing, strict=True))
