"""What can happen in a session, each as a small frozen value, and how it is written as text. Pure Python.

An action is what somebody did; an `Event` (see `al_core.sessions.events`) is an action with its place in the log. Items are
known by the hash of their content; a class is its number in the session, which stays: those of the settings first, then those
that were added, in their order. A field with `ABSENT` is one that rows of format 1 do not have: they mean what it says there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from types import MappingProxyType
from typing import Any, Literal, get_type_hints

from al_core.ground.errors import UserError
from al_core.ground.records import Reader, Unreadable
from al_core.ground.written import ABSENT, written_fields
from al_core.sessions.class_actions import CLASS_KINDS, ClassAction
from al_core.sessions.class_actions import ClassAdded as ClassAdded
from al_core.sessions.race_actions import RACE_KINDS, WRITTEN, RaceAction
from al_core.sessions.settings import Settings as Settings

Source = Literal["start", "strategy", "last_good", "random", "jump", "review", "later", "audit", "search", "reopened"]
"""Why an item is on the screen: it belongs to the start; the strategy asked for it; the last good order had it; drawn at random
because there is no order; the person went back to it; the review pass brought it up; it was to be asked again at the end; drawn
at random to measure with; the person looked for it; the class of its label was split or deleted."""

Machine = Literal["truth", "model", "careless"]
"""Who else gave a label: ground truth, the model, or the careless annotator of a race with noise."""

Chooser = Literal["strategy", "start", "search", "given", "audit"]
"""How an item was chosen: by the strategy, or what stands in for one; for the start; by the person, who looked for it; by
nobody here, for its label was there before, in the data or in a file; at random from all that are left, to measure with."""

Status = Literal["skip", "later", "unsure", "bad"]
"""What an answer without a label means: put aside, as sessions of format 1 have it, and not asked again; to be asked again at
the end; the person does not know; the item is broken or of no class."""
STATUS_WORDS: Mapping[Status, str] = MappingProxyType(
    {"skip": "don't know", "later": "later", "unsure": "don't know", "bad": "bad item"}
)
"""What a person is told that they answered. What was put aside before there was a choice was never asked again, as what nobody
knows is not."""
SHORT_STATUS: Mapping[Status, str] = MappingProxyType(
    {"skip": "unsure", "later": "later", "unsure": "unsure", "bad": "bad item"}
)
"""The same in at most eight columns, for captions of small items."""

LONGEST_NOTE = 2000
"""Characters of a note."""


class DamagedSession(UserError):
    """A session file is not what it must be; the message says what is wrong and where."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How an item was chosen, and how probable it was that just this one would be; None where nobody knows."""

    by: Chooser
    probability: float | None = field(default=None, metadata={ABSENT: None})


@dataclass(frozen=True, slots=True)
class Opened:
    """The first event of every session."""

    settings: Settings


@dataclass(frozen=True, slots=True)
class Shown:
    """An item came on the screen; ``choice`` is None where it had been chosen before, and in format 1."""

    item: str
    how: Source
    choice: Choice | None = field(default=None, metadata={ABSENT: None})


@dataclass(frozen=True, slots=True)
class Labelled:
    """The person gave an item its first label; ``choice`` is that of a label that did not come by way of the screen."""

    item: str
    label: int
    choice: Choice | None = field(default=None, metadata={ABSENT: None})


@dataclass(frozen=True, slots=True)
class LabelledAlike:
    """The person gave an item its first label, and by the same key to ``others`` that look nearly the same."""

    item: str
    label: int
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relabelled:
    """The person changed a label of theirs."""

    item: str
    label: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """The person gave an answer that is no label; a label it had is withdrawn. ``choice`` as in `Labelled`."""

    item: str
    status: Status = field(default="skip", metadata={ABSENT: "skip"})
    choice: Choice | None = field(default=None, metadata={ABSENT: None})


@dataclass(frozen=True, slots=True)
class Flagged:
    """The person marked an item, with a note that may be empty; None takes the mark away."""

    item: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Undone:
    """The event with sequence number ``of`` was taken back."""

    item: str | None
    of: int


@dataclass(frozen=True, slots=True)
class Redone:
    """The event with sequence number ``of`` holds again."""

    item: str | None
    of: int


@dataclass(frozen=True, slots=True)
class MachineLabelled:
    """Labels that no person gave: from ground truth, or from the model where its confidence was at least ``above``."""

    by: Machine
    above: float | None
    labels: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MachineRemoved:
    """All machine labels were removed."""


