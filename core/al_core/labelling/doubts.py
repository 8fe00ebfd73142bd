"""Labels that a model which did not know them takes for another class: for one that has come since, or for any. No numerics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from al_core.labelling.items import Items
from al_core.labelling.messages import ModelRequest, Suspect
from al_core.sessions.ledger import Ledger

FEWEST = 2
"""Labels that a new class has before anything is said by it: of one, no model that leaves it out knows anything."""
ENOUGH = 30
"""Labels from which on it is looked for wrong ones: a model of fewer is wrong itself too often."""
SMALL = 0.1
"""A label looks wrong where it is no more probable than this."""


class Doubted(NamedTuple):
    """A label, the event that gave it, and the class that it is taken for."""

    item: str
    sequence: int
    by: int


class Doubts:
    """What is to be offered for a review: because classes have come, or because labels look wrong.

    That takes several fits, so it is looked for when a new class has two labels, and again whenever it has twice as many; and
    when there are thirty labels in all, and again whenever there are twice as many.

    Parameters
    ----------
    ledger : what is labelled.
    items : the items.
    """

    def __init__(self, ledger: Ledger, items: Items) -> None:
        self.unchecked: ModelRequest | None = None
        """What the latest model learnt, where it is time to look."""
        self._ledger, self._items = ledger, items
        self._found: tuple[Doubted, ...] = ()
        self._looked_at: dict[int, int] = {}
        self._wrong: tuple[Doubted, ...] = ()
        self._judged = 0

    @property
    def found(self) -> tuple[Doubted, ...]:
        """The labels that were found and still are what they were."""
        return self._still(self._found)

    @property
    def wrong(self) -> tuple[Doubted, ...]:
        """The labels that looked wrong when it was looked for them last, and still are what they were."""
        return self._still(self._wrong)

    def _still(self, doubted: Iterable[Doubted]) -> tuple[Doubted, ...]:
        answers, alive = self._ledger.answers, self._ledger.scheme.alive
        return tuple(
            one
            for one in doubted
            if one.by in alive and (given := answers.get(one.item)) is not None and given.sequence == one.sequence
        )

    def made(self, request: ModelRequest) -> None:
        """A model has come."""
        scheme = self._ledger.scheme
        if (count := len(request.labels)) >= max(ENOUGH, 2 * self._judged):
            self._judged, self.unchecked = count, request
        added = [label for label in scheme.alive if scheme.classes[label].since]
        counts = Counter(label for _, label in request.labels) if added else Counter[int]()
        for label in added:
            if counts[label] < max(FEWEST, 2 * self._looked_at.get(label, 0)):
                continue
            since = scheme.classes[label].since
            if any(given.sequence < since for given in self._ledger.answers.values() if given.label is not None):
                self._looked_at[label] = counts[label]
                self.unchecked = request

    def checked(self, request: ModelRequest, suspects: Iterable[Suspect]) -> None:
        """Take in what `al_core.labelling.model.find_suspects` found."""
        if request is self.unchecked:
            self.unchecked = None
        ids, found, wrong = self._items.ids, [], []
        for one in suspects:
            item = ids[one.row]
            given = self._ledger.answers.get(item)
            if given is None or given.label != one.label:
                continue
            doubted = Doubted(item, given.sequence, one.suggested)
            if given_before(self._ledger, item, one.suggested):
                found.append(doubted)
            if one.suggested != one.label and one.confidence <= SMALL:
                wrong.append(doubted)
        self._found, self._wrong = tuple(found), tuple(wrong)

    def seen(self) -> None:
        """The person goes through them: they are not offered again."""
        self._found = self._wrong = ()


def given_before(ledger: Ledger, item: str, label: int) -> bool:
    """Whether an item got its label before a class was there."""
    given = ledger.answers.get(item)
    return given is not None and given.label is not None and label in ledger.scheme.given_before(given.label, given.sequence)
