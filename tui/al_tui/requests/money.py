"""What a label costs, as a person says it; nothing is assumed."""

from __future__ import annotations

from dataclasses import dataclass

from al_core.ground.errors import BadOption, UserError
from al_core.ground.safe_text import safe_text
from al_core.measures.worth import Price
from al_core.task.options import Range, check_options, declared

MOST = 1e9


def read_time(text: str) -> float | str:
    """Seconds, or the name of a session."""
    try:
        seconds = float(text)
    except ValueError:
        return text
    if not 0 < seconds <= MOST:
        raise ValueError("is no time for a label; give seconds above 0, e.g. 12, or a session")
    return seconds


@dataclass(frozen=True, slots=True)
class MoneyOptions:
    """Options about time and money; every field is a row of options."""

    seconds_per_label: float | str | None = declared(
        None,
        "How long a person takes for a label, so that savings are told in hours: seconds, or a session that measured it.",
        reader=read_time,
        metavar="SECONDS|SESSION",
    )
    cost_per_hour: float | None = declared(
        None,
        "What an hour of whoever labels costs, so that savings are told in money.",
        reader=float,
        range=Range("give what an hour costs, above 0, e.g. 30", above=0, most=MOST),
    )
    currency: str | None = declared(None, "The word behind sums of money, e.g. EUR.", reader=str, metavar="WORD")


def price_of(options: MoneyOptions, *, measured_here: bool = False) -> Price:
    """What a label costs, as far as somebody has said it; a session that is named is read.

    ``measured_here`` says that what is begun measures how long a label takes.

    Raises
    ------
    BadOption
        A price is asked for without what it is made of.
    UserError
        The time is none, and there is no such session, or nobody was timed in it.
    """
    check_options(options)
    said = options.seconds_per_label
    seconds = _measured(said) if isinstance(said, str) else said
    if options.cost_per_hour is not None and seconds is None and not measured_here:
        words = "--cost-per-hour says nothing without --seconds-per-label; give seconds, or a session that measured them"
        raise BadOption(words, "cost_per_hour")
    if options.currency is not None and options.cost_per_hour is None:
        raise BadOption("--currency says nothing without --cost-per-hour; give what an hour costs, e.g. 30", "currency")
    return Price(seconds, options.cost_per_hour, safe_text(options.currency or "", 12))


def _measured(session: str) -> float:
    """The median time of an answer in a session."""
    from al_core.sessions.directory import find_session
    from al_core.sessions.store import SessionFile

    path = find_session(session)
    with SessionFile.open(path, read_only=True) as file:
        seconds = file.ledger.times.usual
    if seconds is None:
        raise UserError(
            f"--seconds-per-label: {path.name} has fewer than five answers that were timed, so it does not say how long one"
            " takes; give seconds, e.g. 12"
        )
    return seconds
