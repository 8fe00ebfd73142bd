"""What a list of answers is made of: every item that was answered, noted, or labelled by machine, and the kinds there are.

No numerics, nothing is written. Lists can be long: what makes them stops often, so that whoever waits can do something else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import STATUS_WORDS, Status
from al_core.sessions.class_actions import CLASS_KINDS
from al_core.sessions.ledger import Ledger

TOGETHER = 500
"""Steps between two stops."""


class Answered(NamedTuple):
    """An item in the list.

    Parameters
    ----------
    item : its content hash.
    label : its class; None without one.
    status : what the person's answer means where it is no label; None where it is one, or there is none.
    note : what it is marked with; None where it is not.
    machine : whether the label is a machine's.
    guess : what the model had thought of it, as far as that is known; it is not kept when one leaves.
    changed : whether the person has answered it more than once.
    before : whether a class was added after the person had answered it.
    """

    item: str
    label: int | None
    status: Status | None = None
    note: str | None = None
    machine: bool = False
    guess: int | None = None
    changed: bool = False
    before: bool = False

    @property
    def surprised(self) -> bool:
        """Whether the model had thought otherwise."""
        return self.guess is not None and self.label is not None and self.guess != self.label

    def words(self, classes: tuple[str, ...], name: str) -> str:
        """All of it in a line, as it is shown and searched."""
        if self.label is not None:
            answer = f"= {classes[self.label]}"
        else:
            answer = "not answered" if self.status is None else STATUS_WORDS[self.status]
        guess = f"surprised the model, which thought {classes[self.guess]}" if self.surprised and self.guess is not None else ""
        note = "" if self.note is None else f"⚑ {safe_text(self.note, 60)}".strip()
        said = ("by machine" if self.machine else "", "changed" if self.changed else "", guess, note)
        return " · ".join(filter(None, (answer, name or f"item {self.item[:8]}", *said)))


class Kind(NamedTuple):
    """What a list can be cut to: how that is called, and who is in it."""

    name: str
    holds: Callable[[Answered], bool]


KINDS: tuple[Kind, ...] = (
    Kind("all", lambda line: True),
    Kind("don't know", lambda line: line.status in ("unsure", "skip")),
    Kind("bad", lambda line: line.status == "bad"),
    Kind("later", lambda line: line.status == "later"),
    Kind("noted", lambda line: line.note is not None),
    Kind("by machine", lambda line: line.machine),
    Kind("surprised", lambda line: line.surprised),
    Kind("changed", lambda line: line.changed),
    Kind("before a class", lambda line: line.before),
)
"""In the order in which they are offered."""


def changed_items(ledger: Ledger) -> Iterator[str | None]:
    """Items that the person has answered more than once; None stands between them where a while has passed."""
    for steps, step in enumerate(list(ledger.done), 1):
        changes = () if step.kind in CLASS_KINDS else step.changes  # what is done to a class is no answer to its items
        yield from (change.item for change in changes if change.book == "answers" and change.before is not None)
        if steps % TOGETHER == 0:
            yield None


def answered_items(session: LabelSession) -> Iterator[str | None]:
    """Every item of the session that is here and has an answer, the newest first; then those that are noted and have none, and
    those that a machine has labelled. None stands between them where a while has passed.
    """
    ledger, here = session.ledger, session.items.row_of
    noted = (item for item in list(ledger.flags) if item not in ledger.answers and item not in ledger.machine)
    machine = (item for item in list(ledger.machine) if item not in ledger.answers)
    for steps, item in enumerate(chain(reversed(list(ledger.answers)), noted, machine), 1):
        if item in here:
            yield item
        if steps % TOGETHER == 0:
            yield None


def answered_line(session: LabelSession, guesses: Mapping[str, int], changed: Collection[str], item: str) -> Answered:
    """What a list says of an item.

    Parameters
    ----------
    guesses : item → what the model thought of it before it was answered.
    changed : items that were answered more than once.
    """
    ledger = session.ledger
    given, machine, note = ledger.answers.get(item), ledger.machine.get(item), ledger.flags.get(item)
    if given is None:
        return Answered(item, None if machine is None else machine.label, None, note, machine is not None)
    status = given.status if given.label is None else None
    before = given.label is not None and bool(ledger.scheme.given_before(given.label, given.sequence))
    return Answered(item, given.label, status, note, guess=guesses.get(item), changed=item in changed, before=before)
