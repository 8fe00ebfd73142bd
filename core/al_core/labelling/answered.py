"""What a list of answers is made of: every item that was answered, noted, or labelled by machine, and the kinds there are.

No numerics, nothing is written. Lists can be long: what makes them stops often, so that whoever waits can do something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession
from al_core.sessions.actions import STATUS_WORDS, Status

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
    """

    item: str
    label: int | None
    status: Status | None = None
    note: str | None = None
    machine: bool = False
    guess: int | None = None
    changed: bool = False

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
)
"""In the order in which they are offered."""


def answered_lines(session: LabelSession, guesses: Mapping[str, int]) -> Iterator[Answered | None]:
    """Every item of the session that is here and has an answer, the newest first; then those that are noted and have none, and
    those that a machine has labelled. None stands between them where a while has passed.

    ``guesses`` is item → what the model thought of it before it was answered.
    """
    ledger, here, steps = session.ledger, session.items.row_of, 0
    changed = set[str]()
    for step in list(ledger.done):
        changed.update(change.item for change in step.changes if change.book == "answers" and change.before is not None)
        if (steps := steps + 1) % TOGETHER == 0:
            yield None
    noted = [item for item in ledger.flags if item not in ledger.answers and item not in ledger.machine]
    everything = [*reversed(ledger.answers), *noted, *(item for item in ledger.machine if item not in ledger.answers)]
    for item in everything:
        if (steps := steps + 1) % TOGETHER == 0:
            yield None
        if item not in here:
            continue
        given, machine, note = ledger.answers.get(item), ledger.machine.get(item), ledger.flags.get(item)
        if given is not None:
            status = given.status if given.label is None else None
            yield Answered(item, given.label, status, note, guess=guesses.get(item), changed=item in changed)
        else:
            yield Answered(item, None if machine is None else machine.label, None, note, machine is not None)
