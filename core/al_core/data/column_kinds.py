"""What stands in the columns of a table: numbers, dates, categories, texts, names; found by looking at all of it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from al_core.data.table_rows import is_number

Kind = Literal["number", "date", "category", "text", "name", "constant"]
"""Of a column; ``name`` is what only tells a row from the others, such as a key or a running number."""

MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "?", "-", "."))
"""What stands in a column of numbers or dates, in whatever case, where there is none."""
MOST_CATEGORIES = 50
"""Different values up to which texts are categories, however often each comes; of more, a column has so many, and the rest."""
LARGEST = 1e100
"""What larger numbers count as: squares of those have no end."""
_LEAST_RUN = 10
"""Whole numbers without a gap that are taken for those of rows."""
_MOSTLY = 0.95
_WORDS = 5
"""Words in a value from which on it is a text that is read, and no name of a category."""
_DAY = 86_400.0
_DATES = ("%d.%m.%Y", "%Y/%m/%d", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%Y/%m/%d %H:%M:%S")
"""Written so that day and month cannot be taken for each other, beside those of ISO 8601."""


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """What a column was found to be.

    Parameters
    ----------
    name : of the column.
    kind : see `Kind`.
    decimal_comma : whether its numbers have one.
    values : of numbers and dates, as they are in the rows it was found by; NaN where there is none.
    counts : of categories: how many rows have each.
    """

    name: str
    kind: Kind
    decimal_comma: bool = False
    values: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    counts: Counter[str] = field(default_factory=Counter)

    def read(self, cells: Iterable[str]) -> NDArray[np.float64]:
        """Numbers, or dates as days, of other rows; NaN of what is none."""
        one = _day if self.kind == "date" else _number_with_comma if self.decimal_comma else _number
        return np.array([math.nan if (value := one(cell)) is None else value for cell in cells], dtype=np.float64)


def kind_of(name: str, cells: Sequence[str], *, decimal_comma: bool) -> Kept:
    """What a column is; ``decimal_comma`` says whether its numbers may have one.

    A column is a constant if there is one value only, else the first of these that it can be: numbers, dates, categories (at
    most 50 different values, or fewer than there are rows by half), texts (most values have five words or more), names (nearly
    every row another). Numbers of which there are two are categories, and whole numbers that count the rows are names.
    """
    counts = Counter(cell.strip() for cell in cells)
    said = [value for value in counts if value]
    if len(counts) < 2 or not said:
        return Kept(name, "constant")
    for kind, one in _ways(decimal_comma):
        values = _read(counts, one)
        if values is None:
            continue
        column = np.array([values[cell.strip()] for cell in cells])
        known = column[~np.isnan(column)]
        distinct = len(np.unique(known))
        if kind == "number" and distinct <= 2:
            break
        if kind == "number" and _counts_rows(known, distinct):
            return Kept(name, "name")
        return Kept(name, kind, one is _number_with_comma, column)
    return Kept(name, _kind_of_texts(counts, said), counts=counts)


def _kind_of_texts(counts: Counter[str], said: list[str]) -> Kind:
    rows = sum(counts[value] for value in said)
    wordy = sum(counts[value] for value in said if value.count(" ") + 1 >= _WORDS) >= rows / 2
    if wordy and len(said) > rows / 2:
        return "text"
    if len(said) >= _MOSTLY * rows and rows > 2:
        return "name"
    if len(said) <= MOST_CATEGORIES or not wordy:
        return "category"
    return "text"


def _ways(decimal_comma: bool) -> list[tuple[Literal["number", "date"], Callable[[str], float | None]]]:
    numbers: list[tuple[Literal["number", "date"], Callable[[str], float | None]]] = [("number", _number)]
    if decimal_comma:
        numbers.append(("number", _number_with_comma))
    return [*numbers, ("date", _day)]


def _read(counts: Iterable[str], one: Callable[[str], float | None]) -> dict[str, float] | None:
    """The number of every text; None where one has none and is not missing, or all are missing."""
    found, any_there = {}, False
    for text in counts:
        if text.lower() in MISSING:
            found[text] = math.nan
        elif (value := one(text)) is None:
            return None
        else:
            found[text] = value
            any_there = any_there or not math.isnan(value)
    return found if any_there else None


def _number(text: str) -> float | None:
    if not is_number(text):
        return None
    value = float(text)
    return max(-LARGEST, min(LARGEST, value)) if math.isfinite(value) else math.nan


def _number_with_comma(text: str) -> float | None:
    return _number(text.replace(",", ".")) if text.count(",") <= 1 and "." not in text else None


def _day(text: str) -> float | None:
    """Days since 1970."""
    text = text.strip()
    if len(text) < 8 or not text[0].isdigit():
        return None
    found = None
    for read in (datetime.fromisoformat, *(lambda text, form=form: datetime.strptime(text, form) for form in _DATES)):
        try:
            found = read(text)
            break
        except ValueError:
            continue
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() / _DAY


def _counts_rows(known: NDArray[np.float64], distinct: int) -> bool:
    """Whether numbers are those of rows: whole, each another, and none left out."""
    return distinct == len(known) >= _LEAST_RUN and bool((known == np.floor(known)).all()) and np.ptp(known) == distinct - 1
