"""Labels saved against random, as intervals on one scale over the band of chance; or, of one seed, labels to targets."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rich.text import Text

from al_core.ground.numbers import signed
from al_core.race.marks import Mark
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn, entitle

TITLE = "Labels saved against random, %"
LANES = "Labels to a test {} on this seed"
"""With what is measured, in words."""
_LONGEST = 18
_FARTHEST = 1.0
"""Share saved, or lost, at which the scale ends at most."""
_STEPS = (0.05, 0.1, 0.2, 0.25, 0.5)


class Interval(NamedTuple):
    """What a strategy saved, and between what the true share is; None where there is nothing to say."""

    name: str
    value: float | None
    bounds: tuple[float, float] | None


class Lane(NamedTuple):
    """A target in words, and with how many labels each strategy was there; those that were not are left out."""

    words: str
    labels: Mapping[str, int]


class Intervals(Drawn):
    """A line a strategy, or a line a target."""

    DEFAULT_CSS = "Intervals { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[Interval | Lane, ...], Mapping[str, Mark], tuple[float, float] | None, int] = ((), {}, None, 0)

    def show_intervals(
        self, rows: Sequence[Interval], marks: Mapping[str, Mark], chance: tuple[float, float] | None, words: str = ""
    ) -> None:
        """Show what strategies saved; ``chance`` is what a second random seems to, ``words`` what the title says beside."""
        entitle(self, TITLE + (" · ▒ chance" if chance is not None else "") + words)
        self._take_up((tuple(rows), marks, chance, 0))

    def show_lanes(self, lanes: Sequence[Lane], marks: Mapping[str, Mark], budget: int, measured: str, words: str = "") -> None:
        """Show when strategies were at some targets of what is ``measured``, on a ruler that ends at ``budget``."""
        entitle(self, LANES.format(measured) + words)
        self._take_up((tuple(lanes), marks, None, budget))

    def _take_up(self, shown: tuple[tuple[Interval | Lane, ...], Mapping[str, Mark], tuple[float, float] | None, int]) -> None:
        if shown != self._shown:
            self._shown = shown
            self.redraw()

    def render(self) -> Text:
        rows, marks, chance, budget = self._shown
        colours, (width, height) = palette(self.app), self.size
        names = [row.name if isinstance(row, Interval) else row.words for row in rows]
        column = min(_LONGEST, max(map(len, names), default=0)) + 4
        across = width - column - 1
        if across < 16 or not rows:
            return Text("")
        intervals, lanes = [row for row in rows if isinstance(row, Interval)], [row for row in rows if isinstance(row, Lane)]
        lanes = lanes[max(0, len(lanes) - max(1, height - 1)) :]  # the highest targets where there is no room for all
        if intervals:
            scale, lines, between = _intervals(intervals, marks, chance, column, across, colours)
        else:
            scale, lines, between = _lanes(lanes, marks, budget, column, across, colours)
        if len(lines) > height - 1 > 0:
            lines = [*lines[: height - 2], Text(f" +{len(lines) - height + 2} more", colours.dim)]
        there = dict(zip(spread(len(lines), height - 1), lines, strict=True))
        return Text("\n", no_wrap=True).join([scale, *(there.get(at, between) for at in range(height - 1))])


def spread(count: int, height: int) -> list[int]:
    """On which of ``height`` lines so many stand, at most as many, as far apart as there is room for."""
    return [(2 * at + 1) * height // (2 * count) for at in range(count)]


def ends(intervals: Sequence[Interval], chance: tuple[float, float] | None) -> tuple[float, float, float]:
    """The ends of the scale, and its step: all that is to be seen, with 0 among it, to the next whole step."""
    seen = [end for row in intervals for end in (row.bounds or (row.value or 0.0,))]
    seen = [max(-_FARTHEST, min(_FARTHEST, end)) for end in (*seen, *(chance or ()), 0.0)]
    span = max(seen) - min(seen)
    step = next((step for step in _STEPS if span / step <= 8), _STEPS[-1])
    low = math.floor(min(seen) / step + 1e-9) * step
    return low, max(low + 2 * step, math.ceil(max(seen) / step - 1e-9) * step), step


def _intervals(
    rows: Sequence[Interval],
    marks: Mapping[str, Mark],
    chance: tuple[float, float] | None,
    column: int,
    across: int,
    colours: Palette,
) -> Plot:
    low, high, step = ends(rows, chance)

    def place(share: float) -> int:
        return round((max(low, min(high, share)) - low) / (high - low) * (across - 1))

    band = range(place(chance[0]), place(chance[1]) + 1) if chance is not None else range(0)
    ticks = [low + step * at for at in range(round((high - low) / step) + 1)]
    names = [(place(share), signed(round(100 * share))) for share in ticks]
    ground = _ground([at for at, _ in names], across, colours)
    for at in band:
        ground[at] = "▒", colours.dim
    ground[place(0.0)] = "┃", colours.dim
    lines = []
    for row in rows:
        cells, colour = ground.copy(), colours.run(marks[row.name])
        if row.bounds is not None:
            for at in range(place(row.bounds[0]), place(row.bounds[1]) + 1):
                cells[at] = "━", colour
        if row.value is not None:
            cells[place(row.value)] = "●", f"bold {colour}"
        lines.append(named(row.name, marks.get(row.name), column, cells, colours))
    return ruler(names, column, across, colours), lines, named("", None, column, ground, colours)


def _lanes(lanes: Sequence[Lane], marks: Mapping[str, Mark], budget: int, column: int, across: int, colours: Palette) -> Plot:
    step = next(step for step in (10, 20, 50, 100, 200, 500, 10**9) if budget / step <= 8)
    places = [(round(at / budget * (across - 1)), str(at)) for at in range(0, budget + 1, step)] if budget else []
    lines = []
    for lane in lanes:
        cells = [("─", colours.dim)] * across
        for name, labels in lane.labels.items():
            at = round(labels / max(1, budget) * (across - 1))
            while at < across - 1 and cells[at][0] != "─":  # who was there before stands before
                at += 1
            cells[at] = marks[name].sign, f"bold {colours.run(marks[name])}"
        lines.append(named(lane.words, None, column, cells, colours))
    between = named("", None, column, _ground([at for at, _ in places], across, colours), colours)
    return ruler(places, column, across, colours), lines, between


Plot = tuple[Text, list[Text], Text]
"""A scale, the lines under it, and one that stands where there is room between them."""


def _ground(ticks: Sequence[int], across: int, colours: Palette) -> list[tuple[str, str]]:
    """A line with nothing on it but where the numbers of the scale are."""
    there = {*ticks}
    return [("┊", colours.dim) if at in there else (" ", "") for at in range(across)]


def named(name: str, mark: Mark | None, column: int, cells: Sequence[tuple[str, str]], colours: Palette) -> Text:
    """A line of cells behind a mark and a name, which have the first ``column`` cells."""
    sign = f"{mark.sign} " if mark is not None else ""
    line = Text(" ", no_wrap=True).append(sign, "" if mark is None else colours.run(mark))
    line.append(clipped(name, column - 2 - len(sign)))
    line.pad_right(max(0, column - line.cell_len))
    for sign, style in cells:
        line.append(sign, style)
    return line


def ruler(places: Sequence[tuple[int, str]], column: int, across: int, colours: Palette) -> Text:
    """Numbers above the places that they are of, as many as do not touch."""
    line = " " * (column + across)
    free = 0
    for at, words in places:
        begin = min(max(0, column + at - len(words) // 2), column + across - len(words))
        if begin >= free:
            line = line[:begin] + words + line[begin + len(words) :]
            free = begin + len(words) + 1
    return Text(line, colours.dim, no_wrap=True)
