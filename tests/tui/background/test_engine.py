"""What stands between a race's screen and its workers: how it begins, where its data lies, what an old race may still say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from trials import PATIENCE

from al_core.comparison.live_view import Noted
from al_core.data.contents import open_looks
from al_core.data.origin import Origin
from al_core.data.sources import Source
from al_core.ground.versions import versions
from al_core.race.events import PauseChanged
from al_core.run.state import Answer, By, Pick, Query
from al_core.sessions.events import GENESIS, chain, utc_now
from al_core.sessions.race_actions import RaceAnswered, RaceHand, RaceOpened, RacePlayed
from al_core.sessions.race_ledger import begin_race
from al_core.task.spec import TaskSpec
from al_tui.background.race import Engine
from al_tui.background.workers import Workers

MakeDesk = Callable[..., Any]
SECONDS = Engine.__dict__["seconds"]


async def begun(engine: Engine) -> asyncio.Task[None]:
    """The engine runs, and its race is there."""
    task = asyncio.create_task(engine.run())
    while engine.race is None:
        assert engine.error is None
        assert not task.done()
        await asyncio.sleep(0)
    return task


async def test_what_an_old_race_still_says_is_not_about_the_new_one(desk: MakeDesk) -> None:
    engine = desk().engine
    task = await begun(engine)
    old = engine.race
    assert old is not None
    old._emit(PauseChanged(False))
    assert engine.view.paused is False
    task.cancel()
    engine.reset(5)
    assert (engine.race, engine.view.spec.seed) == (None, 5)
    old._emit(PauseChanged(True))
    assert engine.view.paused is False


@pytest.mark.parametrize("paused", [True, False])
async def test_before_it_has_begun_a_race_is_told_how_to_begin(desk: MakeDesk, paused: bool) -> None:
    engine = desk(paused=not paused).engine
    engine.set_paused(paused)
    assert engine.view.paused is paused
    task = await begun(engine)
    for _ in range(20):
        await asyncio.sleep(0)
    assert engine.view.paused is paused
    assert all(run.state.query is None for run in engine.view.runs) is paused
    task.cancel()


async def test_a_race_is_handed_all_that_was_kept_of_it(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: dict[str, Any] = {}
    monkeypatch.setattr("al_core.race.driver.Race.__init__", lambda self, *args, **more: handed.update(more))
    engine = desk(names=("random", "margin")).engine
    engine.workers = Workers(3)
    engine._known, engine._given = {3: "answer"}, [set(), {3}]
    engine.view = engine.view._replace(paused=False, runs=(engine.view.runs[0], engine.view.runs[1]._replace(by_hand=True)))
    monkeypatch.setattr("al_core.race.driver.Race.run", lambda self: asyncio.sleep(0))
    await engine._run_race(engine._open_executor(), engine._era)
    assert {name: handed[name] for name in ("pace", "slots", "known", "in_hand", "given")} == {
        "pace": 1000.0,
        "slots": 3,
        "known": {3: "answer"},
        "in_hand": [1],
        "given": [set(), {3}],
    }
    engine.reset(1)
    assert (engine._known, engine._given, engine.view.pace) == ({}, None, 1000.0)
    assert not any(run.by_hand for run in engine.view.runs)


def test_a_kept_race_goes_on_with_its_answers_its_clock_and_where_its_data_lay(
    desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    was, now = (Source("digits", "f" * 32, 1797, 0, 10, origin=Origin(word)) for word in ("/there", "/moved"))
    spec, names = TaskSpec(budget=60), ("random", "margin")
    first = chain(GENESIS, 1, utc_now(), RaceOpened(spec, names, "f" * 32, tuple("0123456789"), versions(), 3, was), "ann", "")
    ledger = begin_race(first)
    picks = tuple(Pick(row, None, None, (0.1,) * 10) for row in (4, 5))
    actions = [
        RacePlayed(1, (), Query(20, 0.5, 40, picks), 0.1, 0.1, 33.0),
        RaceHand(1, True),
        RaceAnswered("id4", 1, 4, 3, By.PERSON),
    ]
    for sequence, action in enumerate(actions, start=2):
        ledger.apply(chain(ledger.checksum, sequence, utc_now(), action, "ann", ""))
    monkeypatch.setattr(Engine, "seconds", SECONDS)
    at, begun_with = desk(), []
    recorder = type("Recorder", (), {"begin": lambda self, *given: begun_with.append(given), "close": lambda self: None})()
    engine = Engine(spec, names, lambda: at.executor, 2.0, recorder=recorder, ledger=ledger, source=now)
    assert engine.seconds == 33.0
    assert engine.view.pace == 2.0
    assert [run.by_hand for run in engine.view.runs] == [False, True]
    assert (engine._known, engine._given) == ({4: Answer(4, 3, By.PERSON)}, [frozenset(), {4}])
    engine.contents = at.contents
    engine._begin_keeping()
    engine.reset(7)
    engine._begin_keeping()
    sources = [opened.source for opened, _, _ in begun_with]
    assert sources == [was, now]  # the file says where it lay; a new race where it lies
    assert [opened.spec.seed for opened, _, _ in begun_with] == [spec.seed, 7]
    assert [seconds() for _, _, seconds in begun_with] == [0.0, 0.0]
    assert (engine._known, engine._given) == ({}, None)


async def test_the_looks_of_a_batch_in_hand_are_fetched_also_where_nobody_looks_now(desk: MakeDesk) -> None:
    engine = desk(names=("random", "margin"), paused=True).engine
    task = await begun(engine)
    wanted: list[list[int]] = []
    asked = asyncio.Event()
    engine.looks = type("Looks", (), {"want": lambda self, rows: (wanted.append(list(rows)), asked.set())})()
    assert engine.race is not None
    engine.race.hands.take_over(1)
    await asyncio.wait_for(asked.wait(), PATIENCE)
    assert engine.view.runs[1].status == "asking"
    assert wanted == [list(engine.view.runs[1].state.waiting)]
    task.cancel()


@pytest.mark.parametrize("own", [False, True])
async def test_looks_are_fetched_from_where_the_files_lie(desk: MakeDesk, own: bool) -> None:
    at = desk()
    origin = Origin("digits", features="pixels")
    source = Source("digits", "f" * 32, 1797, 0, 10, origin=origin)
    engine = Engine(at.engine.view.spec, at.engine.strategies, lambda: at.executor, None, source=source if own else None)
    asked: list[Any] = []
    submit = at.executor.submit

    def noted(fn: Any, *args: Any) -> Any:
        if fn is open_looks:
            asked.append(args[0])
            args = ("digits", *args[1:])
        return submit(fn, *args)

    at.executor.submit = noted
    task = await begun(engine)
    assert set(asked) == {origin if own else "digits"}
    task.cancel()


async def test_the_clock_counts_all_that_was_computed_and_no_pause(desk: MakeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = desk().engine
    now = [100.0]
    monkeypatch.setattr(Engine, "seconds", SECONDS)
    monkeypatch.setattr("al_tui.background.stopwatch.time.monotonic", lambda: now[0])
    engine.race = object()  # type: ignore[assignment]
    for idle, seconds in ((False, 3.0), (True, 50.0), (False, 4.0), (False, 5.0), (True, 60.0)):
        monkeypatch.setattr(type(engine.view), "idle", property(lambda self, idle=idle: idle))
        engine._count_time()
        now[0] += seconds
    assert engine.seconds == 12.0


def test_leaving_waits_for_no_worker_and_a_fault_is_told(desk: MakeDesk) -> None:
    engine, ended, changes = desk().engine, [], []

    class Busy:
        def shutdown(self, **how: bool) -> None:
            ended.append(how)

    engine.executor = Busy()  # type: ignore[assignment]
    engine.close()
    assert ended == [{"wait": False}]
    engine.changed = lambda event: changes.append(event)
    engine.broke_off(ZeroDivisionError("oh"))
    assert engine.error == "the race broke off (ZeroDivisionError); leave with q, and resume it"
    assert changes == [None]


async def test_seeds_that_were_left_say_nothing_of_those_that_run_now(desk: MakeDesk) -> None:
    engine = desk(seeds=3, cells=0).engine
    task = await begun(engine)
    seeds, old = engine.seeds, engine.seeds._live
    assert old is not None
    old._emit(Noted("here"))
    assert seeds.view.notes == ("here",)
    task.cancel()
    engine.reset(5)
    old._emit(Noted("gone"))
    assert seeds.view.notes == ()
    assert seeds.view.plan.seeds == (5, 6, 7)
    assert not seeds.busy
