"""A session that began with a part of its items, and goes on over all of them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from trials import PATIENCE

from al_core.compute.inline import Inline
from al_core.data.kinds import load_dataset
from al_core.data.origin import Origin
from al_core.ground.errors import UserError
from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.labelling.model import model_round
from al_core.labelling.opening import open_items
from al_core.labelling.session import LabelSession
from al_core.labelling.trainer import Trainer
from al_core.sessions.settings import Settings

CLASSES = tuple("0123456789")
ITEMS = 300


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    images = load_dataset("digits").images
    assert images is not None
    np.save(tmp_path / "a.npy", images[:ITEMS])
    return Origin(str(tmp_path / "a.npy"), CLASSES)


@pytest.fixture
def settings(origin: Origin) -> Settings:
    return Settings(origin.word, "", CLASSES, "logistic", "margin", own_classes=True, audit=0.2)


def items_of(settings: Settings, origin: Origin) -> Items:
    return open_items(settings.spec(), origin)


@pytest.fixture
def begun(tmp_path: Path, settings: Settings, origin: Origin) -> LabelSession:
    items = items_of(settings, replace(origin, first=80))
    session = LabelSession.create(tmp_path / "a.session", replace(settings, fingerprint=items.fingerprint), items, "ann")
    session.next()
    return session


def answer(session: LabelSession, count: int) -> list[str]:
    """Label so many items in the order in which they come."""
    answered = []
    for _ in range(count):
        offer = session.next()
        assert offer is not None
        session.label(offer.item, 3)
        answered.append(offer.item)
    session.next()
    return answered


def test_all_that_was_said_stays_and_all_that_comes_may_be_new(begun: LabelSession, settings: Settings, origin: Origin) -> None:
    answered = answer(begun, 4)
    start = [begun.items.ids[row] for row in begun.items.start]
    before, everything = begun.offer, items_of(settings, origin)
    assert before is not None
    begun.widen(everything)
    assert begun.offer is not None
    assert (begun.offer.item, begun.offer.how) == (before.item, before.how)
    assert begun.offer.row == everything.row_of[before.item]
    assert list(begun.ledger.answers) == answered
    assert [begun.items.ids[row] for row in begun.items.start] == start
    request = begun.describe()
    assert request is not None
    assert request.origin == everything.origin
    assert begun.accept(request, model_round(request)) is None
    assert begun.reply is not None
    assert begun.reply.candidates > 200
    assert begun.progress().items == ITEMS


def test_what_the_model_had_said_of_rows_is_forgotten(begun: LabelSession, settings: Settings, origin: Origin) -> None:
    answer(begun, 3)
    request = begun.describe()
    assert request is not None
    begun.accept(request, model_round(request))
    assert begun.reply is not None
    begun.widen(items_of(settings, origin))
    assert begun.reply is None
    assert begun.request() is not None
    offer = begun.offer
    assert offer is not None
    assert offer.pick is None


def test_other_items_are_refused_and_nothing_changes(begun: LabelSession, settings: Settings, tmp_path: Path) -> None:
    answer(begun, 3)
    images = load_dataset("digits").images
    assert images is not None
    np.save(tmp_path / "b.npy", images[900:])
    others = items_of(settings, Origin(str(tmp_path / "b.npy"), CLASSES))
    items = begun.items
    with pytest.raises(UserError, match="is about another data set"):
        begun.widen(others)
    assert begun.items is items


@pytest.mark.parametrize("answers", [4, 14])
def test_who_resumes_over_all_items_is_asked_for_what_the_start_still_lacks(
    begun: LabelSession, settings: Settings, origin: Origin, answers: int
) -> None:
    answer(begun, answers)
    asked = sum(choice.by == "start" for choice in begun.ledger.choices.values())
    left = len(begun.items.start) - sum(
        choice.by == "start" and item in begun.ledger.answers for item, choice in begun.ledger.choices.items()
    )
    assert asked > 1
    path = begun.file.path
    begun.close()
    session = LabelSession.resume(path, items_of(settings, origin), "ann")
    found = 0
    for _ in range(40):
        offer = session.offer or session.next()
        assert offer is not None
        found += session.ledger.choices[offer.item].by == "start"
        session.label(offer.item, 3)
    assert abs(found - left) <= 1  # the item that was there may be of the old start
    session.close()


def test_a_reply_about_the_part_is_no_reply_any_more(begun: LabelSession, settings: Settings, origin: Origin) -> None:
    answer(begun, 5)
    everything = items_of(settings, origin)
    asked: list[Origin | None] = []
    brought: list[ModelReply] = []

    def learn(request: ModelRequest) -> ModelReply:
        asked.append(request.origin)
        reply = model_round(request)
        if len(asked) == 1:
            begun.widen(everything)
        return reply

    async def bring(reply: ModelReply) -> None:
        brought.append(reply)

    async def work() -> Trainer:
        done = asyncio.Event()

        def changed() -> None:
            if begun.reply is not None:
                done.set()

        trainer = Trainer(begun, Inline(), changed, learn=learn, before=bring)
        task = asyncio.create_task(trainer.run())
        await asyncio.wait_for(done.wait(), PATIENCE)
        task.cancel()
        return trainer

    trainer = asyncio.run(work())
    assert asked[0] != asked[1] == everything.origin
    assert len(brought) == 1
    assert trainer.trouble is None
    assert begun.reply is not None
    assert begun.reply.candidates > 200
