"""``al-tui learn``: lessons, each a race with words above it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from click.shell_completion import CompletionItem

from al_core.task.options import option
from al_tui.cli.command import Command
from al_tui.output import put
from al_tui.requests.options import RaceOptions
from al_tui.requests.race import default_workers
from al_tui.requests.terminal import need_terminal

EPILOG = """\b
Examples:
  al-tui learn                 the list of lessons
  al-tui learn 1               the first lesson
  al-tui learn rare-class      the same, by its name
  al-tui learn ./mine.md       a lesson of your own, see docs/lessons.md
"""


class LessonWord(click.ParamType[str]):
    """A lesson, by number, name or path."""

    name = "lesson"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return str(value)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from al_core.lessons.bundled import bundled_lessons, short_name

        lessons = [(short_name(lesson), lesson.title) for lesson in bundled_lessons()]
        found = [CompletionItem(name, help=title) for name, title in lessons if name.startswith(incomplete)]
        return found or [CompletionItem(incomplete, type="file")]


@click.command("learn", cls=Command, epilog=EPILOG)
@click.argument("lesson", required=False, type=LessonWord(), metavar="[LESSON]")
@click.option("--list", "listed", is_flag=True, help="Print the list of lessons instead of showing it.")
@click.option("--workers", type=int, default=None, help="Worker processes.  [default: one per usable core]")
def learn_command(lesson: str | None, listed: bool, workers: int | None) -> int:
    """Learn how to label less: lessons with a live race, step by step. LESSON is a number, a name, or a file of your own."""
    from al_core.lessons.bundled import bundled_lessons, find_lesson

    if workers is not None:
        option(RaceOptions, "workers").check(workers)
    first = None if lesson is None else find_lesson(lesson)
    lessons = bundled_lessons()
    if listed:
        put("\n".join(_lines(lessons if first is None else (first,))) + "\n")
        return 0
    need_terminal("the lessons as a list: al-tui learn --list")
    from al_tui.launch_learn import launch_learn

    return launch_learn(lessons, first, workers or default_workers())


def _lines(lessons: Iterable[Any]) -> Iterable[str]:
    """A line for each lesson, and below it what it is about."""
    from al_core.lessons.bundled import short_name

    for lesson in lessons:
        yield f"{short_name(lesson):<20} {lesson.title}"
        if lesson.about:
            yield f"{'':<20} {lesson.about}"
