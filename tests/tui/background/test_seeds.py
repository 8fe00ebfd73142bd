"""The race over paired seeds, on the screen."""

from __future__ import annotations

import asyncio
import csv
import json
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import pytest
from finished import made_up_cell
from textual.widgets import DataTable, Input, Static
from trials import PATIENCE

from al_core.comparison.cell import ALL_LABELS
from al_core.comparison.plan import assemble, complete
from al_core.comparison.summary import summary
from al_core.ground.errors import UserError
from al_core.task.spec import TaskSpec
from al_tui.background import workers as workers_module
from al_tui.background.race import Engine
from al_tui.background.seeds import Seeds
from al_tui.screens.compare import CompareScreen
from al_tui.screens.race.screen import RaceScreen
from al_tui.widgets.curves import Curves
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.keybar import KeyBar
from al_tui.widgets.leaderboard import Leaderboard

MakeDesk = Callable[..., Any]
CELLS = 6
"""Cells of a seed: the four strategies, `random#2`, and all labels."""


def note(at: Any) -> str:
    return str(at.app.screen.query_one("#note", Static).render())


def meaning(at: Any) -> str:
    return str(at.app.screen.query_one("#meaning", Static).render())


def table(at: Any) -> list[list[str]]:
    """All columns of the comparison; of those that are not shown, because all are the same in them, what is said of that."""
    screen, found = at.app.screen, at.app.screen.query_one(DataTable)
    same = screen._table.rows[0][2]
    out = []
    for row in range(found.row_count):
        shown = dict(zip(screen._columns, map(str, found.get_row_at(row)), strict=True))
        out.append([shown.get(column, same[column]) for column in range(len(same))])
    return out


async def test_medians_fill_in_while_the_race_goes_on(desk: MakeDesk) -> None:
    at = desk(seeds=30, cells=12 * CELLS + 3)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        assert "seeds 12/30" in at.shown(HeaderLine)
        board = at.shown(Leaderboard)
        assert board.splitlines()[0].split() == ["strategy", "acc", "AULC", "→90%", "saved", "seeds"]
        assert "12/30" in board
        assert "13/30" in board
        assert "median" in str(at.app.screen.query_one(Curves).border_title)
        assert "•" in at.shown(Curves)
        assert [len(run.state.curve) for run in at.engine.view.runs] == [2, 2, 2, 2]


async def test_v_switches_between_all_seeds_and_this_one(desk: MakeDesk) -> None:
    at = desk(seeds=3)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        assert "This seed" in at.shown(KeyBar)
        await at.press(pilot, "v")
        assert "All seeds" in at.shown(KeyBar)
        assert at.shown(Leaderboard).splitlines()[0].split()[-1] == "curve"
        assert "•" not in at.shown(Curves)
        await at.press(pilot, "v")
        assert at.shown(Leaderboard).splitlines()[0].split()[-1] == "seeds"


async def test_one_seed_knows_no_other(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "v")
        assert "one seed only" in at.told
        assert "seeds" not in at.shown(HeaderLine)


async def test_until_two_seeds_are_there_the_live_race_is_shown(desk: MakeDesk) -> None:
    at = desk(seeds=5, cells=CELLS)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "n")
        assert at.shown(Leaderboard).splitlines()[0].split()[-1] == "curve"
        await at.press(pilot, "v", "v")
        assert "Medians begin" in at.told


async def test_before_all_seeds_are_there_intervals_and_no_verdict(desk: MakeDesk) -> None:
    at = desk(seeds=30, cells=12 * CELLS)
    async with at.app.run_test(size=(140, 40)) as pilot:
        await at.press(pilot, "n", "c")
        for _ in range(500):
            await pilot.pause(0.01)
            if at.engine.seeds.view.document is not None:
                break
        await pilot.pause(0.05)
        at.app.screen.update(at.engine.view, at.engine.seeds.view)
        rows = {row[0][2:]: row for row in table(at)}
        assert rows["margin"][1] == "12/30"
        assert rows["margin"][4] == "preview: 12 of 30 seeds"
        assert " to " in rows["margin"][3]
        assert rows["random"][3] == "baseline"
        assert "Preview: 12 of 30 seeds" in note(at)
        assert "saves labels" not in str(rows)


