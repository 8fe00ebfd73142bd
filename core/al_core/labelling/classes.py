"""What a person does to the classes of a session. Each is one event, which can be taken back; no label is written anew."""

from __future__ import annotations

from collections.abc import Sequence

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.labelling.items import Items
from al_core.labelling.naming import new_names
from al_core.labelling.offers import Offers
from al_core.sessions.actions import Action
from al_core.sessions.class_actions import (
    ClassAdded,
    ClassDeleted,
    ClassDescribed,
    ClassMerged,
    ClassRenamed,
    ClassSplit,
)
from al_core.sessions.events import UNSEEN, Seen
from al_core.sessions.ledger import Ledger
from al_core.sessions.store import SessionFile

LONGEST_NAME = 100
"""Characters of the name of a class that a person gives."""
LONGEST_SAYS = 500
"""Characters of what a class means."""


class HasClasses:
    """The part of a session that writes to its file, and that changes its classes.

    Parameters
    ----------
    file : the open session file.
    items : the items.
    annotator : who answers from here on.
    """

    def __init__(self, file: SessionFile, items: Items, annotator: str) -> None:
        self.file = file
        self.items = items
        self.annotator = safe_text(annotator.strip(), 100) or "anonymous"
        self._offers = Offers(file, items)

    @property
    def ledger(self) -> Ledger:
        """The state: the replay of the log."""
        return self.file.ledger

    def add_class(self, name: str) -> int:
        """Add a class; its number. No other class gets another number or key by that.

        Raises
        ------
        UserError
            There is such a class, or the name is none.
        """
        label = len(self.ledger.scheme.classes)
        self._append(ClassAdded(label, self._new_name(name), step=True))
        return label

    def rename_class(self, label: int, name: str) -> None:
        """Call a class otherwise; raises `UserError` where another one is called so."""
        self._append(ClassRenamed(self._living(label), self._new_name(name)))

    def merge_classes(self, label: int, into: int) -> int:
        """Have all that is of one class be of another, and the class be no more; how many labels of persons that are."""
        if self._living(label) == self._living(into):
            raise UserError(f"{self._name(label)} cannot be merged into itself; name two classes")
        count = self._count(label)
        self._append(ClassMerged(label, into))
        return count

    def split_class(self, label: int, names: Sequence[str]) -> int:
        """Put new classes in the place of one, and ask its items again, before any other; how many they are.

        One of the new classes may be called as the old one is.
        """
        wanted = [self._new_name(name, but=self._living(label)) for name in names]
        if len(set(wanted)) < 2 or len(set(wanted)) < len(wanted):
            raise UserError(f"{self._name(label)} is split into two or more classes; name each of them once")
        count = self._count(label)
        self._append(ClassSplit(label, tuple(wanted)))
        return count

    def delete_class(self, label: int) -> int:
        """Have a class be no more, and ask its items again, before any other; how many they are."""
        if self.ledger.scheme.alive == (self._living(label),):
            raise UserError(f"{self._name(label)} is the only class; add another one first")
        count = self._count(label)
        self._append(ClassDeleted(label))
        return count

    def describe_class(self, label: int, says: str) -> None:
        """Say what a class means; empty words say nothing."""
        self._append(ClassDescribed(self._living(label), safe_text(says.strip(), LONGEST_SAYS)))

    def _count(self, label: int) -> int:
        return sum(given.label == label for given in self.ledger.answers.values())

    def _name(self, label: int) -> str:
        return repr(safe_text(self.ledger.classes[label], 60))

    def _living(self, label: int) -> int:
        """The number of a class that there is."""
        if self.ledger.scheme.now(label) != label:
            raise UserError(f"there is no class {label}; there are: {', '.join(self.ledger.scheme.living)}")
        return label

    def _new_name(self, name: str, but: int = -1) -> str:
        """The name of a class as it is kept, that no other class has."""
        kept = safe_text(name.strip(), LONGEST_NAME)
        scheme = self.ledger.scheme
        if not kept:
            raise UserError("a class needs a name; type one")
        if any(scheme.names[number] == kept for number in scheme.alive if number != but):
            raise UserError(f"there is a class {safe_text(kept, 60)!r} already; choose another name, or merge the two")
        return kept

    def _append(self, *actions: Action, seen: Seen = UNSEEN) -> None:
        self.file.append((*new_names(actions, self.ledger, self.items), *actions), self.annotator, seen)
        self._offers.follow_classes()
