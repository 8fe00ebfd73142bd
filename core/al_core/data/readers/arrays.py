"""Arrays in one file, ``.npy`` or ``.npz``."""

from __future__ import annotations

from al_core.data.arrays import is_of_arrays, more_arrays, read_arrays
from al_core.data.reader import Reader

READER = Reader(
    lambda path: not path.is_dir(),
    read_arrays,
    last=True,
    read_with=read_arrays,
    more=more_arrays,
    numbers=True,
    sure=is_of_arrays,
)
"""Whatever it is called, and so the one that says what a file should have been."""
