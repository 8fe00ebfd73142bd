"""Whatever becomes of the worker, labelling goes on, and the model catches up when it can."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from dataclasses import replace

import misbehaving
import pytest
from trials import PATIENCE

from al_core.compute.inline import Inline
from al_core.compute.processes import Processes
from al_core.ground.errors import NotWhole
from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.labelling.model import claim_holds
from al_core.labelling.session import LabelSession
from al_core.labelling.trainer import Trainer

IDS = tuple(f"{number:016x}" for number in range(12))


@pytest.fixture
def session(path, settings, items) -> Iterator[LabelSession]:
    session = LabelSession.create(path, settings, replace(items, ids=IDS), "ann")
    yield session
    session.close()


class Pauses:
    """Waits that end at once and are remembered."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


async def work(session: LabelSession, trainer: Trainer, attempts: int) -> list[str]:
    """Label two items, let the trainer make so many attempts, and go on labelling meanwhile."""
    answered = []
    for _ in range(2):
        offer = session.next()
        session.label(offer.item, 0)
        answered.append(offer.item)
    reached = asyncio.Event()

    def count() -> None:
        if len(answered) < 9:
            offer = session.next()
            session.label(offer.item, 1)
            answered.append(offer.item)
        if trainer.attempts >= attempts:
            reached.set()

    trainer._changed = count
    task = asyncio.create_task(trainer.run())
    await asyncio.wait_for(reached.wait(), PATIENCE)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return answered


@pytest.mark.parametrize("wrong", [misbehaving.dies, misbehaving.hangs, misbehaving.raises, misbehaving.returns_nan])
async def test_a_worker_that_fails_costs_nothing_but_its_opinion(session, wrong):
    executor = Processes(1, limit=0.3)
    pauses = Pauses()
    trainer = Trainer(session, executor, learn=wrong, pause=pauses)
    try:
        answered = await work(session, trainer, 10)
        assert len(set(answered)) == len(answered) == 9
        assert set(session.ledger.person_labels) == set(answered)
        assert session.reply is None
        assert session.ledger.rounds == []
        assert pauses.seconds[:2] == [0.5, 1.0]
        assert trainer.trouble.startswith("the model could not learn: ")
        assert "\x1b" not in trainer.trouble
        trainer._learn = misbehaving.fair
        await recover(session, trainer)
        assert trainer.trouble is None
        assert session.reply.revision == session.ledger.revision
        assert session.next().how == "strategy"
    finally:
        executor.shutdown()


async def recover(session: LabelSession, trainer: Trainer) -> None:
    done = asyncio.Event()
    trainer._changed = lambda: None if trainer.trouble else done.set()
    task = asyncio.create_task(trainer.run())
    await asyncio.wait_for(done.wait(), PATIENCE)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_file_that_is_not_whole_is_read_again_when_something_is_answered(session: LabelSession) -> None:
    """Each attempt costs a worker."""
    answers = [
        NotWhole("a file was cut off"),
        NotWhole("a file was cut off"),
        ValueError("odd"),
        NotWhole("a file was cut off"),
    ]

    def learn(request: ModelRequest) -> ModelReply:
        if answers:
            raise answers.pop(0)
        return misbehaving.fair(request)

    pauses, told = Pauses(), asyncio.Queue[str | None]()
    trainer = Trainer(session, Inline(), lambda: told.put_nowait(trainer.trouble), learn=learn, pause=pauses)
    task = asyncio.create_task(trainer.run())
    for attempts, paused in ((2, 1), (5, 3)):  # another fault in between is tried again as ever
        session.label(session.next().item, 0)
        trainer.wake()
        while trainer.attempts < attempts:
            said = await asyncio.wait_for(told.get(), PATIENCE)
        for _ in range(20):
            await asyncio.sleep(0)
        assert (trainer.attempts, len(pauses.seconds)) == (attempts, paused)
        assert said == ("the model could not learn: a file was cut off" if attempts == 2 else said)
    task.cancel()
    assert trainer.trouble is None


