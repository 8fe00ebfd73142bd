"""Query by committee: ask where several models that were fitted on the same labels disagree."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from al_core.data.dataset import FloatArray
from al_core.strategies.parts.committees import committee_members, each_member
from al_core.strategies.parts.doubt import entropy_of
from al_core.strategies.parts.numbers import MOST_TERMS, Asked, entropy_words, member_words, number, opinions_of
from al_core.strategies.registry import Numbers, Parameter, QueryContext, strategy

_MIXED = "logistic regression, decision tree, Gaussian naive Bayes and 2-nearest-neighbours"
_FOREST = "the 50 trees of a random forest"
_COMMITTEE = Parameter(f"who votes; mixed: {_MIXED}; forest: {_FOREST}", choices=("mixed", "forest"))


def _told(context: QueryContext, asked: Asked, committee: str, words: Callable[[FloatArray], str]) -> Numbers | None:
    """What ``words`` says of the members' probabilities, shape (M, C), and who thinks what; None without a committee."""
    members = committee_members(context, committee)
    opinions = opinions_of(context, members, asked)
    return Numbers(words(opinions), member_words(members, opinions)) if members else None


def _votes_of(context: QueryContext, asked: Asked, *, committee: str = "mixed") -> Numbers | None:
    def words(p: FloatArray) -> str:
        return entropy_words(np.bincount(p.argmax(axis=1), minlength=p.shape[1]) / len(p))

    return _told(context, asked, committee, words)


def _consensus_of(context: QueryContext, asked: Asked, *, committee: str = "mixed") -> Numbers | None:
    return _told(context, asked, committee, lambda p: entropy_words(p.mean(axis=0)))


def _divergences_of(context: QueryContext, asked: Asked, *, committee: str = "mixed") -> Numbers | None:
    def words(p: FloatArray) -> str:
        ratio = np.divide(p, p.mean(axis=0), out=np.ones_like(p), where=p > 0)
        each = (p * np.log(ratio)).sum(axis=1)
        rest = [number(each[MOST_TERMS:].sum())] if len(each) > MOST_TERMS else []
        return " + ".join([*map(number, each[:MOST_TERMS]), *rest])

    return _told(context, asked, committee, words)


def _information_of(context: QueryContext, asked: Asked, *, committee: str = "mixed") -> Numbers | None:
    def words(p: FloatArray) -> str:
        together, alone = entropy_of(p.mean(axis=0)[:, None])[0], entropy_of(p[:, :, None]).mean()
        return f"{number(together)} − {number(alone)}"

    return _told(context, asked, committee, words)


@strategy(
    "vote_entropy",
    family="committee",
    formula="−Σ_y V(y)/M · log(V(y)/M), V(y) the votes of M members for y",
    source="Dagan & Engelson 1995",
    cost="O(n·M·C) and M fits",
    wants="largest",
    pointwise=True,
    why="The committee's votes are split: an entropy of {score} nats among its members.",
    parameters={
        "committee": Parameter(
            f"who votes; mixed: {_MIXED}; forest: {_FOREST}; hard: linear, RBF and polynomial SVM, decision tree,"
            " passive-aggressive, Gaussian naive Bayes and 2-nearest-neighbours",
            choices=("mixed", "forest", "hard"),
        )
    },
    numbers=_votes_of,
)
def vote_entropy(context: QueryContext, *, committee: str = "mixed") -> FloatArray:
    """Entropy of the committee's votes in nats, shape (n,): 0 where all members agree."""
    members = committee_members(context, committee)

    def score(p: FloatArray) -> FloatArray:
        classes = np.arange(p.shape[1])[:, None]
        shares = sum((classes == member.argmax(axis=0)) / len(p) for member in p)
        return entropy_of(np.asarray(shares))

    return each_member(context, members, score)


@strategy(
    "consensus_entropy",
    family="committee",
    formula="−Σ_y P̄(y|x) log P̄(y|x), P̄ the mean of the members' probabilities",
    source="Settles 2009",
    cost="O(n·M·C) and M fits",
    wants="largest",
    pointwise=True,
    why="Taken together, the committee does not know: the entropy of its mean opinion is {score} nats.",
    parameters={"committee": _COMMITTEE},
    numbers=_consensus_of,
)
def consensus_entropy(context: QueryContext, *, committee: str = "mixed") -> FloatArray:
    """Entropy of the committee's mean probabilities in nats, shape (n,)."""
    members = committee_members(context, committee)
    return each_member(context, members, lambda p: entropy_of(p.mean(axis=0)))


@strategy(
    "max_disagreement",
    family="committee",
    formula="Σ_i KL(P_i ‖ P̄), P̄ the mean of the members' probabilities",
    source="McCallum & Nigam 1998",
    cost="O(n·M·C) and M fits",
    wants="largest",
    pointwise=True,
    why="The members' opinions lie far from their mean: {score} nats of divergence in all.",
    parameters={"committee": _COMMITTEE},
    numbers=_divergences_of,
)
def max_disagreement(context: QueryContext, *, committee: str = "mixed") -> FloatArray:
    """Sum of the members' Kullback-Leibler divergences from their mean in nats, shape (n,)."""
    return each_member(context, committee_members(context, committee), divergence)


@strategy(
    "bald",
    family="committee",
    formula="H(P̄) − mean_i H(P_i): mutual information between the label and the member that is right",
    source="Houlsby, Huszár, Ghahramani & Lengyel 2011",
    cost="O(n·M·C) and M fits",
    wants="largest",
    pointwise=True,
    why="Each member is sure, but of something else: the label tells {score} nats about which of them is right.",
    parameters={"committee": _COMMITTEE},
    numbers=_information_of,
)
def bald(context: QueryContext, *, committee: str = "mixed") -> FloatArray:
    """Mutual information between label and committee member in nats, shape (n,).

    Over the same committee this is max_disagreement divided by the number of members, and ranks alike. Houlsby's members are
    draws from one model's posterior, for which the trees of a forest can stand.
    """
    members = committee_members(context, committee)
    return each_member(context, members, lambda p: entropy_of(p.mean(axis=0)) - entropy_of(p).mean(axis=0))


def divergence(p: FloatArray) -> FloatArray:
    """Σ_i KL(P_i ‖ mean P) of members' probabilities, shape (M, C, m) → (m,), with 0·log 0 = 0."""
    mean = p.mean(axis=0)
    ratio = np.divide(p, mean, out=np.ones_like(p), where=p > 0)
    return np.asarray(np.sum(p * np.log(ratio), axis=(0, 1)))
