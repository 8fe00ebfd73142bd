"""The item to be labelled: as large as there is room for, the keys, and what the model thinks when that may be seen."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.message import Message

from al_core.run.state import Pick
from al_tui.items.picture import large
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import bars
from al_tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from al_core.data.looks import Deck

_UNDER = 4
"""Lines under the picture: blank, caption, blank, keys."""
_NUMBERS = 11
"""Cells that a bar's name and number need."""
_COLUMN = 46
"""Cells in which words are easily read."""


class Question(Drawn):
    """One large picture, the class keys under it; a click on a key is an answer."""

    DEFAULT_CSS = "Question { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    class Chosen(Message):
        """A class was clicked."""

        def __init__(self, label: int) -> None:
            super().__init__()
            self.label = label

    def __init__(self) -> None:
        super().__init__()
        self._deck: Deck | None = None
        self._row: int | None = None
        self._pick: Pick | None = None
        self._answer: int | None = None
        self._caption = Text()
        self._words: tuple[str, ...] = ()
        self._keys: dict[int, tuple[int, int]] = {}
        self._keys_line = 0

    def show(
        self, deck: Deck | None, row: int | None, pick: Pick | None, answer: int | None, caption: Text, words: tuple[str, ...]
    ) -> None:
        """Show an item.

        Parameters
        ----------
        row : the item; None when there is none, and ``words`` say why.
        pick : what the model thinks, if it may be seen.
        answer : the label it has.
        caption : one line under the picture.
        words : paragraphs said in place of the model's opinion.
        """
        self._deck, self._row, self._pick, self._answer = deck, row, pick, answer
        self._caption, self._words = caption, words
        self.redraw()

    def render(self) -> Text:
        colours = palette(self.app)
        deck = self._deck
        if deck is None or self._row is None:
            return Text("\n" + "\n".join(f"  {line}" for line in self._wrapped(self.size.width - 2)), colours.dim)
        width, height = self.size
        zoom = max(1, min((width - 2) // (2 * deck.width), (height - _UNDER - len(deck.classes)) // deck.height))
        picture = large(deck, self._row, colours, zoom)
        beside = zoom == 1
        across = 2 * deck.width * zoom
        opinion = self._opinion(width - across - 3 if beside else across + 1, colours)
        lines = [Text(" ").append(line) for line in picture]
        lines += [Text() for _ in range(len(opinion) - len(lines) if beside else 0)]
        lines += [Text(), Text(" ").append(self._caption), Text(), self._class_keys(colours)]
        self._keys_line = len(lines) - 1
        if beside:
            for y, line in enumerate(opinion):
                lines[y].append(" " * (across + 3 - lines[y].cell_len)).append(line)
        else:
            lines += [Text(" ").append(line) for line in opinion]
        return Text("\n", no_wrap=True, overflow="ellipsis").join(lines[:height])

    def _opinion(self, room: int, colours: Palette) -> list[Text]:
        assert self._deck is not None
        if self._pick is None:
            return [Text(), *(Text(line, colours.dim) for line in self._wrapped(room))]
        return bars(self._deck.classes, self._pick, self._answer, max(4, room - _NUMBERS), colours)

    def _wrapped(self, room: int) -> list[str]:
        return [line for words in self._words for line in wrap(words, max(1, min(room, _COLUMN)))]

    def _class_keys(self, colours: Palette) -> Text:
        assert self._deck is not None
        line = Text(" ")
        self._keys = {}
        for label, name in enumerate(self._deck.classes):
            begin = line.cell_len
            style = f"bold {colours.good}" if label == self._answer else f"bold {colours.accent}"
            line.append(f"[{name}]" if label == self._answer else f" {name} ", style)
            self._keys[label] = (begin, line.cell_len)
        return line

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None or offset.y != self._keys_line:
            return
        for label, (begin, end) in self._keys.items():
            if begin <= offset.x < end:
                self.post_message(self.Chosen(label))
