"""What labelling has cost so far, and what is still to be paid, in words. Free of numerics."""

from __future__ import annotations

from al_core.ground.numbers import duration
from al_core.labelling.progress import Progress
from al_core.measures.worth import Price


def paid_and_to_pay(progress: Progress, price: Price) -> str:
    """What was spent, as far as answers were timed, and what remains to the budget or to the last item: ``0.09 EUR spent, 14.75
    to go``; empty where nobody has said what an hour costs, or nobody knows how long an answer takes.

    The session's own time of an answer counts before one that somebody said: it is measured.
    """
    spent, usual = progress.spent_seconds, progress.usual_seconds or price.seconds
    if price.per_hour is None:
        return ""
    paid = [] if spent is None else [f"{price.paid(spent)} spent"]
    bare = price._replace(currency="") if paid else price
    return ", ".join([*paid, *([] if usual is None or not progress.left else [f"{bare.paid(progress.left * usual)} to go"])])


def took(progress: Progress, price: Price) -> str:
    """What all answers took and cost, for whoever leaves; empty as above."""
    spent = progress.spent_seconds
    if price.per_hour is None or spent is None:
        return ""
    return f"the answers that were timed took {duration(spent)}, {price.paid(spent)}"
