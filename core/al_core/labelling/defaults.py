"""What a session begins with where the person left it open: it hangs on whose data it is, and on how many items there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.sessions.actions import Settings

MANY = 100_000
"""Items up to which `auto` chooses the next one within the time of a key (`benchmarks/large_keys.py`)."""
LEARNER = STRATEGY = "auto"
"""Of a person's own data: nobody knows whether its classes are clusters."""
OF_MANY = {"learner": "soft_vote(gaussian_field,random_forest)", "strategy": "margin"}
"""Of more items than `MANY`."""
BY_DATA = ("learner", "strategy")


def by_data(settings: Settings, items: int, said: Collection[str] = BY_DATA, *, own: bool = True) -> Settings:
    """Learner and strategy of a new session over so many items.

    Parameters
    ----------
    settings : of the session; what is not in ``said`` has its usual default.
    items : how many may be asked for.
    said : which of learner and strategy the person named.
    own : whether the data is a person's own; otherwise it comes with the program.

    Returns
    -------
    Settings
        The same for data of this program, without predictions of the person's own, or where both are named. Else what is not
        named is `auto`, or of very many items margin and the soft vote; a named strategy that is neither keeps the usual
        learner, with which it is known to be quick or slow.

    Raises
    ------
    UserError
        There are predictions of the person's own, and the learner that they named does not hear them.
    """
    heard = settings.probabilities is not None
    if heard and "learner" in said:
        check_heard(settings.learner)
    if not own and not heard:
        return settings
    many = items > MANY
    if "strategy" not in said:
        settings = replace(settings, strategy=OF_MANY["strategy"] if many else STRATEGY)
    if "learner" not in said and (heard or settings.strategy in (STRATEGY, OF_MANY["strategy"])):
        settings = replace(settings, learner=OF_MANY["learner"] if many else LEARNER)
    return settings


def check_heard(learner: str) -> None:
    """Raise `UserError` where the predictions of a model of the person's own would have no voice."""
    if learner != "auto" and not learner.startswith(("soft_vote(", "stack(")):
        raise UserError(
            f"--probabilities are one voice of a vote, and the learner is {safe_text(learner, 60)}; leave --learner away, or"
            f" give one such as soft_vote({learner if ':' not in learner else 'logistic'})"
        )
