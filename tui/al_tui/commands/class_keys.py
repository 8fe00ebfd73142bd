"""Which key labels which class. Keys never move during a session: they follow from the classes' names and order alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

from al_core.ground.errors import UserError, unknown

DIGITS = "1234567890"
"""The keys that label, in the order in which they are given out."""


Bound = Mapping[str, str]
"""Class name to key, as a person wants it."""


class BadKey(UserError):
    """A class cannot have the key that a person wants for it."""


class ClassKeys(NamedTuple):
    """The keys of the classes.

    Parameters
    ----------
    classes : class names, in their order.
    keys : for every class the key that labels it; empty where it has none.
    """

    classes: tuple[str, ...]
    keys: tuple[str, ...]

    def label(self, key: str) -> int | None:
        """The class that ``key`` labels, as an index; None when it labels none."""
        return self.keys.index(key) if key and key in self.keys else None

    @property
    def all_have_one(self) -> bool:
        """True when no class has to be called by its name."""
        return "" not in self.keys

    def called(self, text: str) -> int:
        """The class that a person means by ``text``: its name, or the beginning of one name, whatever the case.

        Raises
        ------
        UserError
            No class is called so, or several may be meant.
        """
        wanted = text.strip().casefold()
        names = [name.casefold() for name in self.classes]
        exact = [label for label, name in enumerate(names) if name == wanted]
        found = exact or [label for label, name in enumerate(names) if wanted and name.startswith(wanted)]
        if self.classes.count(text.strip()) == 1:
            return self.classes.index(text.strip())
        if len(found) == 1:
            return found[0]
        if not found:
            raise unknown("class", text.strip(), self.classes)
        some = ", ".join(self.classes[label] for label in found[:5]) + (", …" if len(found) > 5 else "")
        raise UserError(f"{text.strip()!r} may mean {len(found)} classes: {some}; type more of the name")


def check_bound(bound: Bound, taken: Collection[str]) -> None:
    """Make sure that keys can be bound to classes, whatever classes there are.

    Parameters
    ----------
    bound : the wishes.
    taken : keys that are commands.

    Raises
    ------
    BadKey
        A key is no single letter or digit, is a command, or is wished for twice.
    """
    for name, key in bound.items():
        if len(key) != 1 or not key.isalnum():
            raise BadKey(f"the key of class {name!r} is {key!r}; give one letter or digit")
        if key in taken:
            raise BadKey(f"the key {key!r} of class {name!r} is a command already; choose another letter")
        if list(bound.values()).count(key) > 1:
            raise BadKey(f"the key {key!r} is given to several classes; each needs its own")


def class_keys(classes: tuple[str, ...], bound: Bound | None = None, added: int = 0) -> ClassKeys:
    """Give every class its key.

    A class that a key was bound to has that key. Of the others, a class that is called by a free digit has that digit, and the
    rest take the digits that are left, 1 to 9 and then 0, in order. Classes beyond that are called by their name. Classes that
    were added later come after all others: no key moves for them.

    Parameters
    ----------
    classes : class names, in their order.
    bound : wishes that `check_bound` let pass; None for none.
    added : how many of the classes, the last ones, were added to a session that had keys already.

    Raises
    ------
    BadKey
        A wish names no class.
    """
    wishes = dict(bound or {})
    for name in wishes:
        if name not in classes:
            raise BadKey(f"{unknown('class', name, classes)}; correct [keys] in the project's file")
    keys = [wishes.get(name, "") for name in classes]
    first = len(classes) - added
    for places in (range(first), range(first, len(classes))):
        for at in places:
            if not keys[at] and len(classes[at]) == 1 and classes[at] in DIGITS and classes[at] not in keys:
                keys[at] = classes[at]
        left = iter([digit for digit in DIGITS if digit not in keys])
        for at in places:
            keys[at] = keys[at] or next(left, "")
    return ClassKeys(classes, tuple(keys))
