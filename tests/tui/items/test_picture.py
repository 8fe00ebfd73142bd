"""Pictures fit the place they are given, and show what is in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from al_core.data.looks import Picture
from al_tui.items.view import Reading, Room, large, part, small
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
    assert (len(small(digit, Room(15, 7), DARK)), small(digit, Room(15, 7), DARK)[0].cell_len) == (4, 8)
    assert (len(small(digit, Room(99, 24), DARK)), small(digit, Room(99, 24), DARK)[0].cell_len) == (24, 48)


def test_a_smaller_picture_is_the_mean_of_what_it_stands_for() -> None:
    picture = Picture(4, 2, bytes([0, 100, 200, 100, 100, 200, 0, 100]))
    (line,) = small(picture, Room(2, 1), DARK)
    assert line.plain == "▀▀"
    assert str(line.spans[0].style) == str(line.spans[1].style)  # both quarters have a mean of 100


def numbered(width: int, height: int, colour: bool) -> Picture:
    """Every pixel of another colour, which says where it is."""
    pixels = [(x, y, 7) if colour else (16 * y + x,) for y in range(height) for x in range(width)]
    return Picture(width, height, bytes(value for pixel in pixels for value in pixel), colour)


def repeated(look: Picture, times: int) -> Picture:
    """Every pixel so many times as wide and high."""
    depth = 3 if look.colour else 1
    levels = np.frombuffer(look.pixels, np.uint8).reshape(look.height, look.width, depth)
    large = levels.repeat(times, axis=0).repeat(times, axis=1)
    return Picture(look.width * times, look.height * times, large.tobytes(), look.colour)


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize(
    ("across", "down", "left", "top"), [(0.0, 0.0, 0, 0), (1.0, 1.0, 8, 4), (0.5, 0.5, 4, 2), (0.25, 1.0, 2, 4)]
)
def test_a_part_of_a_picture_is_seen_larger(colour: bool, across: float, down: float, left: int, top: int) -> None:
    whole = numbered(16, 8, colour)
    depth = 3 if colour else 1
    rows = [whole.pixels[depth * (16 * y + left) : depth * (16 * y + left + 8)] for y in range(top, top + 4)]
    wanted = Picture(8, 4, b"".join(rows), colour)
    found = part(whole, Room(40, 20), DARK, Reading(zoom=2, across=across, down=down))
    assert list(found.lines) == list(large(repeated(wanted, 5), Room(40, 20), DARK))
    assert found.total == len(found.lines)
    assert list(part(whole, Room(40, 20), DARK, Reading()).lines) == list(large(whole, Room(40, 20), DARK))


@given(st.integers(1, 40), st.integers(1, 40), st.booleans(), st.sampled_from([2, 4]), st.floats(0, 1), st.floats(0, 1))
def test_of_any_picture_there_is_a_part(width: int, height: int, colour: bool, zoom: int, across: float, down: float) -> None:
    lines = part(checked(width, height, colour), Room(30, 12), DARK, Reading(zoom=zoom, across=across, down=down)).lines
    assert 1 <= len(lines) <= 12
    assert len({line.cell_len for line in lines}) == 1


@pytest.mark.parametrize("colour", [False, True])
def test_contrast_spreads_what_little_there_is(colour: bool) -> None:
    depth = 3 if colour else 1
    faint = Picture(10, 10, bytes(value for level in range(100, 120) for value in [level] * 5 * depth), colour)
    full = Picture(10, 10, bytes(value for level in range(20) for value in [round(level * 255 / 19)] * 5 * depth), colour)
    room = Room(40, 20)
    assert list(part(faint, room, DARK, Reading(contrast=True)).lines) == list(large(full, room, DARK))
    assert list(part(faint, room, DARK, Reading()).lines) == list(large(faint, room, DARK))


def test_contrast_is_not_that_of_a_speck_and_flat_pictures_stay_flat() -> None:
    room = Room(40, 20)
    speck = Picture(10, 10, bytes([0] + [100] * 49 + [120] * 49 + [255]))
    plain = Picture(10, 10, bytes([0] * 50 + [255] * 50))
    assert list(part(speck, room, DARK, Reading(contrast=True)).lines) == list(large(plain, room, DARK))
    flat = Picture(10, 10, bytes([90] * 100))
    assert list(part(flat, room, DARK, Reading(contrast=True)).lines) == list(large(flat, room, DARK))


@pytest.mark.parametrize("colour", [True, False])
def test_half_a_line_that_has_no_pixels_is_what_is_behind_the_picture(colour: bool) -> None:
    ink = bytes([0, 0, 0] if colour else [255])
    *_, last = small(Picture(2, 3, ink * 6, colour), Room(3, 4), DARK)
    assert last.plain == "▀▀"
    assert {span.style.bgcolor for span in last.spans if not isinstance(span.style, str)} == {None}
