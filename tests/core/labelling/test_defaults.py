"""What a session begins with where the person does not say it."""

from __future__ import annotations

import pytest

from al_core.labelling.defaults import by_size
from al_core.sessions.actions import Settings

USUAL = ("gaussian_field", "expected_error_reduction")
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
