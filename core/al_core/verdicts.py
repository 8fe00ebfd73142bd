"""When a comparison may say something, and the words it says it in. Pure Python.

The rules are few and fixed: enough seeds, an interval that excludes zero, an estimate beyond what a second, independent
`random` shows against the first (the A/A band). No verdict says more than "saves labels" or "costs labels".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SEEDS_FOR_A_VERDICT = 30

Verdict = Literal["saves", "costs", "none", "preview"]

WORDS: dict[Verdict, str] = {
    "saves": "saves labels",
    "costs": "costs labels",
    "none": "no difference shown",
    "preview": "preview: too few seeds",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict hangs on.

    Parameters
    ----------
    planned : seeds fixed at the start.
    paired : seeds on which both the strategy and the baseline have finished.
    failed : seeds on which the strategy or the baseline failed.
    saved : estimate and interval of the share of labels saved; None where there is none.
    band : the interval of the A/A control; None where there is no control.
    reached, baseline_reached : on how many of the paired seeds the target was reached.
    has_baseline : whether `random` ran at all.
    """

    planned: int
    paired: int
    failed: int
    saved: tuple[float, float, float] | None
    band: tuple[float, float] | None
    reached: int
    baseline_reached: int
    has_baseline: bool = True


def judge(evidence: Evidence) -> tuple[Verdict, str]:
    """The verdict and its words.

    With fewer seeds than were fixed at the start, or fewer than 30, it is a preview: looking early never finds anything. Runs
    that failed leave a smaller sample that nobody chose, so nothing is concluded from it either. A saving is not said of a
    strategy that reached the target on fewer seeds than the baseline, nor a cost of one that reached it on more: the interval
    counts runs that never got there as the whole budget, which understates how far they are behind.
    """
    if not evidence.has_baseline:
        return "preview", "no verdict: nothing to compare with"
    if evidence.failed:
        return "preview", f"no verdict: failed on {evidence.failed} of {evidence.planned} seeds"
    if evidence.paired < evidence.planned:
        return "preview", f"preview: {evidence.paired} of {evidence.planned} seeds"
    if evidence.planned < SEEDS_FOR_A_VERDICT:
        return "preview", WORDS["preview"]
    if evidence.band is None:
        return "preview", "no verdict: no second random to compare with"
    if evidence.saved is None:
        return "none", "no difference shown: target never reached"
    estimate, low, high = evidence.saved
    if low > 0 and estimate > evidence.band[1] and evidence.reached >= evidence.baseline_reached:
        return "saves", WORDS["saves"]
    if high < 0 and estimate < evidence.band[0] and evidence.reached <= evidence.baseline_reached:
        return "costs", WORDS["costs"]
    return "none", WORDS["none"]
