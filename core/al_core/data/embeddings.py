"""Numbers of a person's own for items of any source, from a ``.npy`` or ``.npz`` file; nothing in it is unpickled."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.array_files import numbers_in
from al_core.data.checked import LARGEST
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

if TYPE_CHECKING:
    from al_core.data.dataset import Dataset

RECIPE = "embeddings"
"""How a recipe of such features begins."""
_BLOCK = 1 << 14


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Features, and whose they are.

    Parameters
    ----------
    X : numbers, shape (rows, features).
    row_of : the row of a file, by its path below the folder.
    """

    X: NDArray[Any]
    row_of: dict[str, int]

    def of(self, names: Sequence[str]) -> tuple[NDArray[Any], str]:
        """The features of files that have some, in this order, and the recipe that says which they are."""
        rows = np.asarray(self.X[[self.row_of[name] for name in names]])
        return rows, recipe_of(rows)


def read_embeddings(path: Path, root: Path, names: Sequence[str]) -> Embeddings:
    """Features for the files of a folder.

    A ``.npz`` archive has ``X`` and ``ids``, which are paths below the folder, in any order, also of files that are not there.
    A ``.npy`` file, or an archive without ``ids``, has one row for each file, in the order of their paths.

    Parameters
    ----------
    path : the file.
    root : the folder.
    names : paths below it of all its files that are pictures by their names, whether they can be read or not.

    Raises
    ------
    UserError
        It is no such file, holds what is no number, or does not say whose its rows are; the message says what to do.
    """
    X, ids = finite_numbers_in(path)
    return Embeddings(X, _by_path(path, root, ids) if ids else _in_order(path, root, names, len(X), "pictures"))


def finite_numbers_in(path: Path) -> tuple[NDArray[Any], tuple[str, ...]]:
    """``X`` and ``ids`` of a file; raises `UserError` where something in it is no number, or none to compute with."""
    X, ids = numbers_in(path)
    for begin in range(0, len(X), _BLOCK):
        wrong = ~(np.abs(X[begin : begin + _BLOCK].astype(np.float64)) <= LARGEST)
        if wrong.any():
            row, column = np.argwhere(wrong)[0].tolist()
            value = X[begin + row, column]
            too_large = f"features go to at most {LARGEST:g}; scale them"
            remedy = too_large if np.isfinite(value) else "compute it anew, as a finite number"
            raise UserError(f"{path}: row {begin + row}, column {column} is {value:g}; {remedy}")
    return X, ids


def rows_for(path: Path, ids: Sequence[str], count: int, data: Dataset) -> dict[int, int]:
    """Rows of a file of numbers by the rows of a data set whose they are.

    By ``ids``, which are what items are called: names of files below the folder, what the column of ids says, ``row 7``; or
    else in order, where the file has as many rows as there are items, those that were set aside among them: of a folder in
    the order of the paths, of a table in that of its rows.

    Parameters
    ----------
    path, ids, count : the file, its ``ids``, if it has some, and how many rows it has.
    data : the items.

    Raises
    ------
    UserError
        Whose rows are whose is not known, or none is of an item that is here.
    """
    root, called = Path(data.name), list(data.item_names) or [f"row {row}" for row in range(1, len(data.y) + 1)]
    if ids:
        row_of = _by_path(path, root, ids)
        if row_of.keys().isdisjoint(called):
            first, mine = safe_text(ids[0], 100), safe_text(called[0], 100)
            raise UserError(f"{path}: no entry of ids is an item of {root}, as {first!r}; give names such as {mine!r}")
    else:
        everything = [*called, *(name for name, _ in data.aside)]
        if root.is_dir():
            row_of = _in_order(path, root, everything, count, "texts")
        else:
            row_of = _in_rows(path, root, everything, count, whole=not data.aside)
    return {row: row_of[name] for row, name in enumerate(called) if name in row_of}


def with_embeddings(data: Dataset, path: Path) -> Dataset:
    """The same items, learnt from by features of the person's own; those that have none are set aside.

    Raises
    ------
    UserError
        As in `rows_for` and `finite_numbers_in`.
    """
    from al_core.data.part import only

    X, ids = finite_numbers_in(path)
    row_of = rows_for(path, ids, len(X), data)
    lost = [row for row in range(len(data.y)) if row not in row_of]
    known = list(data.item_ids)  # of arrays it is a hash of their own numbers
    names = data.item_names or [f"row {row + 1}" for row in range(len(data.y))]
    aside = (*data.aside, *((names[row], NO_ROW) for row in lost))
    kept = only(data, np.array(sorted(row_of), dtype=np.int64), data.part) if lost else data
    rows = np.asarray(X[[row_of[row] for row in sorted(row_of)]])
    return kept.described_by(rows, recipe_of(rows), [known[row] for row in sorted(row_of)], aside)


NO_ROW = "your embeddings have no row for it"
"""Why an item without features of its own is set aside."""


def recipe_of(rows: NDArray[Any]) -> str:
    """The recipe that says which features these are."""
    return f"{RECIPE} {hashlib.blake2b(np.ascontiguousarray(rows, '<f8').tobytes(), digest_size=16).hexdigest()}"


def _in_rows(path: Path, root: Path, names: Sequence[str], rows: int, *, whole: bool) -> dict[str, int]:
    """Rows in the order of a table or an array, where each is known by its number, or none is set aside."""
    numbers = [re.fullmatch(r"row (\d+)", name) for name in names]
    if rows == len(names) and (whole or all(numbers)):
        if all(numbers):
            places = [int(found[1]) - 1 for found in numbers if found is not None]
            if sorted(places) == list(range(rows)):
                return dict(zip(names, places, strict=True))
        elif len(set(names)) == rows:
            return {name: row for row, name in enumerate(names)}
    why = "some of which are set aside; " if rows == len(names) and not whole else ""
    raise UserError(
        f"{path}: there are {rows:,} rows, and {len(names):,} rows in {root}; {why}give one for each in the same order, or an"
        " .npz with X and with their names as ids"
    )


def _in_order(path: Path, root: Path, names: Sequence[str], rows: int, what: str) -> dict[str, int]:
    """Rows in the order of the paths, where there is only one."""
    if rows != len(names):
        raise UserError(
            f"{path}: there are {rows:,} rows, and {len(names):,} {what} in {root}; give one for each in the order of their"
            " paths, or an .npz with X and with their paths as ids"
        )
    as_text, by_folder = sorted(names), sorted(names, key=lambda name: name.split("/"))
    for one, other in zip(as_text, by_folder, strict=True):
        if one != other:
            first, second = safe_text(one, 60), safe_text(other, 60)
            raise UserError(
                f"{path}: whose rows are whose is not known: {first!r} stands before {second!r} as text, and behind it folder"
                " by folder; give an .npz with X and with the paths as ids"
            )
    return {name: row for row, name in enumerate(as_text)}


def _by_path(path: Path, root: Path, ids: Sequence[str]) -> dict[str, int]:
    """Rows by what ``ids`` say: paths below the folder, or whole ones."""
    found: dict[str, int] = {}
    for row, entry in enumerate(ids):
        place = PurePosixPath(entry)
        if place.is_absolute() and place.is_relative_to(root.absolute()):
            place = place.relative_to(root.absolute())
        if found.setdefault(str(place), row) != row:
            raise UserError(f"{path}, ids: {safe_text(str(place), 100)} stands there twice; give one row for each file")
    return found
