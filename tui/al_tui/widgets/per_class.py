"""How many labels each class has, in one line; where a class is rare, beside how many there would be by chance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.text import Text

from al_core.ground.numbers import tenths, whole
from al_tui.theme.colours import palette
from al_tui.widgets.bars import HEIGHTS, clipped
from al_tui.widgets.drawn import Drawn

TITLE, SHORT = "labels per class", "per class"
FOUND, SHORT_FOUND = "found / expected", "found/exp."
"""Labels, and how many of as many items drawn at random would be of the class."""
RARE = 0.5
"""Of an even share of the items; a class that has less makes the data uneven."""
_NAME = 8
_NONE, _REST = "–", "rest"


class PerClass(Drawn):
    """A bar a class, as high as its labels are of the most that one has; a dash where there are none.

    Where a class is rare, counts in place of bars, the rarest class first: ``8 12/4.3``; those that find no room stand
    together at the end: ``rest 18/20``.
    """

    DEFAULT_CSS = "PerClass { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...]] = ((), (), ())

    def show(self, classes: tuple[str, ...], labels: Iterable[int], there: Sequence[int] = ()) -> None:
        """Show how often each class is among ``labels``; ``there`` are so many items of each, empty where nobody knows."""
        counts = Counter(labels)
        shown = classes, tuple(counts[label] for label in range(len(classes))), tuple(there)
        if shown != self._shown:
            self._shown = shown
            self.redraw()

    def render(self) -> Text:
        classes, counts, there = self._shown
        if not any(counts):
            return Text()
        names = [clipped(name, _NAME) for name in classes]
        if is_uneven(there):
            order = sorted(range(len(there)), key=there.__getitem__)
            chance = [sum(counts) * number / sum(there) for number in there]
            return self._found(names, counts, chance, order)
        most = max(counts)
        return self._line((TITLE, SHORT), names, [_bar(count, most) for count in counts], range(len(counts)))

    def _line(self, titles: tuple[str, str], names: Sequence[str], said: Sequence[str], order: Sequence[int]) -> Text:
        """Names in the colours of their classes, each with what is ``said`` of it, as many as there is room for."""
        colours, width = palette(self.app), self.size.width
        room = sum(map(len, names)) + sum(map(len, said)) + len(names)
        title = next((words for words in titles if len(words) + 3 + room <= width), "")
        line = Text(f" {title} " if title else " ", colours.dim, no_wrap=True)
        for place, label in enumerate(order):
            words = names[label] + said[label]
            if line.cell_len + len(words) + (2 if place + 1 < len(order) else 0) > width:
                return line.append("…", colours.dim)
            line.append(names[label], colours.hue(label)).append(f"{said[label]} ")
        return line

    def _found(self, names: Sequence[str], counts: Sequence[int], chance: Sequence[float], order: Sequence[int]) -> Text:
        """Counts beside those by chance, of the first classes of an order that have room; of the others together."""
        colours, width = palette(self.app), self.size.width
        words = [f" {count}/{_expected(share)}" for count, share in zip(counts, chance, strict=True)]
        parts = [Text(names[label], colours.hue(label)).append(words[label], "default") for label in order]
        for shown in range(len(parts), 0, -1):
            rest = order[shown:]
            together = f" {sum(counts[label] for label in rest)}/{_expected(sum(chance[label] for label in rest))}"
            said = [*parts[:shown], *([Text(f"{_REST}{together}", colours.dim)] if rest else [])]
            for title in (FOUND, SHORT_FOUND):  # numbers want to be told what they are
                line = Text(" ", no_wrap=True).append_text(Text(" ").join([Text(title, colours.dim), *said]))
                if line.cell_len <= width:
                    return line
        line.truncate(width, overflow="ellipsis")
        return line


def is_uneven(there: Sequence[int]) -> bool:
    """Whether one of the classes has far fewer items than an even share."""
    known = [number for number in there if number]
    return len(known) > 1 and min(known) < RARE * sum(known) / len(known)


def _expected(share: float) -> str:
    return tenths(share) if share < 10 else whole(round(share))


def _bar(count: int, most: int) -> str:
    return HEIGHTS[round(count / most * (len(HEIGHTS) - 1))] if count else _NONE