@dataclass(frozen=True, slots=True)
class RoundFinished:
    """A model has learnt.

    Parameters
    ----------
    revision : `Ledger.revision` it had learnt.
    labels : labels it had learnt from.
    accuracy : on the held-out test rows, where ground truth is known.
    expected_error : mean of 1 − the largest probability over the unlabelled items.
    kappa : agreement of its predictions with those of the model before.
    picks : the batch it asks for, the first item first.
    audited, audited_right : items that were drawn to measure with and had a label, and those to which the model gives it.
    """

    revision: int
    labels: int
    accuracy: float | None
    expected_error: float | None
    kappa: float | None
    picks: tuple[str, ...]
    audited: int = field(default=0, metadata={ABSENT: 0})
    audited_right: int = field(default=0, metadata={ABSENT: 0})


@dataclass(frozen=True, slots=True)
class Changed:
    """From here on, another strategy, learner or batch size."""

    strategy: str
    learner: str
    batch: int


@dataclass(frozen=True, slots=True)
class Disagreed:
    """Annotators of merged sessions gave an item different labels: (annotator, label) each."""

    item: str
    given: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Names of items, as (item, name): where their content lies, or how the data calls them."""

    names: tuple[tuple[str, str], ...]


Action = (
    Opened
    | Shown
    | Labelled
    | LabelledAlike
    | Relabelled
    | Skipped
    | Flagged
    | Undone
    | Redone
    | MachineLabelled
    | MachineRemoved
    | RoundFinished
    | Changed
    | Disagreed
    | Named
    | ClassAction
    | RaceAction
)

KINDS: dict[str, type[Any]] = {
    "opened": Opened,
    "shown": Shown,
    "label": Labelled,
    "alike": LabelledAlike,
    "relabel": Relabelled,
    "skip": Skipped,
    "flag": Flagged,
    "undo": Undone,
    "redo": Redone,
    "machine": MachineLabelled,
    "machine_removed": MachineRemoved,
    "round": RoundFinished,
    "changed": Changed,
    "disagreement": Disagreed,
    "named": Named,
    **CLASS_KINDS,
    **RACE_KINDS,
}
_NAMES = {action: kind for kind, action in KINDS.items()}


def kind_of(action: Action) -> str:
    """The word that stands for the action's type in the file."""
    return kind_of_type(type(action))


def kind_of_type(action: type[Action]) -> str:
    """The word that stands for a type of action in the file."""
    return _NAMES[action]


def encode(action: Action) -> tuple[str, str | None, str]:
    """(kind, item, value) as they stand in the file; the value is a JSON object in ASCII, without the item."""
    body = _plain(action.settings if isinstance(action, Opened) else action)
    item = body.pop("item", None)
    return kind_of(action), item, json.dumps(body, separators=(",", ":"), allow_nan=False)


def decode(kind: str, item: str | None, value: str) -> Action:
    """The action written as ``(kind, item, value)``, every field checked.

    Raises
    ------
    DamagedSession
        Unknown kind, a missing or additional field, or a value of the wrong type.
    """
    if (reader := _READERS.get(kind)) is None:
        raise DamagedSession(f"unknown kind of event {kind!r}")
    about = _ABOUT.get(kind)
    if about is None and item is not None:
        raise DamagedSession(f"a {kind} event names an item")
    if about is str and item is None:
        raise DamagedSession(f"a {kind} event names no item")
    try:
        found = reader.read(value) if about is None else reader.read(value, item=item)
    except Unreadable as error:
        raise DamagedSession(f"a {kind} event {error}") from None
    return Opened(found) if isinstance(found, Settings) else found


def _plain(value: Any) -> Any:
    """Records as objects of their fields, other tuples as lists: what `decode` reads."""
    if is_dataclass(value):
        return {name: _plain(entry) for name, entry in written_fields(value).items()}
    if isinstance(value, tuple):
        named = getattr(value, "_asdict", None)
        if named is not None:
            names = WRITTEN.get(type(value), {})
            return {names.get(name, name): _plain(entry) for name, entry in named().items()}
        return [_plain(entry) for entry in value]
    return value


_ABOUT: dict[str, Any] = {
    kind: get_type_hints(action)["item"] for kind, action in KINDS.items() if "item" in action.__dataclass_fields__
}
"""Kinds of event that are about an item, and whether they must name it."""

_READERS: dict[str, Reader[Any]] = {
    kind: Reader(Settings if action is Opened else action, without={"item"}, written=WRITTEN) for kind, action in KINDS.items()
}
