"""Rare class: while a class has far fewer labels than its even share, ask for what may be of it; else by another strategy."""

from __future__ import annotations

import math

import numpy as np

from al_core.data.dataset import FloatArray, IntArray
from al_core.ground.errors import UserError
from al_core.strategies.parts.best import top
from al_core.strategies.parts.coverage import covered_by, kernel_of
from al_core.strategies.parts.numbers import Asked, number, shares
from al_core.strategies.registry import Choice, Numbers, Parameter, QueryContext, resolve_strategy, strategy

NEIGHBOURS = 50
"""Nearest items that are like an item at all."""


def _another(base: str) -> None:
    if resolve_strategy(base).info.name == "rare_class":
        raise UserError("rare_class: base is rare_class itself; name another strategy, e.g. margin")


def _chance_of(
    context: QueryContext,
    asked: Asked,
    *,
    base: str = "auto",
    share: float = 1.0,
    gamma: float = 0.0,
    similarity: float = 0.5,
) -> Numbers:
    rare, behind = most_behind(context.labels, context.n_classes)
    p, looks = context.probabilities[asked.at], float(_likeness(context, rare)[asked.at])
    labels = f"{{{rare}}} has {int(np.sum(context.labels == rare)):,} of {len(context.labels):,} labels"
    wanted = (
        f"looked for by {number(p[rare])}·(1 − {number(p[rare])})^{number(gamma)} + {number(similarity)}·{number(looks)}"
        f" = {number(p[rare] * (1 - p[rare]) ** gamma + similarity * looks)}"
    )
    part = f"{labels}: it is looked for by a share {number(share * behind)} of a batch, the rest is asked by {base}"
    return Numbers(number(p[rare]), (f"P(r|x), r = {{{rare}}}; the model thinks {shares(p)}", wanted, part))


@strategy(
    "rare_class",
    family="mixed",
    formula="P(r|x)·(1 − P(r|x))^γ + λ·max_{s of r} K(x, s), r the class with fewest labels; share·(1 − C·n_r/n) of a batch",
    source="this program; the aim is the class balance of TAILOR: Zhang, Katz-Samuels, Nowak & Jamieson 2023",
    cost="that of the base, O(n·C), and O(n²·d) once for the neighbours, of more than 20,000 items O(n·d·anchors) for anchors",
    why="Chosen with the class that has the fewest labels in view, which it is of with a probability of {score:.0%}.",
    parameters={
        "base": Parameter("the strategy that the rest of the batch is asked by", check=_another),
        "share": Parameter("share of the batch that looks for a class which has no label beyond its first", low=0, high=1),
        "gamma": Parameter("how much what is certain already is left aside", low=0),
        "similarity": Parameter("how much it counts to look like a label of the class", low=0),
    },
    numbers=_chance_of,
)
def rare_class(
    context: QueryContext,
    k: int,
    *,
    base: str = "auto",
    share: float = 1.0,
    gamma: float = 0.0,
    similarity: float = 0.5,
) -> Choice:
    """Part of the batch looks for the class that has the fewest labels, the more the further it is behind."""
    asked = resolve_strategy(base).choose(context, k).indices
    rare, behind = most_behind(context.labels, context.n_classes)
    p = context.probabilities[:, rare]
    count = min(k, math.floor(k * share * behind + context.rng.random()))
    if count:
        found = top(p * (1.0 - p) ** gamma + similarity * _likeness(context, rare), count, context.rng)
        asked = np.concatenate([found, asked[~np.isin(asked, found)]])[:k]
    return Choice(asked, p[asked], np.arange(1, k + 1))


def most_behind(labels: IntArray, n_classes: int) -> tuple[int, float]:
    """The class with the fewest labels of those that have one, and how far it is behind its even share: 0 not at all, near 1
    with next to no label. (0, 0.0) without labels of two classes.

    Examples
    --------
    >>> most_behind(np.array([0, 0, 0, 0, 0, 0, 0, 1]), 2)
    (1, 0.75)
    """
    counts = np.bincount(labels, minlength=n_classes)
    seen = np.flatnonzero(counts)
    if len(seen) < 2:
        return 0, 0.0
    rare = int(seen[counts[seen].argmin()])
    return rare, max(0.0, 1.0 - len(seen) * int(counts[rare]) / len(labels))


def _likeness(context: QueryContext, label: int) -> FloatArray:
    """The kernel between each candidate and the labelled item of a class that is nearest to it, shape (n,)."""
    kernel = kernel_of(context, NEIGHBOURS, 1.0)
    covered = kernel.of_rows(covered_by(context, kernel, context.labelled[context.labels == label]))
    return np.asarray(covered[np.searchsorted(context.rows, context.candidates)])
