"""Labelling with items to measure with, and a made-up model that is wrong about one item in so many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.labelling.session import LabelSession
from al_core.run.state import Pick
from al_core.sessions.actions import (
    Settings,
)

CLASSES = ("cat", "dog", "eel")
IDS = tuple(f"{number:016x}" for number in range(400))
ITEMS = Items("pets", "f" * 32, CLASSES, IDS, (3, 1, 4), tuple(range(400)), None)
SETTINGS = Settings("pets", "f" * 32, CLASSES, "logistic", "margin", 1, 7, "typical", audit=0.1)


def truth(item: str) -> int:
    return int(item, 16) % 3


def reply(request: ModelRequest, wrong: int = 10, **changes) -> ModelReply:
    """A model that is wrong about one item in ``wrong``, and asks for the first that is open."""
    taken = {item for item, _ in request.labels} | {*request.aside, *request.audit}
    open_rows = [row for row, item in enumerate(IDS) if item not in taken][: 3 * request.spec.batch]
    picks = tuple(Pick(row, 0.1, 1, (0.2, 0.5, 0.3)) for row in open_rows)
    guesses = tuple((truth(item) + (int(item, 16) % wrong == 0)) % 3 for item in request.audit)
    k = request.spec.batch
    near = ((),) * len(picks[:k])
    whole = ModelReply(
        request.revision, len(request.labels), None, 0.1, 0.8, len(open_rows), picks[:k], near, picks[k:], b"", 0, guesses
    )
    return replace(whole, **changes)


def learn(session: LabelSession, **changes) -> None:
    if (request := session.request()) is not None:
        assert session.accept(request, reply(request, **changes)) is None


def answer(session: LabelSession, count: int) -> list[tuple[str, str]]:
    """Answer as a person does, a model learning after each; what was asked, and why."""
    asked = []
    for _ in range(count):
        offer = session.next()
        assert offer is not None
        asked.append((offer.item, offer.how))
        session.label(offer.item, truth(offer.item))
        learn(session)
    return asked


def audited(asked: list[tuple[str, str]]) -> list[str]:
    return [item for item, how in asked if how == "audit"]


def until_drawn(session: LabelSession) -> str:
    """Answer until an item to measure with is on the screen."""
    while (offer := session.next()) is not None and offer.how != "audit":
        session.label(offer.item, truth(offer.item))
        learn(session)
    assert offer is not None
    return offer.item


class Begun:
    def __init__(self, path: Path, settings: Settings) -> None:
        self._session = LabelSession.create(path, settings, ITEMS, "ann")

    def __enter__(self) -> LabelSession:
        return self._session

    def __exit__(self, *error: object) -> None:
        self._session.close()
