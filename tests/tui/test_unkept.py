"""Nothing that a person did goes away without a word, nothing bad is said in the colour of success, nothing is offered that is
always refused."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from al_core.data.facts import dataset_names, describe_dataset
from al_core.ground.errors import UserError
from al_core.sessions.race_journal import Journal
from al_core.task.spec import TaskSpec
from al_tui.background.recorder import Recorder
from al_tui.screens.race.screen import RaceScreen
from al_tui.theme.colours import palette
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.reason import Reason

MakeDesk = Callable[..., Any]
StartTerminal = Callable[..., Any]


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_leaving_asks_once_when_labels_would_be_lost(desk: MakeDesk, key: str) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "3", "s", key)
        assert at.app.return_code is None
        assert "2 answers of yours are kept nowhere" in at.told
        await at.press(pilot, "4")
        assert len(at.state("least_confidence").answers) == 3
        await at.press(pilot, key)
        assert at.app.return_code is None
        assert "3 answers of yours are kept nowhere" in at.told
        await pilot.press(key)
    assert at.app.return_code == 0


async def test_it_asks_from_the_comparison_as_well(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "3", "c", "q")
        assert at.app.return_code is None
        assert "1 answer of yours is kept nowhere" in at.told
        await pilot.press("q")
    assert at.app.return_code == 0


async def test_answers_to_several_strategies_are_counted_once(desk: MakeDesk) -> None:
    at = desk(("margin", "margin#2"))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "down", "h", "3")
        items = {answer.row for run in at.engine.view.runs for answer in run.state.history}
        await at.press(pilot, "q")
        assert at.told.startswith(f"{len(items)} answer")


async def test_without_answers_q_quits_at_once(desk: MakeDesk) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "3", "u", "a")
        await pilot.press("q")
    assert at.app.return_code == 0


async def test_what_is_kept_is_not_asked_about(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk()
    at.engine.recorder = Recorder(lambda spec: Journal(tmp_path / "a.session", "ann"))
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "3")
        assert "not kept" not in at.shown(HeaderLine)
        await pilot.press("q")
    assert at.app.return_code == 0
    at.engine.close()


async def test_a_race_that_cannot_be_kept_is_marked_and_asked_about(desk: MakeDesk) -> None:
    def refuse(spec: TaskSpec) -> Journal:
        raise UserError("cannot make the directory of sessions: Permission denied")

    at = desk()
    at.engine.recorder = Recorder(refuse)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "3", "4", "right", "p")
        assert isinstance(at.app.screen, RaceScreen)
        assert "not kept" in at.shown(HeaderLine)
        await at.press(pilot, "q")
        assert "2 answers of yours are kept nowhere" in at.told
        await pilot.press("q")
    assert at.app.return_code == 0


async def test_the_next_race_is_kept_when_that_is_possible_again(desk: MakeDesk, tmp_path: Path) -> None:
    broken = [True]

    def make(spec: TaskSpec) -> Journal:
        if broken:
            raise UserError("cannot make the directory of sessions: Permission denied")
        return Journal(tmp_path / "a.session", "ann")

    at = desk()
    at.engine.recorder = Recorder(make)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n")
        assert "not kept" in at.shown(HeaderLine)
        broken.clear()
        await at.press(pilot, "R", "enter", "escape")
        assert at.engine.view.spec.seed == 1
        assert "not kept" not in at.shown(HeaderLine)
    at.engine.close()
    assert (tmp_path / "a.session").exists()


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_a_race_that_is_not_kept_is_marked_at_every_width(desk: MakeDesk, width: int) -> None:
    at = desk(seeds=3)
    async with at.app.run_test(size=(width, 24)) as pilot:
        await at.press(pilot, "n")
        assert "not kept" in at.shown(HeaderLine)


def test_no_session_in_a_terminal(terminal: StartTerminal) -> None:
    at = terminal("--no-session", "--strategies", "random,margin", "--pace", "1")
    at.wait("asks about these")
    at.press("h")
    at.wait("asks you about")
    at.press("3")
    at.wait("= 3")
    at.press("q")
    at.wait("1 answer of yours is kept nowhere")
    at.press("q")
    assert at.finish() == 0
    assert "is kept" not in at.raw.rpartition("\x1b[?1049l")[2]


@pytest.mark.parametrize(("right", "good"), [(0, False), (8, False), (9, True), (10, True)])
async def test_few_right_answers_are_not_said_in_the_colour_of_success(desk: MakeDesk, right: int, good: bool) -> None:
    at = desk()
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        for position, pick in enumerate(at.app.screen.flow.looking.picks):
            label = at.contents.truth[pick.row]
            await at.press(pilot, str(label if position < right else (label + 1) % 10))
        words = at.app.screen.query_one(Reason).render()
        assert f"{right} of your 10 labels agree" in words.plain
        (style,) = {str(span.style) for span in words.spans if span.start == 0}
        colours = palette(at.app)
        assert (colours.good in style) == good
        assert (colours.accent in style) == (not good)


# What is offered


def al_tui(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "al_tui", *words],
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "100", **variables},
        check=False,
    )


TABLES = [name for name in dataset_names() if not describe_dataset(name).pictures]


@pytest.mark.parametrize("words", [(), ("label",)])
def test_help_and_errors_offer_what_can_be_shown(words: tuple[str, ...]) -> None:
    assert TABLES
    for done in (al_tui(*words, "--help"), al_tui(*words, *(["nothing"] if words else ["--dataset", "nothing"]))):
        text = done.stdout + done.stderr
        assert "digits" in text
        for name in TABLES:
            assert name not in text.replace("al-tui bench --datasets digits,wine,iris", "")


def test_a_bench_offers_them_all() -> None:
    text = al_tui("bench", "--help").stdout
    assert all(name in text for name in dataset_names())


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_named_all_the_same_is_sent_to_the_bench(name: str) -> None:
    for words in (("--dataset", name), ("label", name)):
        done = al_tui(*words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.count("\n") == 1
        assert f"{name} is a table" in done.stderr
    advice = al_tui("--dataset", name).stderr.partition("use: al-tui ")[2].split()
    assert al_tui(*advice, "--strategies", "random", "--no-results", "--executor", "inline").returncode == 0


@pytest.mark.parametrize("line", ["al-tui --dataset ", "al-tui label "])
def test_completion_offers_what_can_be_shown(line: str) -> None:
    done = al_tui(_AL_TUI_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(line.split())))
    offered = {entry.partition(",")[2] for entry in done.stdout.split()}
    assert "digits" in offered
    assert not offered & set(TABLES)
