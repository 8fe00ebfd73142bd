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
        return self.shown or " ".join(_SHOWN.get(key, key) for key in self.keys)

    @property
    def first_key(self) -> str:
        """The key that the footer shows."""
        return self.shown or _SHOWN.get(self.keys[0], self.keys[0])


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
    "escape": "Esc",
    "backspace": "⌫",
    "ctrl+p": "^p",
    "ctrl+c": "^c",
    "ctrl+z": "^z",
    "enter": "Enter",
    "tab": "Tab",
    "shift+tab": "⇧Tab",
}


def bindings(commands: Sequence[Command]) -> list[BindingType]:
    """Textual bindings of the commands. An action with several keys of different meaning gets the key as its argument."""
    return [
        Binding(key, f"{command.action}('{key}')" if command.action in KEYED else command.action, command.title, show=False)
        for command in commands
        for key in command.keys
    ]


KEYED = frozenset({"label", "item", "strategy", "history", "scroll", "point"})
"""Actions whose meaning depends on the key."""
