"""Pictures fit the place they are given, and show what is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from al_core.data.looks import Picture
from al_tui.items.view import Room, large, small
from al_tui.theme.colours import Palette

DARK = Palette(dark=True, ansi=False, colour=True, ground="#121212", ink="#e0e0e0")


def checked(width: int, height: int, colour: bool) -> Picture:
    """Dark on the left half, light on the right."""
    ink = (0, 0, 0) if colour else (255,)
    paper = (255, 255, 255) if colour else (0,)
    row = bytes(value for x in range(width) for value in (ink if x < width // 2 else paper))
    return Picture(width, height, row * height, colour)


@given(
    st.integers(1, 70),
    st.integers(1, 70),
    st.booleans(),
    st.integers(1, 90),
    st.integers(1, 40),
    st.sampled_from([small, large]),
)
def test_a_picture_is_as_wide_everywhere_and_never_larger_than_its_place(
    width: int, height: int, colour: bool, across: int, down: int, how: Callable[..., Sequence[Text]]
) -> None:
    lines = how(checked(width, height, colour), Room(across, down), DARK)
    assert 1 <= len(lines) <= down
    assert len({line.cell_len for line in lines}) == 1
    assert 1 <= lines[0].cell_len <= across


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize(("width", "height"), [(8, 8), (28, 28), (64, 64), (200, 150)])
def test_the_left_half_stays_dark_at_every_size(width: int, height: int, colour: bool) -> None:
    lines = large(checked(width, height, colour), Room(40, 20), DARK)
    styles = [str(span.style) for span in lines[0].spans]
    assert styles[0] != styles[-1]
    assert len(set(styles[: len(styles) // 2 - 1])) == 1
    assert len(set(styles[len(styles) // 2 + 1 :])) == 1


def test_room_is_used_by_whole_multiples() -> None:
    digit = checked(8, 8, colour=False)
    assert (len(large(digit, Room(16, 8), DARK)), large(digit, Room(16, 8), DARK)[0].cell_len) == (8, 16)
    assert (len(large(digit, Room(47, 24), DARK)), large(digit, Room(47, 24), DARK)[0].cell_len) == (16, 32)
    assert (len(small(digit, Room(99, 99), DARK)), small(digit, Room(99, 99), DARK)[0].cell_len) == (4, 8)


def test_a_smaller_picture_is_the_mean_of_what_it_stands_for() -> None:
    picture = Picture(4, 2, bytes([0, 100, 200, 100, 100, 200, 0, 100]))
    (line,) = small(picture, Room(2, 1), DARK)
    assert line.plain == "▀▀"
    assert str(line.spans[0].style) == str(line.spans[1].style)  # both quarters have a mean of 100
