"""The app of the lessons: a list of them, and the race of the one that is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual.actions import ActionParseResult
from textual.dom import DOMNode
from textual.screen import Screen

from al_core.lessons.lesson import Lesson, LessonRace
from al_tui.app import AlTui
from al_tui.background.race import Engine
from al_tui.screens.learn.flow import LessonFlow
from al_tui.screens.learn.host import LearnHost
from al_tui.screens.learn.list import LessonList
from al_tui.screens.learn.screen import LessonScreen
from al_tui.shell.base import BaseApp, Place


class LearnApp(AlTui, LearnHost):
    """Lessons, one race at a time.

    Parameters
    ----------
    lessons : what the list has.
    first : the lesson to begin with; None for the list.
    engine_for : makes what races, over workers that all lessons share.
    log_path : the file that holds what workers printed; error messages name it.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = [*BaseApp.CSS_PATH, Path(__file__).with_name("screens") / "learn" / "list.tcss"]

    def __init__(
        self, lessons: tuple[Lesson, ...], first: Lesson | None, engine_for: Callable[[LessonRace], Engine], log_path: Path
    ) -> None:
        super().__init__(engine_for((first or lessons[0]).steps[0].race), log_path)
        self._lessons, self._first, self._engine_for = lessons, first, engine_for

    def get_default_screen(self) -> Screen[None]:
        return LessonList(self._lessons)

    def begin(self) -> None:
        if self._first is not None:
            self.open_lesson(self._first)

    @property
    def elsewhere(self) -> Sequence[Place]:
        each = enumerate(self._lessons, 1)
        return [(f"Lesson {number}: {lesson.title}", "", partial(self.open_lesson, lesson)) for number, lesson in each]

    def open_lesson(self, lesson: Lesson, at: int = 0, turned: int = 0) -> None:
        self._leave_race()
        flow = LessonFlow(lesson, at, turned)
        self.engine = self._engine_for(flow.race)
        self.engine.set_paused(True)
        self.engine.refused = self.refuse
        screen = LessonScreen(self.engine, flow)
        if isinstance(self.screen, LessonScreen):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)
        self.call_after_refresh(self.start_engine)

    def leave_lesson(self, finished: Lesson | None = None) -> None:
        self._leave_race()
        self.pop_screen()
        if finished is not None and isinstance(self.screen, LessonList):
            self.screen.note_done(finished.name)

    def _leave_race(self) -> None:
        """What ran is of no interest any more."""
        if self._race is not None:
            self._race.cancel()
            self._race = None
        self.engine.changed = lambda event: None
        self.engine.pool.close()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do what a key, a click or the palette asks for; a lesson notes it."""
        screen = self.screen
        done = await super().run_action(action, default_namespace, namespaces)
        if isinstance(screen, LessonScreen) and isinstance(action, str):
            screen.noted(action)
        return done
