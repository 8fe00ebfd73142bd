"""What columns are found to be, and that they are read the same way again."""

from __future__ import annotations

import math

import pytest

from al_core.data.column_kinds import Kind, kind_of

COLUMNS: dict[str, tuple[list[str], Kind]] = {
    "numbers": (["1", "2.5", "-3e2", "1"] * 3, "number"),
    "numbers with gaps": (["1.5", "", "NA", "2.5", "?", "nan", "3.5"] * 2, "number"),
    "numbers with plus and blanks": ([" 1", "+2 ", ".5", "7"] * 2, "number"),
    "two numbers": (["0", "1", "1", "0"], "category"),
    "two numbers and gaps": (["0", "1", "", "0"], "category"),
    "one number and gaps": (["5", "", "5", "5"], "category"),
    "truth": (["true", "false", "true", ""], "category"),
    "days": (["2024-01-31", "2023-12-01", "", "2024-01-31"], "date"),
    "moments": (["2024-01-31T10:00:00Z", "2023-12-01 11:30:00", "2020-02-29T00:00:00+02:00"], "date"),
    "days as in Germany": (["31.01.2024", "01.12.2023", "15.06.2020"], "date"),
    "words": (["jug", "bowl", "jug", "NA", "bowl", "jug"], "category"),
    "nearly numbers": (["1", "2", "three", "1", "2", "1"], "category"),
    "underscores": (["1_000", "2_000", "1_000", "3_000"], "category"),
    "cities": ([f"city {number % 60}" for number in range(600)], "category"),
    "keys": ([f"K{number:04}" for number in range(100)], "name"),
    "running": ([str(number) for number in range(7, 107)], "name"),
    "running, shuffled": (["3", "1", "2", "5", "4", "0", "7", "6", "9", "8"], "name"),
    "few whole numbers": (["3", "1", "2", "5", "4"], "number"),
    "whole numbers, not all": ([*map(str, range(20)), "99"], "number"),
    "all the same": (["x"] * 5, "constant"),
    "nothing": ([""] * 5, "constant"),
    "texts": ([f"this is text number {number} of many" for number in range(30)], "text"),
    "a text twice": (["the kettle leaks and drips all day"] * 9 + ["fine lid"], "category"),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_what_a_column_is(name: str) -> None:
    cells, kind = COLUMNS[name]
    kept = kind_of(name, cells, decimal_comma=False)
    assert kept.kind == kind
    if kind in ("number", "date"):
        again = kept.read(cells)
        assert [value if value == value else None for value in again.tolist()] == [
            value if value == value else None for value in kept.values.tolist()
        ]


def test_missing_numbers_are_missing_and_so_is_what_is_none_or_has_no_end() -> None:
    kept = kind_of("x", ["1", "2", "na", "4"], decimal_comma=False)
    assert [math.isnan(value) for value in kept.values] == [False, False, True, False]
    assert [math.isnan(value) for value in kept.read(["7", "many", "inf", "", "1e999"])] == [False, True, True, True, True]


def test_a_comma_is_a_point_only_where_it_parts_no_cells() -> None:
    cells = ["1,5", "2,25", "", "-3", "7,0"]
    assert kind_of("x", cells, decimal_comma=True).values.tolist()[:2] == [1.5, 2.25]
    assert kind_of("x", cells, decimal_comma=False).kind != "number"
    assert kind_of("x", ["1,000.5", "2", "3"], decimal_comma=True).kind != "number"
    assert kind_of("x", cells, decimal_comma=True).read(["3,5"]).tolist() == [3.5]


def test_days_are_as_far_apart_as_they_are() -> None:
    kept = kind_of("day", ["2024-02-28", "2024-03-01T12:00:00", "2024-02-29T00:00:00+00:00"], decimal_comma=False)
    first, second, third = kept.values.tolist()
    assert (second - first, third - first) == (2.5, 1.0)
    assert math.isnan(kept.read(["2024-02-30"])[0])
