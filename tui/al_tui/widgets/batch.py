"""The batch that the focused strategy asks about: small pictures, each with the model's guess or with its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.message import Message

from al_core.run.state import Answer, Pick
from al_tui.items.picture import small
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from al_core.data.looks import Deck

CELL = 9


class Batch(Drawn):
    """A strip of pictures with one highlighted; a click highlights another."""

    DEFAULT_CSS = "Batch { height: auto; }"

    class Chosen(Message):
        """An item of the batch was clicked."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self._deck: Deck | None = None
        self._picks: tuple[Pick, ...] = ()
        self._answers: dict[int, Answer] = {}
        self._cursor = 0
        self._hidden = False
        self._begin = 0

    def show(self, deck: Deck | None, picks: tuple[Pick, ...], answers: tuple[Answer, ...], cursor: int, hidden: bool) -> None:
        """Show a batch; ``hidden`` keeps the model's guesses of unanswered items to itself."""
        shown = (deck, picks, answers, cursor, hidden)
        if shown != self._shown:
            self._shown = shown
            self._deck, self._picks, self._cursor, self._hidden = deck, picks, cursor, hidden
            self._answers = {given.row: given for given in answers}
            self.redraw()

    @property
    def _across(self) -> int:
        return max(1, self.size.width // CELL)

    def render(self) -> Text:
        if self._deck is None or not self._picks:
            return Text()
        colours = palette(self.app)
        cell_height = self._deck.height // 2 + 1
        rows = max(1, self.size.height // cell_height)
        fit = rows * self._across
        self._begin = max(0, min(self._cursor - fit // 2, len(self._picks) - fit))
        shown = list(enumerate(self._picks))[self._begin : self._begin + fit]
        lines: list[Text] = []
        for start in range(0, len(shown), self._across):
            part = shown[start : start + self._across]
            pictures = [small(self._deck, pick.row, colours) for _, pick in part]
            for y in range(cell_height - 1):
                lines.append(Text(" ").join(picture[y] for picture in pictures))
            captions = [self._caption(position, pick, colours) for position, pick in part]
            lines.append(Text(" ").join(captions))
        return Text("\n").join(lines)

    def _caption(self, position: int, pick: Pick, colours: Palette) -> Text:
        assert self._deck is not None
        answer = self._answers.get(pick.row)
        if answer is not None and answer.label is None:
            text = Text("skipped", colours.dim)
        elif answer is not None and answer.label is not None:
            text = Text(f"= {self._deck.classes[answer.label]}", f"bold {colours.good}")
        elif self._hidden:
            text = Text("?")
        else:
            text = Text(f"{self._deck.classes[pick.guess]}? {max(pick.probabilities):.2f}".replace("0.", "."))
        text.truncate(CELL - 1)
        text.align("center", CELL - 1)
        if position == self._cursor:
            (text.stylize if colours.shaded else text.stylize_before)(colours.selected)
        return text

    def on_click(self, event: events.Click) -> None:
        if self._deck is None:
            return
        offset = event.get_content_offset(self)
        if offset is not None:
            position = self._begin + offset.y // (self._deck.height // 2 + 1) * self._across + offset.x // CELL
            if position < len(self._picks):
                self.post_message(self.Chosen(position))
