"""Which lessons there are, and where one is: those of this program by number or name, a person's own by path."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from pathlib import Path

from al_core.ground.errors import UserError, unknown
from al_core.ground.files import refuse_odd
from al_core.ground.safe_text import safe_text
from al_core.lessons.lesson import Lesson
from al_core.lessons.reading import LARGEST, Known, read_lesson

ENDING = ".md"


@cache
def bundled_lessons() -> tuple[Lesson, ...]:
    """The lessons of this program, in their order."""
    found = sorted((entry for entry in files("al_core.lessons").joinpath("texts").iterdir()), key=lambda entry: entry.name)
    return tuple(
        read_lesson(entry.read_text("utf-8"), entry.name.removesuffix(ENDING), entry.name)
        for entry in found
        if entry.name.endswith(ENDING)
    )


def short_name(lesson: Lesson) -> str:
    """How a lesson is called on the command line: its file's name, without the number that puts it in order."""
    return lesson.name.partition("-")[2] or lesson.name


def is_path(word: str) -> bool:
    """Whether a word means a file, and no lesson of this program."""
    return word.endswith(ENDING) or os.sep in word


def find_lesson(word: str) -> Lesson:
    """The lesson that a word names: its number, its name or a part of that, or the path of a file.

    Raises
    ------
    UserError
        There is no such lesson, or the file is none.
    """
    if is_path(word):
        return _read(Path(word))
    every = bundled_lessons()
    names = [short_name(lesson) for lesson in every]
    if word.isdecimal() and 1 <= int(word) <= len(every):
        return every[int(word) - 1]
    if word in names:
        return every[names.index(word)]
    if word.isdecimal():
        raise UserError(f"no lesson {safe_text(word, 20)}; there are 1 to {len(every)}, or the path of a file: ./mine.md")
    raise unknown("lesson", word, names)


def _read(path: Path) -> Lesson:
    """Read a file of a person's."""
    shown = safe_text(str(path), 200)
    refuse_odd(path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(f"{shown}: {error.strerror or error}; see what there is with: al-tui learn --list") from None
    if len(content) > LARGEST:
        raise UserError(f"{shown}: has more than {LARGEST // 1024} kB; a lesson is a page of text, make several of it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise UserError(f"{shown}:{line}: is not written in UTF-8; save the file as UTF-8") from None
    from al_core.learners.registry import resolve_learner
    from al_core.strategies.registry import resolve_strategy

    known = Known(lambda name: str(resolve_strategy(name)), resolve_learner)
    return read_lesson(text, safe_text(path.name, 60), shown, known)
