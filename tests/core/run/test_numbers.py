"""A formula with its numbers comes to the score, for every strategy that tells its numbers, wherever in a batch an item is."""

from __future__ import annotations

import math
import re

import pytest

from al_core.run.numbers import numbers_of, open_numbers
from al_core.run.play import play
from al_core.run.round import start
from al_core.run.state import RunState
from al_core.strategies.parts import coverage
from al_core.strategies.registry import strategies
from al_core.task.spec import TaskSpec
from al_core.task.split import make_task

NAMES = [found.info.name for found in strategies() if found.function.__module__.startswith("al_core.")]
NO_FORMULA = {"random", "badge"}
"""What chooses by a draw: there are words, and no score to come to."""
PARAMETERS = (
    "vote_entropy(committee=hard)",
    "vote_entropy(committee=forest)",
    "max_disagreement(committee=forest)",
    "bald(committee=forest)",
    "information_density(base=margin,beta=0.5,density=knn)",
    "power_margin(beta=4)",
    "expected_error_reduction(loss=log)",
    "density(neighbors=2)",
    "herding(weight=none,neighbors=7)",
    "probcover(delta=1)",
    "rare_class(base=margin,gamma=1)",
)


def played(strategy: str, dataset: str = "blobs", learner: str = "logistic", rounds: int = 4) -> tuple[TaskSpec, RunState]:
    spec = TaskSpec(dataset, learner, batch=3, budget=40, seed=1)
    return spec, play(spec, start(strategy), rounds=rounds).state


def value(expression: str) -> float:
    """What an expression comes to, for somebody with a calculator."""
    text = re.sub(r"log ([\d.e−]+)", r"log(\1)", expression)
    for sign, plain in (("−", "-"), ("·", "*"), ("^", "**"), (", …", "")):
        text = text.replace(sign, plain)
    found = eval(text, {"__builtins__": {}}, {"log": math.log, "min": min})
    return float(found)


@pytest.mark.parametrize("strategy", [*(name for name in NAMES if name not in NO_FORMULA), *PARAMETERS])
def test_the_numbers_come_to_the_score(strategy: str) -> None:
    for dataset in ("blobs", "plane(separation=0.5)"):
        spec, state = played(strategy, dataset)
        task = make_task(spec)
        assert state.query is not None
        for pick in state.query.picks:
            numbers = numbers_of(task, state, pick.row)
            assert numbers is not None
            assert pick.score is not None
            assert value(numbers.expression) == pytest.approx(pick.score, rel=0.01, abs=2e-3), numbers
            for term in numbers.terms:
                assert "{" not in term.format(*task.dataset.classes)


@pytest.mark.parametrize("strategy", ["herding", "auto", "rare_class"])
def test_where_anchors_are_covered_the_numbers_are_of_anchors(strategy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "EXACT", 0)
    spec, state = played(strategy)
    assert state.query is not None
    for pick in state.query.picks:
        numbers = open_numbers(spec, state, pick.row)
        assert numbers is not None
        assert pick.score is not None
        assert value(numbers.expression) == pytest.approx(pick.score, rel=0.01)
        assert any("anchors" in term for term in numbers.terms) == (strategy == "herding")


def test_on_a_field_the_expected_error_is_that_of_each_label() -> None:
    spec, state = played("expected_error_reduction", learner="gaussian_field")
    assert state.query is not None
    for pick in state.query.picks:
        numbers = open_numbers(spec, state, pick.row)
        assert numbers is not None
        assert pick.score is not None
        assert value(numbers.expression) == pytest.approx(pick.score, rel=0.01)
        assert len(numbers.terms) == 4


def test_what_is_drawn_says_how_and_no_strategy_is_silent() -> None:
    for strategy in sorted(NO_FORMULA):
        spec, state = played(strategy)
        assert state.query is not None
        numbers = open_numbers(spec, state, state.query.picks[0].row)
        assert numbers is not None
        assert (numbers.expression, bool(numbers.terms)) == ("", True)
    assert {found.info.name for found in strategies() if found.info.name in NAMES and found.numbers is None} == set()


@pytest.mark.parametrize("learner", ["gaussian_field", "auto"])
def test_where_a_field_is_in_the_model_auto_writes_all_three_parts(learner: str) -> None:
    spec, state = played("auto", learner=learner)
    assert state.query is not None
    for pick in state.query.picks:
        numbers = open_numbers(spec, state, pick.row)
        assert numbers is not None
        assert pick.score is not None
        assert value(numbers.expression) == pytest.approx(pick.score, rel=0.01)
        assert [term.split(":")[0] for term in numbers.terms] == ["doubt U", "herding's gain H", "expected error R"]


def test_of_many_classes_the_largest_are_written_and_the_others_are_one_number() -> None:
    spec, state = played("expected_gradient_length", "digits", rounds=1)
    assert state.query is not None
    numbers = open_numbers(spec, state, state.query.picks[0].row)
    assert numbers is not None
    assert numbers.expression.count("·") == 7
    assert value(numbers.expression) == pytest.approx(state.query.picks[0].score, rel=0.01)
