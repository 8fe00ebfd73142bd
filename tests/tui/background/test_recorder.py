"""The dashboard keeps its races, says when it cannot, and goes on with them."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from labelling import MOMENT

from al_core.ground.versions import versions
from al_core.race.events import RoundPlayed
from al_core.run.play import Timing
from al_core.run.state import Query, RunState
from al_core.sessions.actions import Changed, Settings
from al_core.sessions.entries import Given
from al_core.sessions.race_actions import RaceOpened
from al_core.sessions.race_journal import Journal
from al_core.sessions.race_ledger import RaceLedger
from al_core.sessions.store import NotSaved, RaceFile, SessionFile
from al_core.task.spec import TaskSpec
from al_tui.app import AlTui
from al_tui.background import recorder as recorders
from al_tui.background.race import Engine
from al_tui.background.recorder import Recorder
from al_tui.main import main
from al_tui.screens.compare import CompareScreen
from al_tui.screens.race.screen import RaceScreen

MakeDesk = Callable[..., Any]
StartTerminal = Callable[..., Any]
HAND = 4
"""The run in front at the start."""


def keep(at: Any, *paths: Path) -> None:
    """Have the desk's races kept, one file after the other."""
    left = list(paths)
    engine = at.engine
    engine.recorder = Recorder(lambda spec: Journal(left.pop(0), "ann"))
    engine.recorder.changed = lambda: engine.changed(None)


def on_disk(path: Path) -> RaceLedger:
    with RaceFile.open(path, read_only=True) as file:
        return file.ledger


