"""What is shown when there is no room for anything else; it goes by itself when there is."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from al_tui.commands.command import Command
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.room import LEAST, fits


class TooSmall(DismissedOnce[None], ModalScreen[None]):
    """Says how large the terminal must be and how large it is, what goes on behind it, and how to leave."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "app.quit", "Quit")]

    CSS_PATH = "too_small.tcss"

    commands: tuple[Command, ...] = ()

    def __init__(self, behind: str) -> None:
        super().__init__()
        self._behind = behind

    def on_screen_resume(self) -> None:
        """What lay over it is gone; meanwhile the terminal may have grown."""
        if fits(self.app.size):
            self.dismiss()

    def compose(self) -> ComposeResult:
        yield Static(self._notice())

    def on_resize(self) -> None:
        self.query_one(Static).update(self._notice())

    def _notice(self) -> Content:
        width, height = self.app.size
        lines = [f"al-tui needs {LEAST[0]}×{LEAST[1]},", f"this is {width}×{height}.", "Make it larger; q quits."]
        return Content("\n".join([*lines, self._behind]))
