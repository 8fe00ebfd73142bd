"""Measures of learning curves on curves whose areas can be worked out by hand."""

from __future__ import annotations

import pytest

from al_core.measures.curves import accuracy_at, aulc, data_utilisation, deficiency, halves, naulc

STRAIGHT = [(0, 0.0), (10, 0.5), (20, 1.0)]
STEEP = [(0, 0.0), (10, 1.0), (20, 1.0)]


def test_accuracy_between_two_points() -> None:
    assert accuracy_at(STRAIGHT, 5) == 0.25
    assert accuracy_at(STRAIGHT, 20) == 1.0
    with pytest.raises(ValueError, match="outside"):
        accuracy_at(STRAIGHT, 21)


def test_the_halves_average_to_the_whole() -> None:
    assert halves(STRAIGHT) == pytest.approx((0.25, 0.75))
    assert halves(STEEP) == pytest.approx((0.5, 1.0))
    odd = [(20, 0.5), (30, 0.7), (40, 0.8), (47, 0.9)]
    early, late = halves(odd) or (0, 0)
    assert (early + late) / 2 == pytest.approx(aulc(odd))
    assert halves([(20, 0.5)]) is None


def test_deficiency_is_a_ratio_of_areas_below_the_ceiling() -> None:
    assert deficiency(STEEP, STRAIGHT, 1.0) == pytest.approx(0.25 / 0.5)
    assert deficiency(STRAIGHT, STRAIGHT, 0.9) == 1.0
    assert deficiency(STEEP, STRAIGHT, 0.5) is None
    assert deficiency([(0, 1.0)], STRAIGHT, 1.0) is None


def test_data_utilisation_counts_to_where_the_baseline_ends() -> None:
    assert data_utilisation(STEEP, STRAIGHT) == 0.5
    assert data_utilisation([(0, 0.0), (20, 0.9)], STRAIGHT) is None
    assert data_utilisation([], STRAIGHT) is None


def test_naulc_is_0_at_random_and_1_at_all_labels() -> None:
    assert naulc(0.8, 0.8, 0.9) == 0.0
    assert naulc(0.9, 0.8, 0.9) == pytest.approx(1.0)
    assert naulc(0.9, 0.8, 0.8) is None
