"""Every key of the dashboard, pressed."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DataTable, Input, Static

from al_core.compute.inline import Inline
from al_core.race.events import RoundPlayed, RunFailed
from al_core.race.view import standings
from al_core.run.state import RunState
from al_core.task.spec import TaskSpec
from al_tui.background import stopwatch
from al_tui.background.race import Engine
from al_tui.commands.table import COMMON, RACE
from al_tui.screens.ask import Ask
from al_tui.screens.compare import CompareScreen
from al_tui.screens.help import Help
from al_tui.screens.race.screen import RaceScreen
from al_tui.screens.too_small import TooSmall
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.item import Item
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaderboard import Leaderboard
from al_tui.widgets.reason import Reason

MakeDesk = Callable[..., Any]
FOCUSED = "least_confidence"
"""The run in front at the start: the first that is not the baseline."""


async def test_n_plays_one_round_of_every_strategy(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        assert [len(run.state.curve) for run in at.engine.view.runs] == [1, 1, 1, 1]
        await at.press(pilot, "n", "n")
        assert [len(run.state.curve) for run in at.engine.view.runs] == [3, 3, 3, 3]
        assert at.engine.view.paused


@pytest.mark.parametrize(("size", "times"), [((120, 40), 2), ((80, 24), 3)])
async def test_styles_are_looked_up_once_for_each_room(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], times: int
) -> None:
    """Of every widget that is costly: when the screen comes, for its size, for what has no room."""
    counted: list[RaceScreen] = []
    whole = RaceScreen.update_node_styles

    def count(screen: RaceScreen, animate: bool = True) -> None:
        counted.append(screen)
        whole(screen, animate)

    monkeypatch.setattr(RaceScreen, "update_node_styles", count)
    at = desk()
    async with at.app.run_test(size=size) as pilot:
        await at.rest(pilot)
        assert len(counted) == times


async def test_space_goes_on_and_the_end_opens_the_comparison(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "space")
        for _ in range(5000):
            await pilot.pause()
            if at.engine.view.done:
                break
        await at.rest(pilot)
        assert isinstance(at.app.screen, CompareScreen)
        await at.press(pilot, "escape")
        assert isinstance(at.app.screen, RaceScreen)
        assert "finished" in at.shown(HeaderLine)


async def test_space_pauses_and_rounds_on_their_way_still_arrive(desk: MakeDesk) -> None:
    at = desk(paused=False)
    at.executor.held = []
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "space")
        on_their_way, at.executor.held = at.executor.held, []
        assert len(on_their_way) == 4
        for finish in on_their_way:
            finish()
        await at.rest(pilot)
        assert at.executor.held == []
        assert [len(run.state.curve) for run in at.engine.view.runs] == [1, 1, 1, 1]
        assert "paused" in at.shown(HeaderLine)


async def test_plus_and_minus_change_the_pace(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "minus")
        assert at.engine.view.pace == 25.0
        await at.press(pilot, "minus", "minus")
        assert at.engine.view.pace == 6.0
        await at.press(pilot, "plus", "equals_sign", "plus")
        assert at.engine.view.pace is None
        for _ in range(20):
            await at.press(pilot, "minus")
        assert at.engine.view.pace == 0.25


async def test_arrows_and_tab_move_through_strategies_in_the_order_shown(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        names = [line.split()[2] for line in at.shown(Leaderboard).splitlines()[1:]]
        seen = []
        for key in ("down", "tab", "down", "down"):
            await at.press(pilot, key)
            seen.append(at.app.screen.flow.looking.run.name)
        begin = names.index(FOCUSED)
        assert seen == [names[(begin + step) % 4] for step in (1, 2, 3, 4)]
        await at.press(pilot, "up", "shift+tab")
        assert at.app.screen.flow.looking.run.name == names[(begin - 2) % 4]


async def test_left_and_right_move_the_highlight(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "right", "right")
        assert "3 of 10" in at.shown(Item)
        await at.press(pilot, "left", "left", "left")
        assert "10 of 10" in at.shown(Item)


async def test_the_reason_tells_score_rank_and_formula(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "right")
        words = at.shown(Reason)
        assert "1 − max_y P(y|x)" in words
        assert "score 0.07, rank 2 of 1,237" in words
        assert "Even its best guess" in words


async def test_r_tries_a_failed_run_again(desk: MakeDesk) -> None:
    at = desk()
    broken = [True]

    def fail(state: RunState) -> Exception | None:
        return ValueError("disk on \x1b[31mfire") if broken and state.strategy == FOCUSED else None

    at.executor.fail = fail
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        words = at.shown(Reason)
        assert "disk on ␛[31mfire" in words
        assert "/var/log/al-tui.log" in words
        assert "Retry" in at.shown(KeyBar)
        assert at.state("margin").query is not None
        broken.clear()
        await at.press(pilot, "r", "n")
        assert at.state(FOCUSED).query is not None
        await at.press(pilot, "r")
        assert "Nothing failed" in at.told


async def test_capital_r_asks_for_a_seed_and_starts_again(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "R")
        assert isinstance(at.app.screen, Ask)
        await at.press(pilot, "4", "2", "enter")
        assert at.engine.view.spec.seed == 42
        assert at.state("margin").done
        await at.press(pilot, "escape")
        assert "seed 42" in at.shown(HeaderLine)
        await at.press(pilot, "R", "x", "enter")
        assert "no seed" in at.told
        await at.press(pilot, "R", "escape")
        assert at.engine.view.spec.seed == 42


async def test_f_gives_the_curves_the_whole_screen(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n", "f")
        assert not at.app.screen.query_one("#standings").display
        assert at.app.screen.query_one("Curves").size.width == 120
        await at.press(pilot, "f")
        assert at.app.screen.query_one("#standings").display


async def test_t_goes_round_the_themes(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        seen = []
        for _ in range(4):
            await at.press(pilot, "t")
            seen.append(at.app.theme)
        assert seen == ["textual-light", "ansi-dark", "ansi-light", "textual-dark"]


@pytest.mark.parametrize("key", ["question_mark", "f1"])
async def test_help_lists_every_command(desk: MakeDesk, key: str) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 50)) as pilot:
        await at.press(pilot, key)
        assert isinstance(at.app.screen, Help)
        words = at.app.screen._text().plain
        for command in (*RACE, *COMMON):
            assert command.title in words
            assert command.key in words
        await at.press(pilot, "escape")
        assert isinstance(at.app.screen, RaceScreen)


@pytest.mark.parametrize("key", ["colon", "ctrl+p"])
async def test_the_palette_finds_and_does_commands(desk: MakeDesk, key: str) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, key)
        for char in "Play one":
            await pilot.press("space" if char == " " else char)
        for _ in range(200):
            await pilot.pause(0.01)
            if (options := at.app.screen.query("CommandList").first()).option_count:
                break
        assert options.option_count == 1
        await at.press(pilot, "down", "enter")
        await at.rest(pilot)
        assert [len(run.state.curve) for run in at.engine.view.runs] == [1, 1, 1, 1]


async def test_q_quits(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test() as pilot:
        await pilot.press("q")
    assert at.app.return_code == 0


async def test_ctrl_z_says_so_where_there_is_no_terminal_to_give_back(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test() as pilot:
        await at.press(pilot, "ctrl+z")
        assert "cannot be stopped" in at.told
        await at.press(pilot, "R")
        await pilot.press("ctrl+z")
        assert at.app.is_running


def test_the_clock_of_the_race_stands_while_the_program_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(stopwatch.time, "monotonic", lambda: clock[0])
    engine = Engine(TaskSpec(), ("random",), Inline, None)
    engine.slept(5.0)
    assert engine.seconds == 0.0
    engine._watch.run(True)
    clock[0] = 700.0
    engine.slept(590.0)
    assert engine.seconds == 10.0


async def test_the_first_ctrl_c_warns_and_another_key_takes_it_back(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test() as pilot:
        await at.press(pilot, "ctrl+c")
        assert "again to quit" in at.told
        await at.press(pilot, "n", "ctrl+c")
        assert at.app.is_running
        await pilot.press("ctrl+c")
    assert at.app.return_code == 0


async def test_the_comparison_sorts_copies_and_saves(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *["n"] * 11, "c")
        if isinstance(at.app.screen, RaceScreen):
            await at.press(pilot, "c")
        table = at.app.screen.query_one(DataTable)

        def column(index: int) -> list[str]:
            return [str(table.get_row_at(row)[index]) for row in range(table.row_count)]

        saved = [0 if cell == "baseline" else int(cell.replace("−", "-").rstrip("%")) for cell in column(3)]
        assert saved == sorted(saved, reverse=True)
        await at.press(pilot, "o")
        assert column(4) == sorted(column(4), reverse=True)
        await at.press(pilot, "O")
        assert column(4) == sorted(column(4))
        for _ in range(2):  # accuracy, then the names: what is the same for all has no column
            await at.press(pilot, "o")
        assert [name[2:] for name in column(0)] == sorted(name[2:] for name in column(0))

        await at.press(pilot, "m")
        assert at.app.clipboard.startswith("digits, logistic, seed 0, batch 10, budget 120. One seed: a preview, no verdict.")
        assert at.app.clipboard.count("\n| ") == 6

        await at.press(pilot, "w", "enter")
        with (tmp_path / "al-tui-digits-seed0.csv").open() as file:
            rows = list(csv.DictReader(file))
        assert {row["strategy"] for row in rows} == {"random", "least_confidence", "margin", "entropy"}
        assert {row["labels"] for row in rows} == {"120"}
        await at.press(pilot, "w", "enter")
        assert "there already" in at.told

        await at.press(pilot, "w")
        at.app.screen.query_one(Input).value = "out.json"
        await at.press(pilot, "enter")
        document = json.loads((tmp_path / "out.json").read_text())
        assert document["note"] == "One seed: a preview, no verdict."
        assert document["strategies"][0]["curve"]["labels"] == list(range(20, 121, 10))
        await at.press(pilot, "w")
        at.app.screen.query_one(Input).value = "out.xls"
        await at.press(pilot, "enter")
        assert "nothing was saved" in at.told


SORTED_BY = (
    ("strategy", False), ("to_target", False), ("held", False), ("saved", True), ("aulc", True), ("accuracy", True),
    ("labels", True), ("seconds_per_round", False),
)  # fmt: skip
"""What each column of the comparison is about, and whether the largest comes first."""


@pytest.mark.parametrize("side", ["first cell", "last cell"])
async def test_a_click_on_a_title_sorts_by_that_column_and_another_one_turns_it(desk: MakeDesk, side: str) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, *["n"] * 11)
        if isinstance(at.app.screen, RaceScreen):
            await at.press(pilot, "c")
        table = at.app.screen.query_one(DataTable)

        async def click(index: int) -> tuple[list[str], dict[int, str]]:
            """Click a title; the names as they stand then, and the arrows by column."""
            widths = [column.get_render_width(table) for column in table.ordered_columns]
            begin = sum(widths[:index])
            await pilot.click(DataTable, offset=(begin if side == "first cell" else begin + widths[index] - 1, 0))
            await at.rest(pilot)
            titles = [str(column.label) for column in table.ordered_columns]
            names = [str(table.get_row_at(row)[0])[2:] for row in range(table.row_count)]
            return names, {place: mark for place, title in enumerate(titles) for mark in "▼▲" if mark in title}

        rows = standings(at.engine.view)
        assert len({row.strategy for row in rows}) == len(rows) == table.row_count == 4
        shown = [SORTED_BY[column] for column in at.app.screen._columns]
        assert SORTED_BY[:6] == tuple(shown)  # all have as many labels, and took as long
        for index, (key, large_first) in enumerate(shown):
            for turned, mark in [(False, "▼"), (True, "▲")]:
                values = {row.strategy: getattr(row, key) for row in rows}
                if key == "saved":
                    values["random"] = 0.0  # what it is measured by saves nothing
                known = [name for name in values if values[name] is not None]
                known.sort(key=values.__getitem__, reverse=large_first != turned)
                expected = known + [name for name in values if values[name] is None]
                assert await click(index) == (expected, {index: mark}), f"{key}, turned {turned}"


async def test_the_comparison_follows_the_race(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "c")
        at.engine.race.step()
        await at.rest(pilot)
        assert "labels 30" in str(at.app.screen.query_one("#meaning", Static).render())
        await at.press(pilot, "c")
        assert isinstance(at.app.screen, RaceScreen)


async def test_the_mouse_focuses_a_strategy_highlights_an_item_and_presses_the_footer(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        third = at.shown(Leaderboard).splitlines()[3].split()[2]
        await pilot.click(Leaderboard, offset=(10, 4))
        await at.rest(pilot)
        assert at.app.screen.flow.looking.run.name == third
        await pilot.click("#batch", offset=(20, 1))
        await at.rest(pilot)
        assert "3 of 10" in at.shown(Item)
        footer = at.shown(KeyBar)
        await pilot.click(KeyBar, offset=(footer.index("By hand"), 0))
        await at.rest(pilot)
        assert at.app.screen.flow.looking.run.by_hand


@pytest.mark.parametrize("opened", ["", "c", "question_mark", "R", "f"])
async def test_too_small_comes_and_goes_by_itself(desk: MakeDesk, opened: str) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *filter(None, [opened]))
        before = list(at.app.screen_stack)
        for size in ((20, 5), (59, 30), (60, 20), (300, 100), (100, 19), (80, 24)):
            await pilot.resize_terminal(*size)
            await at.rest(pilot)
            assert isinstance(at.app.screen, TooSmall) == (size[0] < 60 or size[1] < 20)
            if isinstance(at.app.screen, TooSmall):
                assert f"this is {size[0]}×{size[1]}" in at.app.screen.query_one(Static).content.plain
        assert at.app.screen_stack == before
        if not opened:
            await at.press(pilot, "n")
            assert at.state("margin").query is not None


@pytest.mark.parametrize("opened", ["", "c", "question_mark", "R"])
async def test_a_screen_that_is_too_small_can_be_left(desk: MakeDesk, opened: str) -> None:
    at = desk()
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, *filter(None, [opened]))
        for size in ((20, 5), (50, 12)):
            await pilot.resize_terminal(*size)
            await at.rest(pilot)
        assert "this is 50×12" in at.app.screen.query_one(Static).content.plain
        assert "q quits" in at.app.screen.query_one(Static).content.plain
        await pilot.press("q")
        await pilot.pause()
        assert not at.app.is_running


async def test_the_screen_is_painted_before_the_engine_is_ready(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    at = desk()
    monkeypatch.setattr(type(at.app), "start_engine", lambda self: None)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        assert "starting the engine" in at.shown(HeaderLine)
        assert "Workers are starting" in at.shown(Reason)
        await at.press(pilot, "space", "n", "h", "5", "u", "a", "plus", "r", "c", "escape", "f")
        assert at.app.is_running


async def test_an_engine_that_does_not_start_says_so_and_can_be_tried_again(desk: MakeDesk) -> None:
    at = desk()
    real = at.executor.submit
    at.executor.submit = lambda fn, *args, **kwargs: (_ for _ in ()).throw(OSError("no room"))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        assert "the engine did not start: no room" in at.shown(Reason)
        at.executor.submit = real
        await at.press(pilot, "r", "n")
        assert at.state("margin").query is not None


async def test_what_a_race_that_was_left_still_says_is_not_about_the_new_one(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        old = at.engine.race
        state = at.state("margin")
        await at.press(pilot, "R", "enter")
        assert at.engine.race is not old
        before = at.engine.view
        old._emit(RoundPlayed(2, state, ()))
        old._emit(RunFailed(1, "late"))
        assert at.engine.view is before


async def test_before_anything_is_asked_the_labels_that_all_start_from_are_shown(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(200, 60)) as pilot:
        await at.rest(pilot)
        assert not any(run.state.query for run in at.engine.view.runs)
        title = str(at.app.screen.query_one("#ask").border_title)
        assert title == "Every strategy starts from these 20 labels"
        captions = at.shown("#batch").split("\n")
        names = [word for line in captions for word in line.split() if word.isdecimal()]
        assert names == [*at.contents.classes] * 2
        await at.press(pilot, "n")
        assert "asks about these" in str(at.app.screen.query_one("#ask").border_title)


async def test_what_happens_while_the_widgets_go_is_not_painted(desk: MakeDesk) -> None:
    """A round that ends in another thread knows nothing of it, and at the end of a test nobody said a code to return."""
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        screen = at.app.screen
        assert isinstance(screen, RaceScreen)
    assert at.app.return_code is None
    with at.app._context():
        assert not screen.query("#batch")
        screen.paint_again()
