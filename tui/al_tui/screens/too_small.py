"""What is shown when there is no room for anything else; it goes by itself when there is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from al_tui.commands.command import Command

LEAST = (60, 20)


class TooSmall(ModalScreen[None]):
    """Says how large the terminal must be, and what goes on behind it."""

    CSS_PATH = "too_small.tcss"

    commands: tuple[Command, ...] = ()

    def __init__(self, behind: str) -> None:
        super().__init__()
        self._behind = behind

    def compose(self) -> ComposeResult:
        yield Static(Content(f"al-tui needs {LEAST[0]}×{LEAST[1]}.\nMake the terminal larger;\n{self._behind}"))
