"""The highlighted item: large, with the model's probability of every class."""

from __future__ import annotations

from rich.text import Text

from al_core.data.looks import COMING, Look
from al_core.run.state import Answer, Pick
from al_tui.items.view import Room, large
from al_tui.theme.colours import palette
from al_tui.widgets.bars import bars
from al_tui.widgets.drawn import Drawn

_BESIDE = 17
"""Columns that stay free beside the item, for the probabilities."""


class Digit(Drawn):
    """One item and what the model thinks of it, or that it keeps this to itself."""

    DEFAULT_CSS = "Digit { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None
        self._look: Look = COMING
        self._names: tuple[str, ...] = ()
        self._pick: Pick | None = None
        self._answer: Answer | None = None
        self._hidden = False
        self._note = ""

    def show(
        self, look: Look, classes: tuple[str, ...], pick: Pick | None, answer: Answer | None, hidden: bool, note: str
    ) -> None:
        """Show an item, or none where ``pick`` is none; ``hidden`` keeps the probabilities back; ``note`` stands under it."""
        shown = (look, classes, pick, answer, hidden, note)
        if shown != self._shown:
            self._shown = shown
            self._look, self._names, self._pick, self._answer, self._hidden, self._note = shown
            self.redraw()

    def render(self) -> Text:
        colours = palette(self.app)
        width, height = self.size
        if self._pick is None:
            return Text("\n  " + self._note, colours.dim)
        picture = large(self._look, Room(width - _BESIDE, height - 1), colours)
        across = picture[0].cell_len
        note = Text(self._note)
        note.truncate(across)
        note.align("center", across)
        left = [*picture, note]
        side = self._side(self._names, self._pick, width - across - 1, height)
        lines = []
        for y in range(min(max(len(left) + 1, len(side)), height)):
            cell = left[y] if y < len(left) else Text(" " * across)
            lines.append(Text(" ").append(cell).append("  ").append(side[y] if y < len(side) else Text()))
        return Text("\n", no_wrap=True).join(lines)

    def _side(self, classes: tuple[str, ...], pick: Pick, width: int, height: int) -> list[Text]:
        colours = palette(self.app)
        if self._hidden:
            words = ["", "The model's", "opinion is", "hidden until", "you answer;", "p shows it."]
            return [Text(word, colours.dim) for word in words]
        return bars(classes, pick, None if self._answer is None else self._answer.label, width, height, colours)
