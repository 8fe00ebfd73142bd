"""A run that a person had a hand in is not the strategy's: that is said wherever its numbers are."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DataTable, Input, Static

from al_core.compute.inline import Inline
from al_core.data.contents import open_contents
from al_core.race.driver import Race
from al_core.race.view import own_name
from al_core.run.state import RunState
from al_core.sessions.race_actions import RaceOpened
from al_core.sessions.race_journal import Journal
from al_core.task.spec import TaskSpec
from al_tui.main import main
from al_tui.screens.compare import CompareScreen
from al_tui.widgets.leaderboard import Leaderboard

MakeDesk = Callable[..., Any]
FOCUSED = "least_confidence"
OWN = own_name(FOCUSED)
OLD = Path(__file__).parents[1] / "data" / "09bf380" / "race.session"


async def answer_wrongly(at: Any, pilot: Any, count: int) -> None:
    """Label the first ``count`` items of the focused batch as what they are not."""
    truth = at.contents.truth
    for pick in at.app.screen.flow.looking.picks[:count]:
        await at.press(pilot, str((truth[pick.row] + 1) % 10))


async def finish(at: Any, pilot: Any) -> None:
    """Race on to the end, where the comparison opens by itself."""
    await at.press(pilot, "space")
    for _ in range(5000):
        await pilot.pause()
        if at.engine.view.done and isinstance(at.app.screen, CompareScreen):
            break
    await at.rest(pilot)


def rows(at: Any) -> dict[str, dict[str, str]]:
    """The comparison's table: by strategy, text by column; a column that is not shown is the same for all."""
    screen, table = at.app.screen, at.app.screen.query_one(DataTable)
    titles = [str(column.label).rstrip(" ▼▲") for column in table.ordered_columns]
    lines = [[str(cell) for cell in table.get_row_at(row)] for row in range(table.row_count)]
    same = dict(zip(screen._table.header, screen._table.rows[0][2], strict=True))
    return {line[0][2:]: same | dict(zip(titles, line, strict=True)) for line in lines}


async def save(at: Any, pilot: Any, name: str) -> None:
    await at.press(pilot, "w")
    at.app.screen.query_one(Input).value = name
    await at.press(pilot, "enter")


async def turns() -> None:
    """Let the event loop do whatever is ready; inline nothing else is on its way."""
    for _ in range(400):
        await asyncio.sleep(0)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_leaderboard_counts_answers_while_they_are_given(desk: MakeDesk, size: tuple[int, int]) -> None:
    at = desk()
    async with at.app.run_test(size=size) as pilot:
        await at.press(pilot, "n", "h")
        assert "✎0" not in at.shown(Leaderboard)
        await answer_wrongly(at, pilot, 2)
        await at.press(pilot, "s")
        (mine,) = [line for line in at.shown(Leaderboard).splitlines() if "✎3" in line]
        assert "you + l" in mine
        await at.press(pilot, "h")
        assert "✎3" in at.shown(Leaderboard)
        await at.press(pilot, "h", "u", "u", "u")
        assert not any(f"✎{count}" in at.shown(Leaderboard) for count in range(10))


async def test_the_comparison_marks_it_and_claims_no_saving(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        await answer_wrongly(at, pilot, 10)
        await at.press(pilot, "h")
        await finish(at, pilot)
        found = rows(at)
        assert found[f"✎ {OWN}"]["by hand"] == "10, 0 right"
        assert found[f"✎ {OWN}"]["saved"] == "–"
        assert found["margin"]["by hand"] == ""
        assert found["margin"]["saved"].startswith("+")
        note = str(at.app.screen.query_one("#note", Static).render())
        assert f"A person answered for {OWN} (10 by hand, 0 right)" in note
        await save(at, pilot, "a.csv")
        await save(at, pilot, "a.json")
        await at.press(pilot, "m")
        assert f"| ✎ {OWN} | 10, 0 right |" in at.app.clipboard
        assert "A person answered for" in at.app.clipboard
    table = {row["strategy"]: row for row in csv.DictReader(io.StringIO((tmp_path / "a.csv").read_text()))}
    assert (table[OWN]["by_person"], table[OWN]["by_person_right"], table[OWN]["saved"]) == ("10", "0", "")
    assert (table["margin"]["by_person"], table["margin"]["saved"] != "") == ("0", True)
    document = json.loads((tmp_path / "a.json").read_text())
    entries = {entry["strategy"]: entry for entry in document["strategies"]}
    assert (entries[OWN]["by_person"], entries[OWN]["by_person_right"]) == (10, 0)
    assert entries[OWN]["saved"] is None
    assert entries["margin"]["by_person"] == 0
    assert OWN in document["note"]


async def test_answers_of_ground_truth_touch_nothing(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "a", "h")
        assert "✎" not in at.shown(Leaderboard)
        await finish(at, pilot)
        found = rows(at)
        assert found[FOCUSED]["saved"] != "–"
        assert (found[f"✎ {OWN}"]["by hand"], found[f"✎ {OWN}"]["saved"]) == ("0, 0 right", "–")


async def test_a_run_of_ones_own_from_the_baseline_leaves_the_baseline(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        at.app.screen.focus_run(0)
        await at.press(pilot, "n", "h")
        await answer_wrongly(at, pilot, 1)
        await at.press(pilot, "a", "h")
        await finish(at, pilot)
        found = rows(at)
        assert found["random"]["saved"] == "baseline"
        assert found["margin"]["saved"] != "–"
        assert found["✎ you + random"]["saved"] == "–"


async def test_over_seeds_it_is_said_that_a_persons_answers_are_not_among_them(desk: MakeDesk) -> None:
    at = desk(seeds=3)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        await answer_wrongly(at, pilot, 10)
        await at.press(pilot, "c")
        assert "What you answered on seed 0 is not among these runs" in str(at.app.screen.query_one("#note", Static).render())
        assert not any("✎" in name for name in rows(at))
        await at.press(pilot, "v")
        assert f"✎ {OWN}" in rows(at)


# What a kept race reports


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Path, str], str]:
    def call(path: Path, form: str) -> str:
        monkeypatch.setattr(sys, "argv", ["al-tui", "report", str(path), "--format", form])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        assert not stop.value.code, err
        return out

    return call


