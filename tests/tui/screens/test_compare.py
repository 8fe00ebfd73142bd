"""The comparison over seeds: every column sorts by what it shows, numbers as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import accumulate
from typing import Any

import odd_bench
import pytest
from textual.widgets import DataTable, Static

from al_core.comparison.cell import ALL_LABELS, ORACLE, BenchResult, Cell
from al_core.comparison.live_view import CellsFinished, LiveView, Summarised, open_live, reduce_live
from al_core.comparison.plan import complete
from al_core.comparison.summary import compare
from al_core.measures.worth import Price
from al_core.reports.seeds import seeds_rows
from al_core.task.spec import TaskSpec
from al_tui.screens.compare import CompareScreen, whole_columns

SORTED_BY = (
    ("strategy", False), ("finished", True), ("to_target", False), ("saved", True), ("words", False), ("reached", True),
    ("aulc", True), ("accuracy", True), ("seconds_per_round", False),
)  # fmt: skip
"""What each column is about, and whether the largest comes first."""


def seen() -> LiveView:
    """Runs that differ in every column; some failed, so that what is said of them is not in the order of what they save."""
    spec = replace(odd_bench.RESULT.spec, seed=odd_bench.SEEDS[0], target=0.8)
    cells = tuple(cell for (name, _), cell in odd_bench.CELLS.items() if name != ORACLE)
    view = reduce_live(open_live(complete([spec], odd_bench.NAMES, seeds=len(odd_bench.SEEDS))), CellsFinished(cells))
    return reduce_live(view, Summarised(compare(BenchResult(spec, odd_bench.SEEDS, odd_bench.NAMES, cells, odd_bench.TARGETS))))


@pytest.mark.parametrize("turned", [False, True])
async def test_every_column_sorts_by_what_it_shows(desk: Callable[..., Any], turned: bool) -> None:
    at, view = desk(), seen()
    async with at.app.run_test(size=(150, 30)) as pilot:
        await at.rest(pilot)
        await at.app.push_screen(CompareScreen(at.engine.view, view))
        table = at.app.screen.query_one(DataTable)
        rows, orders = seeds_rows(view), {}
        for _ in SORTED_BY:
            await at.press(pilot, "o", *(["O"] if turned else []))
            titles = [str(column.label) for column in table.ordered_columns]
            (column,) = [place for place, title in enumerate(titles) if title.endswith("▲" if turned else "▼")]
            key, large_first = SORTED_BY[column]
            values = {row.strategy: getattr(row, key) for row in rows}
            if key == "saved":
                values["random"] = 0.0  # what it is measured by saves nothing
            known = [name for name, value in values.items() if value is not None]
            known.sort(key=values.__getitem__, reverse=large_first != turned)
            expected = known + [name for name, value in values.items() if value is None]
            orders[key] = expected
            assert [str(table.get_row_at(row)[0])[2:] for row in range(table.row_count)] == expected, key
        assert orders.keys() == {key for key, _ in SORTED_BY}
        assert orders["saved"] not in (orders["words"], orders["words"][::-1], orders["aulc"], orders["strategy"])


async def test_the_column_of_the_order_is_to_be_seen_and_nothing_is_scrolled_further_than_that(
    desk: Callable[..., Any],
) -> None:
    at, view = desk(), seen()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.rest(pilot)
        await at.app.push_screen(CompareScreen(at.engine.view, view))
        table, scrolled = at.app.screen.query_one(DataTable), set()
        for _ in SORTED_BY:
            await at.press(pilot, "o")
            titles = [str(column.label) for column in table.ordered_columns]
            (column,) = [place for place, title in enumerate(titles) if title.endswith("▼")]
            widths = [entry.get_render_width(table) for entry in table.ordered_columns]
            edges = [sum(widths[1:place]) for place in range(1, len(widths))]
            beyond = sum(widths[: column + 1]) - table.scrollable_content_region.width
            wanted = min(edge for edge in edges if edge >= beyond)
            assert table.scroll_x == min(wanted, table.max_scroll_x), titles[column]
            scrolled.add(table.scroll_x)
        assert len(scrolled) > 2


async def test_what_changes_before_the_table_is_there_is_shown_when_it_is(desk: Callable[..., Any]) -> None:
    at, view = desk(), seen()
    async with at.app.run_test(size=(120, 30)) as pilot:
        await at.rest(pilot)
        made = CompareScreen(at.engine.view, open_live(view.plan))
        made.update(at.engine.view, view)
        await at.app.push_screen(made)
        assert made.query_one(DataTable).row_count == len(seeds_rows(view))


async def test_columns_are_whole_however_early_they_are_painted(desk: Callable[..., Any]) -> None:
    """A table keeps what it painted, so that what is painted before it has looked at its rows must be right already."""
    at = desk()
    async with at.app.run_test(size=(120, 30)) as pilot:
        await at.rest(pilot)
        made = CompareScreen(at.engine.view, made_up_seeds())
        await at.app.push_screen(made)
        await at.rest(pilot)
        table = made.query_one(DataTable)
        made.update(at.engine.view, replace(made_up_seeds()))
        early = [table.render_line(y).text for y in range(3)]
        await at.rest(pilot)
        assert [table.render_line(y).text for y in range(3)] == early
        assert sum("saves labels" in line for line in early) == 1


async def test_what_is_saved_in_time_and_money_stands_below_the_headline_where_it_is_known(desk: Callable[..., Any]) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.rest(pilot)
        made = CompareScreen(at.engine.view, made_up_seeds(), None, Price(15.5, 60, "EUR"))
        await at.app.push_screen(made)
        money = made.query_one("#money", Static)
        assert str(money.content).startswith("At 15.5 s a label, 60.00 EUR an hour: margin saves ")
        assert money.display
        assert 0 < money.size.height <= 3
        await at.press(pilot, "escape")
        plain = CompareScreen(at.engine.view, made_up_seeds())
        await at.app.push_screen(plain)
        assert not plain.query_one("#money", Static).display


def made_up_seeds() -> LiveView:
    """Thirty seeds on which margin holds the target fifty labels before random."""
    plan = complete([TaskSpec(budget=250)], ("random", "margin"), seeds=30)

    def cell(spec: TaskSpec, name: str) -> Cell:
        at = {"margin": 60}.get(name, 110) + 10 * (spec.seed % 3)
        curve = tuple((x, 0.95 if x >= at else 0.5 + 0.3 * x / at) for x in range(20, spec.budget + 1, spec.batch))
        return Cell(spec, name, curve, (), 0.01, 0.002, len(curve))

    specs = [replace(plan.specs[0], seed=seed) for seed in plan.seeds]
    cells = tuple(cell(spec, name) for spec in specs for name in (*plan.strategies, ALL_LABELS))
    view = reduce_live(open_live(plan), CellsFinished(cells))
    return reduce_live(view, Summarised(compare(BenchResult(plan.specs[0], plan.seeds, plan.strategies, cells, plan.targets))))


@pytest.mark.parametrize(
    ("widths", "made"),
    [
        ([10, 4, 4], [10, 4, 4]),  # all have room
        ([10, 4, 20], [10, 12, 20]),  # the last would be cut: it begins at the edge
        ([10, 4, 4, 6], [10, 4, 6, 6]),
        ([40, 4], [40, 4]),  # nothing beside the names has room
    ],
)
def test_no_column_is_cut_by_the_edge(widths: list[int], made: list[int]) -> None:
    assert whole_columns(widths, 26, 2) == made


@pytest.mark.parametrize("width", [60, 80, 100])
async def test_the_columns_that_are_seen_at_first_are_whole(desk: Callable[..., Any], width: int) -> None:
    at = desk()
    async with at.app.run_test(size=(width, 24)) as pilot:
        await at.rest(pilot)
        made = CompareScreen(at.engine.view, seen())
        await at.app.push_screen(made)
        await at.rest(pilot)
        table = made.query_one(DataTable)
        await at.press(pilot, *["o"] * (len(table.ordered_columns) - made._columns.index(made._column)))  # by names
        assert table.scroll_x == 0
        ends = list(accumulate(column.get_render_width(table) for column in table.ordered_columns))
        assert table.max_scroll_x > 0
        assert table.scrollable_content_region.width in ends


async def test_f_gives_the_table_the_screen_and_what_is_below_it_comes_back(desk: Callable[..., Any]) -> None:
    at, view = desk(), seen()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.rest(pilot)
        await at.app.push_screen(CompareScreen(at.engine.view, view))
        await at.rest(pilot)
        table, plots = at.app.screen.query_one(DataTable), at.app.screen.query_one("#plots")
        low = table.size.height
        await at.press(pilot, "f")
        assert table.size.height > low
        assert not plots.is_on_screen
        await at.press(pilot, "e")  # the words have their room all the same
        assert at.app.screen.query_one("#words").size.height > 4
        await at.press(pilot, "e", "f")
        assert table.size.height == low
        assert plots.is_on_screen


async def test_the_way_back_is_in_the_footer_of_the_smallest_usual_terminal(desk: Callable[..., Any]) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.rest(pilot)
        for seeds in (None, seen()):
            screen = CompareScreen(at.engine.view, seeds)
            await at.app.push_screen(screen)
            await at.rest(pilot)
            keys = screen._compositor.render_strips()[-1].text
            assert "Esc Back" in keys
            assert "q Quit" in keys
            await at.press(pilot, "escape")
