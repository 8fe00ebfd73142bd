"""The comparison: one row per strategy, sortable, to copy and to save."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Static

from al_core.comparison.live_view import LiveView
from al_core.ground.errors import UserError
from al_core.ground.files import write_new
from al_core.ground.places import named_path
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_core.race.marks import marks
from al_core.race.view import RaceView
from al_core.reports.comparison import by_hand
from al_core.reports.money import race_money, seeds_money
from al_tui.commands.command import Command, bindings
from al_tui.commands.glossary import RACE_WORDS
from al_tui.commands.table import COMMON, COMPARE, RACE_INTRODUCTION
from al_tui.requests.race import MORE
from al_tui.screens.ask import Ask
from al_tui.screens.compare_pictures import Items, Pictures
from al_tui.screens.compare_tables import Table, race_table, seeds_table
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.room import is_large
from al_tui.theme.colours import palette
from al_tui.widgets.host import Host
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaving import leaving

_AGAIN = "Repeat it: the same command with --seeds 30."
_N_REPEATS = f"N runs {MORE} seeds now."
_FIRST = ("sort_next", "sort_reverse", "explain", "close", "seeds", "more_seeds")
"""What the footer has room for in any case; the others follow as they stand in the table of keys."""
_WIDE = 110
"""Columns of a terminal from which on areas stand with their intervals."""


def _brief(text: str) -> str:
    """A cell, or the title of its column, without an interval."""
    return text.split(" (", maxsplit=1)[0].removesuffix(", 95%") if not text.startswith("saved") else text


def whole_columns(widths: Sequence[int], room: int, around: int) -> list[int]:
    """The widths, that of the last column that has room so much larger that the next begins at the edge and none is cut.

    Parameters
    ----------
    room : cells there are.
    around : cells beside each column.
    """
    ends = list(accumulate(width + around for width in widths))
    last = sum(end <= room for end in ends) - 1
    if last < 1 or last == len(widths) - 1:
        return list(widths)
    return [width + (room - ends[last]) * (at == last) for at, width in enumerate(widths)]


class CompareScreen(DismissedOnce[None]):
    """A table of the race as it stands, of the seed raced here or of all seeds. It says what it is: a preview, or verdicts.

    Parameters
    ----------
    view : the race as it stands.
    seeds : the same over paired seeds; None for one seed.
    items : what the items that were asked for look like.
    price : what a label costs.
    more : begins to race over more seeds; None where that cannot be.
    """

    CSS_PATH = "compare.tcss"

    BINDINGS = bindings(COMPARE)
    commands: Sequence[Command] = COMPARE
    introduction = RACE_INTRODUCTION
    words = RACE_WORDS
    app: Host

    def __init__(
        self,
        view: RaceView,
        seeds: LiveView | None = None,
        items: Items | None = None,
        price: Price = NOTHING_KNOWN,
        more: Callable[[], None] | None = None,
    ) -> None:
        super().__init__()
        self._more = more
        self._view, self._price = view, price
        self._seeds = seeds
        self._pictures = Pictures(self, items)
        self._order: list[str] = []
        self._columns: list[int] = []
        self._all_seeds = seeds is not None
        self._table = self._made()
        self._chosen: int | None = None
        """The column that a person wants to sort by."""
        self._turned = False
        self._room = 0
        """Cells that the table had when it was filled."""

    def compose(self) -> ComposeResult:
        yield Static(id="title")
        yield Static(id="headline")
        yield Static(id="money")
        yield DataTable(cursor_type="row", zebra_stripes=True, fixed_columns=1)
        yield from self._pictures.compose()
        yield VerticalScroll(Static(id="meaning"), id="words")
        yield Static(id="note")
        yield KeyBar(self._shown_commands)

    def on_mount(self) -> None:
        if not leaving(self):
            self._fill()
            self.query_one(DataTable).focus()

    def on_resize(self) -> None:
        self.set_class(is_large(self.size), "-large")
        self.remove_class("low")
        self._fill()

    def update(self, view: RaceView, seeds: LiveView | None = None) -> None:
        """Show the race as it stands now."""
        if seeds is not None and self._seeds is None:
            self._all_seeds, self._chosen, self._turned = True, None, False
        moved = seeds is not self._seeds if self._all_seeds else view is not self._view
        self._view, self._seeds = view, seeds
        if not self.is_mounted:  # then not all of it is there, and it is filled when it is
            return
        if moved:
            self._fill()
        else:
            self._paint_pictures()  # looks may have come

    def _made(self) -> Table:
        if self._all_seeds and self._seeds is not None:
            return seeds_table(self._seeds, by_hand(self._view), seeds_money(self._seeds, self._price))
        return race_table(self._view, race_money(self._view, self._price), _AGAIN if self._more is None else _N_REPEATS)

    @property
    def _column(self) -> int:
        """What it is sorted by."""
        return self._table.column if self._chosen is None else self._chosen

    def _fill(self) -> None:
        if leaving(self):
            return
        made = self._table = self._made()
        table = self.query_one(DataTable)
        at = table.cursor_row
        table.clear(columns=True)
        self._columns = made.columns(self._column)
        names = self._names
        found, colours = marks(names), palette(self.app)
        in_order = self._sorted(made)
        self._order = [name for name, _, _ in in_order]
        titles = [Text(title, justify="right" if at else "left") for at, title in enumerate(self._titles(made))]
        rows = [
            [
                Text(f"{found[name].sign} ", colours.run(found[name])).append(cells[0], "bold"),
                *(Text(self._short(made, at, cells[at]), justify="right") for at in self._columns[1:]),
            ]
            for name, _, cells in in_order
        ]
        # a table that finds its widths by itself may be painted before, and keeps what it painted
        widths = [max(text.cell_len for text in column) for column in zip(titles, *rows, strict=True)]
        self._room = table.scrollable_content_region.width or self.size.width
        for title, width in zip(titles, whole_columns(widths, self._room, 2 * table.cell_padding), strict=True):
            table.add_column(title, width=width)
        table.add_rows(rows)
        table.move_cursor(row=at)
        self.call_after_refresh(self._show_sorted)
        self.query_one("#title", Static).update(Content(made.title))
        self.query_one("#headline", Static).update(Content(made.headline))
        money = self.query_one("#money", Static)
        money.update(Content(made.money))
        money.display = bool(made.money)
        self.query_one("#meaning", Static).update(
            Content("\n".join(filter(None, (made.constant(self._columns), made.meaning))))
        )
        self.query_one("#note", Static).update(Content(made.note))
        self.query_one(KeyBar).redraw()
        self._paint_pictures()

    @property
    def _names(self) -> Sequence[str]:
        """The strategies, in the order of their marks."""
        seeds = self._seeds if self._all_seeds else None
        return [run.name for run in self._view.runs] if seeds is None else seeds.plan.strategies

    def _titles(self, made: Table) -> list[str]:
        """What stands above the columns that are shown; an arrow at that of the order."""
        brief, arrow = self.size.width < _WIDE, " ▲" if self._turned else " ▼"
        titles = [_brief(made.header[at]) if brief else made.header[at] for at in self._columns]
        return [title + arrow * (at == self._column) for at, title in zip(self._columns, titles, strict=True)]

    def _short(self, made: Table, at: int, cell: str) -> str:
        """An entry of a column, as much of it as there is room for."""
        if self.size.width >= _WIDE:
            return cell
        if made.header[at] == "verdict":  # of how many seeds it is a preview stands above
            return cell.split(":", maxsplit=1)[0]
        return _brief(cell) if made.header[at].startswith("AULC") else cell

    def _paint_pictures(self) -> None:
        """Bring what is below the table up to date, for the strategy that is highlighted in it."""
        if leaving(self) or not self.is_mounted or not self._order:
            return
        row = self.query_one(DataTable).cursor_row
        seeds = self._seeds if self._all_seeds else None
        self._pictures.paint(self._view, seeds, self._order, self._order[max(0, min(row, len(self._order) - 1))])

    def on_data_table_row_highlighted(self) -> None:
        self._paint_pictures()

    def action_explain(self) -> None:
        self.toggle_class("words")
        self.query_one("#words" if self.has_class("words") else DataTable).focus()

    def action_full(self) -> None:
        self.toggle_class("full")

    def _show_sorted(self) -> None:
        """Scroll until the column of the order is to be seen, and the first one beside the names is whole."""
        if leaving(self) or not self.is_mounted:
            return
        table = self.query_one(DataTable)
        if table.scrollable_content_region.width != self._room:
            self._fill()  # it was not laid out, or a scroll bar has come or gone
            return
        widths = [column.get_render_width(table) for column in table.ordered_columns]
        least = sum(widths[: self._columns.index(self._column) + 1]) - table.scrollable_content_region.width
        edges = accumulate(widths[1:], initial=0)
        table.scroll_to(x=next((edge for edge in edges if edge >= least), 0), animate=False)

    def _sorted(self, made: Table) -> list[tuple[str, list[Any], list[str]]]:
        at = self._column
        known = [row for row in made.rows if row[1][at] is not None]
        known.sort(key=lambda row: row[1][at], reverse=made.large_first[at] != self._turned)
        return known + [row for row in made.rows if row[1][at] is None]

    def _shown_commands(self) -> list[Command]:
        rows = sorted(self.commands, key=lambda row: _FIRST.index(row.action) if row.action in _FIRST else len(_FIRST))
        rows += [entry for entry in COMMON if entry.action in ("help", "quit")]
        if self._seeds is None:
            return [row for row in rows if row.action != "seeds" and (row.action != "more_seeds" or self._more is not None)]
        rows = [row for row in rows if row.action != "more_seeds"]
        return [row._replace(label="This seed") if row.action == "seeds" and self._all_seeds else row for row in rows]

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        column = self._columns[event.column_index]
        self._turned = not self._turned if column == self._column else False
        self._chosen = column
        self._fill()

    def action_seeds(self) -> None:
        if self._seeds is None:
            self.app.tell(f"There is one seed only. {_AGAIN if self._more is None else _N_REPEATS}")
            return
        self._all_seeds = not self._all_seeds
        self._chosen, self._turned = None, False
        self._fill()

    def action_more_seeds(self) -> None:
        if self._seeds is not None:
            self.app.tell(f"{self._seeds.planned} seeds are raced already.")
        elif self._more is None:
            self.app.tell(f"Nothing more is computed here. {_AGAIN}")
        else:
            self._more()

    def action_sort_next(self) -> None:
        self._chosen = self._columns[(self._columns.index(self._column) + 1) % len(self._columns)]
        self._turned = False
        self._fill()

    def action_sort_reverse(self) -> None:
        self._turned = not self._turned
        self._fill()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(self._table.markdown())
        self.app.tell("Copied as Markdown, if the terminal lets programs copy.")

    def action_save(self) -> None:
        def save(name: str | None) -> None:
            if name is None:
                return
            writers = {".csv": self._table.csv, ".json": self._table.json}
            try:
                path = named_path(name.strip())
                if path.suffix not in writers:
                    raise UserError("The name must end in .csv or .json; nothing was saved.")
                write_new(path, writers[path.suffix]())
            except UserError as error:
                self.app.tell(f"{error}", problem=True)
            else:
                self.app.tell(f"Saved {path.absolute()}")

        self.app.push_screen(Ask("Save the table as .csv or .json:", self._table.file), save)

    def action_close(self) -> None:
        self.dismiss()
