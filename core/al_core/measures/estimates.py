"""What a measurement finds, as records that whoever must not load numerics can hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval; no value where there is nothing to estimate, no bounds with fewer than two seeds."""

    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval; None where there is none."""
        return None if self.low is None or self.high is None else (self.low, self.high)


@dataclass(frozen=True, slots=True)
class FriedmanResult:
    """Friedman's test over blocks, with what is read after it.

    Parameters
    ----------
    ranks : mean rank of every strategy, 1 = best.
    chi2, p_value : the statistic corrected for ties, and its p-value, from SciPy.
    f, f_p_value : Iman and Davenport's less conservative statistic, from the uncorrected chi-square as in Demšar, eq. 3; None
        when all blocks rank alike, where it is infinite however few they are.
    critical_difference : Nemenyi: mean ranks that are closer than this are not told apart at the 5 % level.
    p_holm : Holm-adjusted p-values of the comparison of every other strategy with the control.
    groups : the longest runs of strategies, best first, in which no two are told apart by the critical difference.
    """

    blocks: int
    ranks: dict[str, float]
    chi2: float
    p_value: float
    f: float | None
    f_p_value: float | None
    critical_difference: float
    p_holm: dict[str, float]
    groups: tuple[tuple[str, ...], ...]
