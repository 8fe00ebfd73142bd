"""The command palette, for a person who types faster than it is laid out, and clicks twice."""

from __future__ import annotations

from textual import events, on
from textual.command import CommandList, CommandPalette
from textual.widgets import Button, Input, OptionList

from al_tui.screens.dismissed_once import DismissedOnce


class _Commands(CommandList):
    """Textual's list, whose options may be others by the time a click reaches it than those that were drawn where it points."""

    async def _on_click(self, event: events.Click) -> None:
        option: int | None = event.style.meta.get("option")
        if option is not None and option >= self.option_count:
            event.prevent_default()


class Palette(CommandPalette, DismissedOnce[None]):
    """Textual's palette, which stands first among the bases: styles follow the first.

    A key that is about the list waits until there is one to be seen. What was chosen is done once, however often Enter is
    pressed while the palette goes.
    """

    def on_mount(self) -> None:
        self.query_one(CommandList).__class__ = _Commands  # Textual makes it, in the midst of its own composition
        self.query_one(Input).cursor_blink = False

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
