"""The words of a lesson, above the race."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Static

from al_tui.widgets.drawn import entitle


class LessonPanel(VerticalScroll, can_focus=False):
    """Shows words, wrapped; they scroll where there is too little room."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: Text | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="lesson")

    def show(self, title: str, words: Text) -> None:
        """Show a step."""
        entitle(self, title)
        if self._shown != words or self._shown.spans != words.spans:
            self._shown = words
            self.query_one("#lesson", Static).update(words)
