"""Painting a screen part by part, so that a key never waits for more than one of them."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable, Iterable

from textual.screen import Screen

from al_tui.widgets.later import later
from al_tui.widgets.leaving import leaving

SLICE_SECONDS = 0.03
"""Pause between two parts of a paint."""


class Slices:
    """Parts of a screen that are still to be brought up to date.

    Parameters
    ----------
    screen : the screen.
    seen : whether the screen can be seen now; parts are dropped when it cannot, for it is painted whole when it comes back.
    """

    def __init__(self, screen: Screen[None], seen: Callable[[], bool] = lambda: True) -> None:
        self._screen = screen
        self._seen = seen
        self._parts: list[Callable[[], None]] = []
        self._timer: TimerHandle | None = None

    @property
    def pending(self) -> bool:
        """True while a part is still to be painted."""
        return bool(self._parts)

    def add(self, parts: Iterable[Callable[[], None]]) -> None:
        """Paint these a little later, each once, after those that wait."""
        self._parts += [part for part in parts if part not in self._parts]
        self._go_on()

    def restart(self, parts: Iterable[Callable[[], None]]) -> None:
        """Paint these a little later, in place of those that wait."""
        self._parts = list(parts)
        self._go_on()

    def _go_on(self) -> None:
        if self._parts and self._timer is None:
            self._timer = later(self._screen, SLICE_SECONDS, self._next)

    def _next(self) -> None:
        self._timer = None
        if leaving(self._screen):
            return
        if not self._seen():
            self._parts.clear()
        if self._parts:
            self._parts.pop(0)()
        self._go_on()
