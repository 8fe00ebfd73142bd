"""The highlighted item: large, with the model's probability of every class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from al_core.run.state import Answer, Pick
from al_tui.items.picture import large
from al_tui.theme.colours import palette
from al_tui.widgets.bars import bars
from al_tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from al_core.data.looks import Deck


class Digit(Drawn):
    """One item and what the model thinks of it, or that it keeps this to itself."""

    DEFAULT_CSS = "Digit { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self._deck: Deck | None = None
        self._pick: Pick | None = None
        self._answer: Answer | None = None
        self._hidden = False
        self._note = ""

    def show(self, deck: Deck | None, pick: Pick | None, answer: Answer | None, hidden: bool, note: str) -> None:
        """Show an item; ``hidden`` keeps the probabilities back; ``note`` stands under the picture."""
        shown = (deck, pick, answer, hidden, note)
        if shown != self._shown:
            self._shown = shown
            self._deck, self._pick, self._answer, self._hidden, self._note = shown
            self.redraw()

    def render(self) -> Text:
        colours = palette(self.app)
        if self._deck is None or self._pick is None:
            return Text("\n  " + self._note, colours.dim)
        picture = large(self._deck, self._pick.row, colours)
        side = self._side()
        lines = []
        for y in range(min(max(len(picture) + 2, len(side)), self.size.height)):
            blank = Text(" " * (2 * self._deck.width))
            left = picture[y] if y < len(picture) else self._under() if y == len(picture) else blank
            lines.append(Text(" ").append(left).append("  ").append(side[y] if y < len(side) else Text()))
        return Text("\n").join(lines)

    def _under(self) -> Text:
        assert self._deck is not None
        text = Text(self._note)
        text.truncate(2 * self._deck.width)
        text.align("center", 2 * self._deck.width)
        return text

    def _side(self) -> list[Text]:
        assert self._deck is not None
        assert self._pick is not None
        colours = palette(self.app)
        if self._hidden:
            words = ["", "The model's", "opinion is", "hidden until", "you answer;", "p shows it."]
            return [Text(word, colours.dim) for word in words]
        room = max(4, self.size.width - 2 * self._deck.width - 12)
        return bars(self._deck.classes, self._pick, None if self._answer is None else self._answer.label, room, colours)
