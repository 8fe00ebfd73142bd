"""One thing a person can do, and how its keys are bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.binding import Binding, BindingType


class Command(NamedTuple):
    """One thing to do.

    Parameters
    ----------
    keys : Textual key names; the first is the one that is shown.
    action : the action of the screen or the app that does it.
    title : what it does, for the palette and the help screen.
    group : heading under which help lists it.
    label : one or two words for the footer; empty when it is not shown there.
    shown : how the keys are written, where the key's name is no good.
    """

    keys: tuple[str, ...]
    action: str
    title: str
    group: str
    label: str = ""
    shown: str = ""

    @property
    def key(self) -> str:
        """The keys as a person reads them."""
        return self.shown or " ".join(map(shown_key, self.keys))

    @property
    def first_key(self) -> str:
        """The key that the footer shows."""
        return self.shown or shown_key(self.keys[0])

    def call(self, key: str) -> str:
        """What one of its keys does, as Textual writes it: an action with several keys of different meaning is told the key."""
        return f"{self.action}('{key}')" if self.action in KEYED else self.action


_SHOWN = {
    "space": "space",
    "question_mark": "?",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "colon": ":",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "escape": "Esc",
    "backspace": "⌫",
    "ctrl+p": "^p",
    "ctrl+c": "^c",
    "ctrl+z": "^z",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
}


def shown_key(key: str) -> str:
    """A key as a person reads it."""
    return _SHOWN.get(key, key)


def bindings(commands: Sequence[Command]) -> list[BindingType]:
    """Textual bindings of the commands."""
    return [Binding(key, command.call(key), command.title, show=False) for command in commands for key in command.keys]


KEYED = frozenset({"label", "item", "round", "strategy", "history", "scroll", "point", "turn"})
"""Actions whose meaning depends on the key."""
