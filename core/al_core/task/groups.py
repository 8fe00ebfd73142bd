"""A split that keeps the items of a group together: who knows one picture of a patient knows something of the others."""

from __future__ import annotations

import warnings

import numpy as np

from al_core.data.dataset import IntArray

FOLDS, MEASURED = 10, 3
"""Of so many parts of about one size, so many are measured by."""
MOST_STRATIFIED = 5_000
"""Groups beyond which they are drawn without a look at classes, whose shares come out about the same anyway with so many: going
through them one by one takes too long."""


def apart(rows: IntArray, y: IntArray, groups: IntArray, seed: int) -> tuple[IntArray, IntArray]:
    """Rows that may be learnt, and some 3 in 10 that are measured by, of which none is of a group of the former.

    Classes have about the same share in both as far as groups allow it.

    Parameters
    ----------
    rows, y, groups : int arrays, shape (m,): row numbers, their classes, their groups.
    seed : of the task.

    Raises
    ------
    ValueError
        There are fewer than two groups, or no class has two rows.
    """
    from sklearn.model_selection import GroupShuffleSplit, StratifiedGroupKFold

    there = len(np.unique(groups))
    folds = min(FOLDS, there, int(np.bincount(y).max()))
    if folds < 2:
        raise ValueError("what has a label is of one group only")
    if there > MOST_STRATIFIED:
        ((rest, test),) = GroupShuffleSplit(1, test_size=MEASURED / FOLDS, random_state=seed).split(rows, y, groups)
        return rows[rest], rows[test]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of a class with fewer rows than there are folds
        parts = [test for _, test in StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(rows, y, groups)]
    # A part can be empty, where a group is larger than the others together.
    parts = [part for part in parts if len(part)]
    test = np.sort(np.concatenate(parts[: max(1, round(MEASURED / FOLDS * len(parts)))]))
    return np.delete(rows, test), rows[test]