async def test_pauses_grow_to_half_a_minute(session):
    pauses = Pauses()
    trainer = Trainer(session, Inline(), learn=misbehaving.raises, pause=pauses)
    await work(session, trainer, 9)
    assert pauses.seconds[:8] == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


async def test_every_answer_is_learnt_when_the_trainer_is_woken(session):
    changed = asyncio.Event()
    trainer = Trainer(session, Inline(), changed.set, learn=misbehaving.fair)
    task = asyncio.create_task(trainer.run())
    for count in range(1, 6):
        session.label(session.next().item, 0)
        trainer.wake()
        await asyncio.wait_for(changed.wait(), PATIENCE)
        changed.clear()
        assert session.ledger.rounds[-1].labels == count
        assert session.model_age == 0
    assert not trainer.learning
    task.cancel()


async def test_the_quickest_of_the_last_five_attempts_tells_how_soon_a_model_comes(session):
    changed, lasts, now = asyncio.Event(), iter([0.3, 0.2, 0.4, 0.5, 0.6, 0.7, 0.8]), [0.0]

    def learn(request: ModelRequest) -> ModelReply:
        now[0] += next(lasts)
        return misbehaving.fair(request)

    trainer = Trainer(session, Inline(), changed.set, learn=learn, clock=lambda: now[0])
    assert trainer.quickest == 0
    task = asyncio.create_task(trainer.run())
    for quickest in (0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 0.4):
        session.label(session.next().item, 0)
        trainer.wake()
        await asyncio.wait_for(changed.wait(), PATIENCE)
        changed.clear()
        assert trainer.quickest == pytest.approx(quickest)
    task.cancel()


async def test_an_executor_that_is_shut_down_is_one_more_failure(session):
    executor = Processes(1)
    executor.shutdown()
    trainer = Trainer(session, executor, learn=misbehaving.fair, pause=Pauses())
    await work(session, trainer, 2)
    assert "shut down" in trainer.trouble


class Held(Executor):
    """Learns at once; checks of claims wait until they are released."""

    def __init__(self) -> None:
        self.held: list[tuple[Future[bool], ModelRequest]] = []
        self.asked = asyncio.Event()

    def submit(self, fn, /, *args, **kwargs):
        if fn is not claim_holds:
            return Inline().submit(fn, *args, **kwargs)
        self.held.append((Future(), args[0]))
        if len(self.held) == 2:
            self.asked.set()
        return self.held[-1][0]


async def test_a_claim_is_checked_beside_the_learning_and_holds_nothing_up(session):
    executor, changed = Held(), asyncio.Event()
    trainer = Trainer(session, executor, changed.set, learn=sure)
    task = asyncio.create_task(trainer.run())

    async def until(condition) -> None:
        while not condition():
            await asyncio.wait_for(changed.wait(), PATIENCE)
            changed.clear()

    for count in range(1, 5):
        session.label(session.next().item, 0)
        trainer.wake()
        await until(lambda count=count: session.ledger.rounds and session.ledger.rounds[-1].labels == count)
    assert [len(claim.labels) for _, claim in executor.held] == [1]
    assert trainer.checking
    assert "small_expected_error" not in [hint.rule for hint in session.hints()]
    executor.held[0][0].set_result(True)
    await until(lambda: len(session.hints()) > 0)
    assert "small_expected_error" in [hint.rule for hint in session.hints()]
    await asyncio.wait_for(executor.asked.wait(), PATIENCE)
    assert len(executor.held[1][1].labels) == 4
    executor.held[1][0].set_exception(RuntimeError("the worker died"))
    await until(lambda: not trainer.checking)
    assert "small_expected_error" not in [hint.rule for hint in session.hints()]
    task.cancel()


async def test_a_model_that_claims_nothing_is_not_checked(session):
    executor = Held()
    trainer = Trainer(session, executor, learn=misbehaving.fair)
    await work(session, trainer, 3)
    assert executor.held == []


def sure(request: ModelRequest) -> ModelReply:
    """A model that expects no errors."""
    return replace(misbehaving.fair(request), expected_error=0.0)
