"""What a session begins with where the person does not say it."""

from __future__ import annotations

import pytest

from al_core.labelling.defaults import by_data
from al_core.sessions.actions import Settings

USUAL = ("gaussian_field", "expected_error_reduction")
MIX = ("auto", "auto")
LARGE = ("soft_vote(gaussian_field,random_forest)", "margin")


@pytest.mark.parametrize(
    ("items", "named", "expected"),
    [
        (30, {}, MIX),
        (100_000, {}, MIX),
        (100_001, {}, LARGE),
        (30, {"learner": "knn"}, ("knn", "auto")),
        (100_001, {"learner": "knn"}, ("knn", "margin")),
        (30, {"strategy": "margin"}, ("auto", "margin")),
        (100_001, {"strategy": "margin"}, LARGE),
        (100_001, {"strategy": "auto"}, ("soft_vote(gaussian_field,random_forest)", "auto")),
        (30, {"strategy": "entropy"}, ("gaussian_field", "entropy")),
        (100_001, {"strategy": "entropy"}, ("gaussian_field", "entropy")),
        (30, dict(zip(("learner", "strategy"), USUAL, strict=True)), USUAL),
        (100_001, dict(zip(("learner", "strategy"), USUAL, strict=True)), USUAL),
    ],
)
def test_own_data_finds_its_own_mix_where_nothing_is_named(
    items: int, named: dict[str, str], expected: tuple[str, str]
) -> None:
    settings = by_data(Settings("pots", "", ("a", "b"), **named), items, named)
    assert (settings.learner, settings.strategy) == expected


@pytest.mark.parametrize("items", [30, 100_001])
@pytest.mark.parametrize("named", [{}, {"learner": "knn"}, {"strategy": "margin"}])
def test_data_of_the_program_keeps_what_it_was_measured_with(items: int, named: dict[str, str]) -> None:
    settings = Settings("digits", "", ("a", "b"), **named)
    assert by_data(settings, items, named, own=False) == settings


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    ("items", "named", "expected"),
    [
        (30, {}, MIX),
        (100_001, {}, LARGE),
        (30, {"strategy": "entropy"}, ("auto", "entropy")),
        (30, {"learner": "stack(knn,svm)"}, ("stack(knn,svm)", "auto")),
    ],
)
def test_who_has_predictions_has_a_learner_that_hears_them(
    items: int, named: dict[str, str], expected: tuple[str, str], own: bool
) -> None:
    settings = by_data(Settings("pots", "", ("a", "b"), probabilities="p.npy", **named), items, named, own=own)
    assert (settings.learner, settings.strategy) == expected
