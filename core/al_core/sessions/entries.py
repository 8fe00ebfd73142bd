"""What stands in the books of a session, and what an event did to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from al_core.sessions.actions import Choice, Labelled, Machine, Skipped, Status


@dataclass(frozen=True, slots=True)
class Given:
    """A person's answer: a class index, or None; who gave it, when, in which event; and what it means without a class."""

    label: int | None
    annotator: str
    time: str
    sequence: int
    status: Status = "skip"


@dataclass(frozen=True, slots=True)
class MachineLabel:
    """A label that no person gave."""

    label: int
    by: Machine
    time: str


class Choices(dict[str, Choice]):
    """Item → how it was chosen; in ``audited`` those that were drawn to measure with, in the order of the draws.

    What changes one changes the other, so that they are found at once among many.
    """

    def __init__(self) -> None:
        super().__init__()
        self.audited: dict[str, None] = {}

    def __setitem__(self, item: str, choice: Choice) -> None:
        super().__setitem__(item, choice)
        if choice.by == "audit":
            self.audited[item] = None
        else:
            self.audited.pop(item, None)

    def pop(self, item: str, *default: Any) -> Any:
        """Forget how an item was chosen."""
        self.audited.pop(item, None)
        return super().pop(item, *default)


@dataclass(frozen=True, slots=True)
class Change:
    """What one event did to one item in one of the ledger's books; None means that there was, or is, no entry."""

    book: str
    item: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Step:
    """What an event changed, so that it can be taken back; ``sequence`` is the event's.

    ``order`` is that of all answers, and of all labels of the machine, before it has taken some away.
    """

    sequence: int
    kind: str
    item: str | None
    changes: tuple[Change, ...]
    order: tuple[tuple[str, ...], tuple[str, ...]] | None = None


def answered(item: str, given: Given, choice: Choice | None) -> Labelled | Skipped:
    """The action that gives a person's answer to an item that has none, so that another session has the same."""
    return Skipped(item, given.status, choice) if given.label is None else Labelled(item, given.label, choice)
