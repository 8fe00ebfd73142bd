"""How far one is in a labelling session, how quick, and whether one might stop. Pure functions of the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from al_core.data.identity import hashes_in
from al_core.data.origin import short_name
from al_core.ground.safe_text import safe_text
from al_core.labelling.items import Items
from al_core.measures import stopping
from al_core.measures.worth import TYPED_BY_NOBODY
from al_core.sessions.ledger import Ledger

PACE_ANSWERS = 20
LONG_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one is: items with the person's label, put aside (those only put off are ``later`` among them), labelled
    by machine, and in all; pace over the last answers; how long an answer takes, and all took, as far as that was measured."""

    labelled: int
    skipped: int
    later: int
    machine: int
    items: int
    per_minute: float | None
    seconds_left: float | None
    left: int = 0
    usual_seconds: float | None = None
    spent_seconds: float | None = None


def progress(ledger: Ledger, items: int) -> Progress:
    """Counts, and the pace of the last answers without the long pauses; ``items`` is how many there are."""
    times = [
        datetime.fromisoformat(given.time)
        for step in reversed(ledger.history(PACE_ANSWERS))
        if step.kind == "label" and (given := step.changes[0].after).label is not None
    ]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    gaps = [gap for gap in gaps if TYPED_BY_NOBODY <= gap <= LONG_PAUSE]
    pace = 60.0 * len(gaps) / sum(gaps) if gaps and sum(gaps) > 0 else None
    total = items if ledger.settings.budget is None else min(items, ledger.settings.budget)
    left = max(0, total - ledger.labelled - (ledger.skipped - ledger.later))
    return Progress(
        ledger.labelled,
        ledger.skipped,
        ledger.later,
        sum(item not in ledger.answers for item in ledger.machine),
        items,
        pace,
        None if pace is None else 60.0 * left / pace,
        left,
        ledger.times.usual,
        ledger.times.spent,
    )


def missing(ledger: Ledger, items: Items) -> int:
    """How many items that were answered are not in the data any more."""
    here = frozenset(items.ids)
    return sum(item not in here for item in ledger.answers)


def not_here(ledger: Ledger, items: Items) -> str:
    """What is to be said of answers whose items are not in the data any more; empty where all are."""
    gone, of = missing(ledger, items), len(ledger.answers)
    if not gone or items.origin is None:
        return ""
    name = safe_text(short_name(items.dataset), 60)
    are, their = ("is", "its label stays") if gone == 1 else ("are", "their labels stay")
    return f"{gone:,} of {of:,} answered items {are} not in {name} now; {their} in the session"


def measured_otherwise(ledger: Ledger, items: Items) -> str:
    """What is to be said of items to measure by that are not those that the session began with; empty where all are."""
    before, now = frozenset(hashes_in(ledger.settings.tested)), frozenset(items.tested)
    said = []
    if gone := len(before - now - {*items.withheld}):
        said.append(f"gone of {len(before):,} items to measure by: {gone:,}")
    if items.withheld:
        said.append(f"to measure by, though among the others now, and not asked all the same: {len(items.withheld):,}")
    if new := len(now - before) if before else 0:
        said.append(f"new to measure by: {new:,}")
    theirs = frozenset(items.apart) - now  # asked of others only, and learnt all the same
    held = frozenset(items.ids).difference(items.row_of, items.withheld, theirs)
    if both := sum(item in held for item in ledger.answers):
        said.append(f"answered, and to measure by now, so that no model learns it any more: {both:,}")
    return "; ".join(said)


def hints(ledger: Ledger, start: int, trusted: bool) -> tuple[stopping.Hint, ...]:
    """Reasons to stop, if there are any.

    Parameters
    ----------
    ledger : what was done.
    start : how many items the start has; a model that has not seen all of them is sure of too little.
    trusted : whether what the latest model expects passed the check on labels that it did not know.
    """
    rounds = [entry for entry in ledger.rounds[-stopping.STABLE_LABELS :] if entry.labels >= start]
    return stopping.hints(
        [entry.kappa for entry in rounds],
        [entry.expected_error for entry in rounds] if trusted else [],
        ledger.labelled,
        ledger.settings.budget,
        ledger.batch,
    )