async def test_when_all_seeds_are_there_verdicts_and_the_paragraph(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk(seeds=30)
    async with at.app.run_test(size=(140, 40)) as pilot:
        await at.press(pilot, "c")
        rows = {row[0][2:]: row for row in table(at)}
        assert set(rows) == {"random", "random#2", "least_confidence", "margin", "entropy"}
        assert rows["margin"][4] == "saves labels"
        assert rows["random#2"][4] == "A/A control"
        assert "Compared least_confidence, margin and entropy with random on digits" in meaning(at)
        await at.press(pilot, "m")
        assert at.app.clipboard.startswith("digits · logistic · seeds 0 to 29 · batch 10 · budget 120\n\n| strategy | seeds |")
        assert "Saves labels against random: " in at.app.clipboard
        await at.press(pilot, "w", "enter")
        with (tmp_path / "al-tui-digits-seeds0-29.csv").open() as file:
            saved = {row["strategy"]: row for row in csv.DictReader(file)}
        assert float(saved["margin"]["saved_low"]) > 0
        assert saved["margin"]["words"] == "saves labels"
        await at.press(pilot, "v")
        assert "seed 0" in str(at.app.screen.query_one("#title", Static).render())
        assert "One seed: a preview" in note(at)


async def test_the_saved_document_is_that_of_the_bench(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk(seeds=4)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "c", "w")
        at.app.screen.query_one("Input").value = "all.json"
        await at.press(pilot, "enter")
    plan = at.engine.seeds.view.plan
    (result,) = assemble(plan, [made_up_cell(*question) for question in plan.questions])
    assert json.loads((tmp_path / "all.json").read_text()) == json.loads(json.dumps(summary(result)))


async def test_failed_seeds_are_marked_and_there_is_no_verdict(desk: MakeDesk) -> None:
    at = desk(seeds=30)

    def fail(spec: TaskSpec, strategy: str) -> Exception | None:
        return ValueError("no \x1b[31mluck") if strategy == "margin" and spec.seed in (3, 7) else None

    at.executor.fail_cell = fail
    async with at.app.run_test(size=(160, 40)) as pilot:
        await at.rest(pilot)
        assert "2 runs failed" in at.shown(HeaderLine)
        assert "28/30 ✗" in at.shown(Leaderboard)
        await at.press(pilot, "c")
        rows = {row[0][2:]: row for row in table(at)}
        assert rows["margin"][1] == "28/30 ✗2"
        assert rows["margin"][4] == "no verdict: failed on 2 of 30 seeds"
        assert "margin failed on seeds 3, 7: no ␛[31mluck\nEsc, then r, tries again what failed." in note(at)


async def test_r_tries_failed_seeds_again(desk: MakeDesk) -> None:
    at = desk(seeds=30)
    broken = {3, 7}

    def fail(spec: TaskSpec, strategy: str) -> Exception | None:
        return ValueError("no luck") if strategy == "margin" and spec.seed in broken else None

    at.executor.fail_cell = fail
    async with at.app.run_test(size=(160, 40)) as pilot:
        await at.rest(pilot)
        assert "r Retry" in at.shown(KeyBar)
        broken.remove(7)
        await at.press(pilot, "r")
        assert "2 failed runs over seeds: tried again" in at.told
        assert "1 run failed" in at.shown(HeaderLine)
        broken.clear()
        await at.press(pilot, "r")
        assert "seeds 30/30" in at.shown(HeaderLine)
        assert "failed" not in at.shown(HeaderLine)
        await at.press(pilot, "r")
        assert "Nothing failed" in at.told
        assert "Retry" not in at.shown(KeyBar)
        await at.press(pilot, "c")
        rows = {row[0][2:]: row for row in table(at)}
        assert rows["margin"][1] == "30/30"
        assert rows["margin"][4] == "saves labels"


async def test_a_strategy_without_random_is_compared_with_it_all_the_same(desk: MakeDesk) -> None:
    at = desk(("margin", "entropy"), seeds=3)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        assert [line.split()[2] for line in at.shown(Leaderboard).splitlines()[1:]] == ["margin", "entropy"]
        await at.press(pilot, "c")
        assert {row[0][2:] for row in table(at)} == {"random", "margin", "entropy", "random#2"}


async def test_another_seed_begins_other_seeds(desk: MakeDesk) -> None:
    at = desk(seeds=3)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "R", "backspace", "4", "2", "enter")
        assert isinstance(at.app.screen, RaceScreen | CompareScreen)
        assert at.engine.seeds.view.plan.seeds == (42, 43, 44)
        assert at.engine.seeds.view.strategies[0].outcomes[0].seed == 42
        assert ALL_LABELS not in at.engine.seeds.view.plan.strategies


