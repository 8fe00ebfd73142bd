"""From the columns of a table to what learners compute with: fitted once on the pool, and never on a label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.column_kinds import MOST_CATEGORIES, Kept, kind_of
from al_core.data.features import MOST_NUMBERS
from al_core.data.projection import Fitted
from al_core.data.table import Column
from al_core.ground.errors import UserError

if TYPE_CHECKING:
    from al_core.data.column_scaling import Coding, Scaling

HEAVY = 10.0
"""The fourth moment of a standardised column from which on its ranks stand for its numbers: 3 is that of a normal distribution,
9 that of an exponential one."""
_FAR = 1e9
"""Standard deviations that a new number is away at most: of a column that hardly varies it may be any number of them."""
_NAMED = 5
Cells = Callable[[str], Column | None]
"""The column of a name in a table; None where it has none."""


def is_heavy(values: NDArray[np.float64]) -> bool:
    """Whether a column has tails by which a few items would decide how far all are apart: see `HEAVY`."""
    known = values[~np.isnan(values)]
    largest = np.abs(known).max(initial=0.0)
    if not largest:
        return False
    known = known / largest  # fourth powers of large numbers have no end
    spread = known.std()
    return bool(spread > 0 and (((known - known.mean()) / spread) ** 4).mean() > HEAVY)


@dataclass(frozen=True, eq=False)
class FittedColumns(Fitted):
    """What was fitted on the columns of a pool.

    Parameters
    ----------
    kept : every column that was looked at, and what it was found to be.
    numbers, categories : of those that are learnt from.
    heavy : names of those whose ranks stand for their numbers.
    scaling, coding : what makes features of numbers and of categories.
    known_by, ids : names of the columns that make a row what it is, and of that which says what it is called.
    """

    kept: tuple[Kept, ...]
    numbers: tuple[Kept, ...]
    categories: tuple[Kept, ...]
    heavy: frozenset[str]
    scaling: Scaling
    coding: Coding
    known_by: tuple[str, ...] = ()
    ids: str | None = None

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the columns that are learnt from."""
        return tuple(column.name for column in (*self.numbers, *self.categories))

    def features(self, cells: Cells, rows: int) -> NDArray[np.float64]:
        """Features of other rows, in which a column of numbers may have none, and categories may be new."""
        numbers = [_or_missing(column, cells(column.name), rows) for column in self.numbers]
        return self._made(numbers, [_words(cells(column.name), rows) for column in self.categories], rows)

    def of_pool(self, cells: Cells, rows: int) -> NDArray[np.float64]:
        """Features of the rows that the columns were looked at in: their numbers are known."""
        numbers = [column.values for column in self.numbers]
        return self._made(numbers, [_words(cells(column.name), rows) for column in self.categories], rows)

    def _made(self, numbers: list[NDArray[np.float64]], words: list[NDArray[Any]], rows: int) -> NDArray[np.float64]:
        parts = [np.empty((rows, 0))]
        if numbers:
            with np.errstate(over="ignore"):
                parts.append(np.clip(self.scaling.features(np.column_stack(numbers)), -_FAR, _FAR))
        if words:
            parts.append(self.coding.features(words))
        return np.hstack(parts)

    @property
    def words(self) -> str:
        """What is learnt from, and what is not and why."""
        count = len(self.numbers) + len(self.categories)
        said = []
        for kind, one, many in (
            ("number", "number", "numbers"),
            ("date", "date", "dates"),
            ("category", "category", "categories"),
        ):
            if found := sum(column.kind == kind for column in (*self.numbers, *self.categories)):
                said.append(f"{found} {one if found == 1 else many}")
        if self.heavy:
            said.append(f"{len(self.heavy)} of them by rank")
        words = f"{count} column{'' if count == 1 else 's'}: {', '.join(said)}"
        left = [f"{column.name} ({_WHY[column.kind]})" for column in self.kept if column.kind in _WHY]
        if len(left) > _NAMED:
            left = [*left[:_NAMED], f"{len(left) - _NAMED} more"]
        return f"{words}; not learnt from: {', '.join(left)}" if left else words


_WHY = {"constant": "all the same", "name": "another in every row", "text": "free text; --text-column learns from it"}


def fitted_columns(
    path: object, columns: Sequence[Column], pool: int, *, decimal_comma: bool
) -> tuple[NDArray[np.float64], FittedColumns]:
    """Features of all rows, of which the first ``pool`` are fitted on, and what makes the same of others.

    Numbers and dates: the median where there is none, which a further column says; normal scores of their ranks where they
    are `is_heavy`; then to mean 0 and variance 1. Categories: a column of 0 and 1 for each, at most `MOST_CATEGORIES`.

    Raises
    ------
    UserError
        There is nothing in them to learn from, or too much to compute with.
    """
    rows = len(columns[0]) if columns else 0
    every = pool == rows
    kept = []
    for column in columns:
        cells = list(column) if every else [column[row] for row in range(pool)]
        kept.append(kind_of(column.name, cells, decimal_comma=decimal_comma))
    numbers = tuple(column for column in kept if column.kind in ("number", "date"))
    categories = tuple(column for column in kept if column.kind == "category")
    wide = 2 * len(numbers) + sum(min(MOST_CATEGORIES, len(column.counts)) for column in categories)
    if wide * rows > MOST_NUMBERS:
        raise UserError(
            f"{path}: {rows:,} rows of {len(kept):,} columns are too many to learn from; --drop some, or give a part"
        )
    from al_core.data.column_scaling import fit_numbers, fit_words

    heavy = [place for place, column in enumerate(numbers) if is_heavy(column.values)]
    light = [place for place in range(len(numbers)) if place not in heavy]
    by_name = {column.name: column for column in columns}
    found = FittedColumns(
        tuple(kept),
        numbers,
        categories,
        frozenset(numbers[place].name for place in heavy),
        fit_numbers([column.values for column in numbers], light, heavy),
        fit_words([_words(by_name[column.name], pool) for column in categories]),
    )
    if not found.needed:
        raise UserError(f"{path}: no column of it can be learnt from; {found.words.partition('; ')[2] or 'it has none'}")
    return (found.of_pool if every else found.features)(by_name.get, rows), found


def _or_missing(column: Kept, cells: Column | None, rows: int) -> NDArray[np.float64]:
    return np.full(rows, np.nan) if cells is None else column.read(cells)


def _words(cells: Column | None, rows: int) -> NDArray[Any]:
    found = np.full(rows, "", dtype=object)
    if cells is not None:
        found[:] = [cell.strip() for cell, _ in zip(cells, range(rows), strict=False)]
    return found
