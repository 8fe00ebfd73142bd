"""What the screens of lessons need of the app they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from al_tui.widgets.host import RaceHost

if TYPE_CHECKING:
    from al_core.lessons.lesson import Lesson


class LearnHost(RaceHost):
    """An app that lessons can be taken in."""

    def open_lesson(self, lesson: Lesson, at: int = 0, turned: int = 0) -> None:
        """Show a lesson at a step, with a race of its own; a parameter of it is turned to the value of this number."""
        raise NotImplementedError

    def leave_lesson(self, finished: Lesson | None = None) -> None:
        """Back to the list; ``finished`` has been taken to its end."""
        raise NotImplementedError
