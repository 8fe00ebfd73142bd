"""Screens that lie over others: each is dismissed once, and nothing but itself."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import Screen

T = TypeVar("T")


class DismissedOnce(Screen[T]):
    """The first dismissal counts: a second Enter, or a click on what is closing, would take the screen below away.

    Where another screen lies on top by then, that one goes first.
    """

    _dismissed: tuple[T | None] | None = None
    """The result, in brackets, for None is one, too."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Go, and hand ``result`` on, unless it is on its way already."""
        first, self._dismissed = self._dismissed is None, self._dismissed or (result,)
        return super().dismiss(result) if first and self.app.screen is self else AwaitComplete()

    def on_screen_resume(self) -> None:
        """It is on top again: if it was dismissed meanwhile, it goes now."""
        if self._dismissed is not None and self.app.screen is self:
            super().dismiss(self._dismissed[0])
