"""What has happened: a line each, the latest first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from al_core.ground.numbers import clock
from al_tui.theme.colours import palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn


class Happened(Drawn):
    """Sentences with the times at which they came true, as many as there is room for."""

    DEFAULT_CSS = "Happened { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str], ...] = ()

    def show(self, told: Sequence[tuple[float, str]]) -> None:
        """Show (seconds, sentence) pairs, the latest first."""
        shown = tuple((clock(seconds), words) for seconds, words in told)
        if shown != self._shown:
            self._shown = shown
            self.redraw()

    def render(self) -> Text:
        colours, (width, height) = palette(self.app), self.size
        lines = []
        for at, (when, words) in enumerate(self._shown[:height]):
            line = Text(f" {when} ", colours.dim, no_wrap=True)
            lines.append(line.append(clipped(words, max(1, width - len(when) - 3)), colours.accent if not at else colours.dim))
        return Text("\n").join(lines)
