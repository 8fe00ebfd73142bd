"""All keys and what they do, from the tables of commands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from al_tui.commands.command import Command
from al_tui.commands.table import COMMON
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.label.described import Described
from al_tui.theme.colours import palette


class Help(ModalScreen[None], DismissedOnce[None]):
    """What a screen is for, its keys, and those that work everywhere.

    Parameters
    ----------
    commands : what can be done on the screen.
    introduction : what the screen is for.
    described : the classes, where there are any; what somebody said of them comes before the keys.
    """

    CSS_PATH = "dialog.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark", "dismiss", "Back")]
    commands: tuple[Command, ...] = ()

    def __init__(self, commands: Sequence[Command], introduction: str, described: Described | None = None) -> None:
        super().__init__()
        self._described = described
        self._introduction = introduction
        self._rows = [*commands, *COMMON]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = "Help"
            box.border_subtitle = "Esc back"
            yield Static(self._text())

    def _text(self) -> Text:
        colours = palette(self.app)
        out = Text(f"{self._introduction}\n" if self._introduction else "")
        classes = None if self._described is None else self._described.text(colours)
        first = self._described is not None and self._described.in_words
        if classes is not None and first:
            out.append_text(classes)
        for group in dict.fromkeys(command.group for command in self._rows):
            out.append(f"\n{group}\n", "bold")
            for command in self._rows:
                if command.group == group:
                    out.append(f"  {command.key:<11} ", colours.accent).append(f"{command.title}\n")
        return out if classes is None or first else out.append_text(classes)
