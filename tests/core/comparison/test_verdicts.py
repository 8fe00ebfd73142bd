"""Who may say what, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from al_core.comparison.verdicts import Evidence, judge, mcnemar

SAVING = Evidence(
    planned=30,
    paired=30,
    failed=0,
    saved=(0.4, 0.35, 0.45),
    adjusted=(0.3, 0.5),
    area=0.02,
    control_paired=30,
)
COST = replace(SAVING, saved=(-0.3, -0.4, -0.2), adjusted=(-0.45, -0.15), area=-0.02)


def test_a_saving_and_a_cost() -> None:
    assert judge(SAVING) == ("saves", "saves labels")
    assert judge(COST) == ("costs", "costs labels")
    assert judge(replace(SAVING, saved=(0.05, 0.01, 0.09), adjusted=(0.001, 0.1))) == ("saves", "saves labels")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"saved": (0.4, -0.01, 0.6)}, ""),
        ({"saved": (-0.4, -0.6, 0.01)}, ""),
        ({"adjusted": (-0.01, 0.6)}, ": not sure enough, all strategies counted"),
        ({"adjusted": (0.0, 0.6)}, ": not sure enough, all strategies counted"),
        ({"saved": (0.04, 0.01, 0.07)}, ": less than 5%"),
        ({"least": 0.5}, ": less than 50%"),
        ({"area": -0.001}, ": the area under its curve is not larger"),
        ({"area": 0.0}, ": the area under its curve is not larger"),
        # Runs that never got there count as the budget, which understates how far behind they are.
        ({"baseline_alone": 6}, ": missed the target on 6 seeds more than random"),
        ({"baseline_alone": 12, "alone": 2}, ": missed the target on 10 seeds more than random"),
        ({"saved": None, "adjusted": None}, ": target never reached"),
        ({"is_control": True}, ""),
    ],
)
def test_no_saving_is_shown(change: dict[str, object], words: str) -> None:
    assert judge(replace(SAVING, **change)) == ("none", f"no difference shown{words}")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"saved": (-0.4, -0.6, 0.01)}, ""),
        ({"adjusted": (-0.6, 0.01)}, ": not sure enough, all strategies counted"),
        ({"saved": (-0.04, -0.06, -0.01)}, ": less than 5%"),
        ({"area": 0.001}, ": the area under its curve is not smaller"),
        ({"alone": 6}, ": reached the target on 6 seeds more than random"),
        ({"is_control": True}, ""),
    ],
)
def test_no_cost_is_shown(change: dict[str, object], words: str) -> None:
    assert judge(replace(COST, **change)) == ("none", f"no difference shown{words}")


@pytest.mark.parametrize(("alone", "random_alone"), [(0, 1), (0, 5), (1, 7), (12, 2)])
def test_a_few_missed_seeds_veto_nothing(alone: int, random_alone: int) -> None:
    """One missed seed of a hundred is chance; the more seeds there are, the more often it happens."""
    assert judge(replace(SAVING, alone=alone, baseline_alone=random_alone)) == ("saves", "saves labels")


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_veto_is_mcnemars_exact_test(first: int, second: int) -> None:
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert mcnemar(first, second) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"planned": 29, "paired": 29}, "preview: too few seeds"),
        ({"planned": 50}, "preview: 30 of 50 seeds"),  # peeking
        ({"failed": 1, "paired": 29}, "no verdict: failed on 1 of 30 seeds"),
        ({"baseline_failed": 2, "paired": 28}, "no verdict: random failed on 2 of 30 seeds"),
        ({"has_baseline": False}, "no verdict: nothing to compare with"),
        ({"control_paired": None}, "no verdict: no second random to compare with"),
        ({"control_paired": 3, "control_failed": 27}, "no verdict: the second random failed on 27 of 30 seeds"),
        ({"control_paired": 3}, "preview: 3 of 30 seeds of the second random"),
    ],
)
def test_no_verdict(change: dict[str, object], words: str) -> None:
    assert judge(replace(SAVING, **change)) == ("preview", words)
