"""A line that one types in, at any speed."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive
from textual.widgets import Input


class Typed(Input):
    """Does with every key what it means before the next one.

    Textual's own line takes letters at once, and sends other keys on the way up to the app, which comes back with what they do.
    Where several keys arrive together, over a slow line or from a quick hand, a letter behind Backspace is there before it, and
    is what it deletes: another name than the one that was typed is handed on.

    Its cursor stands still: who does nothing is sent nothing.
    """

    cursor_blink = reactive(False, init=False)

    async def _on_key(self, event: events.Key) -> None:
        bindings = self._bindings.key_to_bindings.get(event.key)
        if not bindings or event.is_printable:
            await super()._on_key(event)
            return
        event.stop()
        event.prevent_default()
        await self.run_action(bindings[0].action)
