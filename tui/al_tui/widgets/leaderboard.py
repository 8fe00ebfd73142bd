"""The leaderboard, which is the legend as well: rank, mark, measure, area, labels to target, lead over random, small curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message

from al_core.ground.numbers import fixed, level, signed, signed_percent, whole
from al_core.measures.metrics import ACCURACY, metric_of
from al_core.race.marks import marks
from al_core.race.view import BY_HAND, RaceView, Standing, leads, standings
from al_core.task.spec import BASELINE
from al_tui.theme.colours import Palette, palette
from al_tui.widgets.bars import sparkline
from al_tui.widgets.drawn import Drawn, entitle

if TYPE_CHECKING:
    from al_core.comparison.live_view import LiveView

_MARK = {"starting": "·", "racing": "▶", "asking": "✎", "failed": "✗", "done": "✓"}


_CURVE = 8
"""Cells of a small curve."""
UNRANKED = "Not ranked yet"


class Leaderboard(Drawn):
    """One row per run, the largest area under the curve first, which is always among the columns; a click focuses a run."""

    DEFAULT_CSS = "Leaderboard { border-top: solid $foreground 30%; border-title-color: $foreground; }"

    class Chosen(Message):
        """A run was clicked."""

        def __init__(self, run: int) -> None:
            super().__init__()
            self.run = run

    def __init__(self) -> None:
        super().__init__()
        self._view: RaceView | None = None
        self._focus = 0
        self._seeds: LiveView | None = None
        self._left_out: frozenset[int] = frozenset()
        self._standings: tuple[Standing, ...] = ()
        self._leads: tuple[int | None, ...] = ()
        self._rows: list[Standing] = []
        self.border_title = UNRANKED

    def show(self, view: RaceView, focus: int, seeds: LiveView | None = None, left_out: frozenset[int] = frozenset()) -> None:
        """Show a race with one run highlighted; with ``seeds``, means over all of them; ``left_out`` have no line."""
        self._view, self._focus, self._seeds, self._left_out = view, focus, seeds, left_out
        self._leads = leads(view)
        self._standings = standings(view) if seeds is None else seeds.standings([run.name for run in view.runs])
        entitle(self, self._order)
        self.redraw()

    def render(self) -> Text:
        if self._view is None:
            return Text()
        view, colours, width = self._view, palette(self.app), self.size.width
        seeds, rows = self._seeds, self._standings
        places = {row.run: position for position, row in enumerate(rows, start=1)}
        room = max(1, self.size.height - 1)
        begin = max(0, min(places[self._focus] - 1 - room // 2, len(rows) - room))
        self._rows = list(rows[begin : begin + room])
        columns = self._columns(width)
        name_width = width - 7 - sum(size for _, size in columns)
        out = Text(no_wrap=True)
        out.append("     " + "strategy".ljust(name_width) + "".join(title.rjust(size) for title, size in columns), colours.dim)
        for row in self._rows:
            run = view.runs[row.run]
            focused = row.run == self._focus
            line = Text()
            line.append(f"{places[row.run]:>2} ", colours.dim if not focused else "")
            still = seeds is None and view.paused and row.status == "racing"
            mark, shown = marks([each.name for each in view.runs])[run.name], row.run not in self._left_out
            line.append(mark.sign if shown else " ", colours.run(mark))
            by_hand = f" {BY_HAND}{row.person.answers}" if row.person and row.person.answers else ""
            name = Text(f" {row.strategy}", "" if shown else colours.dim)
            name.truncate(name_width - len(by_hand), overflow="ellipsis")
            name.append(by_hand, colours.accent)
            name.truncate(name_width, pad=True)
            line.append_text(name).append(" ")
            for title, size in columns:
                text, style = self._cell(title, row, view, colours)
                line.append(text.rjust(size), style)
            status = "‖" if still and not run.by_hand else _MARK[row.status]
            style = {"failed": colours.bad, "done": colours.good, "asking": colours.accent}.get(row.status, colours.dim)
            line.append(f" {status}", style)
            if focused:
                (line.stylize if colours.shaded else line.stylize_before)(colours.selected)
            out.append("\n").append(line)
        return out

    @property
    def _order(self) -> str:
        """What the rows are ordered by, and over how much of the race: as much as all of them have."""
        first = self._standings[0]
        if first.aulc is None:
            return UNRANKED
        if self._seeds is None:
            return f"Ranked by AULC to {whole(first.aulc_labels)} labels"
        count = self._seeds.whole_seeds
        return f"Ranked by AULC over {count} seed{'' if count == 1 else 's'}"

    @property
    def _measured(self) -> str:
        """The title of the column of what is measured."""
        return (metric_of(ACCURACY) if self._view is None else self._view.spec.measured_by).short

    def _columns(self, width: int) -> list[tuple[str, int]]:
        target = f"→{level(self._view.spec.target)}" if self._view else "target"
        area, reached = ("AULC", 6), (target, 6)
        ahead = ("lead", 6) if self._seeds is None else ("saved", 7)
        last = ("curve", _CURVE + 2) if self._seeds is None else ("seeds", 7)
        if width >= 56:
            return [(self._measured, 6), area, reached, ahead, last]
        if width >= 44:
            return [area, reached, ahead, *([last] if self._seeds is not None else [])]
        return [area, ahead, *([reached] if width >= 42 else [])]

    def _cell(self, title: str, row: Standing, view: RaceView, colours: Palette) -> tuple[str, str | Style]:
        match title:
            case self._measured:
                return fixed(row.accuracy), "bold"
            case "AULC":
                return fixed(row.aulc), ""
            case "lead":
                ahead = self._leads[row.run]
                return signed(ahead), colours.good if ahead and ahead > 0 else ""
            case "saved":
                return signed_percent(None if view.runs[row.run].name == BASELINE else row.saved), ""
            case "curve":
                return self._sparkline(row, view), colours.run(marks([run.name for run in view.runs])[row.strategy])
            case "seeds" if self._seeds is not None:
                entry = self._seeds.of(row.strategy)
                return f"{entry.finished if entry else 0}/{self._seeds.planned}", colours.dim
            case _:
                return whole(row.to_target), ""

    def _sparkline(self, row: Standing, view: RaceView) -> str:
        """What is measured over the labels of the whole budget, between the least and the most that any run had."""
        curves = [run.state.curve for run in view.runs if run.state.curve]
        seen = [accuracy for curve in curves for _, accuracy in curve]
        return sparkline(view.runs[row.run].state.curve, curves[0][0][0] if curves else 0, view.spec.budget, seen, _CURVE)

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and 1 <= offset.y <= len(self._rows):
            self.post_message(self.Chosen(self._rows[offset.y - 1].run))
