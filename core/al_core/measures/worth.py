"""What labels are worth in time and money: a person's time for each, and what an hour of theirs costs. Nothing is assumed."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable
from typing import NamedTuple

from al_core.ground.numbers import Span, between, duration, money, significant

TYPED_BY_NOBODY = 0.02
"""Seconds below which nobody has answered: it was imported, merged or pasted."""
FEWEST_TIMES = 5
"""Answers from which on there is a usual time."""
_LEAST = 3.0
"""Times the median, below which no time is a pause."""


class Price(NamedTuple):
    """What a label costs, as far as somebody has said or measured it.

    Parameters
    ----------
    seconds : that a person takes for a label; None where nobody knows: then nothing is said.
    per_hour : what an hour of the person costs; None where nobody has said it: then there is time, and no money.
    currency : the person's word behind sums of money; empty for none.
    """

    seconds: float | None = None
    per_hour: float | None = None
    currency: str = ""

    def hours(self, labels: float) -> float | None:
        """How long so many labels take."""
        return None if self.seconds is None else labels * self.seconds / 3600

    def cost(self, hours: float) -> float | None:
        """What so many hours cost."""
        return None if self.per_hour is None else hours * self.per_hour

    def paid(self, seconds: float) -> str:
        """What so much time costs, in words; empty where nobody has said what an hour does."""
        cost = self.cost(seconds / 3600)
        return "" if cost is None else self.money(cost)

    def money(self, cost: float, span: Span | None = None) -> str:
        """A sum of money, and between which sums it lies."""
        words = money(cost) + ("" if span is None else f" ({between(*span, money)})")
        return f"{words} {self.currency}".rstrip()

    def worth(self, labels: float, span: Span | None = None) -> str:
        """So many labels in time and money, in words: ``3.1 min (2.1 to 4.1), 1.55 (1.05 to 2.05) EUR``; empty where nobody
        knows how long a label takes.
        """
        if self.seconds is None:
            return ""
        bounds = None if span is None else (span[0] * self.seconds, span[1] * self.seconds)
        words = duration(labels * self.seconds, bounds)
        if self.per_hour is None:
            return words
        rate = self.seconds / 3600 * self.per_hour
        return f"{words}, {self.money(labels * rate, None if span is None else (span[0] * rate, span[1] * rate))}"

    @property
    def words(self) -> str:
        """What is known: ``15.4 s a label, 30.00 EUR an hour``; empty where nobody knows how long a label takes."""
        if self.seconds is None:
            return ""
        hour = "" if self.per_hour is None else f", {self.money(self.per_hour)} an hour"
        return f"{significant(self.seconds, 3)} s a label{hour}"


NOTHING_KNOWN = Price()


class Times:
    """Seconds that answers took: kept ascending, with their sum, so that the hundred-thousandth costs what the first does."""

    __slots__ = ("_seconds", "_total")

    def __init__(self, seconds: Iterable[float] = ()) -> None:
        self._seconds = sorted(one for one in seconds if _typed(one))
        self._total = math.fsum(self._seconds)

    def add(self, seconds: float) -> None:
        """Count one more; what nobody can have typed is none."""
        if _typed(seconds):
            bisect.insort(self._seconds, seconds)
            self._total += seconds

    def __len__(self) -> int:
        return len(self._seconds)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Times) and self._seconds == other._seconds

    @property
    def usual(self) -> float | None:
        """The median; None of fewer than `FEWEST_TIMES`."""
        times, count = self._seconds, len(self._seconds)
        return (times[(count - 1) // 2] + times[count // 2]) / 2 if count >= FEWEST_TIMES else None

    @property
    def spent(self) -> float | None:
        """How long all of them took, a pause among them counted as the median; None of too few.

        A pause is what lies beyond Tukey's fence, one and a half times the distance of the quartiles above the upper one, on
        logarithms, for such times are skewed; and is more than three times the median, for some people answer like clockwork.

        Source: Tukey 1977, Exploratory Data Analysis.
        """
        times, usual = self._seconds, self.usual
        if usual is None:
            return None
        lower, upper = times[len(times) // 4], times[(3 * len(times)) // 4]
        longest = max(_LEAST * usual, upper * (upper / lower) ** 1.5)
        kept = bisect.bisect_right(times, longest)
        return self._total - math.fsum(times[kept:]) + usual * (len(times) - kept)


def _typed(seconds: float) -> bool:
    return TYPED_BY_NOBODY <= seconds < math.inf
