"""Whether what came back from a worker is an answer to what it was asked. No numerics."""

from __future__ import annotations

import math

from al_core.labelling.items import Items
from al_core.labelling.messages import ModelReply, ModelRequest
from al_core.sessions.ledger import Ledger


def nonsense(request: ModelRequest, reply: ModelReply, ledger: Ledger, items: Items) -> str | None:
    """Why ``reply`` is no answer to ``request``; None when it is one."""
    if reply.revision != request.revision or reply.revision > ledger.revision:
        return "the model answered another question"
    everything = (*reply.picks, *reply.reserve)
    rows = [pick.row for pick in everything]
    numbers = [value for value in (reply.accuracy, reply.expected_error, reply.kappa) if value is not None]
    numbers += [value for pick in everything for value in pick.probabilities]
    numbers += [voice.weight for voice in reply.voices]
    scores = [pick.score for pick in everything if pick.score is not None]
    if not all(math.isfinite(value) for value in numbers) or any(math.isnan(score) for score in scores):
        return "the model returned what is no number"
    if len(set(rows)) < len(rows) or any(
        items.row_of.get(items.ids[row] if 0 <= row < len(items.ids) else "") != row for row in rows
    ):
        return "the model asked for items that there are not, or twice for one"
    if any(len(pick.probabilities) != len(ledger.classes) for pick in everything):
        return "the model knows other classes"
    if len(reply.neighbours) != len(reply.picks):
        return "the model did not explain its batch"
    if len(reply.audit) != len(request.audit) or not all(0 <= guess < len(ledger.classes) for guess in reply.audit):
        return "the model did not say what the items are that it is measured by"
    return None
