"""What stands below the table of a comparison, and which of its columns are there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Static

from al_core.race.marks import marks
from al_core.run.state import Answer, Pick, Query, Round, RunState
from al_core.task.spec import DEFAULT_STRATEGIES
from al_tui.screens.compare import CompareScreen
from al_tui.screens.compare_pictures import first_given
from al_tui.widgets.curves import Curves
from al_tui.widgets.each_seed import EachSeed
from al_tui.widgets.intervals import Intervals
from al_tui.widgets.strip import Strip

MakeDesk = Callable[..., Any]


async def at_the_end(at: Any, pilot: Any) -> None:
    await at.press(pilot, *["n"] * 11)
    if not isinstance(at.app.screen, CompareScreen):
        await at.press(pilot, "c")


def text_of(at: Any, name: str) -> str:
    return str(at.app.screen.query_one(name, Static).render())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_one_seed_has_a_headline_lanes_and_what_was_asked_first(desk: MakeDesk, size: tuple[int, int]) -> None:
    at = desk()
    async with at.app.run_test(size=size) as pilot:
        await at_the_end(at, pilot)
        screen = at.app.screen
        assert "margin held 90% first" in text_of(at, "#headline")
        lanes = at.shown(Intervals)
        assert all(mark.sign in lanes for mark in marks(DEFAULT_STRATEGIES).values())
        assert screen.query_one(Curves).display is (size == (120, 40))
        assert screen.query_one("#baseline").display is (size == (120, 40))
        strip = screen.query_one("#mine", Strip)
        assert "margin asked first for" in str(strip.border_title)
        given = first_given(at.state("margin"))
        entries, _ = strip._shown  # type: ignore[misc]
        assert [entry.caption.name for entry in entries] == [
            at.contents.classes[label] for _, label, _ in given[: len(entries)]
        ]
        assert [bool(entry.caption.after) for entry in entries] == [label != guess for _, label, guess in given[: len(entries)]]
        assert at.shown("#mine").splitlines()[-1].split()[0] == at.contents.classes[given[0][1]]
        await at.press(pilot, "down")
        second = str(screen.query_one(DataTable).get_row_at(1)[0])[2:]
        assert f"{second} asked first for" in str(strip.border_title)


async def test_over_seeds_there_are_intervals_over_chance(desk: MakeDesk) -> None:
    at = desk(seeds=30)
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n", "n", "c")
        shown = at.shown(Intervals)
        assert "●" in shown
        assert "▒" in shown
        assert "random#2" in shown
        assert "chance" in str(at.app.screen.query_one(Intervals).border_title)
        assert "margin needs" in text_of(at, "#headline")
        assert not at.app.screen.query_one(EachSeed).is_on_screen
        table = at.app.screen.query_one(DataTable)
        assert table.virtual_size.width <= 80  # nothing is cut
        await at.press(pilot, "v")
        assert "90%" in at.shown(Intervals)


async def test_where_there_is_room_every_seed_is_a_dot(desk: MakeDesk) -> None:
    at = desk(seeds=30)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "c")
        panel = at.app.screen.query_one(EachSeed)
        assert panel.is_on_screen
        dots = sum((ord(sign) - 0x2800).bit_count() for sign in at.shown(EachSeed) if "⠀" <= sign <= "⣿")
        assert dots == 30 * 5  # random and its repetition among them
        await at.press(pilot, "v")
        assert not panel.is_on_screen


@pytest.mark.parametrize("seeds", [1, 30])
async def test_e_says_of_each_column_what_it_means(desk: MakeDesk, seeds: int) -> None:
    at = desk(seeds=seeds)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at_the_end(at, pilot)
        await at.press(pilot, "e")
        made, said = at.app.screen._table, text_of(at, "#meaning")
        explained = [line.split(":")[0] for line in said.splitlines()]
        names = {name.strip() for line in explained for name in line.split(",")}
        titles = {title.split(",")[0] for title in made.header[1:]}
        assert titles <= names
        await pilot.resize_terminal(80, 24)
        await at.rest(pilot)
        words = at.app.screen.query_one("#words", VerticalScroll)
        assert words.max_scroll_y == 0 or words.show_vertical_scrollbar
        await at.press(pilot, "end")
        assert words.scroll_y == words.max_scroll_y
        assert made.meaning.split()[-1] in "\n".join(strip.text for strip in at.app.screen._compositor.render_strips())


async def test_columns_in_which_all_are_the_same_are_said_and_not_shown(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at_the_end(at, pilot)
        titles = [str(column.label) for column in at.app.screen.query_one(DataTable).ordered_columns]
        assert not any(title.startswith("labels") for title in titles)
        assert "labels 120" in text_of(at, "#meaning")
        for column in range(1, len(titles)):
            cells = {str(at.app.screen.query_one(DataTable).get_row_at(row)[column]) for row in range(4)}
            assert len(cells) > 1
        for _ in titles:
            await at.press(pilot, "o")
        assert [str(column.label) for column in at.app.screen.query_one(DataTable).ordered_columns] == titles


async def test_e_shows_all_words_in_place_of_pictures(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at_the_end(at, pilot)
        screen = at.app.screen
        assert not screen.query_one("#words").display
        await at.press(pilot, "e")
        assert screen.query_one("#words").display
        assert "area under the learning curve" in text_of(at, "#meaning")
        assert not screen.query_one(Intervals).is_on_screen
        await at.press(pilot, "e")
        assert screen.query_one("#plots").display


def test_what_was_asked_first_is_in_the_order_of_asking() -> None:
    picks = tuple(Pick(row, None, None, (0.9, 0.1)) for row in (5, 3, 8))
    learnt = Round(Query(20, 0.5, 100, picks), (Answer(8, 1), Answer(5, 0), Answer(3, None)))
    assert first_given(RunState("margin", (learnt, learnt._replace(answers=(Answer(3, 1),))))) == [
        (5, 0, 0),
        (8, 1, 0),
        (3, 1, 0),
    ]
