"""All lessons: which one?"""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import OptionList

from al_core.lessons.lesson import Lesson
from al_tui.commands.command import Command
from al_tui.commands.table import COMMON, LESSONS, LESSONS_INTRODUCTION
from al_tui.screens.learn.host import LearnHost
from al_tui.theme.colours import palette
from al_tui.widgets.drawn import entitle
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaving import leaving
from al_tui.widgets.line import Line


class LessonList(Screen[None]):
    """A line for each lesson; Enter, or a click, begins it.

    Parameters
    ----------
    lessons : what there is.
    """

    app: LearnHost
    introduction = LESSONS_INTRODUCTION
    commands: Sequence[Command] = LESSONS

    def __init__(self, lessons: tuple[Lesson, ...]) -> None:
        super().__init__()
        self._lessons = lessons
        self._done: set[str] = set()

    def compose(self) -> ComposeResult:
        yield Line("top")
        yield OptionList(*self._rows())
        yield Line("about")
        yield KeyBar(lambda: [*LESSONS, *(command for command in COMMON if command.action in ("next_theme", "help", "quit"))])

    def on_mount(self) -> None:
        self.query_one("#top", Line).show(
            Text("al-tui learn", "bold").append(" · how to label less, lesson by lesson", "not bold")
        )
        entitle(self.query_one(OptionList), "Lessons")
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw_again())

    def note_done(self, name: str) -> None:
        """A lesson was taken to its end: the next one is offered."""
        self._done.add(name)
        names = [lesson.name for lesson in self._lessons]
        if name in names:
            self._draw_again(min(names.index(name) + 1, len(names) - 1))

    def action_open(self) -> None:
        self.query_one(OptionList).action_select()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.app.open_lesson(self._lessons[event.option_index])

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        self.query_one("#about", Line).show(Text(self._lessons[event.option_index].about))

    def _draw_again(self, at: int | None = None) -> None:
        if leaving(self):
            return
        rows = self.query_one(OptionList)
        at = rows.highlighted if at is None else at
        rows.clear_options().add_options(self._rows())
        rows.highlighted = at

    def _rows(self) -> list[Text]:
        colours, out = palette(self.app), []
        for number, lesson in enumerate(self._lessons, 1):
            done = "✓" if lesson.name in self._done else " "
            row = Text(no_wrap=True, overflow="ellipsis").append(f"{done}{number:>2}  ", colours.accent)
            row.append(lesson.title, "bold")
            out.append(row)
        return out
