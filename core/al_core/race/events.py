"""What a race tells the outside, one record an event."""

from __future__ import annotations

from dataclasses import dataclass

from al_core.run.play import Timing
from al_core.run.state import Answer, RunState


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """A round of a run was handed to the executor."""

    run: int


@dataclass(frozen=True, slots=True)
class RoundPlayed:
    """Rounds came back: the new state, and the seconds of each round."""

    run: int
    state: RunState
    timings: tuple[Timing, ...]


@dataclass(frozen=True, slots=True)
class RunFailed:
    """A round failed; the run keeps its state and can be retried."""

    run: int
    error: str


@dataclass(frozen=True, slots=True)
class RunRetried:
    """A failed run tries again."""

    run: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Answers were given by hand, or known ones given again.

    Parameters
    ----------
    state : the run's state with them.
    answers : what is new in it, in the order it was given.
    visible : whether the model's guess was on the screen.
    seconds : how long the person looked; None when nobody measured it.
    """

    run: int
    state: RunState
    answers: tuple[Answer, ...]
    visible: bool = False
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An answer given by hand was taken back; ``state`` is the run's state without it."""

    run: int
    state: RunState
    row: int


@dataclass(frozen=True, slots=True)
class HandChanged:
    """A person took a run over, or handed it back.

    Parameters
    ----------
    of : the run that it begins as, from where that stands, which goes on by itself; None for a run that there was.
    """

    run: int
    by_hand: bool
    of: int | None = None


@dataclass(frozen=True, slots=True)
class PauseChanged:
    """The automatic runs stopped, or went on."""

    paused: bool


@dataclass(frozen=True, slots=True)
class PaceChanged:
    """The most rounds a run plays in a second; None for as many as it can."""

    pace: float | None


ByPerson = Answered | TakenBack | HandChanged
"""What a person did to a run: kept before it counts."""


RaceEvent = (
    RoundStarted | RoundPlayed | RunFailed | RunRetried | Answered | TakenBack | HandChanged | PauseChanged | PaceChanged
)