async def test_answers_are_on_disk_at_once_and_rounds_when_the_race_is_left(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk()
    path = tmp_path / "a.session"
    keep(at, path)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h", "3", "p", "4")
        ledger = on_disk(path)
        assert [given.label for given in ledger.answers.values()] == [3, 4]
        assert ledger.runs[HAND].by_hand
        assert ledger.runs[HAND].state == at.engine.view.runs[HAND].state
        asked = "SELECT visible, seconds FROM event WHERE kind = 'race_label' ORDER BY sequence"
        with contextlib.closing(sqlite3.connect(path)) as file:
            (first, first_seconds), (second, _) = file.execute(asked).fetchall()
            assert (first, second) == (1, 1)  # of the batch that was on the screen before it was taken over all guesses were
            assert first_seconds >= 0
            await at.press(pilot, "p", "a", "5", "p", "p", "6")
            assert [seen for seen, _ in file.execute(asked)][-2:] == [0, 1]
            await at.press(pilot, "a", "7", "left", "u", "8")  # the answer uncovers the guess
            assert [seen for seen, _ in file.execute(asked)][-2:] == [0, 1]
        await at.press(pilot, "a", "u")
        states = [run.state for run in at.engine.view.runs]
    at.engine.close()
    assert [run.state for run in on_disk(path).runs] == states


async def test_a_kept_race_goes_on_where_it_was_left(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk()
    path = tmp_path / "a.session"
    keep(at, path)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "down", "h", "3", "4")
        left = at.engine.view
        focus = at.app.screen.flow.looking.focus
    at.engine.close()

    journal = Journal.resume(path, "ann")
    ledger = journal.ledger
    assert ledger is not None
    recorder = Recorder(lambda spec: journal, journal)
    engine = Engine(TaskSpec(budget=120), at.engine.strategies, lambda: at.executor, 1000.0, recorder=recorder, ledger=ledger)
    assert [run.state for run in engine.view.runs] == [run.state for run in left.runs]
    engine.set_paused(True)
    at.app, at.engine = AlTui(engine, Path("/var/log/al-tui.log")), engine
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        assert at.app.screen.flow.looking.focus == focus
        await at.press(pilot, "5", "u", "u")
        assert [given.label for given in engine.view.runs[focus].state.answers] == [3]
        await at.press(pilot, "h", "space")
        for _ in range(5000):
            await pilot.pause()
            if engine.view.done:
                break
        await at.rest(pilot)
        assert isinstance(at.app.screen, CompareScreen)
    engine.close()
    assert on_disk(path).finished


async def test_another_seed_is_another_session(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk()
    keep(at, tmp_path / "a.session", tmp_path / "b.session")
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "R")
        assert "This race stays in its session" in str(at.app.screen.query("Label, Static").first().render())
        await at.press(pilot, "enter", "n")
    at.engine.close()
    assert [on_disk(tmp_path / name).settings.spec.seed for name in ("a.session", "b.session")] == [0, 1]


async def test_rounds_that_could_not_be_written_are_tried_again_without_anybody_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice the disk is full when they are written; what is wrong is said for as long as it is."""
    monkeypatch.setattr(recorders, "FLUSH_SECONDS", 0.01)
    monkeypatch.setattr(recorders, "RETRY_SECONDS", 0.01)
    append, full, told = RaceFile.append, [True, True], []

    def sometimes(*arguments: Any) -> Any:
        if full:
            full.pop()
            raise NotSaved("not saved in a.session: no space left on device")
        return append(*arguments)

    monkeypatch.setattr(RaceFile, "append", sometimes)
    recorder = Recorder(lambda spec: Journal(tmp_path / "a.session", "ann"))
    recorder.changed = lambda: told.append(recorder.trouble)
    recorder.begin(RaceOpened(TaskSpec(), ("random",), "f" * 32, ("0", "1"), versions()), ("a", "b"), lambda: 1.0)
    state = RunState("random", (), Query(20, 0.5, 10, ()))
    recorder.note(RoundPlayed(0, state, (Timing(0.1, 0.1),)))
    for _ in range(2000):
        await asyncio.sleep(MOMENT)
        if None in told:
            break
    assert told == [
        "not saved in a.session: no space left on device; the race goes on, and is written when that is possible",
        None,
    ]
    assert full == []
    assert on_disk(tmp_path / "a.session").runs[0].state == state
    recorder.close()
    assert (recorder.trouble, recorder.incomplete, recorder.left) == (None, False, tmp_path / "a.session")


async def test_a_full_disk_is_told_and_nothing_is_said_to_be_labelled(
    desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = desk()
    path = tmp_path / "a.session"
    keep(at, path)
    append = RaceFile.append

    def full(*arguments: Any) -> Any:
        raise NotSaved("not saved in a.session: no space left on device")

    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        monkeypatch.setattr(RaceFile, "append", full)
        await at.press(pilot, "3")
        assert "no space left" in at.told
        assert at.engine.view.runs[HAND].state.answers == ()
        for key in ("a", "h"):
            await at.press(pilot, key)
            assert "no space left" in at.told
        assert at.engine.view.runs[HAND].by_hand
        monkeypatch.setattr(RaceFile, "append", append)
        await at.press(pilot, "7")
        assert [given.label for given in at.engine.view.runs[HAND].state.answers] == [7]
    at.engine.close()
    assert [given.label for given in on_disk(path).answers.values()] == [7]


async def test_a_race_that_cannot_be_kept_is_raced_all_the_same(desk: MakeDesk, tmp_path: Path) -> None:
    from al_core.ground.errors import UserError

    at = desk()

    def refuse(spec: TaskSpec) -> Journal:
        raise UserError("cannot make the directory of sessions: Permission denied")

    at.engine.recorder = Recorder(refuse)
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.rest(pilot)
        assert "not kept" in at.told
        await at.press(pilot, "n", "h", "3")
        assert isinstance(at.app.screen, RaceScreen)
        assert len(at.engine.view.runs[HAND].state.answers) == 1
    at.engine.close()


def test_a_race_in_a_terminal_is_left_and_resumed(terminal: StartTerminal, tmp_path: Path) -> None:
    at = terminal("--pace", "1", "--strategies", "random,margin", "--session", str(tmp_path / "mine"))
    at.wait("asks about these")
    at.press("h")
    at.wait("asks you about")
    at.press("3")
    at.wait("= 3")
    at.press("q")
    assert at.finish() == 0
    assert f"al-tui resume {tmp_path / 'mine'}" in at.raw
    again = terminal("resume", str(tmp_path / "mine"))
    again.wait("asks you about 10 · 9 left")
    again.press("a")
    again.wait("asks you about 10 · 10 left")
    again.press("q")
    assert again.finish() == 0
    said = list(on_disk(tmp_path / "mine").answers.values())
    assert [entry.label for entry in said] == [3]
    assert all(isinstance(entry, Given) for entry in said)


def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["al-tui", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    out, err = capsys.readouterr()
    code = stop.value.code
    assert code is None or isinstance(code, int)
    return code or 0, out, err


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A short race that was played to its end, with its file."""
    import asyncio

    from al_core.compute.inline import Inline
    from al_core.data.contents import open_contents
    from al_core.race.driver import Race
    from al_core.sessions.race_actions import RaceOpened

    spec, names, contents = TaskSpec(budget=40), ("random", "margin"), open_contents("digits")
    journal = Journal(tmp_path / "done.session", "ann")
    opened = RaceOpened(spec, names, contents.fingerprint, contents.classes, contents.software)
    journal.begin(opened, contents.ids, lambda: 1.0)
    race = Race([(spec, RunState(name)) for name in names], Inline(), emit=journal.note, keep=journal.keep)
    asyncio.run(race.finish())
    assert journal.close() is None
    return tmp_path / "done.session"


def test_a_race_can_be_reported_listed_checked(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = call(monkeypatch, capsys, "report", finished, "--format", "md")
    assert code == 0
    assert "too few for a verdict" in out
    assert re.search(r"\| margin +\|", out)
    assert "--strategies random,margin --seed 0 --seeds 1 --batch 10 --budget 40" in out
    code, out, _ = call(monkeypatch, capsys, "check", finished)
    assert (code, "is good" in out) == (0, True)
    code, out, _ = call(monkeypatch, capsys, "export", finished, "--format", "jsonl")
    assert (code, out) == (0, "")


def test_what_cannot_be_resumed_says_why(
    finished: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = call(monkeypatch, capsys, "resume", finished)
    assert (code, "no terminal" in err) == (2, True)
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    with RaceFile.open(finished):
        code, _, err = call(monkeypatch, capsys, "resume", finished)
    assert (code, "is held by process" in err) == (2, True)
    code, _, err = call(monkeypatch, capsys, "--session", finished)
    assert (code, "there already; go on with it: al-tui resume" in err) == (2, True)
    code, _, err = call(monkeypatch, capsys, "--session", "/nowhere/at/all")
    assert (code, "there is no directory" in err) == (2, True)
    code, _, err = call(monkeypatch, capsys, "--session", "a", "--no-session")
    assert (code, "exclude each other" in err) == (2, True)


def test_code_that_a_file_names_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from al_core.ground.versions import versions
    from al_core.sessions.race_actions import RaceOpened

    path = tmp_path / "evil.session"
    spec = TaskSpec(learner="antigravity:fly")
    RaceFile.create(path, RaceOpened(spec, ("random",), "f" * 32, ("0", "1"), versions()), "eve").close()
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    code, _, err = call(monkeypatch, capsys, "resume", path)
    assert (code, "say --learner 'antigravity:fly'" in err) == (2, True)
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize("changed", [False, True])
def test_code_that_a_labelling_session_names_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changed: bool
) -> None:
    evil = "soft_vote(knn,'antigravity:fly')"
    settings = Settings("digits", "f" * 32, tuple("0123456789"), "knn" if changed else evil, "margin")
    path = tmp_path / "evil.session"
    with SessionFile.create(path, settings, "eve") as file:
        if changed:
            file.append([Changed("margin", evil, 1)], "eve")
    monkeypatch.setenv("TEXTUAL_DRIVER", "textual.drivers.headless_driver:HeadlessDriver")
    code, _, err = call(monkeypatch, capsys, "resume", path)
    assert (code, f"say --learner {evil!r}" in err) == (2, True)
    assert "antigravity" not in sys.modules


async def test_time_stopped_is_not_time_on_screen(desk: MakeDesk, tmp_path: Path) -> None:
    at = desk()
    keep(at, tmp_path / "a.session")
    async with at.app.run_test(size=(120, 40)) as pilot:
        await at.press(pilot, "n", "h")
        at.app.screen.flow.by_hand._seen_since -= 3600
        at.app.slept(3590)
        await at.press(pilot, "3")
    at.engine.close()
    rows = sqlite3.connect(tmp_path / "a.session").execute("SELECT seconds FROM event WHERE kind = 'race_label'").fetchall()
    assert 10 <= rows[0][0] < 600
