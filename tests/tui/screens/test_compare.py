"""The comparison over seeds: every column sorts by what it shows, numbers as numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import odd_bench
import pytest
from textual.widgets import DataTable

from al_core.comparison.cell import ORACLE, BenchResult
from al_core.comparison.live_view import CellsFinished, LiveView, Summarised, open_live, reduce_live
from al_core.comparison.plan import complete
from al_core.comparison.summary import compare
from al_core.reports.seeds import seeds_rows
from al_tui.screens.compare import CompareScreen

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
            known = [row for row in rows if getattr(row, key) is not None]
            known.sort(key=lambda row, key=key: getattr(row, key), reverse=large_first != turned)  # type: ignore[misc]
            expected = [row.strategy for row in known] + [row.strategy for row in rows if getattr(row, key) is None]
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
