"""How often a model is right, by items drawn at random to measure with. Pure Python, so that a screen can say it.

Nobody knows how many of ``pool`` items a model gives the right class. ``asked`` of them were drawn, each as likely as any other
and none twice, and answered; the model has ``right`` of these. The interval holds at every moment at which one looks, so that
one may look after each answer and stop when one likes. An interval made for one look, such as Wilson's, then misses far more
often than it says.
"""

from __future__ import annotations

from collections.abc import Callable
from math import lgamma, log

ALPHA = 0.05
"""How often an interval may ever miss."""
PRIOR = (9.0, 1.0)
"""A Beta distribution: models are thought to be right nine times in ten before anything was asked. The interval is valid
whatever is thought; it is shortest where that is so."""


def audit_interval(
    right: int, asked: int, pool: int, *, unknown: int = 0, alpha: float = ALPHA, prior: tuple[float, float] = PRIOR
) -> tuple[float, float]:
    """The share of the pool that a model has right, at least and at most, with error ``alpha`` over all looks together.

    A number K of right items stays in as long as what was seen is, with it, more than ``alpha`` times as likely as with a K
    that is drawn from the prior: the prior-posterior ratio, without replacement. That likelihood has one hill over K, so that
    both ends are found by halving.

    Source: Waudby-Smith & Ramdas 2020.

    Parameters
    ----------
    right : items that were drawn, answered, and that the model has right.
    asked : items that were drawn and answered.
    pool : items that they were drawn from, they themselves included.
    unknown : answers among ``asked`` that are no label and not in ``right``: wrong for the lower end, right for the upper.
    alpha : how often the interval may ever miss.
    prior : parameters of the Beta distribution.

    Raises
    ------
    ValueError
        There are more of the parts than of the whole.
    """
    if min(right, unknown) < 0 or not right + unknown <= asked <= pool:
        raise ValueError(f"{right} right and {unknown} unknown of {asked:,} asked of {pool:,}")
    if not pool:
        return 0.0, 1.0
    lower = _ends(right, asked, pool, alpha, prior)[0]
    upper = _ends(right + unknown, asked, pool, alpha, prior)[1]
    return lower / pool, upper / pool


def _ends(right: int, asked: int, pool: int, alpha: float, prior: tuple[float, float]) -> tuple[int, int]:
    """The least and the largest number of right items in the pool that stay in."""
    least, most = right, pool - asked + right
    if not asked:
        return least, most
    bound = log(alpha) + _log_drawn_from_prior(right, asked, prior)

    def inside(count: int) -> bool:
        return _log_drawn(right, asked, count, pool) > bound

    top = min(max(least, right * (pool + 1) // asked), most)
    """Where the hill is highest; it is inside, for the prior is a mean of such likelihoods."""
    return _first(inside, least, top), pool - _first(lambda rest: inside(pool - rest), pool - most, pool - top)


def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The first number from ``low`` on for which it holds, if it holds for ``high`` and from there back to the first."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _log_drawn(right: int, asked: int, count: int, pool: int) -> float:
    """Logarithm of the probability of ``right`` of ``asked`` where ``count`` of the pool are right: hypergeometric."""
    return _log_ways(count, right) + _log_ways(pool - count, asked - right) - _log_ways(pool, asked)


def _log_drawn_from_prior(right: int, asked: int, prior: tuple[float, float]) -> float:
    """The same where how many are right is drawn from the prior: beta-binomial, for a pool of any size."""
    a, b = prior
    return _log_ways(asked, right) + _log_beta(right + a, asked - right + b) - _log_beta(a, b)


def _log_ways(of: int, some: int) -> float:
    return lgamma(of + 1) - lgamma(some + 1) - lgamma(of - some + 1)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
