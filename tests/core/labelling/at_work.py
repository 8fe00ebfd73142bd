"""Answers of a person, and a model that asks for what it is told."""

from __future__ import annotations

from dataclasses import replace

from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.labelling.session import LabelSession
from al_core.run.state import Pick


def reply(request: ModelRequest, *rows: int, reserve: tuple[int, ...] = (), **changes) -> ModelReply:
    def pick(row: int) -> Pick:
        return Pick(row, 0.1, 1, (0.2, 0.5, 0.3))

    near = tuple((row + 1,) for row in rows)
    whole = ModelReply(
        request.revision,
        len(request.labels),
        0.9,
        0.1,
        0.8,
        9,
        tuple(map(pick, rows)),
        near,
        tuple(map(pick, reserve)),
        b"\1\0",
    )
    return replace(whole, **changes)


def answer(session: LabelSession, label: int = 0) -> int:
    offer = session.next()
    session.label(offer.item, label)
    return offer.row


def learn(session: LabelSession, *rows: int, **changes) -> str | None:
    request = session.request()
    assert request is not None
    return session.accept(request, reply(request, *rows, **changes))
