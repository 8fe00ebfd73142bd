"""A point is a ring in a cloud of all others, where it lies, in whatever room there is."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tui.items.test_view import DARK, keeps_to, plain

from al_core.data.looks import Point, weight
from al_tui.items.point import MARK
from al_tui.items.view import Room, large, small
from al_tui.theme.colours import Palette

PLAIN = Palette(dark=True, ansi=False, colour=False, ground="#121212", ink="#e0e0e0")
places = st.integers(0, 65535)


def point(across: int, down: int, *others: tuple[int, int]) -> Point:
    numbers = array("H", [number for place in ((across, down), *others) for number in place])
    return Point(across, down, numbers.tobytes(), (("x1", "0.5"), ("x2", "-12")))


@given(places, places, st.lists(st.tuples(places, places), max_size=5), st.integers(1, 90), st.integers(1, 40))
def test_it_keeps_to_its_room_and_has_one_mark(across: int, down: int, others: list[tuple[int, int]], w: int, h: int) -> None:
    for how in (small, large):
        lines = how(point(across, down, *others), Room(w, h), DARK)
        keeps_to(Room(w, h), lines)
        assert "".join(plain(lines)).count(MARK) == 1


@pytest.mark.parametrize("colours", [DARK, PLAIN])
def test_the_mark_and_the_others_are_where_they_lie(colours: Palette) -> None:
    look = point(0, 65535, (65535, 0), (40000, 0))
    lines = plain(large(look, Room(10, 5), colours))
    assert lines == ["      ⠁  ⠈", " " * 10, " " * 10, MARK + " " * 9, "(0.5, -12)"]


def test_it_weighs_what_it_adds_to_those_of_its_data_set() -> None:
    assert weight(point(0, 0, *[(1, 1)] * 99)) < 100
