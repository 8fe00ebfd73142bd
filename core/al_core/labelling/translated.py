"""What a model said of classes as they were, as of classes as they are by now. No numerics."""

from __future__ import annotations

from dataclasses import replace

from al_core.data.facts import UNKNOWN
from al_core.labelling.messages import ModelReply
from al_core.run.state import Pick
from al_core.sessions.scheme import Scheme


def translated_pick(pick: Pick, scheme: Scheme) -> Pick:
    """One item and what was thought of it."""
    return pick._replace(probabilities=scheme.shared(pick.probabilities))


def translated(reply: ModelReply, scheme: Scheme) -> ModelReply:
    """All that was said. What it would be compared with is left out: it is about other classes."""

    def now(guess: int) -> int:
        found = scheme.now(guess)
        return UNKNOWN if found is None else found

    return replace(
        reply,
        picks=tuple(translated_pick(pick, scheme) for pick in reply.picks),
        reserve=tuple(translated_pick(pick, scheme) for pick in reply.reserve),
        audit=tuple(map(now, reply.audit)),
        predictions=b"",
    )
