"""The command palette, for a person who types faster than it is laid out, and clicks twice."""

from __future__ import annotations

from textual import on
from textual.command import CommandList, CommandPalette
from textual.widgets import Button, Input, OptionList

from al_tui.screens.dismissed_once import DismissedOnce


class Palette(CommandPalette, DismissedOnce[None]):
    """Textual's palette, which stands first among the bases: styles follow the first.

    A key that is about the list waits until there is one to be seen. What was chosen is done once, however often Enter is
    pressed while the palette goes.
    """

    def _action_command_list(self, action: str) -> None:
        found = self.query(CommandList)
        if found and found.first().option_count and found.first().scrollable_content_region.width:
            super()._action_command_list(action)

    @on(Input.Submitted)
    @on(Button.Pressed)
    @on(OptionList.OptionSelected)
    def _choose_once(self, event: Input.Submitted | Button.Pressed | OptionList.OptionSelected) -> None:
        if self._dismissed is not None:
            event.stop()
            event.prevent_default()
