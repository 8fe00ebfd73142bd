"""The runs of a race over seeds: a line a strategy, a cell a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from al_core.race.marks import Mark, marks
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import clipped
from al_tui.widgets.drawn import Drawn

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView, StrategySeeds

DONE, RUNNING, WAITING, FAILED = "■", "▶", "·", "✗"
TITLE = f"Runs · {DONE} done  {RUNNING} running  {WAITING} waiting  {FAILED} failed"
_LONGEST = 16
_EVERY = 10
"""Seeds between two numbers above the cells."""
_SEEN = 3
"""Seeds that are shown before the first that is not done, where not all have room."""
ABOVE = 2
"""Lines that are no strategies: the title, and the numbers of seeds."""


class Runs(Drawn):
    """What has become of each run: waiting, running, done or failed."""

    DEFAULT_CSS = "Runs { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    def __init__(self) -> None:
        super().__init__()
        self.border_title = TITLE
        self._view: LiveView | None = None

    def show(self, view: LiveView) -> None:
        """Show the runs as they are."""
        old, self._view = self._view, view
        if old is None or (old.strategies, old.under_way, old.plan) != (view.strategies, view.under_way, view.plan):
            self.redraw()

    def render(self) -> Text:
        view, colours, width = self._view, palette(self.app), self.size.width
        if view is None:
            return Text()
        seeds, names = view.plan.seeds, [entry.name for entry in view.strategies]
        column = min(_LONGEST, max(map(len, names))) + 4
        count = len(f" {view.planned}/{view.planned}")
        room = width - column - count
        if room < _EVERY:
            return Text("")
        begin = _first(view, room)
        shown = seeds[begin : begin + room]
        lines = [_numbers(shown, begin > 0, begin + room < len(seeds), column, colours)]
        found = marks(names)
        for entry in view.strategies:
            lines.append(_line(entry, view, shown, found[entry.name], column, colours))
        return Text("\n", no_wrap=True).join(lines)


def _first(view: LiveView, room: int) -> int:
    """Which seed is shown first: where not all have room, some before the first that is not done by all."""
    seeds = view.plan.seeds
    done = {seed for seed in seeds if all(_state(entry, view, seed) in (DONE, FAILED) for entry in view.strategies)}
    left = next((at for at, seed in enumerate(seeds) if seed not in done), len(seeds))
    return max(0, min(left - _SEEN, len(seeds) - room))


def _numbers(seeds: Sequence[int], before: bool, after: bool, column: int, colours: Palette) -> Text:
    line = Text("seed ".rjust(column), colours.dim, no_wrap=True)
    words, free = " " * len(seeds), 0
    for at, seed in enumerate(seeds):
        number = str(seed)
        if at >= free and (not at or not seed % _EVERY) and at + len(number) <= len(seeds):
            words = words[:at] + number + words[at + len(number) :]
            free = at + len(number) + 1
    if before:
        line = Text("… seed ".rjust(column), colours.dim, no_wrap=True)
    return line.append(words, colours.dim).append(" …" if after else "", colours.dim)


def _line(entry: StrategySeeds, view: LiveView, seeds: Sequence[int], mark: Mark, column: int, colours: Palette) -> Text:
    line = Text(" ", no_wrap=True).append(f"{mark.sign} ", colours.run(mark)).append(clipped(entry.name, column - 4))
    line.pad_right(max(0, column - line.cell_len))
    styles = {DONE: colours.run(mark), RUNNING: colours.accent, WAITING: colours.dim, FAILED: f"bold {colours.bad}"}
    last, text = "", ""
    for sign in (*(_state(entry, view, seed) for seed in seeds), ""):
        if sign != last and text:
            line.append(text, styles[last])
            text = ""
        last, text = sign, text + sign
    return line.append(f" {entry.finished}/{view.planned}", colours.dim)


def _state(entry: StrategySeeds, view: LiveView, seed: int) -> str:
    if seed in entry.seeds_done:
        return DONE
    if seed in entry.seeds_failed:
        return FAILED
    return RUNNING if (seed, entry.name) in view.under_way else WAITING
