"""An item whose look is on its way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text

from al_core.data.looks import Coming
from al_tui.items.view import Room
from al_tui.theme.colours import Palette


@dataclass(frozen=True, slots=True)
class ComingView:
    """Three dots, as small as can be."""

    look: Coming
    colours: Palette

    def small(self, room: Room) -> Sequence[Text]:
        """One character."""
        return [Text("…", self.colours.dim)]

    def large(self, room: Room) -> Sequence[Text]:
        """The same: what is large is about to come."""
        return self.small(room)


LOOK, VIEW = Coming, ComingView
