"""What can happen in a race that is kept as a session. Items stand as content hash and as row of the fingerprinted data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from al_core.data.sources import Source
from al_core.ground.versions import Versions
from al_core.ground.written import ABSENT
from al_core.run.state import Answer, By, Pick, Query
from al_core.task.spec import TaskSpec


@dataclass(frozen=True, slots=True)
class RaceOpened:
    """The first event of a race.

    Parameters
    ----------
    spec, strategies : what is raced; a run is named by its place in ``strategies``.
    fingerprint : content digest of the data set; a race never goes on over other data.
    classes : class names; a label is an index into them.
    software : what the race was begun with.
    seeds : how many paired seeds the race is repeated on.
    source : what is known of data that does not come with the program, and where it lay; None for data that does.
    """

    spec: TaskSpec
    strategies: tuple[str, ...]
    fingerprint: str
    classes: tuple[str, ...]
    software: Versions
    seeds: int = 1
    source: Source | None = field(default=None, metadata={ABSENT: None})


@dataclass(frozen=True, slots=True)
class RacePlayed:
    """A run learnt its batch and asks for the next one.

    Parameters
    ----------
    run : which one.
    learnt : answers that ground truth gave to what the batch still waited for.
    query : the next batch.
    fit, choice : seconds spent fitting; and measuring, scoring and choosing.
    elapsed : seconds the race had been running, pauses not counted.
    """

    run: int
    learnt: tuple[Answer, ...]
    query: Query
    fit: float
    choice: float
    elapsed: float


@dataclass(frozen=True, slots=True)
class RaceAnswered:
    """An item of a run's batch was answered by hand: ``given`` is a class index, or None when it was put aside."""

    item: str
    run: int
    row: int
    given: int | None
    who: By


@dataclass(frozen=True, slots=True)
class RaceTakenBack:
    """An answer of a run was taken back."""

    item: str
    run: int
    row: int


@dataclass(frozen=True, slots=True)
class RaceHand:
    """A person took a run over, or handed it back.

    Parameters
    ----------
    of : the run that it begins as, from where that stands; None for a run that there was.
    """

    run: int
    by_hand: bool
    of: int | None = field(default=None, metadata={ABSENT: None})


@dataclass(frozen=True, slots=True)
class RaceFailed:
    """A round of a run failed, and the run stood still until it was tried again; its next round says that it was."""

    run: int
    error: str


RaceAction = RaceOpened | RacePlayed | RaceAnswered | RaceTakenBack | RaceHand | RaceFailed

RACE_KINDS: dict[str, type[Any]] = {
    "race": RaceOpened,
    "race_round": RacePlayed,
    "race_label": RaceAnswered,
    "race_undo": RaceTakenBack,
    "race_hand": RaceHand,
    "race_failed": RaceFailed,
}

WRITTEN: Mapping[type[Any], Mapping[str, str]] = {Pick: {"row": "item"}, Answer: {"row": "item"}}
"""What files of format 1 call the item of a pick or of an answer is its row."""
