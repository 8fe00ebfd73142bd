"""The comparison: one row per strategy, sortable, to copy and to save."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import DataTable, Static

from al_core.comparison.live_view import LiveView
from al_core.data.origin import file_stem
from al_core.ground.errors import UserError
from al_core.ground.files import write_new
from al_core.ground.numbers import level
from al_core.ground.places import named_path
from al_core.measures.worth import NOTHING_KNOWN, Price
from al_core.race.marks import marks
from al_core.race.view import RaceView, Standing, standings
from al_core.reports.comparison import by_hand, race_csv, race_header, race_json, race_markdown, race_note, race_rows
from al_core.reports.headline import race_headline, seeds_headline
from al_core.reports.money import race_money, seeds_money
from al_core.reports.seeds import (
    SeedsRow,
    is_final,
    seeds_cells,
    seeds_csv,
    seeds_failures,
    seeds_header,
    seeds_json,
    seeds_markdown,
    seeds_note,
    seeds_rows,
    seeds_title,
)
from al_core.task.options import named
from al_tui.commands.command import Command, bindings
from al_tui.commands.glossary import RACE_WORDS
from al_tui.commands.table import COMMON, COMPARE, RACE_INTRODUCTION
from al_tui.screens.ask import Ask
from al_tui.screens.compare_pictures import Items, Pictures
from al_tui.screens.dismissed_once import DismissedOnce
from al_tui.screens.leaving import leaving
from al_tui.screens.room import is_large
from al_tui.theme.colours import palette
from al_tui.widgets.host import Host
from al_tui.widgets.keybar import KeyBar

MEANING = """→{target}: labels given when test {metric} first reached {target}; – means never
held: the same, counted only where the target was held for 3 rounds
saved: labels saved against random on this seed, 1 − held / held of random
AULC: area under the learning curve up to {labels}, divided by its range of labels; 1 would be perfect
{metric}, labels: of the last model, and what it had learnt from
per round: time to fit, predict, score and choose, in a worker"""

SEEDS_MEANING = """seeds: on how many the strategy is finished; means are over those that all have
→{target}: mean labels at which {target} was held for 3 rounds; ≥: seeds that did not (reached) at the budget
saved: labels saved against random, paired by seed; in brackets the 95% interval over seeds
verdict: that it saves labels, costs them, or that nothing was shown; one is told when all seeds are there
A/A control: a second, independent random; what it seems to save is chance
reached: seeds on which the target was held
AULC, final: area under the curve and accuracy at the end, means over the seeds that all have, with their interval
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

_SEEDS_KEYS: tuple[Callable[[SeedsRow], Any], ...] = (
    lambda row: row.strategy,
    lambda row: row.finished,
    lambda row: row.to_target,
    lambda row: row.saved,
    lambda row: row.words,
    lambda row: row.reached,
    lambda row: row.aulc,
    lambda row: row.accuracy,
    lambda row: row.seconds_per_round,
)
"""What each column of `seeds_cells` sorts by."""
_SEEDS_LARGE_FIRST = (False, True, False, True, False, True, True, True, False)


_WIDE = 110
"""Columns of a terminal from which on areas stand with their intervals."""


@dataclass(frozen=True)
class _Table:
    """One of the two tables: what is in it, how it is sorted, how it is written to a file.

    Parameters
    ----------
    header : column titles.
    rows : the name, the keys and the texts of every row, in their natural order.
    large_first : by column, whether large keys come first.
    column : what it is sorted by at first.
    """

    title: str
    headline: str
    money: str
    header: list[str]
    rows: list[tuple[str, list[Any], list[str]]]
    large_first: Sequence[bool]
    column: int
    meaning: str
    note: str
    file: str
    markdown: Callable[[], str]
    csv: Callable[[], str]
    json: Callable[[], str]

    def columns(self, sorted_by: int) -> list[int]:
        """The columns to show: those in which strategies differ, the names, and that of the order."""
        texts = [{cells[at] for _, _, cells in self.rows} for at in range(len(self.header))]
        few = len(self.rows) < 2
        return [at for at, found in enumerate(texts) if not at or at == sorted_by or few or len(found) > 1]

    def constant(self, shown: Sequence[int]) -> str:
        """What is in the other columns."""
        left_out = [at for at in range(len(self.header)) if at not in shown]
        words = ", ".join(f"{self.header[at]} {self.rows[0][2][at] or '–'}" for at in left_out)
        return f"the same for all: {words}" if words else ""


