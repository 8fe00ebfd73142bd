"""Names at the ends of lines: beside them, whole where there is room, and never one over another."""

from __future__ import annotations

from rich.text import Text

from al_core.race.marks import marks
from al_tui.widgets.ends import End, gutter, write_ends

NAMES = ["margin", "entropy", "badge", "random"]


def ends(*places: tuple[int, int]) -> list[End]:
    return [End(column, row, name, marks(NAMES)[name], "red") for name, (column, row) in zip(NAMES, places, strict=False)]


def drawn(width: int, height: int, *places: tuple[int, int]) -> list[str]:
    lines = [Text("." * width) for _ in range(height)]
    written = write_ends(lines, ends(*places), width)
    assert [line.plain for line in lines] == ["." * width] * height  # those that it was given are as they were
    assert {line.cell_len for line in written} == {width}
    return [line.plain for line in written]


def test_a_name_stands_behind_its_line_with_its_mark() -> None:
    assert drawn(14, 3, (2, 1)) == ["." * 14, "...◆ margin...", "." * 14]


def test_names_that_would_stand_in_one_place_are_moved_apart() -> None:
    found = drawn(14, 5, (2, 2), (2, 2), (2, 2))
    assert found[2] == "...◆ margin..."  # the first is where it belongs
    assert sorted(line.strip(".") for line in found if line != "." * 14) == ["□ badge", "▲ entropy", "◆ margin"]


def test_a_name_that_would_stand_too_far_from_its_line_is_a_mark_alone_or_nothing() -> None:
    assert drawn(14, 1, (2, 0), (2, 0)) == ["...◆ margin..."]
    assert drawn(20, 1, (2, 0), (14, 0)) == ["...◆ margin....▲ en…"]
    tall = drawn(14, 9, *[(2, 0)] * 4)
    assert [line.strip(".") for line in tall[:4]] == ["◆ margin", "▲ entropy", "□ badge", "○ random"]


def test_a_name_is_cut_where_there_is_no_room() -> None:
    assert drawn(8, 1, (2, 0)) == ["...◆ ma…"]
    assert drawn(5, 1, (3, 0)) == ["....◆"]


def test_the_gutter_has_room_for_the_longest_name_but_no_more_than_a_quarter() -> None:
    assert gutter(NAMES, 120) == len("entropy") + 3
    assert gutter([*NAMES, "expected_error_reduction(n=5)"], 200) == 23
    assert gutter(NAMES, 24) == 6


def test_names_in_one_place_stand_in_the_order_of_their_ends() -> None:
    lines = [Text("." * 14) for _ in range(6)]
    at = [end._replace(level=level) for end, level in zip(ends(*[(2, 1)] * 4), (0.95, 0.97, 0.94, 0.96), strict=True)]
    written = [line.plain.strip(".") for line in write_ends(lines, at, 14)]
    assert written == ["▲ entropy", "○ random", "◆ margin", "□ badge", "", ""]


def test_names_that_end_elsewhere_stay_where_they_are() -> None:
    lines = [Text("." * 30) for _ in range(3)]
    at = [end._replace(level=level) for end, level in zip(ends((2, 0), (18, 1)), (0.1, 0.9), strict=True)]
    assert [line.plain.strip(".") for line in write_ends(lines, at, 30)] == ["◆ margin", "▲ entropy", ""]


def test_no_name_stands_on_the_axis() -> None:
    lines = [Text("." * 14) for _ in range(4)]
    written = [line.plain.strip(".") for line in write_ends(lines, ends((2, 1), (2, 1), (2, 1)), 14, rows=2)]
    assert written == ["▲ entropy", "◆ margin", "", ""]
