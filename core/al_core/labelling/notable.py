"""What is worth a look in a labelling session, in few words each: labels that look wrong, classes that do not come any more."""

from __future__ import annotations

from al_core.ground.safe_text import safe_text
from al_core.labelling.session import LabelSession
from al_core.sessions.ledger import Ledger

LONG = 12
"""Labels in a row, and two more than there are classes, after which it is said which class was not among them."""
_FAR = 500
"""Labels that are looked at for that."""
_NAMED = 3


def worth_a_look(session: LabelSession) -> tuple[str, ...]:
    """Sentences without an end, the most important first; none where there is nothing to be said."""
    return tuple(filter(None, (doubtful(len(session.doubts.wrong)), long_gone(session.ledger))))


def doubtful(count: int) -> str:
    """How many labels look wrong."""
    return "" if not count else f"{count:,} label{'s' * (count > 1)} may be wrong, says a model that did not know: v"


def long_gone(ledger: Ledger) -> str:
    """Which classes have not been given for long, the longest first, and for how long all of them have not."""
    alive = ledger.scheme.alive
    since: dict[int, int] = {}
    seen = 0
    for given in reversed(ledger.answers.values()):
        if given.label is not None:
            since.setdefault(given.label, seen)
            seen += 1
            if seen == _FAR:
                break
    least = max(LONG, len(alive) + 2)
    gone = sorted((-since.get(label, seen), label) for label in alive if since.get(label, seen) >= least)
    if not gone:
        return ""
    names = [safe_text(ledger.classes[label], 20) for _, label in gone]
    said = names if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} others"]
    listed = said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"
    return f"no {listed} for {min(-count for count, _ in gone)} labels"
