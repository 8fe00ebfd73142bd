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

from al_tui.commands import COMMON, Command
from al_tui.palette import palette

INTRODUCTION = (
    "Labels cost money. Each strategy starts from the same few labels and asks for the ones it believes will teach the model"
    " most. A curve that rises sooner needs fewer labels; the dotted line is the target. Take a strategy over with h and"
    " label for it yourself."
)


class Help(ModalScreen[None]):
    """The keys of one screen and those that work everywhere."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark", "dismiss", "Back")]
    commands: tuple[Command, ...] = ()

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._rows = [*commands, *COMMON]

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = "Help"
            box.border_subtitle = "Esc back"
            yield Static(self._text())

    def _text(self) -> Text:
        colours = palette(self.app)
        out = Text(INTRODUCTION + "\n")
        for group in dict.fromkeys(command.group for command in self._rows):
            out.append(f"\n{group}\n", "bold")
            for command in self._rows:
                if command.group == group:
                    out.append(f"  {command.key:<12}", colours.accent).append(f"{command.title}\n")
        return out
