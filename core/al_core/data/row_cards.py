"""How the rows of a table look: names, values as they were given, and how unusual each is among those of its column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from al_core.data.column_kinds import MISSING, Kept
from al_core.data.looks import Card, Passage
from al_core.data.table import Column
from al_core.ground.numbers import percent, whole

_LONGEST = 2000
"""Characters of a value; more are read on no card."""
_SORTED = 100_000
_MIDDLE = 0.6
"""Share of a column beyond which a number lies at an end of it."""
_RARE = 0.05
SHOWN = 2.0
"""How unusual what a person wants to see counts: it comes before all that is learnt from."""


class Place(NamedTuple):
    """Where a value stands in its column: in words, and as a number from 0, usual, to 1."""

    words: str
    unusual: float


Judge = Callable[[str], Place]
"""Says of a value where it stands in its column."""


@dataclass(frozen=True, eq=False)
class RowCards(Sequence[Card]):
    """Cards of rows, made when they are asked for.

    Parameters
    ----------
    columns : what is on a card, in this order.
    kept : what each of them was found to be; those that are not in it are shown and nothing else.
    """

    columns: Sequence[Column]
    kept: Sequence[Kept]
    _judges: dict[str, Judge] = field(default_factory=dict, init=False)

    def __len__(self) -> int:
        return len(self.columns[0])

    def words(self, row: int) -> tuple[tuple[str, str], ...]:
        """Names and values of a row, and nothing of how unusual they are."""
        cells = ((column.name, column[row]) for column in self.columns)
        return tuple((name, value if len(value) <= _LONGEST else f"{value[: _LONGEST - 1]}…") for name, value in cells)

    def __getitem__(self, row: Any) -> Any:
        if not self._judges:
            self._judges.update({one.name: judge(one) for one in self.kept})
        places = []
        for column in self.columns:
            value = column[row]
            judges = self._judges.get(column.name)
            places.append(Place("", SHOWN) if judges is None else judges(value))
        return Card(self.words(row), tuple(place.words for place in places), tuple(place.unusual for place in places))


@dataclass(frozen=True, eq=False, slots=True)
class Texts(Sequence[Passage]):
    """Texts in a column, with what stands beside them in others."""

    texts: Column
    beside: Sequence[Column]

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, row: Any) -> Any:
        return Passage(self.texts[row], tuple((column.name, column[row][:_LONGEST]) for column in self.beside))


def judge(column: Kept) -> Judge:
    """Who says of values of a column how unusual they are."""
    if column.kind in ("number", "date"):
        return _numbers(column)
    if column.kind == "category":
        return _categories(column)
    return lambda value: Place("", 0.0)


def _numbers(column: Kept) -> Judge:
    values = np.sort(column.values[~np.isnan(column.values)])
    known = len(values) / max(1, len(column.values))
    if len(values) > _SORTED:
        values = values[np.linspace(0, len(values) - 1, _SORTED).astype(np.int64)]

    def place(value: str) -> Place:
        (number,) = column.read([value.strip()]).tolist()
        if number != number:
            words = "missing" if value.strip().lower() in MISSING else "no number"
            return Place(f"{words}, as {percent(1 - known)}" if words == "missing" else words, known)
        return _among(values, number)

    return place


def _among(values: NDArray[np.float64], number: float) -> Place:
    below = float(np.searchsorted(values, number, "left")) / len(values)
    above = 1.0 - float(np.searchsorted(values, number, "right")) / len(values)
    unusual = abs(below - above)
    if max(below, above) < _MIDDLE:
        return Place("in the middle", unusual)
    side, share = ("above", below) if below > above else ("below", above)
    return Place(f"{side} {'all' if share == 1.0 else percent(share)}", unusual)


def _categories(column: Kept) -> Judge:
    rows = max(1, sum(column.counts.values()))

    def place(value: str) -> Place:
        count = column.counts[value.strip()]
        more_usual = sum(other for other in column.counts.values() if other > count) / rows
        words = "missing" if not value.strip() else ""
        if not count:
            return Place("new", 1.0)
        share = count / rows
        how_many = f"1 in {whole(round(rows / count))}" if share < _RARE else percent(share)
        return Place(f"{words}, as {how_many}" if words else how_many, more_usual)

    return place
