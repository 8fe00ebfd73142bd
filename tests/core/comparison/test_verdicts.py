"""Who may say what, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from al_core.comparison.verdicts import Evidence, judge

SAVING = Evidence(
    planned=30,
    paired=30,
    failed=0,
    saved=(0.4, 0.35, 0.45),
    band=(-0.05, 0.06),
    reached=30,
    baseline_reached=30,
    control_paired=30,
)


def test_a_saving_and_a_cost() -> None:
    assert judge(SAVING) == ("saves", "saves labels")
    assert judge(replace(SAVING, saved=(-0.3, -0.4, -0.2))) == ("costs", "costs labels")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"saved": (0.4, -0.01, 0.6)}, "no difference shown"),
        ({"saved": (-0.4, -0.6, 0.01)}, "no difference shown"),
        ({"saved": (0.05, 0.01, 0.09)}, "no difference shown: within what a second random shows"),
        ({"saved": (-0.04, -0.06, -0.01)}, "no difference shown: within what a second random shows"),
        # Censoring understates how far behind a missing run is.
        ({"reached": 29}, "no difference shown: missed the target on 1 seed more than random"),
        ({"reached": 27}, "no difference shown: missed the target on 3 seeds more than random"),
        (
            {"saved": (-0.3, -0.4, -0.2), "baseline_reached": 28},
            "no difference shown: reached the target on 2 seeds more than random",
        ),
        ({"saved": None, "band": None}, "no difference shown: target never reached"),
    ],
)
def test_no_difference_is_shown(change: dict[str, object], words: str) -> None:
    assert judge(replace(SAVING, **change)) == ("none", words)


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


def test_the_control_is_never_beyond_its_own_band() -> None:
    for low, high in ((0.02, 0.12), (-0.2, -0.05), (-0.1, 0.1)):
        saved = ((low + high) / 2, low, high)
        assert judge(replace(SAVING, saved=saved, band=(low, high)))[0] == "none"


def test_where_neither_random_ever_reached_the_target_reaching_it_is_a_saving() -> None:
    assert judge(replace(SAVING, band=None, baseline_reached=0)) == ("saves", "saves labels")
