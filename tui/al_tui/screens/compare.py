"""The comparison: one row per strategy, sortable, to copy and to save."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.screen import Screen
from textual.widgets import DataTable, Static

from al_core.errors import UserError
from al_core.files import write_new
from al_core.reports.comparison import PREVIEW, race_csv, race_header, race_json, race_markdown, race_rows
from al_core.view import RaceView, Standing, standings
from al_tui.commands import COMMON, COMPARE, RACE_INTRODUCTION, Command, bindings
from al_tui.palette import palette
from al_tui.screens.ask import Ask
from al_tui.widgets.keybar import KeyBar

if TYPE_CHECKING:
    from al_tui.app import AlTui

MEANING = """→{target}: labels given when test accuracy first reached {target}; – means never
held: the same, counted only where the target was held for 3 rounds
saved: labels saved against random on this seed, 1 − labels / labels of random
AULC: area under the learning curve divided by its range of labels; 1 would be perfect from the start
accuracy, labels: of the last model, and what it had learnt from
per round: time to fit, predict, score and choose, in a worker"""

_KEYS: tuple[Callable[[Standing], Any], ...] = (
    lambda row: row.strategy,
    lambda row: row.to_target,
    lambda row: row.held,
    lambda row: row.saved,
    lambda row: row.aulc,
    lambda row: row.accuracy,
    lambda row: row.labels,
    lambda row: row.seconds_per_round,
)
"""What each column of `race_rows` sorts by."""
_LARGE_FIRST = (False, False, False, True, True, True, True, False)


class CompareScreen(Screen[None]):
    """A table of the race as it stands. It says what it is: one seed, a preview, no verdict."""

    CSS_PATH = "compare.tcss"

    BINDINGS = bindings(COMPARE)
    commands: Sequence[Command] = COMPARE
    introduction = RACE_INTRODUCTION
    app: AlTui

    def __init__(self, view: RaceView) -> None:
        super().__init__()
        self._view = view
        self._column = 4
        self._turned = False

    def compose(self) -> ComposeResult:
        yield Static(self._title(), id="title")
        yield DataTable(cursor_type="row", zebra_stripes=True)
        yield Static(Content(MEANING.format(target=f"{self._view.spec.target:.0%}")), id="meaning")
        yield Static(self._note(), id="note")
        yield KeyBar(lambda: [*self.commands, *(entry for entry in COMMON if entry.action in ("help", "quit"))])

    def on_mount(self) -> None:
        self._fill()
        self.query_one(DataTable).focus()

    def update(self, view: RaceView) -> None:
        """Show the race as it stands now."""
        if view is not self._view:
            self._view = view
            self._fill()
            self.query_one("#title", Static).update(self._title())
            self.query_one("#note", Static).update(self._note())

    def _title(self) -> Content:
        spec = self._view.spec
        return Content(
            f"Comparison · {spec.dataset} · {spec.learner} · seed {spec.seed} · batch {spec.batch} · budget {spec.budget}"
        )

    def _note(self) -> Content:
        failed = [run.name for run in self._view.runs if run.status == "failed"]
        unfinished = [run.name for run in self._view.runs if run.status not in ("done", "failed")]
        text = f"{PREVIEW} Repeat it: al-tui bench --seeds 30."
        if failed:
            text += f" Failed: {', '.join(failed)}."
        if unfinished:
            text += f" Not finished: {', '.join(unfinished)}."
        return Content(text)

    def _fill(self) -> None:
        table = self.query_one(DataTable)
        at = table.cursor_row
        table.clear(columns=True)
        arrow = "▲" if self._turned else "▼"
        titles = race_header(self._view)
        titles[1] = f"→{self._view.spec.target:.0%}"
        for position, title in enumerate(titles):
            text = f"{title} {arrow}" if position == self._column else title
            table.add_column(Text(text, justify="right" if position else "left"))
        rows = dict(zip((row.run for row in standings(self._view)), race_rows(self._view), strict=True))
        for place in self._sorted():
            cells = rows[place.run]
            name = Text("━ ", palette(self.app).run(place.run)).append(cells[0], "bold")
            table.add_row(name, *(Text(cell, justify="right") for cell in cells[1:]))
        table.move_cursor(row=at)

    def _sorted(self) -> list[Standing]:
        key, large_first = _KEYS[self._column], _LARGE_FIRST[self._column]
        rows = standings(self._view)
        known = [row for row in rows if key(row) is not None]
        known.sort(key=key, reverse=large_first != self._turned)
        return known + [row for row in rows if key(row) is None]

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self._turned = not self._turned if event.column_index == self._column else False
        self._column = event.column_index
        self._fill()

    def action_sort_next(self) -> None:
        self._column = (self._column + 1) % len(_KEYS)
        self._turned = False
        self._fill()

    def action_sort_reverse(self) -> None:
        self._turned = not self._turned
        self._fill()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(race_markdown(self._view))
        self.app.tell("Copied as Markdown, if the terminal lets programs copy.")

    def action_save(self) -> None:
        def save(name: str | None) -> None:
            if name is None:
                return
            path = Path(name.strip()).expanduser()
            writers = {".csv": race_csv, ".json": race_json}
            if path.suffix not in writers:
                self.app.tell("The name must end in .csv or .json; nothing was saved.", problem=True)
                return
            try:
                write_new(path, writers[path.suffix](self._view))
            except UserError as error:
                self.app.tell(f"{error}", problem=True)
            else:
                self.app.tell(f"Saved {path.absolute()}")

        spec = self._view.spec
        self.app.push_screen(Ask("Save the table as .csv or .json:", f"al-tui-{spec.dataset}-seed{spec.seed}.csv"), save)

    def action_close(self) -> None:
        self.dismiss()
