"""A race in a person's hands: their answers, taking them back, handing back, and racing on beside a run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

import pytest
from tests.core.race.racing import RUNS, SPEC, settle

from al_core.compute.inline import Inline
from al_core.data.facts import UNKNOWN
from al_core.ground.errors import UserError
from al_core.race.driver import Race
from al_core.race.events import Answered, ByPerson, RaceEvent, RunFailed
from al_core.race.reducer import reduce
from al_core.race.view import RaceView, open_view
from al_core.run.oracle import GroundTruth
from al_core.run.state import By, RunState
from al_core.task.spec import DEFAULT_STRATEGIES


class Table:
    """A race in a person's hands, driven from a test."""

    def __init__(self, names: tuple[str, ...] = ("margin", "entropy")) -> None:
        self.view: RaceView = open_view(SPEC, names)
        self.events: list[RaceEvent] = []
        self.race = Race([(SPEC, RunState(name)) for name in names], Inline(), emit=self._note)

    def _note(self, event: RaceEvent) -> None:
        self.view = reduce(self.view, event)
        self.events.append(event)

    async def __aenter__(self) -> Table:
        for index in range(len(self.view.runs)):
            self.race.hands.take_over(index)
        self.driver = asyncio.create_task(self.race.run())
        await settle()
        return self

    async def __aexit__(self, *error: object) -> None:
        self.driver.cancel()


async def test_a_run_in_hand_waits_for_every_item() -> None:
    async with Table() as table:
        first, *rest = table.race.states[0].waiting
        assert len(rest) == 9
        for item in rest:
            table.race.hands.answer(0, item, 1)
        await settle()
        assert table.race.states[0].waiting == (first,)
        assert table.view.runs[0].status == "asking"
        table.race.hands.answer(0, first, None)
        await settle()
        assert table.race.states[0].query.labels == 29  # type: ignore[union-attr]


async def test_answers_are_shared_between_runs_in_hand() -> None:
    async with Table(("margin", "margin", "random")) as table:
        item = table.race.states[0].waiting[0]
        table.race.hands.answer(0, item, 4)
        assert item not in table.race.states[1].waiting
        assert item not in [given.row for given in table.race.states[2].history]


async def test_an_answer_given_before_is_not_asked_again_later(truth: tuple[int, ...]) -> None:
    async with Table(("margin", "margin")) as table:
        table.race.hands.answer_rest(0, GroundTruth(truth))
        await settle()
        assert table.race.states[0] == table.race.states[1]
        assert all(entry.by is By.TRUTH for entry in table.race.states[1].history)


async def test_undo_takes_back_learnt_answers_one_by_one_and_ends(truth: tuple[int, ...]) -> None:
    async with Table(("margin",)) as table:
        start = table.race.states[0]
        for _ in range(2):
            table.race.hands.answer_rest(0, GroundTruth(truth))
            await settle()
        assert len(table.race.states[0].rounds) == 2
        taken = []
        while (last := table.race.hands.undo(0)) is not None:
            taken.append(last.row)
        assert len(taken) == len(set(taken)) == 20
        assert table.race.states[0] == start


async def test_redo_gives_back_what_undo_took_in_every_run_and_learns_the_same(truth: tuple[int, ...]) -> None:
    async with Table(("margin", "margin")) as table:
        hands = table.race.hands
        first, second, *_ = table.race.states[0].waiting
        hands.answer(0, first, 4, visible=True, seconds=1.5)
        hands.answer(0, second, None)
        hands.answer_rest(0, GroundTruth(truth))
        await settle()
        learnt = table.race.states
        taken = []
        while (last := hands.undo(0)) is not None:
            taken.append(last)
        assert hands.redo(1) is None  # it was not taken back there
        given = []
        while (again := hands.redo(0)) is not None:
            given.append(again)
        assert given == taken[::-1]
        assert (first, 4, By.PERSON) in given
        kept = [event for event in table.events if isinstance(event, Answered) and event.answers == ((first, 4, By.PERSON),)]
        assert [(event.run, event.visible, event.seconds) for event in kept] == [(0, True, 1.5), (1, True, 1.5)] * 2
        await settle()
        assert table.race.states == learnt


async def test_an_answer_ends_what_can_be_given_again(truth: tuple[int, ...]) -> None:
    async with Table(("margin",)) as table:
        hands = table.race.hands
        first, second, third, *_ = table.race.states[0].waiting
        for row in (first, second):
            hands.answer(0, row, 4)
        hands.undo(0)
        hands.undo(0)
        hands.answer(0, third, 1)
        assert hands.redo(0) is None
        hands.undo(0)
        hands.hand_back(0)
        with pytest.raises(UserError, match=r"^take the run over first$"):
            hands.redo(0)


