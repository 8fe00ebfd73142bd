"""Cells that a spreadsheet would compute: defused in every table, and read back as they were."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from al_core.ground.formulas import as_given, defused
from al_core.ground.safe_text import safe_text

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CELLS = st.text(st.sampled_from("'=+-@\t\r\n＝0123456789.eE a\"") | st.characters(), max_size=12)


@given(CELLS)
def test_nothing_that_stands_in_a_table_is_computed_and_all_of_it_comes_back(cell: str) -> None:
    shown = defused(cell)
    assert as_given(shown) == cell
    if shown.startswith(SIGNS):
        assert set(shown) <= set("+-0123456789.eE")
        assert isinstance(float(shown), float), "a number is no formula, and nothing else goes as it is"
    assert shown.removeprefix("'") in (cell, cell.removeprefix("'"))


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "＝1", "-inf", "+", "=", "'=1", "''=1"]
)
def test_a_formula_gets_an_apostrophe(cell: str) -> None:
    assert defused(cell) == f"'{cell}"
    assert as_given(f"'{cell}") == cell


@pytest.mark.parametrize("cell", ["", "-0.05", "+3", "-1e-05", "-.5", "'quoted'", "'", "it's", "a=b", "margin", "−3"])
def test_what_is_no_formula_is_left_alone(cell: str) -> None:
    assert defused(cell) == as_given(cell) == cell


@given(st.lists(CELLS.map(safe_text), min_size=1, max_size=4))
def test_a_line_of_csv_comes_back(cells: list[str]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(map(defused, cells))
    (line,) = csv.reader(io.StringIO(out.getvalue(), newline=""), strict=True)
    assert list(map(as_given, line)) == cells
