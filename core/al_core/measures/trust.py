"""Whether what a model says about its own errors may be believed. SciPy has the distribution."""

from __future__ import annotations

TIMES_MORE = 2.0
"""A model whose errors may be more than so many times what it expects is not believed."""
CONFIDENCE = 0.95


def times_more_wrong(expected: float, wrong: int) -> float:
    """Upper bound of how many times more often a model errs than it says, on labels that it did not know.

    Parameters
    ----------
    expected : how many of these labels it expected to get wrong: the sum of 1 − the largest probability.
    wrong : how many it got wrong.

    Returns
    -------
    The largest factor that ``wrong`` errors, counted as a Poisson variable with mean factor · ``expected``, leave possible at
    95 % confidence; infinite where it expected none. With few labels it is large whatever they say: nothing was checked then.

    Source: Garwood 1936, Fiducial limits for the Poisson distribution.
    """
    from scipy import stats

    if expected <= 0:
        return float("inf")
    return float(stats.chi2.ppf(CONFIDENCE, 2 * (wrong + 1))) / 2 / expected


def believed(expected: float, wrong: int) -> bool:
    """Whether the check is passed: the model's errors are at most `TIMES_MORE` times what it expects."""
    return times_more_wrong(expected, wrong) <= TIMES_MORE