async def test_redo_waits_for_the_model_between_two_batches(truth: tuple[int, ...]) -> None:
    async with Table(("margin",)) as table:
        hands = table.race.hands
        hands.answer_rest(0, GroundTruth(truth))
        await settle()
        row = table.race.states[0].waiting[0]
        hands.answer(0, row, 3)
        hands.undo(0)
        hands.undo(0)
        assert hands.redo(0) is not None
        with pytest.raises(UserError, match="the model is learning"):
            hands.redo(0)
        await settle()
        assert hands.redo(0) == (row, 3, By.PERSON)


async def test_what_ground_truth_does_not_know_is_put_aside(truth: tuple[int, ...]) -> None:
    async with Table(("margin",)) as table:
        first, *rest = table.race.states[0].waiting
        table.race.hands.answer_rest(
            0, GroundTruth(tuple(UNKNOWN if row == first else label for row, label in enumerate(truth)))
        )
        await settle()
        learnt = table.race.states[0].rounds[-1].answers
        assert {entry.row: entry.label for entry in learnt} == {first: None} | {row: truth[row] for row in rest}
        assert table.race.states[0].query.labels == 29  # type: ignore[union-attr]


async def test_undo_reaches_every_run_in_hand(truth: tuple[int, ...]) -> None:
    async with Table(("margin", "margin")) as table:
        table.race.hands.answer_rest(0, GroundTruth(truth))
        await settle()
        taken = table.race.hands.undo(0)
        assert taken is not None
        assert [state.waiting for state in table.race.states] == [(taken.row,)] * 2


async def test_handing_back_finishes_from_ground_truth(expected: tuple[RunState, ...], truth: tuple[int, ...]) -> None:
    async with Table(("margin",)) as table:
        for item in table.race.states[0].waiting[:4]:
            table.race.hands.answer(0, item, truth[item])
        table.race.hands.hand_back(0)
        await settle(200)
        assert table.race.states[0].done
        assert table.race.states[0].curve == expected[2].curve


async def test_what_is_not_in_hand_cannot_be_answered(truth: tuple[int, ...]) -> None:
    async with Table(("margin",)) as table:
        item = table.race.states[0].waiting[0]
        table.race.hands.answer(0, item, 1)
        with pytest.raises(UserError, match="does not wait"):
            table.race.hands.answer(0, item, 2)
        table.race.hands.hand_back(0)
        for do in (partial(table.race.hands.undo, 0), partial(table.race.hands.answer, 0, item, 3)):
            with pytest.raises(UserError, match=r"^take the run over first$"):
                do()


async def test_what_is_told_of_an_answer_is_what_was_said_of_it() -> None:
    async with Table(("margin",)) as table:
        told: list[RaceEvent] = []
        table.race.hands._emit = told.append
        first, second, *_ = table.race.states[0].waiting
        table.race.hands.answer(0, first, 1)
        table.race.hands.answer(0, second, 2, visible=True, seconds=1.5)
        seen = [(event.visible, event.seconds) for event in told if isinstance(event, Answered)]
        assert seen == [(False, None), (True, 1.5)]


async def test_a_known_answer_that_cannot_be_kept_stops_the_run_and_a_retry_gives_it() -> None:
    full = [False]

    def keep(events: Sequence[ByPerson]) -> None:
        if full[0]:
            raise UserError("no room for this")

    told: list[RaceEvent] = []
    names = ("margin", "margin")
    race = Race([(SPEC, RunState(name)) for name in names], Inline(), emit=told.append, keep=keep)
    race.set_paused(True)
    driver = asyncio.create_task(race.run())
    try:
        race.hands.take_over(0)
        await settle()
        item = race.states[0].waiting[0]
        race.hands.answer(0, item, 1)
        race.hands.take_over(1)  # its first batch, which has the item in it, is still to be computed
        full[0] = True
        await settle()
        assert RunFailed(1, "no room for this") in told
        assert item in race.states[1].waiting
        full[0] = False
        race.retry(1)
        assert item not in race.states[1].waiting
    finally:
        driver.cancel()


