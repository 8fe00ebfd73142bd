"""Reading on while somebody labels: how far it is, what is kept, and when the session goes on over all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from al_core.compute.inline import Inline
from al_core.data.how_far import HowFar
from al_core.data.kinds import load_dataset
from al_core.data.origin import Origin
from al_core.ground.errors import NotWhole, UserError, WorkerDied
from al_core.labelling.opening import open_items
from al_core.labelling.session import LabelSession
from al_core.sessions.settings import Settings
from al_tui.background import intake, patience
from al_tui.background.intake import AHEAD, Intake
from al_tui.background.patience import Patience

CLASSES = tuple("0123456789")
PART = HowFar("reading", "files", 80, 300, 80)


class Workers(Executor):
    """Read as far as they are told to, and do the rest in this process."""

    def __init__(self, *far: HowFar | Exception | None) -> None:
        self.far = list(far)
        self.before_opening: Callable[[Origin], None] = lambda origin: None

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        if fn.__name__ != "read_on":
            if fn.__name__ == "open_items":
                self.before_opening(args[1])
            return Inline().submit(fn, *args, **kwargs)
        answer: Future[Any] = Future()
        said = self.far.pop(0)
        answer.set_exception(said) if isinstance(said, Exception) else answer.set_result(said)
        return answer


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "EVERY", 0.0)
    monkeypatch.setattr(patience, "FIRST_WAIT", 0.0)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    images = load_dataset("digits").images
    assert images is not None
    np.save(tmp_path / "a.npy", images[:300])
    return Origin(str(tmp_path / "a.npy"), CLASSES, most=100)


@pytest.fixture
def session(tmp_path: Path, origin: Origin) -> LabelSession:
    settings = Settings(origin.word, "", CLASSES, "logistic", own_classes=True)
    items = open_items(settings.spec(), replace(origin, first=80))
    session = LabelSession.create(tmp_path / "a.session", replace(settings, fingerprint=items.fingerprint), items, "ann")
    session.next()
    return session


class Desk:
    """A reading with what it says."""

    def __init__(self, *far: HowFar | Exception | None) -> None:
        self.workers, self.shown = Workers(*far), list[HowFar]()
        self.patience = Patience(self.workers, lambda: None)
        self.intake = Intake(self.patience, self.shown.append, lambda: None)


def label(session: LabelSession) -> str:
    offer = session.offer
    assert offer is not None
    session.label(offer.item, 3)
    session.next()
    return offer.item


def test_a_part_is_begun_with_where_one_will_do(origin: Origin) -> None:
    early = HowFar("reading", "files", 7, 300)
    desk = Desk(early, PART)
    assert asyncio.run(desk.intake.begin(origin, part=True)) == replace(origin, first=80)
    assert desk.shown == [early]
    desk = Desk(early, PART, None)
    assert asyncio.run(desk.intake.begin(origin, part=False)) == origin
    assert desk.shown == [early, PART]
    assert asyncio.run(desk.intake.begin(Origin("digits"), part=True)) == Origin("digits")


def test_a_file_that_is_not_whole_is_read_once_more_and_then_told(origin: Origin) -> None:
    cut = NotWhole("a file was cut off, or its disk failed, while it was read (signal SIGBUS)")
    assert asyncio.run(Desk(cut, None).intake.begin(origin, part=True)) == origin
    desk = Desk(cut, WorkerDied("killed"), cut, None)
    with pytest.raises(UserError, match=r"its disk failed, .*, twice; copy it to another place and label that"):
        asyncio.run(desk.intake.begin(origin, part=True))
    assert desk.workers.far == [None]


def test_where_all_was_read_nothing_is_widened(origin: Origin, session: LabelSession) -> None:
    desk = Desk(None)
    assert asyncio.run(desk.intake.begin(origin, part=True)) == origin
    items = session.items
    assert asyncio.run(desk.intake.widen(session)) is None
    assert session.items is items


def test_the_session_goes_on_over_all_of_it_with_what_it_speaks_of(origin: Origin, session: LabelSession) -> None:
    later = HowFar("reading", "files", 200, 300, 80)
    desk = Desk(PART, later, None)

    async def work() -> Any:
        await desk.intake.begin(origin, part=True)
        for _ in range(20):
            label(session)
        return await desk.intake.widen(session)

    looks = asyncio.run(work())
    assert desk.shown == [later]
    assert set(session.ledger.answers) <= set(session.items.row_of)
    assert session.items.since == "all 300 items are here now"
    assert session.items.others == 300 - len(session.items.ids)
    assert 100 <= len(session.items.row_of) <= 100 + 20 + 31 + 10
    offer = session.offer
    assert offer is not None
    assert looks.has(offer.row)


def test_who_is_quicker_than_the_reading_loses_nothing(
    origin: Origin, session: LabelSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While all is opened somebody labels what nobody knew they would: then it is opened once more."""
    monkeypatch.setattr(intake, "AHEAD", 1)
    desk, kept = Desk(PART, None), list[tuple[str, ...]]()

    def meanwhile(opened: Origin) -> None:
        kept.append(opened.keep)
        if len(kept) == 1:
            for _ in range(30):
                label(session)

    desk.workers.before_opening = meanwhile

    async def work() -> None:
        await desk.intake.begin(origin, part=True)
        await desk.intake.widen(session)

    asyncio.run(work())
    assert len(kept) == 2
    assert len(session.ledger.answers) == 30
    assert set(session.ledger.answers) <= set(session.items.row_of)
    assert set(session.ledger.answers) <= {*kept[1]}


def test_what_cannot_be_read_is_told_and_who_reads_may_die(origin: Origin, session: LabelSession) -> None:
    desk = Desk(WorkerDied("gone"), PART, UserError("a.npy: row 7, column 1 is nan"))

    async def work() -> None:
        await desk.intake.begin(origin, part=True)
        assert desk.intake.trouble is None
        items = session.items
        with pytest.raises(UserError, match="row 7, column 1 is nan"):
            await desk.intake.widen(session)
        assert session.items is items

    asyncio.run(work())


def test_what_comes_next_is_there_when_all_is(origin: Origin, session: LabelSession) -> None:
    """Whoever labels on while it is read finds the items that were to come, wherever they lie in the whole."""
    desk = Desk(PART, None)
    coming = [session.items.ids[row] for row in session.upcoming(AHEAD)]
    kept: list[tuple[str, ...]] = []
    desk.workers.before_opening = lambda wanted: kept.append(wanted.keep)

    async def work() -> None:
        await desk.intake.begin(origin, part=True)
        await desk.intake.widen(session)

    asyncio.run(work())
    start = [session.items.ids[row] for row in session.items.start]
    assert {*coming, *start} <= set(kept[0])
    assert set(coming) <= set(session.items.row_of)
