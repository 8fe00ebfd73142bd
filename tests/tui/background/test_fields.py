"""Fields are fetched when they are looked at: the newest, then that of the round before, each once."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor, Future
from typing import Any

from al_core.run.field import Field, open_field
from al_core.run.state import Answer, Pick, Query, Round, RunState
from al_core.task.spec import TaskSpec
from al_tui.background.fields import Fields


class Answers(Executor):
    """Keeps what is wanted, and answers when it is told to."""

    def __init__(self) -> None:
        self.wanted: list[tuple[int, int, int, Future[Any]]] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        assert fn is open_field
        _, state, width, height = args
        assert state.query is None, "only what is learnt counts"
        future: Future[Any] = Future()
        self.wanted.append((len(state.rounds), width, height, future))
        return future

    @property
    def asked(self) -> list[tuple[int, int, int]]:
        return [entry[:3] for entry in self.wanted]


def state(rounds: int, label: int = 0) -> RunState:
    query = Query(4, 0.5, 9, (Pick(1, 0.1, 1, (0.5, 0.5)),))
    entries = tuple(Round(query, (Answer(row, label),)) for row in range(rounds))
    return RunState("margin", entries, query)


def field(number: int) -> Field:
    return Field(1, 1, bytes([number]), b"\0")


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_newest_comes_first_then_the_one_before_and_each_is_fetched_once() -> None:
    changes: list[int] = []
    work = Answers()
    fields = Fields(work, TaskSpec("plane"), lambda: changes.append(1))
    assert fields.now(state(3), 8, 4) is None
    await turns()
    assert fields.now(state(5), 8, 4) is None, "meanwhile there is a newer one"
    work.wanted[0][3].set_result(field(3))
    await turns()
    assert work.asked == [(3, 8, 4), (5, 8, 4)], "the round before the old one is wanted by nobody"
    work.wanted[1][3].set_result(field(5))
    await turns()
    work.wanted[2][3].set_result(field(4))
    await turns()
    assert work.asked[2:] == [(4, 8, 4)]
    assert (fields.now(state(5), 8, 4), fields.before(state(5), 8, 4)) == (field(5), field(4))
    assert fields.now(state(3), 8, 4) == field(3)
    await turns()
    assert (len(work.wanted), len(changes)) == (3, 3)
    assert fields.now(state(5, label=1), 8, 4) is None, "other answers make another model"
    fields.close()


async def test_what_cannot_be_computed_is_not_asked_for_again() -> None:
    work = Answers()
    fields = Fields(work, TaskSpec("plane"), lambda: None)
    fields.now(state(0), 8, 4)
    await turns()
    work.wanted[0][3].set_exception(ValueError("no"))
    await turns()
    assert fields.now(state(0), 8, 4) is None
    await turns()
    assert len(work.wanted) == 1


async def test_several_are_fetched_in_their_order_each_once_and_in_place_of_what_was_wanted_before() -> None:
    work = Answers()
    fields = Fields(work, TaskSpec("plane"), lambda: None)
    wanted = [(state(rounds), 8, 4) for rounds in (0, 2, 4)]
    assert fields.several(wanted) == [None, None, None]
    await turns()
    assert fields.several(wanted) == [None, None, None], "the first is under way"
    for number in range(3):
        work.wanted[number][3].set_result(field(number))
        await turns()
    assert work.asked == [(0, 8, 4), (2, 8, 4), (4, 8, 4)]
    assert fields.several(wanted) == [field(0), field(1), field(2)]
    fields.several([(state(5), 8, 4), (state(6), 8, 4)])
    await turns()
    assert fields.several([(state(7), 8, 4), wanted[1]]) == [None, field(1)]
    work.wanted[3][3].set_result(field(3))
    await turns()
    assert work.asked[3:] == [(5, 8, 4), (7, 8, 4)], "nobody wants round 6 any more"
    fields.close()
