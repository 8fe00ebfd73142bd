"""How many labels each class has, in one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.text import Text

from al_tui.theme.colours import palette
from al_tui.widgets.bars import HEIGHTS, clipped
from al_tui.widgets.drawn import Drawn

TITLE, SHORT = "labels per class", "per class"
_NAME = 8
_NONE = "–"


class PerClass(Drawn):
    """A bar a class, as high as its labels are of the most that one has; a dash where there are none."""

    DEFAULT_CSS = "PerClass { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, ...], tuple[int, ...]] = ((), ())

    def show(self, classes: tuple[str, ...], labels: Iterable[int]) -> None:
        """Show how often each class is among ``labels``."""
        counts = Counter(labels)
        shown = classes, tuple(counts[label] for label in range(len(classes)))
        if shown != self._shown:
            self._shown = shown
            self.redraw()

    def render(self) -> Text:
        classes, counts = self._shown
        colours, width = palette(self.app), self.size.width
        most = max(counts, default=0)
        if not most:
            return Text()
        each = [f"{clipped(name, _NAME)}{_bar(count, most)}" for name, count in zip(classes, counts, strict=True)]
        room = sum(map(len, each)) + len(each)
        title = next((words for words in (TITLE, SHORT) if len(words) + 3 + room <= width), "")
        line = Text(f" {title} " if title else " ", colours.dim, no_wrap=True)
        for label, words in enumerate(each):
            if line.cell_len + len(words) + (2 if label + 1 < len(each) else 0) > width:
                return line.append("…", colours.dim)
            line.append(f"{words[:-1]}", colours.hue(label)).append(f"{words[-1]} ")
        return line


def _bar(count: int, most: int) -> str:
    return HEIGHTS[round(count / most * (len(HEIGHTS) - 1))] if count else _NONE
