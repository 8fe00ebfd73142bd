"""Metrics of learning curves against values worked out by hand."""

from __future__ import annotations

import pytest

from al_core.measures.curves import aulc, first_hit, held_hit, lead, saved

CURVE = ((20, 0.5), (30, 0.9), (40, 0.8), (50, 0.9), (60, 0.95), (70, 0.9))


def test_first_hit_is_the_first_point_at_or_above() -> None:
    assert first_hit(CURVE, 0.9) == 30
    assert first_hit(CURVE, 0.96) is None


def test_held_hit_needs_three_rounds_in_a_row() -> None:
    assert held_hit(CURVE, 0.9) == 50
    assert held_hit(CURVE[:-1], 0.9) is None
    assert held_hit(CURVE, 0.9, rounds=1) == 30


def test_aulc_is_the_mean_height_of_the_trapezoids() -> None:
    expected = (0.7 + 0.85 + 0.85 + 0.925 + 0.925) / 5
    assert aulc(CURVE) == pytest.approx(expected)
    assert aulc(((0, 0.0), (10, 1.0), (40, 1.0))) == pytest.approx((5 + 30) / 40)
    assert aulc(CURVE[:1]) is None


def test_saved_is_a_share_of_the_baseline_and_none_when_censored() -> None:
    assert saved(75, 100) == pytest.approx(0.25)
    assert saved(None, 100) is None
    assert saved(75, None) is None


@pytest.mark.parametrize(
    ("curve", "baseline", "expected"),
    [
        (((20, 0.5), (30, 0.7), (40, 0.9)), ((20, 0.5), (30, 0.6), (40, 0.7)), 10),
        (((20, 0.5), (30, 0.6), (40, 0.7)), ((20, 0.5), (30, 0.7), (40, 0.9)), -10),
        (((20, 0.0), (30, 0.0), (40, 0.0)), ((20, 0.0), (30, 0.0), (40, 0.0)), 0),
        (((20, 0.5), (30, 0.9), (40, 0.9)), ((20, 0.5), (30, 0.6), (40, 0.9)), 10),
        (((20, 0.5), (30, 0.6), (40, 0.9)), ((20, 0.9), (30, 0.9), (40, 0.9)), -20),
        (((20, 0.5), (30, 0.6)), ((20, 0.9), (30, 0.9), (40, 0.9)), None),
    ],
    ids=["ahead", "behind", "never apart", "level now and first", "level now and last", "not there yet"],
)
def test_a_lead_is_by_how_many_labels_one_was_as_accurate_before(
    curve: tuple[tuple[int, float], ...], baseline: tuple[tuple[int, float], ...], expected: int | None
) -> None:
    assert lead(curve, baseline, 40) == expected
