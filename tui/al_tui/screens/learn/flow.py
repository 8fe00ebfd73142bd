"""How far one is in a lesson: which step, which of its keys were pressed, what one expects. No terminal."""

from __future__ import annotations

from collections import Counter

from al_core.data.facts import describe_dataset
from al_core.lessons.checks import Found
from al_core.lessons.lesson import Lesson, LessonRace, Question, Step
from al_core.race.view import RaceView


class LessonFlow:
    """One lesson being taken.

    Parameters
    ----------
    lesson : what is taken.
    at : the step one is at.
    turned : which value a parameter is turned to, where the step has one.
    """

    def __init__(self, lesson: Lesson, at: int = 0, turned: int = 0) -> None:
        self.lesson, self.at, self.turned = lesson, at, turned
        self.pressed: Counter[str] = Counter()
        """Keys of this step, by how often they were pressed."""
        self.expected: str | None = None
        """What the person expects the answer of this step's question to be."""

    @property
    def step(self) -> Step:
        """The step one is at."""
        return self.lesson.steps[self.at]

    @property
    def race(self) -> LessonRace:
        """What is raced in it."""
        return self.step.race if self.step.turn is None else self.step.turn.races[self.turned]

    @property
    def question(self) -> Question | None:
        """What it asks."""
        return self.step.question

    @property
    def choices(self) -> tuple[str, ...]:
        """The answers that it may have."""
        return () if self.question is None else self.question.check.choices(self.step.race.strategies)

    @property
    def last(self) -> bool:
        """Whether no step follows."""
        return self.at + 1 == len(self.lesson.steps)

    def go(self, steps: int) -> bool:
        """Go to the next step, or to the one before; returns whether another race begins there."""
        before = self.race
        self.at, self.turned = max(0, min(self.at + steps, len(self.lesson.steps) - 1)), 0
        self.begin_again()
        return self.race != before

    def turn(self, values: int) -> bool:
        """Turn the parameter so many values further, as far as there are any; returns whether that is another race."""
        before = self.turned
        if self.step.turn is not None:
            self.turned = max(0, min(self.turned + values, len(self.step.turn.values) - 1))
        return self.turned != before

    def begin_again(self) -> None:
        """Nothing was done in this step yet."""
        self.pressed.clear()
        self.expected = None

    def press(self, key: str) -> bool:
        """Note a key; returns whether this step wants it."""
        wanted = key in self.step.press
        self.pressed[key] += wanted
        return wanted

    def found(self, view: RaceView) -> Found | None:
        """What the race says to the question, once one has said what one expects and the race is over."""
        if self.question is None or self.expected is None or not self.over(view):
            return None
        return self.question.check.answer(view, describe_dataset(view.spec.dataset).class_names)

    def over(self, view: RaceView) -> bool:
        """Whether the race has come to its end, with every run."""
        return all(run.status == "done" for run in view.runs)
