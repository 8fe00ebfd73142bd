"""A formula with its numbers for one item: what strategies share to write it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.numbers import significant
from al_core.strategies.context import QueryContext
from al_core.strategies.parts.committees import Member, each_member

MOST_TERMS = 6
"""Summands that are written out; of more the largest."""
_NAMES = {
    "LogisticRegression": "logistic regression",
    "DecisionTreeClassifier": "decision tree",
    "GaussianNB": "naive Bayes",
    "KNeighborsClassifier": "2 nearest",
    "SGDClassifier": "passive-aggressive",
}


class Asked(NamedTuple):
    """The item whose numbers are wanted.

    Parameters
    ----------
    at : its position among the candidates.
    score : what the strategy scored it; None where it has no score.
    before : positions of what was picked before it in the batch.
    """

    at: int
    score: float | None = None
    before: tuple[int, ...] = ()


def number(value: float) -> str:
    """Four digits, as they stand in a formula."""
    return significant(value)


def probabilities_of(context: QueryContext, asked: Asked) -> FloatArray:
    """What the model thinks of the item, shape (n_classes,)."""
    p: FloatArray = context.model.probabilities(context.candidates[asked.at : asked.at + 1])[0]
    return p


def entropy_words(p: FloatArray) -> str:
    """``−(0.5·log 0.5 + 0.5·log 0.5)``: what is not 0, the largest terms where there are many."""
    order = [at for at in np.argsort(-p, kind="stable").tolist() if p[at] > 0]
    terms = [f"{number(p[at])}·log {number(p[at])}" for at in order[:MOST_TERMS]]
    more = [f"… {len(order) - MOST_TERMS} more"] if len(order) > MOST_TERMS else []
    return f"−({' + '.join(terms + more)})"


def gap_words(p: FloatArray) -> str:
    """The two largest, one less the other."""
    first, *rest = sorted(p.tolist(), reverse=True)
    return f"{number(first)} − {number(rest[0] if rest else 0.0)}"


def weighted_words(weights: FloatArray, values: FloatArray) -> str:
    """``0.7·0.1 + 0.3·0.2``: the largest weights first, where there are many the others as one number."""
    order = np.argsort(-weights, kind="stable")
    terms = [f"{number(weights[at])}·{number(values[at])}" for at in order[:MOST_TERMS].tolist()]
    left = order[MOST_TERMS:]
    return " + ".join([*terms, *([number(float((weights * values)[left].sum()))] if len(left) else [])])


def gain_words(weights: FloatArray, values: FloatArray, covered: FloatArray) -> tuple[str, int]:
    """``0.9·(0.8 − 0.1) + 0.3·(0.2 − 0)``, the largest terms first, where there are many the others as one number; and how
    many there are. Terms are those of what is covered better than before.

    Parameters
    ----------
    weights, values, covered : of each item what it is worth, how well it would be covered, and how well it is.
    """
    added = weights * np.maximum(values - covered, 0.0)
    order = np.argsort(-added, kind="stable")[: np.count_nonzero(added)]
    terms = [f"{number(weights[at])}·({number(values[at])} − {number(covered[at])})" for at in order[:MOST_TERMS].tolist()]
    left = added[order[MOST_TERMS:]]
    return " + ".join([*terms, *([number(float(left.sum()))] if len(left) else [])]) or "0", len(order)


def taken(context: QueryContext, asked: Asked) -> IntArray:
    """Rows that have a label, and those of the batch that were picked before this item, in the order of the picks."""
    return np.concatenate([context.labelled, context.candidates[list(asked.before)]])


def opinions_of(context: QueryContext, members: tuple[Member, ...], asked: Asked) -> FloatArray:
    """What every member of a committee thinks of the item, shape (members, n_classes)."""
    found: list[FloatArray] = []

    def take(p: FloatArray) -> FloatArray:
        found.append(p)
        return np.zeros(p.shape[-1])

    each_member(replace(context, candidates=context.candidates[asked.at : asked.at + 1]), members, take)
    return found[0][:, :, 0] if found else np.zeros((0, context.n_classes))


def member_words(members: tuple[Member, ...], opinions: FloatArray) -> tuple[str, ...]:
    """Who thinks what, a line each: of many the first few."""
    lines = []
    for member, p in list(zip(members, opinions, strict=True))[:MOST_TERMS]:
        lines.append(f"{member_name(member)}: {shares(p)}")
    left = len(members) - len(lines)
    return (*lines, *([f"and {left} more"] if left > 0 else []))


def member_name(member: Member) -> str:
    """What a member of a committee is, in words."""
    kind = type(member.estimator).__name__
    return _NAMES.get(kind) or f"{getattr(member.estimator, 'kernel', kind)} SVM"


def shares(p: FloatArray) -> str:
    """The likeliest classes first, each by its number in braces, which whoever shows it replaces by its name."""
    order = np.argsort(-p, kind="stable")[:3].tolist()
    return ", ".join(f"{{{at}}} {number(p[at])}" for at in order if p[at] > 0)
