"""A race over files of one's own: behind a terminal, killed and gone on with, and on the screen."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.tui.cli.test_group import run
from tests.tui.cli.test_own_data import HOSTILE, write_archive, write_pots

from al_core import Dataset, Inline, TaskSpec, bench, play, read_dataset, split, start
from al_core.data.contents import open_looks
from al_core.data.looks import Picture, Size
from al_core.data.origin import Origin
from al_core.data.sources import Knowing, describe, names_for
from al_core.ground.errors import UserError
from al_core.sessions.actions import DamagedSession
from al_core.sessions.events import UNSEEN, Event
from al_core.sessions.race_ledger import RaceLedger, begin_race
from al_core.sessions.store import RaceFile
from al_tui.app import AlTui
from al_tui.background.race import Engine
from al_tui.widgets.header import HeaderLine

StartTerminal = Callable[..., Any]
pytestmark = pytest.mark.filterwarnings("ignore:data set")
ASKED = ("--strategies", "random,margin", "--batch", "6", "--budget", "24")


def kept(path: Path) -> RaceLedger:
    with RaceFile.open(path, read_only=True) as file:
        ledger: RaceLedger = file.ledger
    return ledger


def histories(ledger: RaceLedger) -> Any:
    return {run.state.strategy: (run.state.curve, run.state.history) for run in ledger.runs}


def by_script(data: Dataset) -> Any:
    task = split(data, TaskSpec(batch=6, budget=24))
    states = [play(task, start(name), rounds=0).state for name in ("random", "margin")]
    return {state.strategy: (state.curve, state.history) for state in states}


def finished(at: Any) -> None:
    """Wait for the end, and for the screen of the race behind the comparison."""
    at.wait("Comparison ·")
    at.press("\x1b")
    at.wait("finished")


def left(at: Any) -> None:
    at.press("q")
    assert at.finish() == 0, at.text
    assert "Traceback" not in at.raw


@pytest.mark.parametrize("way", [("pots",), ("--dataset", "./pots")])
def test_a_folder_is_raced_over_and_its_session_knows_what_it_was(
    terminal: StartTerminal, tmp_path: Path, way: tuple[str, ...]
) -> None:
    write_pots(tmp_path / "pots")
    at = terminal(*way, *ASKED, "--pace", "max", "--session", "r.session")
    finished(at)
    at.shows("pots · logistic")
    left(at)
    ledger = kept(tmp_path / "r.session")
    source = ledger.settings.source
    assert source is not None
    assert source.origin == Origin(str(tmp_path / "pots"), fingerprint=source.fingerprint)
    data = read_dataset(tmp_path / "pots")
    assert histories(ledger) == by_script(data)
    assert data.fingerprint == ledger.fingerprint
    report = run("report", "r.session", "--format", "md", cwd=tmp_path)
    assert "al-tui bench ./pots --learner" in report.stdout, report.stderr


def test_an_archive_comes_to_the_same_as_a_script(terminal: StartTerminal, tmp_path: Path) -> None:
    path = write_archive(tmp_path / "pots.npz", unknown=6)
    at = terminal("pots.npz", *ASKED, "--pace", "max", "--session", "r.session")
    finished(at)
    at.shows("66 of 72 items have a label")
    left(at)
    assert histories(kept(tmp_path / "r.session")) == by_script(read_dataset(path))
    cells = bench(TaskSpec(batch=6, budget=24), ["margin"], Inline(), data=read_dataset(path)).cells
    assert cells[0].curve == histories(kept(tmp_path / "r.session"))["margin"][0]


def killed_in_the_middle(terminal: StartTerminal, tmp_path: Path) -> None:
    """A race over ``pots`` with an answer of a person in it, killed."""
    at = terminal("pots", *ASKED, "--pace", "1000", "--session", "r.session")
    at.wait("pots · logistic")
    at.press(" ")
    at.wait("paused")
    at.press("n")
    at.wait("asks about these 6")
    at.press("h")
    at.wait("asks you about 6 · 6 left")
    at.shows("bowl", "jug", "vase")
    at.press("1")
    at.wait("asks you about 6 · 5 left")
    pids = at.workers
    os.kill(at.child.pid, signal.SIGKILL)
    assert at.all_gone(pids)


def test_a_race_that_was_killed_goes_on_where_its_files_lie_now(terminal: StartTerminal, tmp_path: Path) -> None:
    write_pots(tmp_path / "pots")
    killed_in_the_middle(terminal, tmp_path)
    before = kept(tmp_path / "r.session")
    assert sum(run.by_person for run in before.runs) == 1
    (tmp_path / "pots").rename(tmp_path / "jugs")
    refused = terminal("resume", "r.session")
    assert refused.finish() == 2
    assert "there is no file or folder" in refused.raw
    assert "al-tui resume r.session --data PATH" in refused.raw
    at = terminal("resume", "r.session", "--data", "jugs", "--pace", "max")
    at.wait("pots · logistic")
    at.wait("asks you about 6 · 5 left")
    at.press("a")
    at.press("h")
    finished(at)
    left(at)
    after = kept(tmp_path / "r.session")
    assert after.finished
    assert after.settings == before.settings  # where it lay when it began stays what it was
    assert sum(run.by_person for run in after.runs) == 1
    done = run("export", "r.session", "--format", "copies", "--out", "sorted", "--data", "jugs", cwd=tmp_path)
    assert "(copies: 6, " in done.stderr, done.stderr
    pictures = {path.read_bytes() for path in (tmp_path / "sorted").rglob("*.png")}
    assert len(pictures) == 6
    assert pictures <= {path.read_bytes() for path in (tmp_path / "jugs").rglob("*.png")}
    expected = by_script(read_dataset(tmp_path / "jugs"))
    hand = next(run.state.strategy for run in after.runs if run.by_person)
    (other,) = {"random", "margin"} - {hand}
    assert histories(after)[other] == expected[other]


def test_a_race_over_files_that_are_others_now_does_not_go_on(terminal: StartTerminal, tmp_path: Path) -> None:
    write_pots(tmp_path / "pots")
    killed_in_the_middle(terminal, tmp_path)
    before = histories(kept(tmp_path / "r.session"))
    (tmp_path / "pots" / "jug" / "00.png").unlink()
    at = terminal("resume", "r.session")
    assert at.finish() == 2
    (line,) = re.findall("al-tui: .*", at.raw)
    assert "pots is not what it was when this race began, so it cannot go on" in line
    assert histories(kept(tmp_path / "r.session")) == before


def test_a_word_that_is_no_command_is_data_and_a_command_is_the_command(terminal: StartTerminal, tmp_path: Path) -> None:
    for name in ("label", "digits"):
        write_pots(tmp_path / name, each=8)
    at = terminal("./label", "--strategies", "random", "--batch", "4", "--budget", "12")
    at.wait("label · logistic")
    left(at)
    at = terminal("./digits", "--strategies", "random", "--batch", "4", "--budget", "12")
    at.wait(f"{tmp_path.name}/digits"[:20])
    left(at)
    at = terminal("digits", "--strategies", "random", "--budget", "30")
    at.wait("digits · logistic")
    left(at)


def test_labelling_takes_the_same_words_for_its_data(terminal: StartTerminal, tmp_path: Path) -> None:
    write_pots(tmp_path / "pots", each=4)
    (tmp_path / "al-tui.toml").write_text('dataset = "gone"\n')
    at = terminal("label", "--dataset", "./pots", "--session", "l.session")
    at.wait("one of the first|to learn or measure")
    at.shows("pots")
    at.press("q")
    assert at.finish() == 0
    twice = run("label", "pots", "--dataset", "digits", cwd=tmp_path)
    assert twice.returncode == 2
    assert "--dataset names data, and so does the word without it; give one of them" in twice.stderr


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (("nothing",), "No such command 'nothing'"),
        (("./nothing",), "there is no file or folder ./nothing"),
        (("pots", "--dataset", "digits"), "--dataset names data, and so does pots; give one of them"),
        (("--dataset", "digits", "pots"), "--dataset names data, and so does pots; give one of them"),
        (("pots", "bench"), "stands before 'bench'"),
        (("pots",), "this is no terminal"),
        (("pots", "--batch", "0"), "--batch is 0"),
        (("digits", "--test", "pots"), "--test is about files of your own, and digits has its own test items"),
    ],
)
def test_what_cannot_be_meant_is_one_line(tmp_path: Path, args: tuple[str, ...], line: str) -> None:
    write_pots(tmp_path / "pots", each=2)
    done = run(*args, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_files_without_labels_are_told_to_be_labelled_before_the_screen_opens(terminal: StartTerminal, tmp_path: Path) -> None:
    (tmp_path / "flat").mkdir()
    for number in range(9):
        Image.fromarray(np.full((8, 8), 20 * number, dtype=np.uint8)).save(tmp_path / "flat" / f"{number}.png")
    at = terminal("flat")
    assert at.finish() == 2
    assert f"flat has no labels, and a race needs them; label it: al-tui label {tmp_path}/flat" in at.raw
    assert "\x1b[?1049h" not in at.raw


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_name_is_drawn_and_does_no_harm(tmp_path: Path, name: str) -> None:
    path = write_pots(tmp_path / name.replace("/", "_"), each=8)
    source = describe(Origin(str(path)), *names_for([str(path)]))
    executor = Knowing([source], Inline())
    spec = TaskSpec(dataset=source.name, batch=4, budget=12)
    engine = Engine(spec, ("random",), lambda: executor, None, source=source)
    app = AlTui(engine, tmp_path / "log")
    async with app.run_test(size=(200, 40)) as pilot:
        for _ in range(500):
            await pilot.pause()
            if engine.view.done or engine.error:
                break
        assert engine.error is None
        assert engine.view.done
        race = next(screen for screen in app.screen_stack if screen.query(HeaderLine))  # the comparison may be before it by now
        assert source.name[:30] in race.query_one(HeaderLine).render().plain
        await pilot.press("c")
        await pilot.pause()
        assert app.is_running


def test_looks_of_a_race_are_of_its_own_files(tmp_path: Path) -> None:
    source = describe(Origin(str(write_pots(tmp_path / "pots"))), "pots")
    assert source.origin is not None
    (look,) = open_looks(source.origin, (30,), Size(160, 120))
    assert isinstance(look, Picture)
    Image.fromarray(np.zeros((8, 8), dtype=np.uint8)).save(tmp_path / "pots" / "jug" / "06.png")
    with pytest.raises(UserError):
        open_looks(Origin(str(tmp_path / "pots"), fingerprint="0" * 32), (30,), Size(160, 120))


def test_a_session_that_says_what_cannot_be_of_its_data_is_damaged(terminal: StartTerminal, tmp_path: Path) -> None:
    write_pots(tmp_path / "pots", each=8)
    at = terminal("pots", "--strategies", "random", "--batch", "4", "--budget", "12", "--pace", "max", "--session", "r.session")
    finished(at)
    left(at)
    settings = kept(tmp_path / "r.session").settings
    assert settings.source is not None
    for change in ({"name": "jugs"}, {"fingerprint": "0" * 32}, {"classes": 7}, {"origin": None}):
        wrong = replace(settings, source=replace(settings.source, **change))
        event = Event(1, "", wrong, "anna", "", UNSEEN, "")
        with pytest.raises(DamagedSession, match="is not the data that it is about"):
            begin_race(event)
