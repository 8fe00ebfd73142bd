"""The classes of several sessions, written into one: each is known by all that it was ever called, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from al_core.exchange.heard import PASSING, Together, Token
from al_core.sessions.class_actions import ClassAction, ClassAdded, ClassDeleted, ClassDescribed, ClassMerged, ClassRenamed
from al_core.sessions.scheme import Scheme


def written_classes(
    begun: Sequence[str], together: Together, says: Mapping[int, str]
) -> tuple[tuple[ClassAction, ...], dict[int, int]]:
    """What is done to the classes that a session begins with so that there are those of all; group → number of its class.

    Parameters
    ----------
    says : what groups mean, in words.
    """
    made = _Written(begun, together)
    kept = bool(made.number)
    for action in made.gone if kept else ():
        made.do(action)
    made.give()
    made.name()
    for action in () if kept else made.gone:  # a session has a class at any time
        made.do(action)
    for group, words in sorted(says.items(), key=lambda entry: made.number[entry[0]]):
        made.do(ClassDescribed(made.number[group], words))
    return tuple(made.done), made.number


class _Written:
    """Classes, and what is done to them."""

    def __init__(self, begun: Sequence[str], together: Together) -> None:
        self.scheme = Scheme.of(begun)
        self.done: list[ClassAction] = []
        self.names = together.names
        self.gone: list[ClassAction] = []
        self.number: dict[int, int] = {}
        owner = {token: group for group, each in enumerate(together.tokens) for token in each}
        owners = [owner.get((name, 1)) for name in begun]
        for label in sorted(range(len(begun)), key=lambda label: (self._other_name(begun[label], owners[label]), label)):
            if (group := owners[label]) is None:
                self.gone.append(ClassDeleted(label))
            elif self.number.setdefault(group, label) != label:
                self.gone.append(ClassMerged(label, self.number[group]))
        left = {token: group for token, group in owner.items() if token not in {(name, 1) for name in begun}}
        self.left = dict(sorted(left.items(), key=lambda entry: (entry[0][1], self.names[entry[1]], entry[0])))

    def _other_name(self, name: str, group: int | None) -> bool:
        return group is None or name != self.names[group]

    def do(self, action: ClassAction) -> None:
        self.scheme = self.scheme.after(action, 0)
        self.done.append(action)

    def give(self) -> None:
        """Give groups all that they were ever called: a name that several had to the first of them first."""
        while self.left:
            waiting = set(self.left)
            held = self._held()
            ready = [token for token in self.left if token[0] not in held]
            token = next((one for one in ready if self._is_next(one, waiting)), None)
            if token is None:
                first = next(one for one in self.left if self._is_next(one, waiting))
                self._move(held[first[0]])
                continue
            self._give(token, self.left.pop(token))

    def _is_next(self, token: Token, waiting: set[Token]) -> bool:
        return (token[0], token[1] - 1) not in waiting

    def _give(self, token: Token, group: int) -> None:
        """Call the class of a group so; where it was called so before, by way of a class that is merged into it."""
        label, added = self.number.get(group), len(self.scheme.classes)
        if label is None:
            self.number[group] = added
            self.do(ClassAdded(added, token[0], step=True))
        elif token[0] in self.scheme.classes[label].names:
            self.do(ClassAdded(added, token[0], step=True))
            self.do(ClassMerged(added, label))
        else:
            self.do(ClassRenamed(label, token[0]))

    def name(self) -> None:
        """Give classes the names that they have at last."""
        while waiting := [label for group, label in sorted(self.number.items()) if not self._is_named(group)]:
            held = self._held()
            wanted = {label: self.names[group] for group, label in self.number.items()}
            label = next((one for one in waiting if wanted[one] not in held), None)
            if label is None:  # each has the name that another will have
                self._move(waiting[0])
            else:
                self.do(ClassRenamed(label, wanted[label]))

    def _is_named(self, group: int) -> bool:
        return self.scheme.names[self.number[group]] == self.names[group]

    def _move(self, label: int) -> None:
        """Call a class otherwise, so that another one can be called as it is: as it was called before, if that is free."""
        held, names = self._held(), self.scheme.classes[label].names
        waiting = {name for name, _ in self.left} | set(self.names)
        free = next((name for name in sorted(set(names)) if name not in held and name not in waiting), None)
        self.do(ClassRenamed(label, free or f"{PASSING}{names[-1]}"))

    def _held(self) -> dict[str, int]:
        return {self.scheme.names[label]: label for label in self.scheme.alive}
