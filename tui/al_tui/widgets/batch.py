"""The batch that the focused strategy asks about: small pictures, each with the model's guess or with its answer."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.message import Message

from al_core.data.looks import Look
from al_core.run.state import Answer, Pick
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn
from al_tui.widgets.strip import Cells

_TWO_ROWS = 5
"""Lines a row of pictures needs at least, so that there are two of them."""


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
        self._looks: tuple[Look, ...] = ()
        self._names: tuple[str, ...] = ()
        self._picks: tuple[Pick, ...] = ()
        self._answers: dict[int, Answer] = {}
        self._cursor = 0
        self._hidden = False
        self._begin, self._across, self._step, self._tall = 0, 1, 1, 1

    def show(
        self,
        looks: tuple[Look, ...],
        classes: tuple[str, ...],
        picks: tuple[Pick, ...],
        answers: tuple[Answer, ...],
        cursor: int,
        hidden: bool,
    ) -> None:
        """Show a batch: how its items look, and the picks; ``hidden`` keeps the guesses of unanswered items back."""
        shown = (looks, classes, picks, answers, cursor, hidden)
        if shown != self._shown:
            self._shown = shown
            self._looks, self._names, self._picks, self._cursor, self._hidden = looks, classes, picks, cursor, hidden
            self._answers = {given.row: given for given in answers}
            self.redraw()

    def render(self) -> Text:
        if not self._looks:
            return Text()
        colours = palette(self.app)
        cells = Cells(self._looks, self._height, colours)
        self._step, self._tall = cells.width + 1, cells.height
        self._across = max(1, self.size.width // self._step)
        rows = max(1, self.size.height // cells.height)
        fit = rows * self._across
        self._begin = max(0, min(self._cursor - fit // 2, len(self._picks) - fit))
        lines: list[Text] = []
        for start in range(self._begin, min(self._begin + fit, len(self._picks)), self._across):
            part = range(start, min(start + self._across, self._begin + fit, len(self._picks)))
            lines += cells.row(start, [self._caption(position, cells, colours) for position in part])
        return Text("\n").join(lines)

    @property
    def _height(self) -> int:
        """Lines for a row of pictures: two rows where they fit."""
        return self.size.height // 2 if self.size.height >= 2 * _TWO_ROWS else self.size.height

    def _caption(self, position: int, cells: Cells, colours: Palette) -> Text:
        pick = self._picks[position]
        answer = self._answers.get(pick.row)
        if answer is not None and answer.label is None:
            text = Text("skipped", colours.dim)
        elif answer is not None and answer.label is not None:
            text = Text(f"= {clipped(self._names[answer.label], cells.width - 2)}", f"bold {colours.good}")
        elif self._hidden:
            text = Text("?")
        else:
            name = clipped(self._names[pick.guess], cells.width - 5)
            text = Text(f"{name}? {max(pick.probabilities):.2f}".replace(" 0.", " ."))
        text = cells.fitted(text)
        if position == self._cursor:
            (text.stylize if colours.shaded else text.stylize_before)(colours.selected)
        return text

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None:
            position = self._begin + offset.y // self._tall * self._across + offset.x // self._step
            if position < len(self._picks):
                self.post_message(self.Chosen(position))
