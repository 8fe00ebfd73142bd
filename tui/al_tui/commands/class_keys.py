"""Which key labels which class. Keys never move during a session, whatever is done to other classes: they follow from the first
names of classes and their order alone, and from which were no more when one was added."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from al_core.ground.errors import UserError, unknown

if TYPE_CHECKING:
    from al_core.sessions.scheme import Scheme

DIGITS = "1234567890"
"""The keys that label, in the order in which they are given out."""


NO_KEY = "●"

Bound = Mapping[str, str]
"""Class name to key, as a person wants it."""


class BadKey(UserError):
    """A class cannot have the key that a person wants for it."""


class ClassKeys(NamedTuple):
    """The keys of the classes.

    Parameters
    ----------
    classes : names of the classes that there are, in their order.
    keys : for every class the key that labels it; empty where it has none.
    numbers : for every class its number, which is what a label says.
    """

    classes: tuple[str, ...]
    keys: tuple[str, ...]
    numbers: tuple[int, ...]

    def label(self, key: str) -> int | None:
        """The number of the class that ``key`` labels; None when it labels none."""
        return self.numbers[self.keys.index(key)] if key and key in self.keys else None

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
            return self.numbers[self.classes.index(text.strip())]
        if len(found) == 1:
            return self.numbers[found[0]]
        if not found:
            raise unknown("class", text.strip(), self.classes)
        some = ", ".join(self.classes[label] for label in found[:5]) + (", …" if len(found) > 5 else "")
        raise UserError(f"{text.strip()!r} may mean {len(found)} classes: {some}; type more of the name")


def class_signs(keys: ClassKeys) -> tuple[str, ...]:
    """One character for every class, by its number: the first of its name where these differ, else its key, or a dot."""
    first = [name[:1] for name in keys.classes]
    plain = len(set(first)) == len(first) and all(sign.isascii() and sign.isalnum() for sign in first)
    signs = [NO_KEY] * (max(keys.numbers, default=-1) + 1)
    for number, sign in zip(keys.numbers, first if plain else keys.keys, strict=True):
        signs[number] = sign or NO_KEY
    return tuple(signs)


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
    """The keys of classes that nobody does anything to, see `keys_of`.

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
    from al_core.sessions.scheme import OneClass, Scheme

    first = len(classes) - added
    return keys_of(Scheme(tuple(OneClass((name,), at, int(at >= first)) for at, name in enumerate(classes))), bound)


def keys_of(scheme: Scheme, bound: Bound | None = None) -> ClassKeys:
    """Give every class its key.

    A class that a key was bound to has that key, whatever it is called later. Of the others, a class that is called by a free
    digit has that digit, and the rest take the digits that are left, 1 to 9 and then 0, in order. Classes beyond are called by
    their name. Classes that were added later come after all others, one after the other: no key moves for them. They take a
    key of a class that was no more by then only where no other digit is left.

    Raises
    ------
    BadKey
        A wish names no class that there is or was.
    """
    wishes = dict(bound or {})
    ever = {name for one in scheme.classes for name in one.names}
    for name in wishes:
        if name not in ever:
            raise BadKey(f"{unknown('class', name, scheme.living)}; correct [keys] in the project's file")
    keys = [""] * len(scheme.classes)
    first = [number for number, one in enumerate(scheme.classes) if not one.since]
    _give(keys, first, scheme, wishes)
    for number in range(len(first), len(keys)):
        _give(keys, [number], scheme, wishes)
    return ClassKeys(scheme.living, tuple(keys[number] for number in scheme.alive), scheme.alive)


def _give(keys: list[str], numbers: Sequence[int], scheme: Scheme, wishes: Bound) -> None:
    """Give keys to classes that come together."""
    spare = scheme.classes[numbers[0]].spare if numbers else frozenset()
    for number in numbers:
        taken = [key for other, key in enumerate(keys) if other not in spare]
        wished = (wishes[name] for name in scheme.classes[number].names if name in wishes)
        keys[number] = next((key for key in wished if key not in taken), "")
    wanted = {*wishes.values()}
    for number in numbers:
        name = scheme.classes[number].names[0]
        if not keys[number] and len(name) == 1 and name in DIGITS and name not in wanted and name not in keys:
            keys[number] = name
    for number in numbers:
        if not keys[number]:
            free = [digit for digit in DIGITS if digit not in keys and digit not in wanted]
            taken = [key for other, key in enumerate(keys) if other not in spare]
            again = [digit for digit in DIGITS if digit not in taken and digit not in wanted]
            keys[number] = next(iter([*free, *again]), "")
