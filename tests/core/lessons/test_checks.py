"""Answers of a race beside plain formulas over its states."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lessons import LESSON, played
from scipy.integrate import trapezoid

from al_core.lessons.checks import NOBODY, Found, read_check
from al_core.lessons.reading import read_lesson
from al_core.race.view import RaceView, RunView
from al_core.run.state import Answer, Query, Round, RunState
from al_core.task.spec import TaskSpec

NAMES = ("random", "margin")
CLASSES = ("a", "b")


def run(name: str, curve: list[tuple[int, float]], labels: list[int], seconds: float = 0.01) -> RunView:
    """A run with this curve, which was given these labels, one a round."""
    rounds = tuple(
        Round(Query(count, accuracy, 9, ()), (Answer(row, label),))
        for row, ((count, accuracy), label) in enumerate(zip(curve, labels, strict=False))
    )
    return RunView(RunState(name, rounds, Query(*curve[-1], 5, ())), rounds_timed=1, query_seconds=seconds)


def race(*runs: RunView) -> RaceView:
    return RaceView(TaskSpec("plane", batch=1, budget=44), runs)


def answer(text: str, *runs: RunView) -> Found:
    return read_check(text, NAMES, CLASSES).answer(race(*runs), CLASSES)


ONE = run("random", [(4, 0.5), (5, 0.6), (6, 0.9)], [0, 0], 0.002)
OTHER = run("margin", [(4, 0.5), (5, 0.9), (6, 0.8)], [0, 1], 0.004)


@pytest.mark.parametrize(
    ("text", "answered", "numbers"),
    [
        ("fewest labels(0.9)", "margin", ("6 labels", "5 labels")),
        ("most labels(0.9)", "random", ("6 labels", "5 labels")),
        ("fewest labels(0.95)", NOBODY, ("never", "never")),
        ("most accuracy", "random", ("90.0%", "80.0%")),
        ("most accuracy(5)", "margin", ("60.0%", "90.0%")),
        ("most accuracy(4)", NOBODY, ("50.0%", "50.0%")),
        ("most area", "margin", (".650", ".775")),
        ("most found(b)", "margin", ("0 found", "1 found")),
        ("most seconds", "margin", ("2.0 ms a query", "4.0 ms a query")),
        ("fewest seconds", "random", ("2.0 ms a query", "4.0 ms a query")),
    ],
)
def test_what_is_measured_is_what_the_formula_gives(text: str, answered: str, numbers: tuple[str, str]) -> None:
    assert answer(text, ONE, OTHER) == Found(answered, tuple(zip(NAMES, numbers, strict=True)))


def test_who_never_gets_there_is_not_first() -> None:
    never = run("random", [(4, 0.5), (5, 0.6)], [0])
    assert answer("fewest labels(0.9)", never, OTHER).answer == "margin"


def test_the_same_items_in_another_order_are_the_same() -> None:
    batch = (Answer(1, 0), Answer(2, 0))
    rounds = [(Round(Query(4, 0.5, 9, ()), given),) for given in (batch, batch[::-1])]
    pair = [RunView(RunState(name, asked)) for name, asked in zip(NAMES, rounds, strict=True)]
    assert answer("same(random, margin)", *pair) == Found("yes", (("random and margin", "the same in 1 of 1 rounds"),))
    assert answer("same(random, margin)", ONE, pair[1]).answer == "no"


def test_measures_of_a_race_equal_plain_formulas() -> None:
    """Of a real race: the area by trapezoids, the first hit and what was found, written anew with NumPy."""
    lesson = read_lesson(LESSON, "mine", "mine.md")
    view = played(lesson.steps[0].race, seed=3)
    assert view.truth is not None
    for found, one in zip(answer_numbers("most area", view), view.runs, strict=True):
        labels, accuracy = np.array(one.state.curve).T
        assert math.isclose(float(found), trapezoid(accuracy, labels) / np.ptp(labels), abs_tol=5e-4)
    for found, one in zip(answer_numbers("most found(b)", view), view.runs, strict=True):
        assert int(found.split()[0]) == sum(view.truth[given.row] == 1 for given in one.state.history)
    for found, one in zip(answer_numbers("fewest labels(0.9)", view), view.runs, strict=True):
        there = [labels for labels, accuracy in one.state.curve if accuracy >= 0.9]
        assert found == (f"{min(there)} labels" if there else "never")


def answer_numbers(text: str, view: RaceView) -> list[str]:
    return [words for _, words in read_check(text, NAMES, CLASSES).answer(view, CLASSES).numbers]
