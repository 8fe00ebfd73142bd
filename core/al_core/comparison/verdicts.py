"""When a comparison may say something, and the words it says it in. Pure Python.

The rules are few and fixed: enough seeds, an interval that excludes zero although several strategies are tried, a saving
large enough to matter, and nothing else in the runs that speaks against it. No verdict says more than "saves labels" or
"costs labels".
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Literal

from al_core.ground.numbers import level
from al_core.task.spec import LEAST_SAVING

SEEDS_FOR_A_VERDICT = 30
LEVEL_OF_THE_VETO = 0.05

Verdict = Literal["saves", "costs", "none", "preview"]

WORDS: dict[Verdict, str] = {
    "saves": "saves labels",
    "costs": "costs labels",
    "none": "no difference shown",
    "preview": "preview: too few seeds",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict hangs on; a target counts as reached where it was held.

    Parameters
    ----------
    planned : seeds fixed at the start.
    paired : seeds on which both the strategy and the baseline have finished.
    failed : seeds on which the strategy failed.
    saved : estimate and interval of the share of labels saved; None where neither ever reached the target.
    adjusted : the interval as it is when the whole family of strategies is taken into account; None as ``saved``.
    area : mean difference of the areas under the curves, strategy minus baseline.
    alone, baseline_alone : on how many of the paired seeds only the strategy, and only the baseline, reached the target.
    least : the smallest share of labels, saved or lost, that gets a verdict.
    has_baseline : whether `random` ran at all.
    is_control : whether this is the second, independent `random`, which never gets a verdict.
    control_paired : seeds on which both the A/A control and the baseline have finished; None where there is no control.
    control_failed, baseline_failed : seeds on which the control failed, and on which the baseline did.
    helped : the run that a person had a hand in, ``"it"`` or ``"random"``; empty where they had none.
    """

    planned: int
    paired: int
    failed: int
    saved: tuple[float, float, float] | None
    adjusted: tuple[float, float] | None
    area: float = 0.0
    alone: int = 0
    baseline_alone: int = 0
    least: float = LEAST_SAVING
    has_baseline: bool = True
    is_control: bool = False
    control_paired: int | None = None
    control_failed: int = 0
    baseline_failed: int = 0
    helped: str = ""


def judge(evidence: Evidence) -> tuple[Verdict, str]:
    """The verdict and its words; after a colon stands what kept it from being a saving or a cost, if it looked like one.

    With fewer seeds than were fixed at the start, or fewer than 30, it is a preview: looking early never finds anything. Runs
    that failed leave a smaller sample that nobody chose, so nothing is concluded from it either; that holds for the A/A control
    as for the strategy.
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
    if evidence.saved is None or evidence.adjusted is None:
        return "none", f"{WORDS['none']}: target never reached"
    _, low, high = evidence.saved
    if evidence.is_control or low <= 0 <= high:
        return "none", WORDS["none"]
    verdict: Verdict = "saves" if low > 0 else "costs"
    reason = _against(verdict, evidence)
    return ("none", f"{WORDS['none']}: {reason}") if reason else (verdict, WORDS[verdict])


def _against(verdict: Verdict, evidence: Evidence) -> str:
    """What speaks against a saving or a cost although the interval excludes zero; empty if nothing does."""
    assert evidence.saved is not None
    assert evidence.adjusted is not None
    sign = 1 if verdict == "saves" else -1
    low, high = evidence.adjusted
    if (low if sign > 0 else -high) <= 0:
        return "not sure enough, all strategies counted"
    if sign * evidence.saved[0] < evidence.least:
        return f"less than {level(evidence.least)}"
    if sign * evidence.area <= 0:
        return f"the area under its curve is {'not larger' if sign > 0 else 'not smaller'}"
    more = sign * (evidence.baseline_alone - evidence.alone)
    if more > 0 and mcnemar(evidence.alone, evidence.baseline_alone) <= LEVEL_OF_THE_VETO:
        did = "missed" if sign > 0 else "reached"
        return f"{did} the target on {more} seeds more than random"  # fewer than six never pass the test
    return ""


def mcnemar(first: int, second: int) -> float:
    """McNemar's exact test, two-sided: the p-value of pairs that differ, ``first`` one way and ``second`` the other.

    Source: McNemar 1947.
    """
    n = first + second
    tail = sum(comb(n, k) for k in range(max(first, second), n + 1))
    return min(1.0, 2.0 * tail / float(2**n))
