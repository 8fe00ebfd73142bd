"""What a session begins with where the person left it open and it hangs on how many items there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text
from al_core.sessions.actions import Settings

MANY = 5000
"""Items up to which every one of them can be looked at as what it would do to the whole pool, within the time of a key."""
LEARNER, OF_ROWS, STRATEGY = "soft_vote(gaussian_field,random_forest)", "auto", "margin"
"""Of larger pools, and the learner of tables and texts of any size, which are seldom made of clusters."""
BY_SIZE = ("learner", "strategy")


def by_size(settings: Settings, items: int, said: Collection[str] = BY_SIZE, *, pictures: bool = True) -> Settings:
    """Learner and strategy of a new session over so many items.

    Parameters
    ----------
    settings : of the session; what is not in ``said`` has its usual default.
    items : how many may be asked for.
    said : which of learner and strategy the person named.
    pictures : whether they are pictures, or bare numbers; otherwise they are rows of a table, or texts.

    Returns
    -------
    Settings
        The same up to 5,000 pictures, or where both are named. In other pools what is not named is margin, and the soft vote,
        or of tables and texts `auto`; a named strategy that is not margin keeps the usual learner, with which it is known to be
        quick or slow.
    """
    usual = LEARNER if pictures else OF_ROWS
    if settings.probabilities is not None:
        strategy = settings.strategy if "strategy" in said else STRATEGY
        settings = replace(settings, strategy=strategy, learner=settings.learner if "learner" in said else usual)
        check_heard(settings.learner)
    if settings.probabilities is not None or (pictures and items <= MANY):
        return settings
    if "strategy" not in said:
        settings = replace(settings, strategy=STRATEGY)
    if "learner" not in said and settings.strategy == STRATEGY:
        settings = replace(settings, learner=usual)
    return settings


def check_heard(learner: str) -> None:
    """Raise `UserError` where the predictions of a model of the person's own would have no voice."""
    if learner != "auto" and not learner.startswith(("soft_vote(", "stack(")):
        raise UserError(
            f"--probabilities are one voice of a vote, and the learner is {safe_text(learner, 60)}; leave --learner away, or"
            f" give one such as soft_vote({learner if ':' not in learner else 'logistic'})"
        )