@pytest.fixture
def touched(tmp_path: Path) -> Callable[[str], Path]:
    """Makes the session of a finished race, in which a person gave a wrong answer, a right one and none for one strategy."""

    def make(touched: str) -> Path:
        spec, names, contents = TaskSpec(budget=60, target=0.7), ("random", "margin", "entropy"), open_contents("digits")
        journal = Journal(tmp_path / "touched.session", "ann")
        opened = RaceOpened(spec, names, contents.fingerprint, contents.classes, contents.software)
        journal.begin(opened, contents.ids, lambda: 1.0)

        async def play() -> None:
            runs = [(spec, RunState(name)) for name in names]
            race = Race(runs, Inline(), emit=journal.note, keep=journal.keep)
            race.set_paused(True)
            driver = asyncio.create_task(race.run())
            race.step()
            await turns()
            mine = names.index(touched)
            race.hands.take_over(mine)
            first, second, third = race.states[mine].waiting[:3]
            race.hands.answer(mine, first, (contents.truth[first] + 1) % 10)
            race.hands.answer(mine, second, contents.truth[second])
            race.hands.answer(mine, third, None)
            race.hands.hand_back(mine)
            race.set_paused(False)
            await turns()
            assert all(state.done for state in race.states)
            driver.cancel()

        asyncio.run(play())
        assert journal.close() is None
        return journal.path

    return make


def test_a_report_marks_it_and_says_that_no_command_computes_it(
    touched: Callable[[str], Path], report: Callable[[Path, str], str]
) -> None:
    path = touched("margin")
    words = "3 by hand, 1 right, 1 put aside"
    document = json.loads(report(path, "json"))
    entries = {row["name"]: row for row in document["strategies"]}
    assert entries["margin"]["by_person"] == {"answers": 3, "right": 1, "put_aside": 1}
    assert not any("by_person" in entries[name] for name in ("random", "entropy"))
    for place in (entries["margin"], *entries["margin"]["targets"]):
        assert place["saved_vs_random"]["estimate"] is None
    assert entries["entropy"]["saved_vs_random"]["estimate"] is not None
    assert entries["margin"]["mean_rank"] is None
    assert sorted(entries[name]["mean_rank"] for name in ("random", "entropy")) == [1, 2]
    assert words in document["conclusion"]
    text = report(path, "md")
    assert f"| ✎ margin ({words}) |" in text
    assert "No command computes this anew, for a person answered in it. Without the person:" in text
    assert "| entropy |" in text
    table = {row["strategy"]: row for row in csv.DictReader(io.StringIO(report(path, "csv")))}
    assert (table["margin"]["by_person"], table["margin"]["by_person_right"], table["margin"]["saved_0.7"]) == ("3", "1", "")
    assert (table["entropy"]["by_person"], table["entropy"]["by_person_right"]) == ("0", "")
    page = report(path, "html")
    assert f"✎ margin ({words})" in page
    assert "No command computes this anew" in page


def test_a_report_of_a_race_whose_baseline_was_touched_claims_no_saving(
    touched: Callable[[str], Path], report: Callable[[Path, str], str]
) -> None:
    document = json.loads(report(touched("random"), "json"))
    for row in document["strategies"]:
        assert row["saved_vs_random"]["estimate"] is None
        assert row["data_utilisation_rate"] is None


def test_a_report_of_an_older_race_says_so_as_well(report: Callable[[Path, str], str]) -> None:
    assert "| ✎ margin (7 by hand, 4 right, 1 put aside) |" in report(OLD, "md")


def test_a_report_of_a_race_nobody_touched_says_how_to_compute_it(report: Callable[[Path, str], str], tmp_path: Path) -> None:
    spec, names, contents = TaskSpec(budget=40), ("random", "margin"), open_contents("digits")
    journal = Journal(tmp_path / "alone.session", "ann")
    journal.begin(RaceOpened(spec, names, contents.fingerprint, contents.classes, contents.software), contents.ids, lambda: 1.0)
    asyncio.run(Race([(spec, RunState(name)) for name in names], Inline(), emit=journal.note, keep=journal.keep).finish())
    assert journal.close() is None
    text = report(journal.path, "md")
    assert "✎" not in text
    assert "No command" not in text
    assert "al-tui bench --dataset digits" in text
