"""A kept race that is played again, back and forth: the engine of its screen, which computes nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.race.events import RoundStarted
from al_core.race.view import with_truth
from al_tui.background.race import Engine, place_of
from al_tui.background.workers import Workers

if TYPE_CHECKING:
    from al_core.data.sources import Source
    from al_core.sessions.playback import Playback

FASTEST = 100.0
"""Rounds per second of each strategy where nobody wants a limit."""
TICK_SECONDS = 0.02
"""Moments that are due within this time come together."""


class Replay(Engine):
    """Shows one moment of a kept race after the other.

    Parameters
    ----------
    playback : the race.
    open_executor : makes what the data is read by; called once.
    pace : rounds per second and strategy; None for as fast as can be.
    source : what is known of data that does not come with the program.
    """

    def __init__(
        self, playback: Playback, open_executor: Callable[[], Executor], pace: float | None, source: Source | None = None
    ) -> None:
        settings = playback.settings
        super().__init__(settings.spec, settings.strategies, open_executor, pace, workers=Workers(1), source=source)
        self.playback = playback
        self.at = 0
        """Which moment is shown."""
        self._moved = asyncio.Event()
        self.go_to(0)

    @property
    def seconds(self) -> float:
        """How long the race had been running."""
        return self.playback.moments[self.at].seconds

    @property
    def seconds_left(self) -> float | None:
        """Nobody needs to know: one may go to the end."""
        return None

    @property
    def kept(self) -> bool:
        """It is, and nothing comes to it."""
        return True

    @property
    def unkept(self) -> int:
        """Answers of a person that are in no file: a replay has none."""
        return 0

    @property
    def classes(self) -> tuple[str, ...]:
        """Class names, as they were."""
        return self.playback.settings.classes

    @property
    def replayed(self) -> str:  # type: ignore[override]
        """What the replay is doing, in words."""
        how = "at the end" if self.at == self.playback.end else "paused" if self.view.paused else ""
        pace = f"{self.view.pace:g} rounds/s" if self.view.pace else "full speed"
        return f"replay, {self.at:,} of {self.playback.end:,} · {how or pace}"

    # Where one is

    def go_to(self, at: int) -> None:
        """Show another moment."""
        self.at = max(0, min(at, self.playback.end))
        now, truth = self.playback.moments[self.at].view, self.view.truth
        shown = now._replace(paused=self.view.paused, pace=self.view.pace)
        self.view = shown if truth is None else with_truth(shown, truth)
        self._moved.set()

    def stop_at(self, at: int) -> None:
        """Show another moment, and stay there."""
        self.view = self.view._replace(paused=True)
        self.go_to(at)

    def set_paused(self, paused: bool) -> None:
        """Stop, or play on; from the end it is played again."""
        self.view = self.view._replace(paused=paused)
        if self.at == self.playback.end:
            self.view = self.view._replace(paused=False)
            self.go_to(0)
        self._moved.set()

    def set_pace(self, pace: float | None) -> None:
        """Play faster or slower."""
        self.view = self.view._replace(pace=pace)
        self._moved.set()

    # Playing

    async def _run_race(self, executor: Executor, era: int) -> None:
        """Play; the data is only there to be drawn, and without it there are the curves."""
        playing = asyncio.ensure_future(self._play())
        try:
            await self._open_data(executor)
            await playing
        finally:
            playing.cancel()

    async def _open_data(self, executor: Executor) -> None:
        try:
            await self._open(executor)
            assert self.contents is not None
            if self.contents.fingerprint != self.playback.settings.fingerprint:
                raise UserError(f"{self.view.spec.dataset} is not what it was when this race was played")
        except Exception as error:
            self.contents = self.looks = None
            self._failed(error)
            return
        self.changed(None)
        self.pool.begin(executor, self.view.spec, place_of(self.view.spec, self._source), models=False)
        self.pool.refine()

    def _failed(self, error: Exception) -> None:
        super()._failed(error)
        if self.error is not None:
            self.error = safe_text(f"items cannot be shown: {error}")
            self.changed(None)

    async def _play(self) -> None:
        """Go on from moment to moment, until cancelled."""
        while True:
            self._moved.clear()
            if self.view.paused or self.at == self.playback.end:
                await self._moved.wait()
                continue
            there, wait = self.at, 0.0
            while there < self.playback.end and wait < TICK_SECONDS:
                wait += self.playback.wait(there, self.view.pace or FASTEST)
                there += 1
            try:
                async with asyncio.timeout(wait):
                    await self._moved.wait()
            except TimeoutError:
                self.go_to(there)
                self.changed(RoundStarted(self.playback.moments[there].run or 0))
