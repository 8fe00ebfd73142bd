"""What has happened in a race that is worth a sentence, from one view of it to a later one. Pure Python."""

from __future__ import annotations

from al_core.ground.numbers import level
from al_core.measures.curves import first_hit
from al_core.race.view import RaceView, ranked_at, standings

_LEAST_ROUNDS = 3
"""Models that all have learnt before anybody is said to lead."""


def happened(before: RaceView, after: RaceView, *, again: bool = True) -> tuple[str, ...]:
    """Sentences on what is true now and was not before: who reached the target, who leads, what failed, that all is over.

    Parameters
    ----------
    before, after : two views of one race.
    again : whether what failed can be tried again.
    """
    failed = [f"{name} failed" + "; r tries again" * again for name in _failed(before, after)]
    return (*_reached(before, after), *_leads(before, after), *failed, *_over(before, after))


def _reached(before: RaceView, after: RaceView) -> list[str]:
    target = after.spec.target
    there = [first_hit(run.state.curve, target) for run in before.runs]
    out, first = [], all(labels is None for labels in there)
    arrived = [
        (labels, run.name)
        for run, known in zip(after.runs, there, strict=True)
        if known is None and (labels := first_hit(run.state.curve, target)) is not None
    ]
    for labels, name in sorted(arrived):
        how = "is the first to reach" if first else "reaches"
        out.append(f"{name} {how} {level(target)}, with {labels:,} labels")
        first = False
    return out


def _leads(before: RaceView, after: RaceView) -> list[str]:
    labels, start = ranked_at(after), min((run.state.curve[0][0] for run in after.runs if run.state.curve), default=0)
    if len(after.runs) < 2 or labels is None or labels < start + _LEAST_ROUNDS * after.spec.batch:
        return []
    now, then = standings(after)[0], standings(before)[0]
    is_new = now.strategy != then.strategy or (ranked_at(before) or 0) < start + _LEAST_ROUNDS * after.spec.batch
    return [f"{now.strategy} leads, at {labels:,} labels"] if is_new and now.aulc is not None else []


def _failed(before: RaceView, after: RaceView) -> list[str]:
    pairs = zip(before.runs, after.runs, strict=True)
    return [now.name for then, now in pairs if now.error is not None and then.error is None]


def _over(before: RaceView, after: RaceView) -> list[str]:
    return ["all have spent their budget"] if after.done and not before.done and not any(r.error for r in after.runs) else []
