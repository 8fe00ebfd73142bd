"""What a lesson is: a race, steps that say what to do with it, and questions that it answers. Free of numerics."""

from __future__ import annotations

from dataclasses import dataclass

from al_core.lessons.checks import Check
from al_core.task.spec import TaskSpec


@dataclass(frozen=True, slots=True)
class LessonRace:
    """What runs in a lesson: an ordinary race."""

    spec: TaskSpec
    strategies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question to be answered before the race has run to its end, which answers it then.

    Parameters
    ----------
    words : the question.
    check : how the race answers it.
    answer : what is expected to come out; one of the choices.
    holds : on how many of the seeds 0 to 9 it does; None where nobody says.
    because : what is to be said once the answer is known.
    """

    words: str
    check: Check
    answer: str
    holds: int | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A parameter of strategies that can be turned: its name, its values, and the race with each of them."""

    name: str
    values: tuple[str, ...]
    races: tuple[LessonRace, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Parameters
    ----------
    title, words : its heading and its text; the text's paragraphs are apart by a line feed.
    race : what is raced in it.
    look, expect : where to look, and what to expect; empty where nothing is said.
    press : keys to press, in any order, as Textual names them.
    numbers : whether the formulas with the numbers of what is asked first are shown.
    question : what is asked; None in most steps.
    turn : a parameter that can be turned; None where there is none.
    """

    title: str
    words: str
    race: LessonRace
    look: str = ""
    press: tuple[str, ...] = ()
    expect: str = ""
    numbers: bool = False
    question: Question | None = None
    turn: Turn | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson.

    Parameters
    ----------
    name : how it is called: a number with a word, or the name of a file.
    title, about : what it is, in a few words and in a sentence.
    steps : at least one.
    """

    name: str
    title: str
    about: str
    steps: tuple[Step, ...]
