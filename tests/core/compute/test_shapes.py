"""Replies of other machines are what the function that was called returns, all the way down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import pytest

from al_core.comparison.cell import Cell
from al_core.comparison.in_worker import play_cell
from al_core.compute.outcome import outcome, portable
from al_core.compute.shapes import conforms, returns
from al_core.ground.errors import UserError
from al_core.run.play import Played, Timing, play
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec

CELL = Cell(TaskSpec(), "margin", ((20, 0.5),), ((1, 2),), 0.1, 0.2, 3)


class Pair(NamedTuple):
    first: int
    second: str | None


@dataclass(frozen=True)
class Record:
    pair: Pair
    word: Literal["a", "b"]


GOOD = [
    (1, int),
    (1.5, float),
    (1, float),
    (None, int | None),
    ("a", Literal["a"]),
    ((1, 2), tuple[int, ...]),
    ((1, "a"), tuple[int, str]),
    ([1], list[int]),
    ({"a": 1}, dict[str, int]),
    (Pair(1, None), Pair),
    (Record(Pair(1, "x"), "a"), Record),
    (CELL, Cell),
    (Played(RunState("margin"), (Timing(0.1, 0.2),)), Played),
    (object(), Any),
    ((), tuple[int, ...]),
    (True, bool),
]
BAD = [
    (True, int),
    (True, float),
    ("1", int),
    (None, int),
    ("c", Literal["a"]),
    ((1, "2"), tuple[int, ...]),
    ((1,), tuple[int, str]),
    (["1"], list[int]),
    ({1: 1}, dict[str, int]),
    ((1, None), Pair),
    (Pair("1", None), Pair),
    (Record(Pair(1, 2), "a"), Record),
    (Record(Pair(1, "x"), "c"), Record),
    ({"spec": 1}, Cell),
    (replace(CELL, curve=((20, "0.5"),)), Cell),
    (replace(CELL, spec=None), Cell),
    (Played(RunState(7), ()), Played),
    (Played(RunState("margin"), [Timing(0.1, 0.2)]), Played),
]


@pytest.mark.parametrize(("value", "kind"), GOOD)
def test_what_conforms(value: Any, kind: Any) -> None:
    assert conforms(value, kind)


@pytest.mark.parametrize(("value", "kind"), BAD)
def test_what_does_not(value: Any, kind: Any) -> None:
    assert not conforms(value, kind)


def test_functions_of_ours_say_what_they_return() -> None:
    assert (returns(play_cell), returns(play)) == (Cell, Played)
    assert returns(lambda: 1) is Any


def test_a_call_that_would_end_the_process_has_failed() -> None:
    def leave() -> None:
        raise SystemExit(0)

    error, _ = outcome(leave, (), {})
    assert isinstance(error, RuntimeError)
    assert "would have ended the program" in str(error)
    assert outcome(divmod, (7, 2), {}) == (None, (3, 1))
    with pytest.raises(KeyboardInterrupt):
        outcome(_interrupt, (), {})


def _interrupt() -> None:
    raise KeyboardInterrupt


class Foreign(Exception):
    """An error of somebody else's module."""


def test_an_error_travels_without_code_of_others() -> None:
    ours = UserError("no")
    assert portable(ours) is ours
    assert type(portable(ValueError("x", 3))) is ValueError
    for error in (Foreign("x"), ValueError(Foreign("x"))):
        assert type(portable(error)) is RuntimeError
        assert "x" in str(portable(error))


def test_an_error_that_could_not_be_read_where_it_arrives_is_told_in_words() -> None:
    made_here = type("Odd", (UserError,), {"__module__": "al_core.nowhere"})  # as by a learner that was typed in
    arrived = portable(made_here("no"))
    assert type(arrived) is RuntimeError
    assert "no" in str(arrived)
