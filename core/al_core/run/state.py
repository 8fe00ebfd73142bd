"""The state of one run, and what answers do to it. Pure Python: a screen can hold it without loading any numerics.

A run is a list of learnt rounds, the query that waits for labels, and the answers given to it so far. Whatever else one may
want to know (the curve, what is labelled) is derived, so there is one truth and undo is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from itertools import chain
from typing import NamedTuple

from al_core.ground.errors import UserError


class By(StrEnum):
    """Who answered."""

    TRUTH = "truth"
    CARELESS = "careless"
    PERSON = "person"


class Answer(NamedTuple):
    """What was said about the item of one row: a class index, or None when it was put aside."""

    row: int
    label: int | None
    by: By = By.TRUTH


class PersonsAnswers(NamedTuple):
    """How far a run is a person's: how many answers they gave in it, how many of these are right labels (None where nobody
    knows), and how many put an item aside."""

    answers: int
    right: int | None
    put_aside: int

    @property
    def words(self) -> str:
        """``10 by hand, 8 right, 1 put aside``."""
        parts = [f"{self.answers:,} by hand", "" if self.right is None else f"{self.right:,} right"]
        parts.append(f"{self.put_aside} put aside" if self.put_aside else "")
        return ", ".join(part for part in parts if part)


class Pick(NamedTuple):
    """One queried item and why: its score by the strategy's formula, its rank among the candidates (1 = most wanted), and
    the model's probability of every class, shape (classes,). Score and rank are None where a strategy has none."""

    row: int
    score: float | None
    rank: int | None
    probabilities: tuple[float, ...]

    @property
    def guess(self) -> int:
        """The most probable class."""
        return self.probabilities.index(max(self.probabilities))


class Query(NamedTuple):
    """A batch asked for by a model: the labels it had learnt from, its test accuracy or what else the task
    measures, how many candidates it chose among.

    No picks means that the run has spent its budget or its pool.
    """

    labels: int
    accuracy: float
    candidates: int
    picks: tuple[Pick, ...]


class Round(NamedTuple):
    """A query and its answers, in the order they were given; learnt."""

    query: Query
    answers: tuple[Answer, ...]


class RunState(NamedTuple):
    """One strategy on one task.

    Parameters
    ----------
    strategy : the strategy's name, with parameters if any.
    rounds : what has been asked, answered and learnt.
    query : the batch that waits for labels; None before the first fit.
    answers : answers given to ``query`` so far, in the order they were given.
    """

    strategy: str
    rounds: tuple[Round, ...] = ()
    query: Query | None = None
    answers: tuple[Answer, ...] = ()

    @property
    def done(self) -> bool:
        """True when the budget is spent and the last model measured."""
        return self.query is not None and not self.query.picks

    @property
    def waiting(self) -> tuple[int, ...]:
        """Rows of the batch that have no answer yet, in the batch's order."""
        if self.query is None:
            return ()
        if not self.answers:
            return tuple([pick.row for pick in self.query.picks])
        given = {answer.row for answer in self.answers}
        return tuple(pick.row for pick in self.query.picks if pick.row not in given)

    @property
    def curve(self) -> tuple[tuple[int, float], ...]:
        """The learning curve so far: (labels, test accuracy or what else the task measures), labels strictly increasing."""
        queries = [entry.query for entry in self.rounds] + ([self.query] if self.query else [])
        points = {query.labels: query.accuracy for query in queries}
        return tuple(points.items())

    @property
    def labels(self) -> int:
        """Labels given so far, the starting set and the open batch included; 0 before the first fit."""
        if self.query is None:
            return 0
        return self.query.labels + sum(answer.label is not None for answer in self.answers)

    @property
    def history(self) -> tuple[Answer, ...]:
        """Every answer of the run in the order it was given, the starting set not included."""
        return (*chain.from_iterable(entry.answers for entry in self.rounds), *self.answers)


def answer(state: RunState, row: int, label: int | None, by: By = By.PERSON) -> RunState:
    """Answer one item of the open batch; a second answer to the same item replaces the first.

    Raises
    ------
    UserError
        The item is not in the open batch.
    """
    if state.query is None or row not in [pick.row for pick in state.query.picks]:
        raise UserError(f"row {row} is not in the batch that waits for labels")
    kept = tuple(given for given in state.answers if given.row != row)
    return state._replace(answers=(*kept, Answer(row, label, by)))


def forget(state: RunState, row: int) -> RunState:
    """Take one answer back. If it was learnt already, the run returns to that batch, with the batch's other answers kept.

    Raises
    ------
    UserError
        The run has no answer to the item.
    """
    if any(given.row == row for given in state.answers):
        return state._replace(answers=tuple(given for given in state.answers if given.row != row))
    for position in range(len(state.rounds) - 1, -1, -1):
        entry = state.rounds[position]
        if any(given.row == row for given in entry.answers):
            kept = tuple(given for given in entry.answers if given.row != row)
            return RunState(state.strategy, state.rounds[:position], entry.query, kept)
    raise UserError(f"row {row} has no answer to take back")


def as_it_was(state: RunState, at: int) -> RunState:
    """The run in its round ``at``, from 0 on, when the batch of that round had been answered and was not learnt yet."""
    entry = state.rounds[at]
    return RunState(state.strategy, state.rounds[:at], entry.query, entry.answers)


def persons_answers(state: RunState, truth: Sequence[int] | None) -> PersonsAnswers | None:
    """What a person answered in a run; None for a run that no person had a hand in. What ground truth answered is nobody's."""
    given = [entry for entry in state.history if entry.by is By.PERSON]
    labels = [entry for entry in given if entry.label is not None]
    right = None if truth is None else sum(truth[entry.row] == entry.label for entry in labels)
    return PersonsAnswers(len(given), right, len(given) - len(labels)) if given else None


def settle(state: RunState) -> RunState:
    """Close the answered batch: its answers become a learnt round and no query is open.

    Raises
    ------
    UserError
        Items of the batch still wait for an answer.
    """
    if state.query is None:
        return state
    if len(state.answers) < len(state.query.picks):  # an item has one answer at most
        raise UserError(f"{len(state.waiting):,} items of the batch still wait for an answer")
    return RunState(state.strategy, (*state.rounds, Round(state.query, state.answers)))