async def test_taking_over_drops_the_round_that_is_on_its_way() -> None:
    class Slow(Executor):
        def __init__(self) -> None:
            self.calls: list[tuple[Future[Any], Callable[[], Any]]] = []

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            self.calls.append((future, lambda: fn(*args, **kwargs)))
            return future

        def answer(self) -> None:
            future, compute = self.calls.pop(0)
            future.set_result(compute())

    slow = Slow()
    race = Race([(SPEC, RunState("margin"))], slow)
    driver = asyncio.create_task(race.run())
    await settle()
    slow.answer()
    await settle()
    shown = race.states[0]
    assert len(slow.calls) == 1
    race.hands.take_over(0)
    slow.answer()
    await settle()
    assert race.states[0] == shown
    assert not slow.calls
    driver.cancel()


async def test_undo_leaves_alone_what_a_run_had_answered_by_itself(truth: tuple[int, ...]) -> None:
    """Both ask for the same items: one learnt them alone, of the other's a person answers some and takes one back."""
    names = ("margin", "margin#2")
    race = Race([(SPEC, RunState(name)) for name in names], Inline())
    driver = asyncio.create_task(race.run())
    race.set_paused(True)
    race.step()
    await settle()
    race.hands.take_over(0)
    race.step()
    race.step()
    await settle()
    alone = race.states[1]
    assert len(alone.rounds) >= 1
    race.hands.take_over(1)
    shared = [item for item in race.states[0].waiting if item in [given.row for given in alone.history]]
    for item in shared[:2]:
        race.hands.answer(0, item, truth[item])
    taken = race.hands.undo(0)
    assert taken is not None
    assert taken.row == shared[1]
    assert race.states[1] == alone
    own = race.states[1].waiting[0]
    race.hands.answer(1, own, 1)
    assert race.hands.undo(1) == (own, 1, By.PERSON)
    assert race.hands.undo(1) is None
    assert race.states[1] == alone
    driver.cancel()


async def test_a_round_that_was_dropped_is_not_waited_for_and_its_end_is_nobodys(truth: tuple[int, ...]) -> None:
    calls: list[tuple[Future[Any], Callable[[], Any]]] = []

    class Hanging(Executor):
        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
            future: Future[Any] = Future()
            future.set_running_or_notify_cancel()
            calls.append((future, lambda: fn(*args, **kwargs)))
            return future

    def answer(at: int) -> None:
        future, compute = calls[at]
        future.set_result(compute())

    events: list[RaceEvent] = []
    race = Race([(SPEC, RunState("margin"))], Hanging(), emit=events.append)
    driver = asyncio.create_task(race.run())
    await settle()
    answer(0)
    await settle()
    race.hands.take_over(0)
    await settle()
    race.hands.answer_rest(0, GroundTruth(truth))
    await settle()
    assert len(calls) == 3  # the second hangs
    answer(2)
    await settle()
    assert len(race.states[0].rounds) == 1
    calls[1][0].set_exception(RuntimeError("no answer within 120 seconds"))
    await settle()
    assert not [event for event in events if isinstance(event, RunFailed)]
    driver.cancel()


async def test_a_person_races_on_from_where_a_run_stands_and_the_run_as_if_nothing_was(expected: tuple[RunState, ...]) -> None:
    views: list[RaceView] = [open_view(SPEC, DEFAULT_STRATEGIES)]
    race = Race(RUNS, Inline(), emit=lambda event: views.append(reduce(views[-1], event)))
    race.set_paused(True)
    driver = asyncio.create_task(race.run())
    for _ in range(2):
        race.step()
        for _ in range(100):
            await asyncio.sleep(0)
    there = race.states[1]
    assert race.hands.fork(1) == len(RUNS)
    assert race.states == (*race.states[:4], there)
    for row in there.waiting:
        race.hands.answer(4, row, 0)
    race.set_paused(False)
    for _ in range(2000):
        await asyncio.sleep(0)
        if all(state.done for state in race.states[:4]) and race.states[4].waiting:
            break
    assert race.states[:4] == expected
    own = race.states[4]
    assert own.strategy == expected[1].strategy
    assert own.rounds[: len(there.rounds)] == expected[1].rounds[: len(there.rounds)]
    assert {given.label for given in own.rounds[len(there.rounds)].answers} == {0}
    shown = views[-1]
    assert tuple(run.state for run in shown.runs) == race.states
    assert shown.runs[4].name == f"you + {DEFAULT_STRATEGIES[1]}"
    assert shown.runs[4].person is not None
    assert all(run.person is None for run in shown.runs[:4])
    driver.cancel()
    await asyncio.gather(driver, return_exceptions=True)
