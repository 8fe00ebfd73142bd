"""The race over paired seeds, beside the one on the screen: what it tells, and how it begins when a person wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from al_core.ground.errors import UserError
from al_tui.background.race import Engine, repeat
from al_tui.screens.race.painting import Painting
from al_tui.screens.shielded import shielded
from al_tui.widgets.host import RaceHost

if TYPE_CHECKING:
    from al_core.task.spec import TaskSpec
    from al_tui.background.seeds import Seeds


class MoreSeeds:
    """Hears of the runs over seeds, and begins them.

    Parameters
    ----------
    screen, painting : what shows them.
    engine : what runs them.
    """

    def __init__(self, screen: Screen[None], engine: Engine, painting: Painting) -> None:
        self._screen, self._engine, self._painting = screen, engine, painting
        self._notes = 0
        self._beginning = False
        painting.more = self.begin
        self._listen()

    @property
    def _app(self) -> RaceHost:
        app = self._screen.app
        assert isinstance(app, RaceHost)
        return app

    def begin(self) -> None:
        """Race over more seeds as well, if that was not asked for already."""
        make = self._app.more_seeds
        if self._engine.race is None:
            self._app.tell("The engine is still starting; nothing was done.")
        elif make is not None and self._engine.seeds is None and not self._beginning:
            self._beginning = True
            self._screen.run_worker(self._begin(make))

    async def _begin(self, make: Callable[[TaskSpec], Seeds]) -> None:
        era = self._engine.race
        try:
            seeds = await asyncio.to_thread(make, self._engine.view.spec)  # a results store is opened
        except UserError as error:
            self._app.tell(str(error), problem=True)
            return
        finally:
            self._beginning = False
        if self._engine.race is not era:  # another race was begun meanwhile
            seeds.close()
            return
        repeat(self._engine, seeds)
        self._listen()
        seeds.want_summary(True)
        self._app.tell(f"{seeds.view.planned} seeds are raced now.{'' if seeds.kept else ' They are kept nowhere.'}")
        self._painting.later_seeds()

    def _listen(self) -> None:
        if self._engine.seeds is not None:
            self._engine.seeds.changed = shielded(self._screen, self._changed)

    def _changed(self) -> None:
        """Cells have finished: that can always wait for the next paint. What a person should know is told at once."""
        seeds = self._engine.seeds
        notes = seeds.view.notes if seeds is not None else ()
        if len(notes) > self._notes:
            self._app.tell(notes[-1])
        self._notes = len(notes)
        self._painting.later_seeds()
