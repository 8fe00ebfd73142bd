"""A lesson: a race, and above it the words of a step."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult

from al_core.ground.numbers import NONE, significant
from al_core.race.view import RunView
from al_tui.background.ahead import Ahead
from al_tui.background.race import Engine
from al_tui.commands.command import Command, bindings
from al_tui.commands.table import COMMON, LESSON, LESSON_INTRODUCTION, race_commands
from al_tui.screens.learn.choose import Choose
from al_tui.screens.learn.flow import LessonFlow
from al_tui.screens.learn.host import LearnHost
from al_tui.screens.learn.panel import LessonPanel
from al_tui.screens.learn.words import Asks, step_words
from al_tui.screens.race.screen import RaceScreen
from al_tui.theme.colours import palette
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaving import leaving

if TYPE_CHECKING:
    from al_core.race.driver import Race
    from al_core.race.events import RaceEvent

_Asked = tuple[tuple[str, int], ...]
"""What the numbers are of: each strategy, and with how many labels."""


class LessonScreen(RaceScreen):
    """The race of a lesson; it begins paused, and what it comes to is said in the lesson's words.

    Parameters
    ----------
    engine : the race.
    flow : the lesson, at a step.
    """

    CSS_PATH = "lesson.tcss"
    BINDINGS = bindings(LESSON)
    app: LearnHost
    introduction = LESSON_INTRODUCTION

    def __init__(self, engine: Engine, flow: LessonFlow) -> None:
        super().__init__(engine)
        self.lesson = flow
        self.painting.compares_at_end = False
        self._asks: tuple[_Asked, list[Asks]] | None = None
        self._fetching: _Asked = ()
        self._thinks = False
        """Whether the person is asked what they expect, and nothing is played ahead yet."""
        self._begun: Race | None = None
        """The race that was begun; with another seed it is another one."""

    @property
    def commands(self) -> Sequence[Command]:
        """What a person can do here."""
        return (*LESSON, *race_commands(self._engine.view.spec.noise))

    def compose(self) -> ComposeResult:
        for widget in super().compose():
            yield widget
            if isinstance(widget, HeaderLine):
                yield LessonPanel()

    def on_mount(self) -> None:  # beside that of the race, which is called as well
        self.paint_words()

    def paint_again(self) -> None:
        super().paint_again()
        self.paint_words()

    def paint_words(self) -> None:
        """Bring the words up to date."""
        flow, view = self.lesson, self._engine.view
        if leaving(self) or not self.query(LessonPanel):
            return
        asked = tuple((run.name, run.state.query.labels if run.state.query else -1) for run in view.runs)
        known = self._asks[1] if self._asks is not None and self._asks[0] == asked else None
        if flow.step.numbers and known is None:
            self._fetch_numbers(asked)
        title = f"{flow.lesson.title} · {flow.at + 1}/{len(flow.lesson.steps)} · {flow.step.title}"
        self.query_one(LessonPanel).show(title, step_words(flow, view, known, palette(self.app)))
        self.query_one(KeyBar).redraw()

    def _changed(self, event: RaceEvent | None) -> None:
        super()._changed(event)
        self._begin()
        self._play_ahead()
        self.paint_words()

    def _begin(self) -> None:
        """Have a race that has just begun fit its first models and stop, or go on to its end where that is waited for."""
        race = self._engine.race
        if race is None or race is self._begun:
            return
        self._begun = race
        if self.lesson.expected is None:
            race.step()
        else:
            race.set_paused(False)

    def noted(self, action: str) -> None:
        """A key, or a click, has done what it does."""
        keys = [key for command in (*self.commands, *COMMON) for key in command.keys if command.call(key) == action]
        wanted = [self.lesson.press(key) for key in keys]
        if any(wanted):
            self.paint_words()

    # The numbers

    def _fetch_numbers(self, asked: _Asked) -> None:
        """Have a worker write the formulas of what is asked first, once nothing is computed that would ask for other items."""
        view = self._engine.view
        ready = all(run.state.query is not None and run.state.query.picks for run in view.runs)
        if ready and view.idle and self._fetching != asked:
            self._fetching = asked
            self.run_worker(self._numbers(asked, view.runs), group="numbers", exclusive=True)

    async def _numbers(self, asked: _Asked, runs: Sequence[RunView]) -> None:
        picks = [(run, run.state.query.picks[0]) for run in runs if run.state.query is not None]
        wanted = (self._engine.pool.numbers(run.state, pick.row) for run, pick in picks)
        found = await asyncio.gather(*wanted, return_exceptions=True)
        self._asks = asked, []
        for (run, pick), numbers in zip(picks, found, strict=True):
            score = NONE if pick.score is None else significant(pick.score)
            self._asks[1].append(Asks(run.name, score, None if isinstance(numbers, BaseException) else numbers))
        self.paint_words()

    # Keys

    def action_forward(self) -> None:
        flow = self.lesson
        if flow.question is not None and flow.expected is None:
            self._thinks = True
            self._play_ahead()
            self.app.push_screen(Choose(flow.question.words, flow.choices), self._expect)
        elif flow.question is not None and not flow.over(self._engine.view):
            self.app.tell("The race is still on; its end answers the question.")
        elif flow.last:
            self.app.leave_lesson(finished=flow.lesson)
        else:
            self._go(1)

    def _expect(self, chosen: int | None) -> None:
        """The person has said what they expect: the race runs to its end."""
        self._thinks = False
        if chosen is None:
            if isinstance(ahead := self._engine.executor, Ahead):
                ahead.forget()
            return
        self.lesson.expected = self.lesson.choices[chosen]
        self._engine.set_pace(None)
        self._engine.set_paused(False)
        self.paint_words()

    def _play_ahead(self) -> None:
        """While the person thinks, have the race played where nobody sees it, once its first models are there."""
        view, ahead = self._engine.view, self._engine.executor
        ready = self._engine.race is not None and view.idle and all(run.rounds_timed for run in view.runs)
        if self._thinks and ready and isinstance(ahead, Ahead):
            self._thinks = False
            ahead.play(view)

    def action_backward(self) -> None:
        if self.lesson.at:
            self._go(-1)
        else:
            self.app.tell("This is the first step.")

    def _go(self, steps: int) -> None:
        if self.lesson.go(steps):
            self.app.open_lesson(self.lesson.lesson, self.lesson.at)
            return
        self.query_one(LessonPanel).scroll_home(animate=False)
        self.remove_class("words-away")
        self.paint_words()

    def action_turn(self, key: str) -> None:
        flow = self.lesson
        if flow.step.turn is None:
            self.app.tell("Nothing can be turned in this step.")
        elif flow.turn(1 if key == "greater_than_sign" else -1):
            self.app.open_lesson(flow.lesson, flow.at, flow.turned)
        else:
            self.app.tell("There is no further value.")

    def action_words(self) -> None:
        self.toggle_class("words-away")

    def action_scroll(self, key: str) -> None:
        panel = self.query_one(LessonPanel)
        panel.scroll_page_down(animate=False) if key == "pagedown" else panel.scroll_page_up(animate=False)

    def action_close(self) -> None:
        self.app.leave_lesson()

    def _shown_commands(self) -> list[Command]:
        mine = [command for command in LESSON if command.label and (command.action != "backward" or self.lesson.at)]
        return [*mine, *super()._shown_commands()]
