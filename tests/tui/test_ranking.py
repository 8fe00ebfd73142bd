"""The leaderboard ranks by what it shows, over the labels or seeds that all have, and says so; at every size."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.widgets import DataTable, Static

from al_core.measures.curves import aulc
from al_tui.screens.race.screen import RaceScreen
from al_tui.widgets.leaderboard import Leaderboard

MakeDesk = Callable[..., Any]
SIZES = [(60, 20), (80, 24), (100, 30), (120, 40)]


def table(at: Any) -> list[dict[str, str]]:
    """The leaderboard: one dictionary a line, by column."""
    titles, *lines = at.shown(Leaderboard).splitlines()
    columns = titles.split()[1:]
    found = []
    for line in lines:
        words = line.replace(" %", "%").split()[:-1]  # the last is the mark
        found.append(
            {
                "strategy": " ".join(words[2 : len(words) - len(columns)]),
                **dict(zip(columns, words[len(words) - len(columns) :], strict=True)),
            }
        )
    return found


def title(at: Any) -> str:
    return str(at.app.screen.query_one(Leaderboard).border_title)


@pytest.mark.parametrize("size", SIZES)
async def test_the_column_of_the_order_is_there_and_in_order(desk: MakeDesk, size: tuple[int, int]) -> None:
    at = desk()
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, "n", "n", "n")
        areas = [float(row["AULC"]) for row in table(at)]
        assert len(areas) == 4
        assert areas == sorted(areas, reverse=True)
        assert len(set(areas)) > 1
        assert title(at) == "Ranked by AULC to 40 labels"
        assert len(title(at)) <= at.app.screen.query_one(Leaderboard).size.width


@pytest.mark.parametrize("size", SIZES)
async def test_over_seeds_as_well(desk: MakeDesk, size: tuple[int, int]) -> None:
    at = desk(seeds=30, cells=12 * 6 + 3)
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, "n")
        areas = [float(row["AULC"]) for row in table(at)]
        assert areas == sorted(areas, reverse=True)
        assert title(at) == "Ranked by AULC over 12 seeds"
        assert len(title(at)) <= at.app.screen.query_one(Leaderboard).size.width


async def test_a_strategy_in_a_persons_hands_keeps_its_place_while_the_others_race_on(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        first = table(at)[0]["strategy"]
        screen = at.app.screen
        screen.focus_run(at.engine.strategies.index(first))
        await at.press(pilot, "h", "n", "n", "n", "n")
        assert {run.state.curve[-1][0] for run in at.engine.view.runs} == {30, 70}
        assert table(at)[0]["strategy"] == first
        assert title(at) == "Ranked by AULC to 30 labels"
        for row in table(at):
            assert float(row["AULC"]) == pytest.approx(aulc(at.state(row["strategy"]).curve[:2]), abs=0.0006)


async def test_before_all_have_begun_it_says_that_nothing_is_ranked(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.rest(pilot)
        assert title(at) == "Not ranked yet"
        assert [row["AULC"] for row in table(at)] == ["–"] * 4


async def test_the_comparison_says_up_to_which_labels(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "h", "n", "n", "c")
        assert "up to 30 labels, which all have" in str(at.app.screen.query_one("#meaning", Static).render())


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("width", [60, 80, 120])
async def test_what_the_comparison_is_sorted_by_is_on_the_screen(desk: MakeDesk, width: int, seeds: int) -> None:
    at = desk(seeds=seeds)
    async with at.app.run_test(size=(width, 24)) as pilot:
        await at.press(pilot, "n", "n", "c")
        assert not isinstance(at.app.screen, RaceScreen)
        shown = at.app.screen.query_one(DataTable)
        for _ in range(len(shown.ordered_columns) + 1):
            (sorted_by,) = [at_ for at_, column in enumerate(shown.ordered_columns) if "▼" in str(column.label)]
            region = shown._get_column_region(sorted_by)
            begin = region.x - (shown.scroll_offset.x if sorted_by else 0)
            assert begin >= 0
            assert begin + region.width <= shown.size.width
            edges = [
                shown._get_column_region(at_).x - shown._get_column_region(1).x for at_ in range(1, len(shown.ordered_columns))
            ]
            assert shown.scroll_offset.x in (*edges, shown.max_scroll_x)
            await at.press(pilot, "o")
