"""What a session begins with where the person does not say it."""

from __future__ import annotations

import pytest

from al_core.labelling.defaults import by_size
from al_core.sessions.actions import Settings

USUAL = ("gaussian_field", "expected_error_reduction")
ROWS = ("auto", "margin")
LARGE = ("soft_vote(gaussian_field,random_forest)", "margin")


@pytest.mark.parametrize(
    ("items", "named", "expected"),
    [
        (5000, {}, USUAL),
        (5001, {}, LARGE),
        (5001, {"learner": "knn"}, ("knn", "margin")),
        (5001, {"strategy": "margin"}, LARGE),
        (5001, {"strategy": "entropy"}, ("gaussian_field", "entropy")),
        (5001, dict(zip(("learner", "strategy"), USUAL, strict=True)), USUAL),
        (5000, {"learner": "knn"}, ("knn", "expected_error_reduction")),
    ],
)
def test_learner_and_strategy_hang_on_how_many_items_there_are(
    items: int, named: dict[str, str], expected: tuple[str, str]
) -> None:
    settings = by_size(Settings("pots", "", ("a", "b"), **named), items, named)
    assert (settings.learner, settings.strategy) == expected


@pytest.mark.parametrize(
    ("items", "named", "expected"),
    [
        (30, {}, ROWS),
        (50_000, {}, ROWS),
        (30, {"learner": "knn"}, ("knn", "margin")),
        (30, {"strategy": "entropy"}, ("gaussian_field", "entropy")),
    ],
)
def test_tables_and_texts_find_their_own_mix(items: int, named: dict[str, str], expected: tuple[str, str]) -> None:
    settings = by_size(Settings("pots.csv", "", ("a", "b"), **named), items, named, pictures=False)
    assert (settings.learner, settings.strategy) == expected


@pytest.mark.parametrize(("pictures", "expected"), [(True, LARGE), (False, ROWS)])
def test_who_has_predictions_has_a_learner_that_hears_them(pictures: bool, expected: tuple[str, str]) -> None:
    settings = by_size(Settings("pots", "", ("a", "b"), probabilities="p.npy"), 30, (), pictures=pictures)
    assert (settings.learner, settings.strategy) == expected
