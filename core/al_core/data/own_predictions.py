"""What a model of the person's own says of every item: probabilities of classes, from a ``.npy`` or ``.npz`` file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from al_core.data.dataset import Dataset
from al_core.data.embeddings import finite_numbers_in, rows_for
from al_core.ground.errors import UserError
from al_core.ground.safe_text import safe_text

_TOLERANCE = 1e-3
"""How far the probabilities of an item may be from 1 in sum."""


def with_predictions(data: Dataset, path: Path) -> Dataset:
    """The same items with what a model of the person's own says of them; its rows are told apart as those of embeddings are.

    Raises
    ------
    UserError
        It is no such file, has not one column for each class, or something in it is no probability; or an item has no row.
    """
    X, ids = finite_numbers_in(path)
    names = ", ".join(safe_text(name, 40) for name in data.classes[:10]) + (", …" if len(data.classes) > 10 else "")
    if X.shape[1] != len(data.classes):
        raise UserError(
            f"{path} has {X.shape[1]} columns, and there are {len(data.classes)} classes; give the probability of each, in"
            f" this order: {names}"
        )
    row_of = rows_for(path, ids, len(X), data)
    if lost := [row for row in range(len(data.y)) if row not in row_of]:
        first = safe_text(data.item_names[lost[0]] if data.item_names else f"row {lost[0] + 1}", 100)
        raise UserError(f"{path} has no row for {len(lost):,} items, the first of them {first!r}; give one for each")
    rows = np.asarray(X[[row_of[row] for row in range(len(data.y))]], dtype=np.float64)
    sums = rows.sum(axis=1)
    wrong = (rows < 0).any(axis=1) | (np.abs(sums - 1.0) > _TOLERANCE)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise UserError(
            f"{path}: row {row_of[at]} has no probabilities: they are at least 0 and together 1, and these are"
            f" {rows[at].min():g} at least and {sums[at]:g} together"
        )
    return data.told_by(rows / sums[:, None])
