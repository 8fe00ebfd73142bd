"""Which item of a map is meant: in the cell that was clicked, and on the way from one to the next."""

from __future__ import annotations

from array import array

import pytest

from al_core.data.plane import SIDE, Plane
from al_tui.widgets.pointing import WAYS, Grid

WIDTH, HEIGHT = 20, 10


def grid(*cells: tuple[int, int], first: tuple[int, ...] = ()) -> Grid:
    """A row in the middle of each of these cells."""
    across = array("H", [(2 * x + 1) * SIDE // (2 * WIDTH) for x, _ in cells])
    down = array("H", [(2 * y + 1) * SIDE // (2 * HEIGHT) for _, y in cells])
    rows = array("I", range(len(cells)))
    return Grid(Plane(across, down, by_neighbours=False), rows, WIDTH, HEIGHT, first)


def test_an_item_is_in_the_cell_where_it_is_drawn() -> None:
    places = ((0, 0), (19, 9), (7, 3))
    there = grid(*places)
    assert tuple(there.cell(row) for row in range(3)) == places


def test_a_click_means_the_item_there_or_the_nearest_one() -> None:
    there = grid((2, 2), (10, 2), (2, 8))
    assert there.at(10, 2) == 1
    assert there.at(4, 2) == 0
    assert there.at(7, 3) == 1
    assert there.at(2, 6) == 2
    assert grid().at(3, 3) is None


@pytest.mark.parametrize(("way", "row"), [("left", 1), ("right", 2), ("up", 3), ("down", 4)])
def test_a_way_goes_to_the_nearest_item_there(way: str, row: int) -> None:
    cross = ((10, 5), (7, 5), (12, 5), (10, 4), (10, 7), (0, 5), (19, 5), (10, 0), (10, 9), (13, 9))
    assert grid(*cross).towards(0, way) == row


@pytest.mark.parametrize("way", WAYS)
def test_where_there_is_nothing_on_the_way_one_stays(way: str) -> None:
    assert grid((5, 5)).towards(0, way) == 0


def test_every_item_can_be_got_to_by_ways_and_by_the_next_of_a_place() -> None:
    places = [(x * 7 % WIDTH, x * 3 % HEIGHT) for x in range(40)]
    there = grid(*places)
    seen, ahead = {0}, [0]
    while ahead:
        row = ahead.pop()
        for found in (*(there.towards(row, way) for way in WAYS), there.next(row)):
            if found not in seen:
                seen.add(found)
                ahead.append(found)
    assert seen == set(range(40))


def test_items_of_one_place_come_one_after_the_other_those_that_are_asked_first() -> None:
    there = grid((5, 5), (5, 5), (6, 5), (5, 5), first=(3,))
    assert there.at(5, 5) == 3
    assert [there.next(3), there.next(0), there.next(1)] == [0, 1, 3]
    assert (there.together(3), there.together(1), there.together(2)) == ((1, 3), (3, 3), (1, 1))
