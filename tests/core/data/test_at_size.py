"""How items look: as the data set says, no picture larger than a screen has use for."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.data.at_size import LONGEST_PASSAGE, MOST_FIELDS, fitted, look_at
from al_core.data.contents import open_contents, open_looks
from al_core.data.dataset import Dataset
from al_core.data.looks import Card, Look, Passage, Picture, Size, weight
from al_core.ground.errors import UserError

SIZE = Size(160, 120)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 20), st.integers(1, 20), st.booleans())
def test_a_picture_is_made_smaller_as_a_whole_and_never_larger(
    width: int, height: int, across: int, down: int, colour: bool
) -> None:
    rng = np.random.default_rng(0)
    levels = rng.integers(0, 256, (height, width, 3 if colour else 1), dtype=np.uint8)
    picture = Picture(width, height, levels.tobytes(), colour)
    got = fitted(picture, Size(across, down))
    assert isinstance(got, Picture)
    assert got.width <= max(across, 1)
    assert got.height <= max(down, 1)
    assert len(got.pixels) == got.width * got.height * (3 if colour else 1)
    if width <= across and height <= down:
        assert got is picture
    share = min(across / width, down / height, 1)
    assert (got.width, got.height) == (max(1, int(width * share)), max(1, int(height * share)))


def test_each_pixel_is_the_mean_of_those_it_stands_for() -> None:
    picture = Picture(4, 2, bytes([0, 100, 200, 100, 100, 200, 0, 100]))
    assert fitted(picture, Size(2, 1)) == Picture(2, 1, bytes([100, 100]))
    red_and_blue = Picture(2, 1, bytes([255, 0, 0, 0, 0, 255]), colour=True)
    assert fitted(red_and_blue, Size(1, 1)) == Picture(1, 1, bytes([127, 0, 127]), colour=True)


def test_a_card_and_a_text_carry_no_more_than_anybody_reads() -> None:
    card = Card(tuple((str(number), "x") for number in range(5000)))
    assert len(fitted(card, SIZE).fields) == MOST_FIELDS
    text = fitted(Passage("a" * 10**6), SIZE)
    assert (len(text.text), text.text[-1]) == (LONGEST_PASSAGE, "…")
    assert fitted(Passage("short"), SIZE) == Passage("short")


def test_a_data_set_says_how_its_items_look() -> None:
    looks: list[Look] = [Passage("one"), Card((("a", "1"),)), Picture(1, 1, b"\0")]
    data = Dataset("mixed", [[0.0], [1.0], [2.0]], [0, 1, 0], ["a", "b"], looks=looks)
    assert [look_at(data, row, SIZE) for row in range(3)] == looks
    with pytest.raises(UserError, match="there are 2 looks for 3 items"):
        Dataset("mixed", [[0.0], [1.0], [2.0]], [0, 1, 0], ["a", "b"], looks=looks[:2])


def test_without_a_look_an_item_is_a_card_of_its_numbers() -> None:
    data = Dataset("plain", [[0.5, 12345.678]], [0], ["a", "b"])
    assert look_at(data, 0, SIZE) == Card((("x1", "0.5"), ("x2", "1.235e+04")))


def test_the_looks_of_rows_and_of_all_of_them() -> None:
    few, all_of_them = open_looks("digits", (5, 3), SIZE), open_looks("digits", None, SIZE)
    assert few == (all_of_them[5], all_of_them[3])
    assert len(all_of_them) == len(open_contents("digits").ids) == 1797
    assert {weight(look) for look in all_of_them} == {64}
