"""All keys and what they do, from the tables of commands, and what words mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from al_tui.commands.command import Command
from al_tui.commands.glossary import Words
from al_tui.commands.table import COMMON
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.label.described import Described
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.typed import Typed

_MEANINGS = "Words and signs"
_BEFORE = 14
"""Columns that a word has before what it means."""


class Hanging:
    """A text of lines, in which what a word means goes on below itself, not below the word.

    Parameters
    ----------
    text : the lines; those that begin with a blank are a word, in a colour of its own, and its meaning.
    """

    def __init__(self, text: Text) -> None:
        self._text = text

    def __str__(self) -> str:
        return self._text.plain

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._text.split("\n", allow_blank=True):
            if not (line.plain.startswith(" ") and line.spans) or options.max_width <= 3 * _BEFORE:
                yield line
                continue
            word, meaning = line.divide([line.spans[0].end])
            parts = meaning.wrap(console, options.max_width - max(word.cell_len, _BEFORE))
            for number, part in enumerate(parts or [meaning]):
                yield (Text(" " * _BEFORE) if number else word) + part


class Help(ModalScreen[None], DismissedOnce[None]):
    """What a screen is for, its keys, those that work everywhere, and what words mean; ``/`` finds any of it.

    Parameters
    ----------
    commands : what can be done on the screen.
    introduction : what the screen is for.
    described : the classes, where there are any; what somebody said of them comes before the keys.
    words : what the words and signs of the screen mean.
    """

    CSS_PATH = "dialog.tcss"

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "back", "Back"),
        ("q,question_mark", "dismiss", "Back"),
        ("slash", "search", "Search"),
    ]
    commands: tuple[Command, ...] = ()

    def __init__(
        self, commands: Sequence[Command], introduction: str, described: Described | None = None, words: Words = ()
    ) -> None:
        super().__init__()
        self._described = described
        self._introduction = introduction
        self._rows = [*commands, *COMMON]
        self._words = words

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog wide") as box:
            box.border_title = "Help"
            box.border_subtitle = "/ search · Esc back"
            yield Typed("", placeholder="find a key or a word", id="search")
            yield Static(Hanging(self._text()), id="text")

    def on_mount(self) -> None:
        self.query_one("#search").display = False

    def action_search(self) -> None:
        """Look for a key or a word."""
        line = self.query_one("#search")
        line.display = True
        line.focus()

    def action_back(self) -> None:
        """Show all of it again; from there to where help was asked for."""
        line = self.query_one("#search", Input)
        if line.display:
            line.value, line.display = "", False
        else:
            self.dismiss()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one("#text", Static).update(Hanging(self._found(event.value) if event.value.strip() else self._text()))

    def _found(self, wanted: str) -> Text:
        """The keys and words in which all parts of ``wanted`` are."""
        colours, parts = palette(self.app), wanted.casefold().split()
        keys = [(row.key, row.title) for row in self._rows]
        out = Text()
        for title, rows in (("Keys", keys), (_MEANINGS, self._words)):
            there = [row for row in rows if all(part in " ".join(row).casefold() for part in parts)]
            if there:
                out.append(f"{title}\n", "bold").append_text(_lines(there, colours))
        return out if out.plain else Text("Nothing of that is here.")

    def _text(self) -> Text:
        colours = palette(self.app)
        out = Text(f"{self._introduction}\n" if self._introduction else "")
        classes = None if self._described is None else self._described.text(colours)
        first = self._described is not None and self._described.in_words
        if classes is not None and first:
            out.append_text(classes)
        for group in dict.fromkeys(command.group for command in self._rows):
            out.append(f"\n{group}\n", "bold")
            out.append_text(_lines([(row.key, row.title) for row in self._rows if row.group == group], colours))
        if classes is not None and not first:
            out.append_text(classes)
        if self._words:
            out.append(f"\n{_MEANINGS}\n", "bold").append_text(_lines(self._words, colours))
        return out


def _lines(rows: Sequence[tuple[str, str]], colours: Palette) -> Text:
    out = Text()
    for word, meaning in rows:
        out.append(f"  {word:<{_BEFORE - 3}} ", colours.accent).append(f"{meaning}\n")
    return out
