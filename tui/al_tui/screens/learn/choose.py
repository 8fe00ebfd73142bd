"""What does one expect? One of a few answers."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static

from al_tui.commands.command import Command
from al_tui.screens.dismissed_once import DismissedOnce


class Choose(ModalScreen[int | None], DismissedOnce[int | None]):
    """Dismissed with the place of the answer, or with None when the person changed their mind.

    Parameters
    ----------
    question : what is asked.
    answers : what may be answered.
    """

    CSS_PATH = "../dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]
    commands: tuple[Command, ...] = ()

    def __init__(self, question: str, answers: tuple[str, ...]) -> None:
        super().__init__()
        self._question, self._answers = question, answers

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog") as box:
            box.border_title = "What do you expect?"
            yield Static(Content(self._question))
            yield OptionList(*(Text(f" {answer}") for answer in self._answers))
            yield Static(Content("↑ ↓ and Enter · Esc leaves everything as it is"), classes="dim")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)
