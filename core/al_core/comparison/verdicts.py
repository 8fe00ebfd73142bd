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
    failed : seeds on which the strategy failed.
    saved : estimate and interval of the share of labels saved; None where neither ever reached the target.
    band : the interval of the A/A control; None where neither it nor the baseline ever reached the target.
    reached, baseline_reached : on how many of the paired seeds the target was reached.
    has_baseline : whether `random` ran at all.
    control_paired : seeds on which both the A/A control and the baseline have finished; None where there is no control.
    control_failed, baseline_failed : seeds on which the control failed, and on which the baseline did.
    helped : the run that a person had a hand in, ``"it"`` or ``"random"``; empty where they had none.
    """

    planned: int
    paired: int
    failed: int
    saved: tuple[float, float, float] | None
    band: tuple[float, float] | None
    reached: int
    baseline_reached: int
    has_baseline: bool = True
    control_paired: int | None = None
    control_failed: int = 0
    baseline_failed: int = 0
    helped: str = ""


def judge(evidence: Evidence) -> tuple[Verdict, str]:
    """The verdict and its words; after a colon stands what kept it from being a saving or a cost, if it looked like one.

    With fewer seeds than were fixed at the start, or fewer than 30, it is a preview: looking early never finds anything. Runs
    that failed leave a smaller sample that nobody chose, so nothing is concluded from it either; that holds for the A/A control
    as for the strategy. A saving is not said of a strategy that reached the target on fewer seeds than the baseline, nor a cost
    of one that reached it on more: the interval counts runs that never got there as the whole budget, which understates how far
    they are behind.
    """
    planned = evidence.planned
    if not evidence.has_baseline:
        return "preview", "no verdict: nothing to compare with"
    if evidence.helped:
        return "preview", f"no verdict: a person had a hand in {evidence.helped}"
    if evidence.failed:
        return "preview", f"no verdict: failed on {evidence.failed} of {planned} seeds"
    if evidence.baseline_failed:
        return "preview", f"no verdict: random failed on {evidence.baseline_failed} of {planned} seeds"
    if evidence.paired < planned:
        return "preview", f"preview: {evidence.paired} of {planned} seeds"
    if planned < SEEDS_FOR_A_VERDICT:
        return "preview", WORDS["preview"]
    if evidence.control_paired is None:
        return "preview", "no verdict: no second random to compare with"
    if evidence.control_failed:
        return "preview", f"no verdict: the second random failed on {evidence.control_failed} of {planned} seeds"
    if evidence.control_paired < planned:
        return "preview", f"preview: {evidence.control_paired} of {planned} seeds of the second random"
    if evidence.saved is None:
        return "none", f"{WORDS['none']}: target never reached"
    estimate, low, high = evidence.saved
    # Where neither random ever reached the target, both spent the whole budget, and nothing lies between them.
    below, above = evidence.band or (0.0, 0.0)
    if low > 0:
        return _unless("saves", estimate <= above, evidence.baseline_reached - evidence.reached, "missed")
    if high < 0:
        return _unless("costs", estimate >= below, evidence.reached - evidence.baseline_reached, "reached")
    return "none", WORDS["none"]


def _unless(verdict: Verdict, chance: bool, more: int, did: str) -> tuple[Verdict, str]:
    """The verdict, if neither chance nor the seeds on which the strategy ``did`` what random did not speak against it."""
    if chance:
        return "none", f"{WORDS['none']}: within what a second random shows"
    if more > 0:
        return "none", f"{WORDS['none']}: {did} the target on {more} seed{'s' if more > 1 else ''} more than random"
    return verdict, WORDS[verdict]
