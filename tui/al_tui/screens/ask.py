"""A question with a line to type the answer into."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from al_tui.commands.command import Command
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.widgets.typed import Typed


class Ask(ModalScreen[str | None], DismissedOnce[str | None]):
    """Dismissed with the text, or with None when the person changed their mind.

    Parameters
    ----------
    question : what is asked.
    suggestion : the text that stands in the line.
    words : texts one of which is meant; what is typed is completed to the first that begins so.
    """

    CSS_PATH = "dialog.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "dismiss(None)", "Cancel")]
    commands: tuple[Command, ...] = ()

    def __init__(self, question: str, suggestion: str, words: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._question = question
        self._suggestion = suggestion
        self._words = words

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static(Content(self._question))
            suggester = SuggestFromList(self._words, case_sensitive=False) if self._words else None
            yield Typed(self._suggestion, select_on_focus=True, suggester=suggester)
            yield Static(Content("Enter does it · Esc leaves everything as it is"), classes="dim")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value)
