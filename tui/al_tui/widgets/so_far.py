"""How far labelling is, and what is worth a look: a line each."""

from __future__ import annotations

from rich.text import Text

from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn

TITLE = "So far"
MOST = 4
"""Lines at most."""
_BAR = 24
"""Cells of a bar at most."""
_SHORTEST = 4
"""Cells of a bar at least; where there is no room for so many it is left out."""
Goal = tuple[str, float]
"""What one wants to get to, in words, and the share of the way that is done."""


class SoFar(Drawn):
    """A bar a goal, then sentences; as high as these are, and not there where there is nothing to say."""

    DEFAULT_CSS = "SoFar { height: 0; border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self.border_title = TITLE
        self.add_class("nothing")
        self._shown: tuple[tuple[Goal, ...], tuple[str, ...]] = ((), ())

    def show(self, goals: tuple[Goal, ...], worth: tuple[str, ...]) -> None:
        """Show goals, in words with the share that is reached, and sentences."""
        shown = goals, worth
        if shown == self._shown:
            return
        self._shown = shown
        count = min(MOST, len(goals) + len(worth))
        self.set_class(not count, "nothing")
        if self.styles.height is None or self.styles.height.value != count + 1:
            self.styles.height = count + 1
        self.redraw()

    def render(self) -> Text:
        (goals, worth), colours, width = self._shown, palette(self.app), self.size.width
        column = max((len(words) for words, _ in goals), default=0) + 2
        lines = [_bar(words, share, column, width, colours) for words, share in goals]
        lines += [Text(f" {clipped(words, max(1, width - 2))}", colours.accent, no_wrap=True) for words in worth]
        return Text("\n", no_wrap=True).join(lines[:MOST])


def in_a_line(goals: tuple[Goal, ...], width: int, colours: Palette) -> Text:
    """Goals beside each other in so many cells, as many as there is room for; the last one is the one that stays."""
    for first in range(len(goals)):
        shown = goals[first:]
        words = sum(len(f" {text}  ") for text, _ in shown)
        if width - words >= _SHORTEST * len(shown) or first == len(goals) - 1:
            room = (width - words) // len(shown)
            return Text("  ").join(_bar(text, share, len(text) + 2, len(text) + 3 + room, colours) for text, share in shown)
    return Text()


def _bar(words: str, share: float, column: int, width: int, colours: Palette) -> Text:
    line = Text(f" {words}".ljust(column), no_wrap=True)
    if (room := min(_BAR, width - column - 1)) >= _SHORTEST:
        full = min(room, int(share * room))
        line.append("█" * full, colours.good if share >= 1 else colours.accent).append("░" * (room - full), colours.dim)
    return line
