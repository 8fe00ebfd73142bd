"""A kept race that is played again: the race's screen, with the keys of a player in place of those that change a race."""

from __future__ import annotations

from collections.abc import Sequence

from al_tui.background.replay import Replay
from al_tui.commands.command import Command, bindings
from al_tui.commands.table import COMMON, REPLAY, REPLAY_INTRODUCTION
from al_tui.screens.race.screen import RaceScreen

_SHOWN = (
    "pause",
    "on",
    "back",
    "strategy",
    "compare",
    "map",
    "faster",
    "slower",
    "to_end",
    "to_start",
    "item",
    "alone",
    "full",
)


class ReplayScreen(RaceScreen, inherit_bindings=False):
    """Draws a race of the past, and answers keys.

    Parameters
    ----------
    engine : the race.
    """

    BINDINGS = bindings(REPLAY)
    introduction = REPLAY_INTRODUCTION

    def __init__(self, engine: Replay) -> None:
        super().__init__(engine)
        self._replay = engine

    @property
    def commands(self) -> Sequence[Command]:
        """What a person can do here."""
        return REPLAY

    def action_on(self) -> None:
        """One round on, and stop there."""
        self._go_to(self._replay.playback.forward(self._replay.at, self.flow.looking.focus))

    def action_back(self) -> None:
        """One round back, and stop there."""
        self._go_to(self._replay.playback.back(self._replay.at, self.flow.looking.focus))

    def action_to_end(self) -> None:
        self._go_to(self._replay.playback.end)

    def action_to_start(self) -> None:
        self._go_to(0)

    def _go_to(self, at: int) -> None:
        self._replay.stop_at(at)
        self._take(self.flow.looked())

    def _shown_commands(self) -> list[Command]:
        rows = {command.action: command for command in REPLAY}
        rows["pause"] = rows["pause"]._replace(label="Play" if self._replay.view.paused else "Pause")
        return [*(rows[action] for action in _SHOWN), *(command for command in COMMON if command.action in ("help", "quit"))]