def _brief(text: str) -> str:
    """A cell, or the title of its column, without an interval."""
    return text.split(" (", maxsplit=1)[0].removesuffix(", 95%") if not text.startswith("saved") else text


class CompareScreen(DismissedOnce[None]):
    """A table of the race as it stands, of the seed raced here or of all seeds. It says what it is: a preview, or verdicts."""

    CSS_PATH = "compare.tcss"

    BINDINGS = bindings(COMPARE)
    commands: Sequence[Command] = COMPARE
    introduction = RACE_INTRODUCTION
    words = RACE_WORDS
    app: Host

    def __init__(
        self, view: RaceView, seeds: LiveView | None = None, items: Items | None = None, price: Price = NOTHING_KNOWN
    ) -> None:
        super().__init__()
        self._view, self._price = view, price
        self._seeds = seeds
        self._pictures = Pictures(self, items)
        self._order: list[str] = []
        self._columns: list[int] = []
        self._all_seeds = seeds is not None
        self._table = self._made()
        self._column = self._table.column
        self._turned = False

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
        self._fill()

    def update(self, view: RaceView, seeds: LiveView | None = None) -> None:
        """Show the race as it stands now."""
        moved = seeds is not self._seeds if self._all_seeds else view is not self._view
        self._view, self._seeds = view, seeds
        if not self.is_mounted:  # then not all of it is there, and it is filled when it is
            return
        if moved:
            self._fill()
        else:
            self._paint_pictures()  # looks may have come

    def _made(self) -> _Table:
        if self._all_seeds and self._seeds is not None:
            return _seeds_table(self._seeds, by_hand(self._view), seeds_money(self._seeds, self._price))
        return _race_table(self._view, race_money(self._view, self._price))

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
        for title, *cells in zip(titles, *rows, strict=True):
            # a table that finds its widths by itself may be painted before, and keeps what it painted
            table.add_column(title, width=max(text.cell_len for text in (title, *cells)))
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
        self.query_one(KeyBar).refresh()
        self._paint_pictures()

    @property
    def _names(self) -> Sequence[str]:
        """The strategies, in the order of their marks."""
        seeds = self._seeds if self._all_seeds else None
        return [run.name for run in self._view.runs] if seeds is None else seeds.plan.strategies

    def _titles(self, made: _Table) -> list[str]:
        """What stands above the columns that are shown; an arrow at that of the order."""
        brief, arrow = self.size.width < _WIDE, " ▲" if self._turned else " ▼"
        titles = [_brief(made.header[at]) if brief else made.header[at] for at in self._columns]
        return [title + arrow * (at == self._column) for at, title in zip(self._columns, titles, strict=True)]

    def _short(self, made: _Table, at: int, cell: str) -> str:
        """An entry of a column, as much of it as there is room for."""
        return _brief(cell) if self.size.width < _WIDE and made.header[at].startswith("AULC") else cell

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

    def _show_sorted(self) -> None:
        """Scroll until the column of the order is to be seen, and the first one beside the names is whole."""
        if leaving(self) or not self.is_mounted:
            return
        table = self.query_one(DataTable)
        widths = [column.get_render_width(table) for column in table.ordered_columns]
        least = sum(widths[: self._columns.index(self._column) + 1]) - table.scrollable_content_region.width
        edges = accumulate(widths[1:], initial=0)
        table.scroll_to(x=next((edge for edge in edges if edge >= least), 0), animate=False)

    def _sorted(self, made: _Table) -> list[tuple[str, list[Any], list[str]]]:
        at = self._column
        known = [row for row in made.rows if row[1][at] is not None]
        known.sort(key=lambda row: row[1][at], reverse=made.large_first[at] != self._turned)
        return known + [row for row in made.rows if row[1][at] is None]

    def _shown_commands(self) -> list[Command]:
        rows = [*self.commands, *(entry for entry in COMMON if entry.action in ("help", "quit"))]
        if self._seeds is None:
            return [row for row in rows if row.action != "seeds"]
        return [row._replace(label="This seed") if row.action == "seeds" and self._all_seeds else row for row in rows]

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        column = self._columns[event.column_index]
        self._turned = not self._turned if column == self._column else False
        self._column = column
        self._fill()

    def action_seeds(self) -> None:
        if self._seeds is None:
            self.app.tell("There is one seed only; al-tui --seeds 50 races fifty.")
            return
        self._all_seeds = not self._all_seeds
        self._column, self._turned = self._made().column, False
        self._fill()

    def action_sort_next(self) -> None:
        self._column = self._columns[(self._columns.index(self._column) + 1) % len(self._columns)]
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


