"""A kept race on the screen: back and forth, at any pace, with nothing computed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from tests.tui.conftest import MadeUp, made_up

from al_core.data.contents import open_contents, open_looks
from al_core.data.plane import open_plane
from al_core.ground.versions import versions
from al_core.run.play import describe_strategies, play, pool_rows
from al_core.run.state import By, RunState, answer
from al_core.sessions.events import GENESIS, chain, utc_now
from al_core.sessions.playback import Playback, playback
from al_core.sessions.race_actions import RaceAnswered, RaceHand, RaceOpened, RacePlayed
from al_core.task.spec import TaskSpec
from al_tui.app import AlTui
from al_tui.background.replay import Replay
from al_tui.screens.race.replay import ReplayScreen
from al_tui.widgets.header import HeaderLine
from al_tui.widgets.pool_map import PoolMap
from al_tui.widgets.reason import Reason

pytestmark = pytest.mark.usefixtures("desk")
DRAWING = {open_contents, open_looks, describe_strategies, pool_rows, open_plane}
NAMES = ("random", "margin")


class OnlyDrawing(MadeUp):
    """Does for a replay what drawing needs, and notes what was wanted."""

    def __init__(self) -> None:
        super().__init__()
        self.wanted: set[Any] = set()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.wanted.add(fn)
        return super().submit(fn, *args, **kwargs)


def race(executor: MadeUp, *, fingerprint: str | None = None, dataset: str = "digits") -> Playback:
    """A race of three rounds; the first item of margin's second batch is answered by hand."""
    spec, here = TaskSpec(dataset, budget=40), open_contents(dataset)
    opened = RaceOpened(spec, NAMES, fingerprint or here.fingerprint, here.classes, versions())
    events = [chain(GENESIS, 1, utc_now(), opened, "ann", "")]
    states: dict[int, Any] = {}

    def add(action: Any) -> None:
        events.append(chain(events[-1].checksum, len(events) + 1, utc_now(), action, "ann", ""))

    def round_of(run: int) -> None:
        old = states.get(run, RunState(NAMES[run]))
        new = made_up(spec, old, here.truth) if dataset == "digits" else play(spec, old, 1).state
        learnt = new.rounds[-1].answers[len(old.answers) :] if new.rounds else ()
        add(RacePlayed(run, learnt, new.query, 0.01, 0.01, float(len(events))))
        states[run] = new

    for _ in range(2):
        round_of(0)
        round_of(1)
    add(RaceHand(1, True))
    row = states[1].waiting[0]
    add(RaceAnswered(here.ids[row], 1, row, 1, By.PERSON))
    states[1] = answer(states[1], row, 1)
    add(RaceHand(1, False))
    round_of(1)
    round_of(0)
    return playback(events)


def app_of(make: Callable[..., Playback] = race, **more: Any) -> tuple[AlTui, Replay, OnlyDrawing]:
    executor = OnlyDrawing()
    engine = Replay(make(executor, **more), lambda: executor, None)
    engine.set_paused(True)
    return AlTui(engine, Path("/var/log/al-tui.log"), ReplayScreen), engine, executor


async def drawn(app: AlTui, pilot: Any, there: Callable[[], bool]) -> None:
    """Wait until something is so, and the screen has drawn it."""
    for _ in range(10_000):
        await pilot.pause()
        screen = app.screen
        if there() and screen.painting.asked is not None and not screen.painting.pending:  # type: ignore[attr-defined]
            return
    raise AssertionError("it never came")


async def test_keys_go_back_and_forth_and_nothing_is_computed() -> None:
    app, engine, executor = app_of()
    async with app.run_test(size=(120, 40)) as pilot:
        await drawn(app, pilot, lambda: engine.pool.plane is not None and bool(engine.infos))
        seen = []
        for key in ("n", "n", "n", "b", "b", "end", "b", "home"):
            await pilot.press(key)
            await drawn(app, pilot, lambda: True)
            seen.append(engine.at)
            kept = engine.playback.moments[engine.at].view
            assert [run.state for run in engine.view.runs] == [run.state for run in kept.runs]
            assert [run.by_hand for run in engine.view.runs] == [run.by_hand for run in kept.runs]
        # margin is looked at: its rounds are events 2, 4 and 8
        assert seen == [2, 4, 8, 4, 2, 9, 8, 0]
        assert "replay, 0 of 9 · paused" in str(app.screen.query_one(HeaderLine).render())
        await pilot.press("end")
        await drawn(app, pilot, lambda: engine.at == 9)
        assert "replay, 9 of 9 · at the end" in str(app.screen.query_one(HeaderLine).render())
        assert engine.view.runs[1].person is not None
        assert engine.view.runs[1].person.answers == 1
        assert app.screen.query_one(PoolMap)._scene is not None
        await pilot.press("1", "h", "u", "R", "r", "s", "a")
        await drawn(app, pilot, lambda: True)
        assert (engine.at, app.screen) == (9, app.screen_stack[0])
        await pilot.press("b", "b", "e")
        await drawn_words(app, pilot, "a replay computes nothing")
    assert executor.wanted <= DRAWING


async def drawn_words(app: AlTui, pilot: Any, words: str) -> None:
    from textual.widgets import Static

    for _ in range(10_000):
        await pilot.pause()
        if words in " ".join(str(static.render()) for static in app.screen.query(Static)):
            return
    raise AssertionError(f"{words!r} never came")


async def test_it_plays_to_the_end_by_itself_and_again() -> None:
    app, engine, executor = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await drawn(app, pilot, lambda: bool(engine.infos))
        for _ in range(2):
            assert engine.view.paused or engine.at == engine.playback.end
            passed = {engine.at}
            go_to = engine.go_to
            engine.go_to = lambda at, go_to=go_to, passed=passed: (passed.add(at), go_to(at))[1]  # type: ignore[method-assign]
            await pilot.press("space")
            await drawn(app, pilot, lambda: engine.at == engine.playback.end)
            assert 0 in passed
            assert len(passed) > 2
        assert engine.view.runs[1].state == engine.playback.moments[-1].view.runs[1].state
    assert executor.wanted <= DRAWING


async def test_without_its_data_a_race_is_still_there() -> None:
    app, engine, _ = app_of(fingerprint="e" * 32)
    async with app.run_test(size=(80, 24)) as pilot:
        await drawn(app, pilot, lambda: engine.error is not None)
        await pilot.press("end")
        await drawn(app, pilot, lambda: engine.at == engine.playback.end)
        said = str(app.screen.query_one(Reason).render())
        assert "items cannot be shown: digits is not what it was when this race was played" in " ".join(said.split())
        assert engine.looks is None


async def test_models_are_not_learnt_for_what_they_say_in_the_plane() -> None:
    app, engine, executor = app_of(dataset="plane")
    async with app.run_test(size=(120, 40)) as pilot:
        await drawn(app, pilot, lambda: engine.pool.plane is not None and bool(engine.infos))
        await pilot.press("end")
        await drawn(app, pilot, lambda: engine.at == engine.playback.end)
        scene = app.screen.query_one(PoolMap)._scene
        assert scene is not None
        assert scene.plane.as_they_are
        assert scene.field is None
    assert executor.wanted <= DRAWING
