"""The classes of a session as they are now, and what has become of each that there was. Pure Python, never changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from al_core.sessions.class_actions import (
    ClassAction,
    ClassAdded,
    ClassDeleted,
    ClassDescribed,
    ClassMerged,
    ClassRenamed,
    ClassSplit,
)


class Unlike(ValueError):
    """Something cannot be done to the classes; the message says why."""


class OneClass(NamedTuple):
    """A class that there is or was.

    Parameters
    ----------
    names : all that it was ever called, the present name last.
    now : the class that its labels are of; None where they are of none any more.
    since : number of the event that added it; 0 where the session began with it.
    spare : classes that were no more when it was added.
    says : what it means, in words; empty where nobody has said.
    """

    names: tuple[str, ...]
    now: int | None
    since: int = 0
    spare: frozenset[int] = frozenset()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Scheme:
    """Classes by their numbers.

    Parameters
    ----------
    classes : all that there are or were.
    done : what was done to them, and holds, in order.
    """

    classes: tuple[OneClass, ...] = ()
    done: tuple[ClassAction, ...] = ()

    @classmethod
    def of(cls, names: Sequence[str]) -> Scheme:
        """The classes that a session begins with."""
        return cls(tuple(OneClass((name,), number) for number, name in enumerate(names)))

    @property
    def first_names(self) -> tuple[str, ...]:
        """What each was called when it came, whatever has become of it."""
        return tuple(one.names[0] for one in self.classes)

    @property
    def names(self) -> tuple[str, ...]:
        """What each is called, or was called last, by number."""
        return tuple(one.names[-1] for one in self.classes)

    @property
    def alive(self) -> tuple[int, ...]:
        """Numbers of the classes that there are."""
        return tuple(number for number, one in enumerate(self.classes) if one.now == number)

    @property
    def living(self) -> tuple[str, ...]:
        """Names of the classes that there are."""
        return tuple(self.classes[number].names[-1] for number in self.alive)

    @property
    def changed(self) -> bool:
        """Whether labels of some class are not of that class any more."""
        return any(one.now != number for number, one in enumerate(self.classes))

    @property
    def follows(self) -> tuple[int, ...]:
        """For every class the one that its labels are of now, −1 where they are of none."""
        return tuple(-1 if one.now is None else one.now for one in self.classes)

    def now(self, label: int) -> int | None:
        """The class that labels of a class are of now; None where they are of none."""
        return self.classes[label].now if 0 <= label < len(self.classes) else None

    def called(self, name: str) -> int | None:
        """The class of this name, or else the one that what was once called so is of now; None where there is none."""
        for number in self.alive:
            if self.classes[number].names[-1] == name:
                return number
        once = [one.now for one in self.classes if name in one.names and one.now is not None]
        return once[-1] if once else None

    def given_before(self, label: int, sequence: int) -> tuple[int, ...]:
        """Classes that were added after the event of this number, which gave ``label``."""
        return tuple(number for number in self.alive if number != label and self.classes[number].since > sequence)

    def shared(self, probabilities: Sequence[float]) -> tuple[float, ...]:
        """What a model that knew the classes as they were says of them as they are: shape (classes,)."""
        found = [0.0] * len(self.classes)
        for label, share in enumerate(probabilities):
            if (number := self.now(label)) is not None:
                found[number] += share
        if (whole := sum(found)) > 0:
            return tuple(share / whole for share in found)
        alive = self.alive
        return tuple(1.0 / len(alive) if number in alive else 0.0 for number in range(len(found)))

    def after(self, action: ClassAction, sequence: int) -> Scheme:
        """The classes after the event of this number.

        Raises
        ------
        Unlike
            The event cannot follow.
        """
        classes = list(self.classes)
        if not isinstance(action, ClassAdded) and self.now(action.label) != action.label:
            raise Unlike(f"there is no class {action.label}")
        match action:
            case ClassAdded(label, name):
                if label != len(classes) or not self._is_free(name):
                    raise Unlike(f"class {name!r} cannot be added as number {label}")
                _add(classes, (name,), sequence)
            case ClassRenamed(label, name):
                if not self._is_free(name):
                    raise Unlike(f"class {label} cannot be called {name!r}")
                old = classes[label]
                classes[label] = old._replace(names=(*old.names, name))
            case ClassMerged(label, into):
                if label == into or self.now(into) != into:
                    raise Unlike(f"class {label} cannot be merged into class {into}")
                _end(classes, label, into)
            case ClassSplit(label, names):
                free = {name for name in names if self._is_free(name, but=label)}
                if not names or len(free) < len(names):
                    raise Unlike(f"class {label} cannot be split into {names}")
                _end(classes, label, None)
                _add(classes, names, sequence)
            case ClassDeleted(label):
                if len(self.alive) == 1:
                    raise Unlike(f"class {label} is the only one")
                _end(classes, label, None)
            case ClassDescribed(label, says):
                classes[label] = classes[label]._replace(says=says)
        return Scheme(tuple(classes), (*self.done, action))

    def _is_free(self, name: str, but: int = -1) -> bool:
        """Whether a class may be called so, for no other one is."""
        return bool(name) and all(self.classes[number].names[-1] != name for number in self.alive if number != but)


def _add(classes: list[OneClass], names: Sequence[str], sequence: int) -> None:
    gone = frozenset(number for number, one in enumerate(classes) if one.now != number)
    for name in names:
        classes.append(OneClass((name,), len(classes), sequence, gone))


def _end(classes: list[OneClass], label: int, into: int | None) -> None:
    """A class is no more: what is of it, also by way of what was merged into it, is of ``into``."""
    for number, one in enumerate(classes):
        if one.now == label:
            classes[number] = one._replace(now=into)
