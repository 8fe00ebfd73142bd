"""Features of a person's own for the files of a folder, from a ``.npy`` or ``.npz`` file; nothing in it is unpickled."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from al_core.data.array_files import numbers_in
from al_core.data.checked import LARGEST
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

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
        return rows, f"{RECIPE} {hashlib.blake2b(np.ascontiguousarray(rows, '<f8').tobytes(), digest_size=16).hexdigest()}"


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
    X, ids = numbers_in(path)
    for begin in range(0, len(X), _BLOCK):
        wrong = ~(np.abs(X[begin : begin + _BLOCK].astype(np.float64)) <= LARGEST)
        if wrong.any():
            row, column = np.argwhere(wrong)[0].tolist()
            value = X[begin + row, column]
            too_large = f"features go to at most {LARGEST:g}; scale them"
            remedy = too_large if np.isfinite(value) else "compute it anew, as a finite number"
            raise UserError(f"{path}: row {begin + row}, column {column} is {value:g}; {remedy}")
    return Embeddings(X, _by_path(path, root, ids) if ids else _in_order(path, root, names, len(X)))


def _in_order(path: Path, root: Path, names: Sequence[str], rows: int) -> dict[str, int]:
    """Rows in the order of the paths, where there is only one."""
    if rows != len(names):
        raise UserError(
            f"{path}: there are {rows:,} rows, and {len(names):,} pictures in {root}; give one for each in the order of their"
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
