"""Who answers what a run asks: ground truth, somebody careless, or nobody but the person.

Models are measured with ground truth, whoever answers. Pure Python, so that a screen can ask as well.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from al_core.data.facts import UNKNOWN
from al_core.run.state import Answer, By, RunState
from al_core.task.spec import TaskSpec


class Oracle(Protocol):
    """Answers items, each always in the same way."""

    def answer(self, row: int) -> Answer | None:
        """What it says of one row, with None for a label where it knows none; None alone where only the person may say it."""


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """Says what is true.

    Parameters
    ----------
    truth : class indices by row; `UNKNOWN` where nobody knows.
    """

    truth: Sequence[int]

    def answer(self, row: int) -> Answer:
        """The true label."""
        label = int(self.truth[row])
        return Answer(row, None if label == UNKNOWN else label, By.TRUTH)


@dataclass(frozen=True, slots=True)
class Careless:
    """Says another class now and then. Which items, and which class, hangs on the seed and on the item alone: not on who asks,
    when, or where, so that runs of a seed stay paired; and an item that is wrong at one rate is wrong at every higher one.

    Parameters
    ----------
    truth : as in `GroundTruth`.
    classes : how many there are.
    noise : how probable a wrong label is, at least 0 and below 1.
    seed : of the task.
    """

    truth: Sequence[int]
    classes: int
    noise: float
    seed: int

    def answer(self, row: int) -> Answer:
        """The label that somebody careless gives."""
        label = int(self.truth[row])
        if label == UNKNOWN:
            return Answer(row, None, By.CARELESS)
        digest = hashlib.blake2b(f"noise {self.seed} {row}".encode(), digest_size=16).digest()
        if self.classes > 1 and int.from_bytes(digest[:8], "little") / 2**64 < self.noise:
            label = (label + 1 + int.from_bytes(digest[8:], "little") % (self.classes - 1)) % self.classes
        return Answer(row, label, By.CARELESS)


@dataclass(frozen=True, slots=True)
class OnlyThePerson:
    """Says nothing: every item waits for the person."""

    def answer(self, row: int) -> None:
        """Nothing."""


def oracle_of(spec: TaskSpec, truth: Sequence[int], classes: int) -> Oracle:
    """Who answers in a task, beside the person.

    Parameters
    ----------
    spec : the task.
    truth : class indices by row; `UNKNOWN` where nobody knows.
    classes : how many there are.
    """
    return Careless(truth, classes, spec.noise, spec.seed) if spec.noise else GroundTruth(truth)


def answered(state: RunState, oracle: Oracle) -> RunState:
    """The run with what ``oracle`` says of whatever its open batch still waits for."""
    new = tuple([given for row in state.waiting if (given := oracle.answer(row)) is not None])
    return RunState(state.strategy, state.rounds, state.query, state.answers + new) if new else state