@pytest.mark.parametrize("width", [80, 120])
async def test_names_are_whole_and_the_count_stands_beside_them_where_there_is_room(desk: MakeDesk, width: int) -> None:
    at = desk(seeds=3)
    async with at.app.run_test(size=(width, 24)) as pilot:
        await at.press(pilot, "n")
        lines = at.shown(Leaderboard).splitlines()
        assert all(any(f" {run.name} " in line for line in lines) for run in at.engine.view.runs)
        assert all("3/3" in line for line in lines[1:]) == (width == 120)
        assert "seeds 3/3" in at.shown(HeaderLine)
        assert len({len(line) for line in lines[1:]}) == 1


async def test_a_name_that_is_too_long_says_so(desk: MakeDesk) -> None:
    at = desk(("random", "expected_gradient_length"))
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n")
        lines = at.shown(Leaderboard).splitlines()
        assert any(" expected_gradien… " in line for line in lines)
        assert len({len(line) for line in lines[1:]}) == 1


async def test_workers_that_join_are_noticed(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "WATCH_SECONDS", 0.001)
    at = desk(seeds=5, cells=0)
    counts = iter([ConnectionError("no scheduler"), 5])

    def recount() -> int:
        found = next(counts, 7)
        if isinstance(found, Exception):
            raise found
        return found

    at.engine.workers._recount = recount
    async with at.app.run_test(size=(120, 40)) as pilot:
        for _ in range(500):
            await pilot.pause(0.002)
            if at.executor.cells <= -7:
                break
    assert at.engine.workers.count == 7
    assert at.executor.cells == -7