def _race_table(view: RaceView, money: str) -> _Table:
    spec = view.spec
    hand = by_hand(view)
    header = race_header(view)
    header[1 + hand] = f"→{level(spec.target)}"
    failed = [run.name for run in view.runs if run.status == "failed"]
    unfinished = [run.name for run in view.runs if run.status not in ("done", "failed")]
    note = f"{race_note(view)} Repeat it: the same command with --seeds 30."
    note += f" Failed: {', '.join(failed)}." if failed else ""
    note += f" Not finished: {', '.join(unfinished)}." if unfinished else ""
    rows = standings(view)
    keys = (*_KEYS[:1], *[lambda row: row.person.answers if row.person else None] * hand, *_KEYS[1:])
    common = rows[0].aulc_labels
    labels = f"{common:,} labels, which all have" if common is not None and unfinished else "the end"
    sizes = (f"batch {spec.batch}", f"budget {spec.budget}")
    return _Table(
        title=" · ".join(["Comparison", spec.dataset, spec.learner, f"seed {spec.seed}", *named(spec), *sizes]),
        headline=race_headline(view),
        money=money,
        header=header,
        rows=[(row.strategy, [key(row) for key in keys], cells) for row, cells in zip(rows, race_rows(view), strict=True)],
        large_first=(*_LARGE_FIRST[:1], *[True] * hand, *_LARGE_FIRST[1:]),
        column=4 + hand,
        meaning=MEANING.format(target=level(spec.target), labels=labels, metric=spec.measured_by.words),
        note=note,
        file=f"al-tui-{file_stem(spec.dataset)}-seed{spec.seed}.csv",
        markdown=partial(race_markdown, view, money),
        csv=partial(race_csv, view),
        json=partial(race_json, view),
    )


def _seeds_table(view: LiveView, helped: bool, money: str) -> _Table:
    spec = view.plan.specs[0]
    final = is_final(view)
    mine = [f"What you answered on seed {spec.seed} is not among these runs; v shows that seed."] if helped else []
    retry = ["Esc, then r, tries again what failed."] if view.failed else []
    meaning = SEEDS_MEANING.format(target=level(spec.target))
    return _Table(
        title=f"Comparison · {seeds_title(view)}",
        headline=seeds_headline(view),
        money=money,
        header=seeds_header(view),
        rows=[(row.strategy, [key(row) for key in _SEEDS_KEYS], seeds_cells(row, view.planned)) for row in seeds_rows(view)],
        large_first=_SEEDS_LARGE_FIRST,
        column=6,
        meaning=f"{meaning}\n{seeds_note(view)}" if final else meaning,
        note="\n".join([*([] if final else [seeds_note(view)]), *mine, *seeds_failures(view), *retry, *view.notes]),
        file=f"al-tui-{file_stem(spec.dataset)}-seeds{view.plan.seeds[0]}-{view.plan.seeds[-1]}.csv",
        markdown=partial(seeds_markdown, view, money),
        csv=partial(seeds_csv, view),
        json=partial(seeds_json, view),
    )
