"""Rows as cards: values as they were given, and how unusual each is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from tests.core.data.test_table_features import column

from al_core.data.column_kinds import kind_of
from al_core.data.row_cards import RowCards, judge

NUMBERS = [str(number) for number in range(0, 200, 2)]


@pytest.mark.parametrize(
    ("cells", "value", "words", "unusual"),
    [
        (NUMBERS, "198", "above 99%", 0.99),
        (NUMBERS, "1000", "above all", 1.0),
        (NUMBERS, "0", "below 99%", 0.99),
        (NUMBERS, "-5", "below all", 1.0),
        (NUMBERS, "100", "in the middle", 0.01),
        (NUMBERS, "150", "above 75%", 0.51),
        (["1"] * 98 + ["2", "3"], "1", "in the middle", 0.02),
        (["1"] * 98 + ["2", "3"], "3", "above 99%", 0.99),
        ([*NUMBERS, "", "NA"], "", "missing, as 2%", 100 / 102),
        ([*NUMBERS, "", "NA"], "many", "no number", 100 / 102),
        (["a"] * 90 + ["b"] * 8 + ["c"] * 2, "a", "90%", 0.0),
        (["a"] * 90 + ["b"] * 8 + ["c"] * 2, "b", "8%", 0.9),
        (["a"] * 90 + ["b"] * 8 + ["c"] * 2, "c", "1 in 50", 0.98),
        (["a"] * 90 + ["b"] * 8 + ["c"] * 2, "d", "new", 1.0),
        (["a"] * 90 + [""] * 10, " ", "missing, as 10%", 0.9),
        (["a", "b"] * 50, "a", "50%", 0.0),
        (["x"] * 5, "y", "", 0.0),
    ],
)
def test_how_unusual_a_value_is(cells: Sequence[str], value: str, words: str, unusual: float) -> None:
    place = judge(kind_of("x", cells, decimal_comma=False))(value)
    assert place.words == words
    assert place.unusual == pytest.approx(unusual)


def test_a_card_has_values_as_given_and_what_is_only_shown_counts_most() -> None:
    shown, numbers = column("note", ["", "a" * 3000]), column("x", ["007", "8.0"])
    cards = RowCards([shown, numbers], [kind_of("x", ["7", "8", "9", "12"], decimal_comma=False)])
    assert len(cards) == 2
    card = cards[0]
    assert card.fields == (("note", ""), ("x", "007"))
    assert card.notes == ("", "below 75%")
    assert card.unusual[0] > 1.0 >= card.unusual[1]
    assert len(cards[1].fields[0][1]) == 2000