@pytest.mark.parametrize("fault", ["raises", "hangs", "is alone"])
async def test_a_scheduler_that_is_lost_is_told_and_so_is_its_return(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(workers_module, "WATCH_SECONDS", 0.001)
    at = desk()
    back = threading.Event()

    def recount() -> int:
        if fault == "hangs":
            back.wait(PATIENCE)
        if back.is_set():
            return 3
        if fault == "raises":
            raise ConnectionError("no scheduler")
        return 0

    at.engine.workers._recount = recount
    async with at.app.run_test(size=(120, 40)) as pilot:
        await shows(at, pilot, "no worker answers")
        back.set()
        await shows(at, pilot, "3 workers")
        assert "no worker" not in at.shown(HeaderLine)


async def shows(at: Any, pilot: Any, words: str) -> None:
    """Wait until the header says so."""
    for _ in range(1000):
        if words in at.shown(HeaderLine):
            return
        await pilot.pause(0.002)
    raise AssertionError(at.shown(HeaderLine))


async def test_a_start_that_failed_and_is_tried_again_counts_no_seed_twice(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk(seeds=3)
    opened = Engine._open
    broken = [True]

    async def fail(self: Engine, executor: Executor) -> None:
        if broken:
            broken.clear()
            raise RuntimeError("no room")
        await opened(self, executor)

    monkeypatch.setattr(Engine, "_open", fail)
    async with at.app.run_test(size=(120, 40)) as pilot:
        for _ in range(200):
            await pilot.pause(0.01)
            if at.engine.error is not None and at.engine.seeds.view.complete:
                break
        assert at.engine.error is not None
        await at.press(pilot, "r")
        assert at.engine.error is None
        view = at.engine.seeds.view
        assert (view.done, view.complete) == (view.total, True)
        assert [entry.finished for entry in view.strategies] == [3] * 5


@pytest.mark.parametrize("seed", ["4294967294", "9" * 5000, "-1", "x"], ids=["last", "long", "negative", "word"])
async def test_a_seed_with_too_few_behind_it_is_told(desk: MakeDesk, seed: str) -> None:
    at = desk(seeds=3)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "R")
        at.app.screen.query_one(Input).value = seed
        await at.press(pilot, "enter")
        assert "to start from; give a whole number from 0 to 4294967293." in at.told
        assert at.engine.seeds.view.plan.seeds == (0, 1, 2)
        await at.press(pilot, "R")
        at.app.screen.query_one(Input).value = "4294967293"
        await at.press(pilot, "enter")
        assert at.engine.seeds.view.plan.seeds[-1] == 4294967295


def more(at: Any) -> Callable[[TaskSpec], Seeds]:
    """What makes the seeds that N asks for."""
    return lambda spec: Seeds(complete([spec], at.engine.strategies, seeds=30), None, at.engine.workers)


async def begun(at: Any, pilot: Any) -> None:
    """Wait until the seeds that N asked for are raced, and all of them are there."""
    for _ in range(1000):
        await pilot.pause()
        if at.engine.seeds is not None:
            break
        await asyncio.sleep(0.001)
    await at.rest(pilot)


def painted(at: Any) -> str:
    """The keys as they are on the screen, which need not be what would be drawn now."""
    return str(at.app.screen._compositor.render_strips()[-1].text)


async def test_n_runs_30_seeds_beside_the_race_of_one(desk: MakeDesk) -> None:
    at = desk()
    at.app.more_seeds = more(at)
    async with at.app.run_test(size=(140, 40)) as pilot:
        await at.press(pilot, "n", "n", "c")
        assert note(at).startswith("One seed: a preview, no verdict. N runs 30 seeds now.")
        assert "30 seeds" in at.shown(KeyBar)
        await pilot.press("N")
        await begun(at, pilot)
        rows = {row[0][2:]: row for row in table(at)}
        assert rows["margin"][4] == "saves labels"
        assert "random#2" in rows
        assert at.engine.seeds.view.complete
        assert "v This seed" in painted(at)
        await at.press(pilot, "v")
        assert "v All seeds" in painted(at)
        await at.press(pilot, "v", "N")
        assert at.told == "30 seeds are raced already."
        await at.press(pilot, "escape")
        assert "seeds 30/30" in at.shown(HeaderLine)
        assert "This seed" in at.shown(KeyBar)


async def test_another_race_begins_with_the_seeds_that_n_asked_for(desk: MakeDesk) -> None:
    at = desk()
    at.app.more_seeds = more(at)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "c")
        await pilot.press("N", "N")  # pressed twice it is done once
        await begun(at, pilot)
        await at.press(pilot, "escape", "R", *["backspace"] * 5, "7", "enter")
        assert at.engine.view.spec.seed == 7
        assert at.engine.seeds.view.plan.seeds == tuple(range(7, 37))
        assert at.engine.seeds.view.complete


async def test_where_there_can_be_no_more_seeds_it_is_said(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "c")
        assert "the same command with --seeds 30" in note(at)
        assert "30 seeds" not in at.shown(KeyBar)
        await at.press(pilot, "N")
        assert at.told == "Nothing more is computed here. Repeat it: the same command with --seeds 30."
        assert at.engine.seeds is None


async def test_a_store_that_cannot_be_used_is_said_and_the_race_goes_on(desk: MakeDesk) -> None:
    at = desk()
    refused = [UserError("results.sqlite3 is locked by another program")]

    def make(spec: TaskSpec) -> Seeds:
        if refused:
            raise refused.pop()
        return more(at)(spec)

    at.app.more_seeds = make
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "c", "N")
        for _ in range(1000):
            await pilot.pause()
            if at.told:
                break
            await asyncio.sleep(0.001)
        assert "locked by another program" in at.told
        assert at.engine.seeds is None
        await pilot.press("N")
        await begun(at, pilot)
        assert at.engine.seeds.view.complete
