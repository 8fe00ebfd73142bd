"""The app of the race. What labelling one data set needs is not loaded for it: it would be painted later."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.screen import Screen
from textual.worker import Worker

from al_tui.background.race import Engine
from al_tui.commands.class_keys import Bound
from al_tui.screens.race.screen import RaceScreen
from al_tui.shell.base import BaseApp
from al_tui.widgets.host import RaceHost


class AlTui(BaseApp, RaceHost):
    """The dashboard.

    Parameters
    ----------
    engine : what is raced, and where it is computed.
    log_path : the file that holds what workers printed; error messages name it.
    screen : what draws it.
    """

    behind = "The race goes on."

    def __init__(self, engine: Engine, log_path: Path, screen: Callable[[Any], Screen[None]] = RaceScreen) -> None:
        super().__init__(log_path)
        self._screen = screen
        self.engine = engine
        self._race: Worker[None] | None = None
        self._broken = False

    @property
    def bound(self) -> Bound:
        return self.engine.bound

    def get_default_screen(self) -> Screen[None]:
        return self._screen(self.engine)

    def begin(self) -> None:
        self.engine.refused = self.refuse
        self.call_after_refresh(self.start_engine)

    def slept(self, seconds: float) -> None:
        super().slept(seconds)
        self.engine.slept(seconds)

    @property
    def loss(self) -> str:
        count = self.engine.unkept
        return (
            f"{count:,} answer{'s' if count > 1 else ''} of yours {'are' if count > 1 else 'is'} kept nowhere" if count else ""
        )

    def start_engine(self) -> None:
        """Start the engine's race, in place of the one that runs."""
        gc.enable()
        if self._broken:
            self.tell("The race broke off; leave with q, and go on with it by al-tui resume.", problem=True)
            return
        if self._race is not None:
            self._race.cancel()
        self._race = self.run_worker(self._run(), name="race", exit_on_error=True)
        self.load_plots()

    async def _run(self) -> None:
        """Let the engine run; a fault of its own ends the race, and not the program."""
        try:
            await self.engine.run()
        except Exception as error:
            self._broken = True
            self.engine.broke_off(error)
            raise
