"""Each seed as a dot, where its run had held the target: how far seeds lie apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.text import Text

from al_core.race.marks import Mark
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.drawn import Drawn
from al_tui.widgets.intervals import named, ruler

TITLE = "Each seed: labels to {}"
_LONGEST = 18
_DOTS = (0x40, 0x04, 0x02, 0x01), (0x80, 0x20, 0x10, 0x08)
"""The dots of a braille character, by column, from the lowest to the highest."""
_BRAILLE = 0x2800
_TALLEST = 6
"""Lines that a strategy has at most."""


class Run(NamedTuple):
    """The runs of a strategy.

    Parameters
    ----------
    name : the strategy.
    labels : of each seed the labels at which the target was held; the whole budget where it was not.
    """

    name: str
    labels: tuple[int, ...]


class EachSeed(Drawn):
    """Dots over one another where several seeds needed as many labels, a strategy above the other, on one scale."""

    DEFAULT_CSS = "EachSeed { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[Run, ...], Mapping[str, Mark], int] = ((), {}, 0)

    def show(self, runs: Sequence[Run], marks: Mapping[str, Mark], budget: int, target: str) -> None:
        """Show runs; one with all of its ``budget`` spent may never have held the ``target``."""
        self.border_title = TITLE.format(target)
        if (shown := (tuple(runs), marks, budget)) != self._shown:
            self._shown = shown
            self.redraw()

    def render(self) -> Text:
        runs, marks, budget = self._shown
        colours, (width, height) = palette(self.app), self.size
        column = min(_LONGEST, max((len(run.name) for run in runs), default=0)) + 4
        across = width - column - 1
        seen = [labels for run in runs for labels in run.labels]
        if across < 16 or not seen or height <= len(runs):
            return Text("")
        tall = min(_TALLEST, (height - 1) // len(runs))
        low, high = min(seen), max(max(seen), min(seen) + 1)
        lines = [_scale(low, high, budget, column, across, colours)]
        for run in runs:
            cloud = _cloud([round((labels - low) / (high - low) * (2 * across - 1)) for labels in run.labels], across, tall)
            colour = colours.run(marks[run.name])
            for at, line in enumerate(cloud):
                name, mark = (run.name, marks[run.name]) if at == tall - 1 else ("", None)
                lines.append(named(name, mark, column, [(line, colour)], colours))
        return Text("\n", no_wrap=True).join(lines)


def _scale(low: int, high: int, budget: int, column: int, across: int, colours: Palette) -> Text:
    step = next(step for step in (10, 20, 50, 100, 200, 500, 1_000, 10**9) if (high - low) / step <= 8)
    ticks = [*range(-(-low // step) * step, high + 1, step)]
    names = [(round((at - low) / (high - low) * (across - 1)), f"≥{at}" if at == budget else str(at)) for at in ticks]
    return ruler(names, column, across, colours)


def _cloud(places: Sequence[int], across: int, tall: int) -> list[str]:
    """Dots on ``tall`` lines of ``across`` cells, those in one place over one another; where that is full, beside it."""
    columns, most = Counter[int](), 4 * tall
    cells = [[0] * across for _ in range(tall)]
    for place in sorted(places):
        beside = sorted(range(2 * across), key=lambda at: abs(at - place))
        at = next((at for at in beside if columns[at] < most), place)
        if (level := columns[at]) < most:
            cells[tall - 1 - level // 4][at // 2] |= _DOTS[at % 2][level % 4]
            columns[at] += 1
    return ["".join(chr(_BRAILLE + dots) if dots else " " for dots in line) for line in cells]
