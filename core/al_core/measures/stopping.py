"""When one might stop labelling: hints with a reason, never a forced stop. Pure Python.

That predictions have stopped changing is no sign that they are right, and is not said as if it were; that a model expects few
errors is one only if it was as right as it said on labels that it did not know (`al_core.measures.trust`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from al_core.ground.numbers import fixed, rate

STABLE_KAPPA = 0.99
STABLE_ROUNDS = 3
STABLE_LABELS = 10
ERROR_BOUND = 0.02


@dataclass(frozen=True, slots=True)
class Hint:
    """A reason to stop: the rule's name, the reason in one sentence, and whether it says that enough is right, or done."""

    rule: str
    reason: str
    good: bool = True


def stable_predictions(
    kappas: Sequence[float | None], threshold: float = STABLE_KAPPA, rounds: int = STABLE_ROUNDS
) -> Hint | None:
    """Successive models say the same about the same unlabelled items: kappa at or above ``threshold`` for ``rounds`` rounds.

    Source: Bloodgood & Vijay-Shanker 2009.
    """
    last = kappas[-rounds:]
    known = [kappa for kappa in last if kappa is not None]
    if len(known) < rounds or min(known) < threshold:
        return None
    return Hint(
        "stable_predictions",
        f"Little changes: the last {rounds} models say the same about the unlabelled items"
        f" (kappa at least {fixed(min(known))}), right or wrong.",
        good=False,
    )


def small_expected_error(errors: Sequence[float | None], bound: float = ERROR_BOUND) -> Hint | None:
    """The latest model expects to be wrong on no more than ``bound`` of the unlabelled items, and may be believed.

    Source: Zhu, Wang & Hovy 2008, the minimum expected error.
    """
    if not errors or errors[-1] is None or errors[-1] > bound:
        return None
    share = f"{rate(errors[-1])} of the unlabelled items"
    return Hint(
        "small_expected_error",
        f"The model expects to be wrong on only {share}, and was about as right as it said on labels that it did not know.",
    )


def budget_spent(labels: int, budget: int | None) -> Hint | None:
    """There are as many labels as one wanted to give."""
    if budget is None or labels < budget:
        return None
    return Hint("budget_spent", f"{labels:,} labels are given; the budget was {budget:,}.")


def hints(
    kappas: Sequence[float | None], errors: Sequence[float | None], labels: int, budget: int | None, batch: int = 1
) -> tuple[Hint, ...]:
    """All hints that hold now.

    Parameters
    ----------
    kappas : by round, agreement of the model's predictions with those of the model before; None where there is no such.
    errors : by round, mean of 1 − the largest probability over the unlabelled items; empty where it may not be believed.
    labels : labels given.
    budget : labels one wanted to give, or None.
    batch : labels a round; a single label changes little, so predictions must be stable over at least 3 rounds and 10 labels.
    """
    rounds = max(STABLE_ROUNDS, -(-STABLE_LABELS // batch))
    found = (stable_predictions(kappas, rounds=rounds), small_expected_error(errors), budget_spent(labels, budget))
    return tuple(hint for hint in found if hint is not None)
