"""What classes mean, for the help: their keys and names, what somebody said of them, and two items with that label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from types import MappingProxyType
from typing import NamedTuple

from rich.text import Text

from al_core.data.looks import Look
from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession
from al_core.sessions.scheme import Scheme
from al_tui.commands.class_keys import ClassKeys
from al_tui.items.view import Room, small
from al_tui.theme.colours import Palette
from al_tui.widgets.bars import clipped

EXAMPLES = 2
_ROOM = Room(32, 6)
_NAME = 40


class Described(NamedTuple):
    """What there is to say of the classes of a session.

    Parameters
    ----------
    scheme, keys : the classes, and their keys.
    examples : number of a class → how items look that a person gave it.
    says : what the project says of classes, by a name that they have or had; what was said in the session comes before it.
    """

    scheme: Scheme
    keys: ClassKeys
    examples: Mapping[int, Sequence[Look]]
    says: Mapping[str, str] = MappingProxyType({})

    @property
    def in_words(self) -> bool:
        """Whether somebody said what a class means."""
        return any(map(self._words, self.keys.numbers))

    def text(self, colours: Palette) -> Text:
        """Line after line, as the help shows them."""
        out = Text("\nClasses\n", "bold")
        for key, name, number in zip(self.keys.keys, self.keys.classes, self.keys.numbers, strict=True):
            out.append(f"  {key or 'Tab':<4}", colours.accent).append(clipped(name, _NAME), "bold")
            if says := self._words(number):
                out.append(f"  {safe_text(says, len(says))}")
            out.append("\n")
            for line in zip_longest(*(small(look, _ROOM, colours) for look in self.examples.get(number, ()))):
                out.append("      ")
                for part in line:
                    out.append_text(part if part is not None else Text()).append("  ")
                out.append("\n")
        return out

    def _words(self, number: int) -> str:
        known = self.scheme.classes[number]
        return known.says or next((self.says[name] for name in reversed(known.names) if name in self.says), "")


def example_rows(session: LabelSession) -> dict[int, tuple[int, ...]]:
    """Number of a class → rows of the first items that a person gave it."""
    found: dict[int, list[int]] = {}
    for item, given in session.ledger.answers.items():
        row = session.items.row_of.get(item)
        if row is not None and given.label is not None and len(found.setdefault(given.label, [])) < EXAMPLES:
            found[given.label].append(row)
    return {label: tuple(rows) for label, rows in found.items()}
