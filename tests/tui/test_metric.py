"""A race that is measured by something else than accuracy says so wherever it would have said accuracy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from commands import al_tui
from textual.widgets import DataTable, Static

from al_core.data.facts import DatasetInfo, know
from al_core.reports.comparison import race_note
from al_tui.screens.compare import CompareScreen
from al_tui.widgets.curves import Curves
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.intervals import Intervals
from al_tui.widgets.leaderboard import Leaderboard

RARE = "digits(rare=8,share=0.02)"
SHORT = {"accuracy": "acc", "balanced_accuracy": "bal", "macro_f1": "F1", "recall(8)": "rec"}


def main_output(*words: str, home: Path) -> str:
    env = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    done = al_tui(words, env)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("accuracy", "accuracy"),
        ("balanced_accuracy", "balanced accuracy"),
        ("macro_f1", "macro F1"),
        ("recall(8)", "recall of 8"),
    ],
)
async def test_every_title_says_it(desk: Callable[..., Any], metric: str, words: str) -> None:
    at = desk()
    at.engine.view = at.engine.view._replace(spec=replace(at.engine.view.spec, metric=metric))
    async with at.app.run_test(size=(160, 40)) as pilot:
        await at.press(pilot, "n")
        assert str(at.app.screen.query_one(Curves).border_title) == f"Test {words} over labels"
        assert SHORT[metric] in at.shown(Leaderboard).split()
        assert ("metric" in at.shown(HeaderLine)) == (metric != "accuracy")
        await at.press(pilot, *["n"] * 11)
        if not isinstance(at.app.screen, CompareScreen):
            await at.press(pilot, "c")
        await at.press(pilot, "e")
        table = at.app.screen.query_one(DataTable)
        assert any(str(column.label) == words for column in table.ordered_columns)
        assert str(at.app.screen.query_one(Intervals).border_title) == f"Labels to a test {words} on this seed"
        meaning = str(at.app.screen.query_one("#meaning", Static).render())
        assert f"labels given when test {words} first reached" in meaning
        assert f"\n{words}, labels: of the last model" in meaning


async def test_a_class_made_rare_is_said_first_in_the_header(desk: Callable[..., Any]) -> None:
    at = desk()
    at.engine.view = at.engine.view._replace(spec=replace(at.engine.view.spec, dataset=RARE))
    async with at.app.run_test(size=(80, 24)) as pilot:
        await at.press(pilot, "n")
        assert RARE in at.shown(HeaderLine)


def test_a_race_for_a_rare_class_is_left_resumed_and_reported(terminal: Callable[..., Any], tmp_path: Path) -> None:
    kept = tmp_path / "a.session"
    race = (RARE, "--metric", "recall(8)", "--strategies", "random,rare_class", "--budget", "60", "--workers", "2")
    at = terminal(*race, "--pace", "0.5", "--session", str(kept), size=(120, 40))
    at.wait(r"Test recall of 8 over labels")
    at.wait("30/60")
    at.wait(r"found/exp. 8 \d+/\d")
    at.press("q")
    assert at.finish() == 0
    at = terminal("resume", str(kept), "--pace", "max", size=(120, 40))
    at.wait("Comparison")
    at.wait("recall of 8")
    at.press("q")
    assert at.finish() == 0
    report = main_output("report", str(kept), "--format", "md", home=tmp_path)
    assert "test recall of 8" in report
    assert f"--dataset '{RARE}'" in report


async def test_groups_are_said_beside_the_data_set_and_below_the_comparison(desk: Callable[..., Any]) -> None:
    know(DatasetInfo("grouped pets", "grouped pets", items=1797, classes=10, pictures=True, groups=12))
    at = desk()
    at.engine.view = at.engine.view._replace(spec=replace(at.engine.view.spec, dataset="grouped pets"))
    async with at.app.run_test(size=(160, 40)) as pilot:
        await at.press(pilot, "n")
        assert "grouped pets · 12 groups" in at.shown(HeaderLine)
    assert "Items are in 12 groups, and all of a group are on one side of the split." in race_note(at.engine.view)
